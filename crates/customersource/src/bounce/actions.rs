//! What follows from a report: the letter says what became of it, and an invitation that cannot be delivered as well.
use platform::{Fault, clock::Moment, db::Tx};

use super::{Fate, Report};
use crate::{
    association,
    mailing::{self, Mailing, State},
    newsletter,
};

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Noted,
    /// None of our letters, or one that was reported before.
    Unknown,
    /// No report of a delivery.
    NoReport,
}

impl Taken {
    /// For logs and machines.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Noted => "noted",
            Self::Unknown => "about no letter of ours that is on its way",
            Self::NoReport => "no report of a delivery",
        }
    }
}

/// Reads a message and does what follows.
pub async fn read_and_take(tx: &Tx, now: Moment, raw: &[u8]) -> Result<Taken, Fault> {
    match super::read(raw) {
        Some(report) => take(tx, now, &report).await,
        None => Ok(Taken::NoReport),
    }
}

async fn take(tx: &Tx, now: Moment, report: &Report) -> Result<Taken, Fault> {
    for id in &report.letters {
        if let Some(letter) = mailing::store::find(tx, *id).await? {
            return note(tx, now, &letter, report).await;
        }
    }
    Ok(Taken::Unknown)
}

async fn note(tx: &Tx, now: Moment, letter: &Mailing, report: &Report) -> Result<Taken, Fault> {
    // Whoever reports the same again changes nothing. A report may be there before we noted that the letter left.
    let on_its_way = [State::Queued, State::Sent];
    let why = Some(report.why.as_str());
    let is_hard = match report.fate {
        Fate::Fine => return Ok(Taken::Noted),
        Fate::Delayed => {
            mailing::store::set_state(tx, now, letter.id, (&on_its_way, State::Sent), why).await?;
            return Ok(Taken::Noted);
        }
        Fate::Returned { is_hard } => is_hard,
    };
    if !mailing::store::set_state(tx, now, letter.id, (&on_its_way, State::Returned), why).await? {
        return Ok(Taken::Unknown);
    }
    if is_hard && let Some(invitation) = letter.invitation {
        association::store::set_undeliverable(tx, invitation, &report.why).await?;
    }
    if is_hard && let (Some(newsletter), Some(profile)) = (letter.newsletter, letter.profile) {
        newsletter::store::note_refused(tx, now, newsletter, profile).await?;
    }
    Ok(Taken::Noted)
}
