//! Writing a letter down with its job, and what follows from what became of it.
use std::{pin::Pin, time::Duration};

use platform::{
    Fault,
    clock::Moment,
    db::{Database, Tx},
    language::Language,
    limits::{self, Limit},
    mail::{DROPPED, Letter},
    outbox::{GivenUp, Job, Outbox},
};
use uuid::Uuid;

use super::{
    About, MailingId, State,
    bundle::{Bundle, Piece},
    store,
};
use crate::association;

/// Puts a letter's job into the outbox, and the letter on the list of those that somebody may ask about.
pub async fn send<J: Job>(
    tx: &Tx,
    now: Moment,
    outbox: &Outbox,
    (job, letter): (&J, &Letter),
    about: &About,
) -> Result<(), Fault> {
    let id = outbox.add_named(tx, now, job).await?;
    store::add(tx, now, MailingId(id), letter, about).await
}

/// One letter of a kind leaves at once; what follows within so long becomes one.
const FIRST: Limit = Limit::new("first letter", 1, WHILE);
pub const WHILE: Duration = Duration::from_secs(300);

/// Sends a letter that others of its kind may follow soon.
pub async fn tell(
    tx: &Tx,
    now: Moment,
    outbox: &Outbox,
    kind: &str,
    (letter, piece): (Letter, Piece),
    about: &About,
) -> Result<(), Fault> {
    let key = format!("{kind}\0{}\0{}", store::key_of(&letter.to), letter.language);
    // Whoever asks holds the budget's row: two who tell the same reader take turns.
    let is_first = limits::spend(tx, now, FIRST, &key).await?;
    let bundle = Bundle {
        key,
        to: letter.to.clone(),
        language: Language::of_tag(&letter.language).unwrap_or_default(),
        kind: about.kind.text().to_owned(),
        profile: about.profile,
        pieces: vec![piece],
        unsubscribe: letter.unsubscribe.clone(),
        list: letter.list.clone(),
    };
    match outbox.join(tx, now, bundle).await? {
        None => Ok(()),
        Some(_) if is_first => send(tx, now, outbox, (&letter, &letter), about).await,
        Some(bundle) => outbox.add_waiting(tx, now + WHILE, &bundle).await,
    }
}

/// The mail server took a letter: also one that was given up before and tried again.
pub async fn sent(tx: &Tx, now: Moment, id: Uuid) -> Result<(), Fault> {
    let from = [State::Queued, State::GivenUp];
    store::set_state(tx, now, MailingId(id), (&from, State::Sent), None).await?;
    Ok(())
}

/// A letter will not leave: its invitation is undeliverable, and says why.
pub async fn given_up(tx: &Tx, now: Moment, id: Uuid, why: &str) -> Result<(), Fault> {
    let Some(mailing) = store::find(tx, MailingId(id)).await? else { return Ok(()) };
    let from = [State::Queued, State::GivenUp];
    if store::set_state(tx, now, mailing.id, (&from, State::GivenUp), Some(why)).await?
        && let Some(invitation) = mailing.invitation
    {
        association::store::set_undeliverable(tx, invitation, why).await?;
    }
    Ok(())
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
        let dropped = store::list_dropped(db.reader(), AT_ONCE).await?;
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
