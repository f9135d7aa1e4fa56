//! Carrying a bulk out, some people at a time, so that nobody waits for it: whoever confirmed it must administer the
//! company still at each piece.
use std::time::Duration;

use platform::{
    Fault,
    clock::Moment,
    db::Tx,
    email::EmailAddress,
    limits,
    outbox::{Job, Outbox},
};
use serde::{Deserialize, Serialize};

use super::{Bulk, BulkId, INVITES, Kind, Line, Outcome, State, store};
use crate::{
    association::{self, actions::Desk},
    people::{
        Invited,
        actions::{self, Edit, Inviter, invite_for},
    },
    profile::{self, Administrator, Profile, ProfileId, store::Details, typed_name},
};

/// So many people go into one transaction.
const PIECE: u64 = 10;
/// When the hour's invitations are used up, the rest is tried again after so long.
const REST: Duration = Duration::from_secs(600);

/// The next piece of a bulk.
#[derive(Serialize, Deserialize)]
pub struct Piece {
    pub bulk: BulkId,
}

impl Job for Piece {
    const KIND: &'static str = "bulk";
}

/// Begins a draft; false when it was begun before.
pub async fn begin(tx: &Tx, now: Moment, outbox: &Outbox, id: BulkId) -> Result<bool, Fault> {
    if !store::spend_draft(tx, id).await? {
        return Ok(false);
    }
    outbox.add(tx, now, &Piece { bulk: id }).await?;
    Ok(true)
}

/// Does the next piece, and orders the one after it.
pub async fn next(tx: &Tx, now: Moment, desk: &Desk<'_>, id: BulkId) -> Result<(), Fault> {
    let Some(bulk) = store::find(tx, id).await?.filter(|bulk| bulk.state == State::Running) else {
        return Ok(());
    };
    let lines = store::list_open(tx, id, PIECE).await?;
    let Some(by) = in_charge(tx, &bulk, &lines).await? else {
        store::set_rest(tx, id, Outcome::NotAdministrator).await?;
        return store::end(tx, id).await;
    };
    if lines.is_empty() {
        return store::end(tx, id).await;
    }
    for line in lines {
        let Some(outcome) = one(tx, now, desk, (&bulk, &by), &line).await? else {
            // The hour's invitations are used up: the rest waits.
            return desk.outbox.add(tx, now + REST, &Piece { bulk: id }).await;
        };
        store::set_outcome(tx, id, line.number, outcome).await?;
    }
    desk.outbox.add(tx, now, &Piece { bulk: id }).await
}

/// Takes the company's turn and everybody's row at once, for the audit comes after every lock. `None`: whoever
/// confirmed it is no administrator any more.
async fn in_charge(tx: &Tx, bulk: &Bulk, lines: &[Line]) -> Result<Option<Administrator>, Fault> {
    let Some((acting, _)) = profile::store::find(tx, bulk.by).await? else { return Ok(None) };
    let Some(by) = Administrator::by_letter(&acting).filter(|by| by.company() == bulk.company) else {
        return Ok(None);
    };
    let ids: Vec<ProfileId> = lines.iter().filter_map(|line| line.profile).collect();
    Ok(actions::take_turn(tx, (&by, &bulk.subject), &ids).await?.then_some(by))
}

/// One person; `None` when nobody can be invited for now.
async fn one(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    (bulk, by): (&Bulk, &Administrator),
    line: &Line,
) -> Result<Option<Outcome>, Fault> {
    let sends = bulk.kind == Kind::Invite || bulk.invites;
    if sends {
        let limit = INVITES.scaled(desk.limits_scale);
        if !limits::spend(tx, now, limit, &bulk.company.to_string()).await? {
            return Ok(None);
        }
    }
    let (id, is_new) = match (bulk.kind, line.profile) {
        (Kind::Invite, None) => return Ok(Some(Outcome::Gone)),
        (Kind::Invite, Some(id)) => (id, false),
        (Kind::Add, _) => match add(tx, now, desk, (bulk, by), line).await? {
            Ok(id) => (id, true),
            Err(outcome) => return Ok(Some(outcome)),
        },
    };
    if !sends {
        return Ok(Some(Outcome::Added));
    }
    let Some(found) = profile::store::find_own(tx, by, id).await? else { return Ok(Some(Outcome::Gone)) };
    if !is_new && !is_as_shown(tx, bulk, line, &found.0).await? {
        return Ok(Some(Outcome::Changed));
    }
    let inviter = Inviter::Bulk(&bulk.subject, by.profile());
    let invited = invite_for(tx, now, desk, inviter, &found, bulk.language).await?;
    Ok(Some(match (invited, is_new) {
        (Invited::Sent, true) => Outcome::AddedInvited,
        (Invited::Sent, false) => Outcome::Invited,
        (_, true) => Outcome::AddedNotInvited,
        (Invited::TooSoon, false) => Outcome::TooSoon,
        (Invited::TooMany(_), false) => Outcome::TooMany,
        (Invited::Declined, false) => Outcome::Declined,
    }))
}

/// Whoever confirmed it saw this name and this address, and a Passport that had the profile or none.
async fn is_as_shown(tx: &Tx, bulk: &Bulk, line: &Line, profile: &Profile) -> Result<bool, Fault> {
    let shown = (&line.first_name, &line.last_name, &line.email);
    let taken = association::store::find_current(tx, profile.id).await?;
    let is_taken_since = taken.is_some_and(|association| association.since > bulk.created_at);
    Ok(shown == (&profile.first_name, &profile.last_name, &profile.email) && !is_taken_since)
}

/// Adds one person, judged again: the company may have got them meanwhile.
async fn add(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    (bulk, by): (&Bulk, &Administrator),
    line: &Line,
) -> Result<Result<ProfileId, Outcome>, Fault> {
    let (first, last) = (typed_name(&line.first_name), typed_name(&line.last_name));
    let (Some(first_name), Some(last_name), Ok(email)) = (first, last, EmailAddress::parse(&line.email))
    else {
        return Ok(Err(Outcome::NoEmail));
    };
    if profile::store::has_address(tx, by, email.key()).await? {
        return Ok(Err(Outcome::There));
    }
    let edit = Edit {
        details: Details { first_name, last_name, email },
        is_admin: false,
        invite: false,
        version: 0,
        language: bulk.language,
    };
    let (id, _) = actions::add_for(tx, now, desk, (by, &bulk.subject), &edit).await?;
    Ok(Ok(id))
}
