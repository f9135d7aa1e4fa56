//! What became of letters and claims, as staff see it: in plain words, with what the other side said beside them.
use std::collections::HashMap;

use platform::{
    clock::Moment,
    mail,
    outbox::{self, Waits},
    web::{Shell, Trouble},
};

use crate::{
    Portal, claim,
    mailing::{self, Kind, Mailing, State},
    profile::ProfileId,
};

/// So many of each are shown.
const MOST: u64 = 30;

/// A letter.
#[derive(Clone)]
pub struct LetterRow {
    pub(super) at: Moment,
    pub(super) ago: String,
    pub(super) kind: &'static str,
    pub(super) subject: String,
    pub(super) to: String,
    pub(super) state: &'static str,
    pub(super) class: &'static str,
    pub(super) why: Option<mail::Why>,
    /// What the other side said.
    pub(super) said: String,
}

/// Somebody asked for links to the address.
#[derive(Clone)]
pub struct ClaimRow {
    pub(super) at: Moment,
    pub(super) ago: String,
    /// How many profiles had it; absent: the search has not run yet.
    pub(super) matches: Option<i32>,
}

/// Both, of one address and the profile that has it.
#[derive(Clone, Default)]
pub struct History {
    pub letters: Vec<LetterRow>,
    pub claims: Vec<ClaimRow>,
}

/// How long ago something was.
pub fn ago(shell: &Shell, now: Moment, at: Moment) -> String {
    match now.since(at).as_secs() {
        seconds @ 0..=7_199 => shell.count("ago-minutes", "number", seconds / 60),
        seconds @ 7_200..=172_799 => shell.count("ago-hours", "number", seconds / 3600),
        seconds => shell.count("ago-days", "number", seconds / 86_400),
    }
}

fn kind_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Claim => "mailing-claim",
        Kind::Invitation => "mailing-invitation",
        Kind::Notice => "mailing-notice",
        Kind::Proof => "mailing-proof",
        Kind::Bulletin => "mailing-bulletin",
        Kind::Issue => "mailing-issue",
    }
}

impl LetterRow {
    fn of(shell: &Shell, now: Moment, letter: Mailing, waits: Option<&Waits>) -> Self {
        let said = waits.and_then(|waits| waits.reason.clone()).or(letter.why).unwrap_or_default();
        let (state, class) = match letter.state {
            State::Queued if said.is_empty() => ("mailing-queued", ""),
            State::Queued => ("mailing-waits", "warn"),
            State::Sent if said.is_empty() => ("mailing-sent", "ok"),
            State::Sent => ("mailing-delayed", "warn"),
            State::GivenUp => ("mailing-given-up", "bad"),
            State::Returned => ("mailing-returned", "bad"),
        };
        Self {
            at: letter.made_at,
            ago: ago(shell, now, letter.made_at),
            kind: kind_key(letter.kind),
            subject: letter.subject,
            to: letter.sent_to,
            state,
            class,
            why: (!said.is_empty()).then(|| mail::Why::of(&said)),
            said,
        }
    }

    #[cfg(test)]
    fn sample(shell: &Shell, kind: Kind, state: State, said: &str) -> Self {
        let at = Moment::from_unix_seconds(1_795_000_000);
        let letter = Mailing {
            id: mailing::MailingId(uuid::Uuid::nil()),
            kind,
            subject: "Bo Boss invites Maria Silva to CustomerSource for Contoso Ltda".into(),
            sent_to: "maria.silva@contoso.example".into(),
            profile: None,
            invitation: None,
            newsletter: None,
            state,
            why: (!said.is_empty()).then(|| said.to_owned()),
            made_at: at,
            state_at: at,
        };
        Self::of(shell, at + std::time::Duration::from_secs(3 * 3600), letter, None)
    }
}

impl History {
    /// Of an address, and of the profile that has it.
    pub async fn load(
        portal: &Portal,
        shell: &Shell,
        now: Moment,
        (profile, to_key): (Option<ProfileId>, &str),
    ) -> Result<Self, Trouble> {
        let db = portal.db.reader();
        let letters = mailing::store::list(db, profile, to_key, MOST).await?;
        let queued: Vec<uuid::Uuid> =
            letters.iter().filter(|letter| letter.state == State::Queued).map(|letter| letter.id.0).collect();
        let waits = outbox::list_waiting(db, &queued).await?;
        let waits: HashMap<uuid::Uuid, Waits> = waits.into_iter().map(|waits| (waits.id, waits)).collect();
        let mac = portal.claim_mac.sign(to_key.as_bytes());
        let claims = claim::store::list_of_address(db, &mac, MOST).await?;
        let row = |letter: Mailing| {
            let waits = waits.get(&letter.id.0);
            LetterRow::of(shell, now, letter, waits)
        };
        let claim = |(at, matches)| ClaimRow { at, ago: ago(shell, now, at), matches };
        Ok(Self {
            letters: letters.into_iter().map(row).collect(),
            claims: claims.into_iter().map(claim).collect(),
        })
    }

    pub fn is_empty(&self) -> bool {
        self.letters.is_empty() && self.claims.is_empty()
    }

    #[cfg(test)]
    pub fn sample(shell: &Shell) -> Self {
        let letter = |kind, state, said| LetterRow::sample(shell, kind, state, said);
        let at = Moment::from_unix_seconds(1_795_000_000);
        let claim = |matches| ClaimRow { at, ago: ago(shell, at, at), matches };
        Self {
            letters: vec![
                letter(Kind::Invitation, State::Queued, ""),
                letter(Kind::Claim, State::Queued, "RCPT TO: 450 4.7.1 Greylisted"),
                letter(Kind::Notice, State::Sent, ""),
                letter(Kind::Proof, State::Sent, "4.4.1 connection timed out"),
                letter(Kind::Bulletin, State::GivenUp, "RCPT TO: 550 5.7.1 blocked using a list"),
                letter(Kind::Issue, State::Returned, "550 5.1.10 RESOLVER.ADR.RecipientNotFound"),
            ],
            claims: vec![claim(Some(0)), claim(Some(2)), claim(None)],
        }
    }
}
