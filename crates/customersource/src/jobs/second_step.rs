//! Letters about the second step that a company asks for, piece by piece.
use platform::{Fault, outbox::Outcome};

use crate::{
    Portal,
    association::actions::{TellPeople, tell_people},
};

pub async fn run(portal: Portal, job: TellPeople) -> Outcome {
    match piece(&portal, &job).await {
        Ok(()) => Outcome::Done,
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}

async fn piece(portal: &Portal, job: &TellPeople) -> Result<(), Fault> {
    let tx = portal.db.begin().await?;
    tell_people(&tx, portal.clock.now(), &portal.desk(), job).await?;
    tx.commit().await
}
