//! Letters that the mail server never took: what they offered says so. Knows not why they were given up.
use std::pin::Pin;

use platform::{
    Fault,
    clock::Moment,
    db::{Database, Tx},
    mail::DROPPED,
    outbox::GivenUp,
};
use uuid::Uuid;

use super::super::store;
use crate::mailing;

/// A letter will not leave: its invitation is undeliverable, and says why.
pub async fn given_up(tx: &Tx, now: Moment, id: Uuid, why: &str) -> Result<(), Fault> {
    match mailing::actions::give_up(tx, now, id, why).await? {
        Some(invitation) => store::set_undeliverable(tx, invitation, why).await,
        None => Ok(()),
    }
}

/// Who hears of letters that the outbox gives up.
pub struct Register;

impl GivenUp for Register {
    fn note<'a>(
        &'a self,
        tx: &'a Tx,
        now: Moment,
        id: Uuid,
        why: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<(), Fault>> + Send + 'a>> {
        Box::pin(given_up(tx, now, id, why))
    }
}

/// So many are settled at once.
const AT_ONCE: u64 = 500;

/// Letters whose jobs the operator dropped do not wait any more.
pub async fn settle_dropped(db: &Database, now: Moment) -> Result<(), Fault> {
    loop {
        let dropped = mailing::store::list_dropped(db.reader(), AT_ONCE).await?;
        let tx = db.begin().await?;
        for id in &dropped {
            given_up(&tx, now, id.0, DROPPED).await?;
        }
        tx.commit().await?;
        if (dropped.len() as u64) < AT_ONCE {
            return Ok(());
        }
    }
}
