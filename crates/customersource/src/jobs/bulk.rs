//! The pieces of bulks, one after the other.
use platform::{Fault, outbox::Outcome};

use crate::{
    Portal,
    bulk::actions::{Piece, next},
};

pub async fn run(portal: Portal, job: Piece) -> Outcome {
    match piece(&portal, &job).await {
        Ok(()) => Outcome::Done,
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}

async fn piece(portal: &Portal, job: &Piece) -> Result<(), Fault> {
    let tx = portal.db.begin().await?;
    next(&tx, portal.clock.now(), &portal.desk(), job.bulk).await?;
    tx.commit().await
}
