//! Writing a letter down with its job, and what follows from what became of it.
use std::time::Duration;

use platform::{
    Fault,
    clock::Moment,
    db::Tx,
    language::Language,
    limits::{self, Limit},
    mail::Letter,
    outbox::{Job, Outbox},
};
use uuid::Uuid;

use super::{
    MailingId, Regarding, State,
    bundle::{Bundle, Piece},
    store,
};
use crate::ids::InvitationId;

/// Puts a letter's job into the outbox, and the letter on the list of those that somebody may ask about.
pub async fn send<J: Job>(
    tx: &Tx,
    now: Moment,
    outbox: &Outbox,
    (job, letter): (&J, &Letter),
    about: &Regarding,
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
    about: &Regarding,
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

/// A letter will not leave; what it offered is the answer, if it offered something.
pub async fn give_up(tx: &Tx, now: Moment, id: Uuid, why: &str) -> Result<Option<InvitationId>, Fault> {
    let Some(mailing) = store::find(tx, MailingId(id)).await? else { return Ok(None) };
    let from = [State::Queued, State::GivenUp];
    let is_now = store::set_state(tx, now, mailing.id, (&from, State::GivenUp), Some(why)).await?;
    Ok(mailing.invitation.filter(|_| is_now))
}
