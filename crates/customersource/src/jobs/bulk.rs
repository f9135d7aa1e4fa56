//! The pieces of bulks, one after the other.
use platform::{Fault, outbox::Outcome};

use crate::{
    Portal,
    bulk::actions::{self, next},
};

pub async fn run(portal: Portal, job: actions::Piece) -> Outcome {
    match piece(&portal, &job).await {
        Ok(()) => Outcome::Done,
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}

async fn piece(portal: &Portal, job: &actions::Piece) -> Result<(), Fault> {
    let tx = portal.db.begin().await?;
    next(&tx, portal.clock.now(), &portal.desk(), job.bulk).await?;
    tx.commit().await
}
