//! Adding, saving, inviting and removing the people of a company. Each verb takes who acts first, locks the
//! company, then the profile, and leaves the audit for the end.
use std::collections::BTreeSet;

use platform::{Fault, db::Tx};

use crate::{
    association,
    organization::{self, Organization},
    profile::{self, Administrator, Profile, ProfileId},
    rp::Subject,
};

mod address;
mod invite;
pub mod outside;
mod remove;
mod save;
mod settle;
mod staff;

pub use address::prove;
pub use invite::{Inviter, invite, withdraw};
pub use remove::{end_own_association, leave, remove};
pub use save::{Edit, add, save, save_own};
pub use settle::{Settled, Shown, accept, keep};
pub use staff::{add_by_staff, mend_address};

/// An administrator and the Passport behind them.
pub type By<'a> = (&'a Administrator, &'a Subject);

/// Takes the company's turn and holds the rows of the administrator and of the person. False when whoever was an
/// administrator when the request came in is none any more: two who take each other's rights at the same time
/// take turns, and who has just lost theirs leaves no invitation behind (AS-11).
pub async fn take_turn(tx: &Tx, (by, subject): By<'_>, of: &[ProfileId]) -> Result<bool, Fault> {
    organization::store::lock(tx, by.organization()).await?;
    // Everybody who holds several profiles takes the older ones first.
    let all: BTreeSet<ProfileId> = of.iter().copied().chain([by.profile()]).collect();
    for id in all {
        profile::store::lock(tx, id).await?;
    }
    let acting = profile::store::find_own(tx, by, by.profile()).await?;
    let is_still = acting.is_some_and(|(acting, _)| Administrator::of(&acting) == Some(*by));
    let current = association::store::find_current(tx, by.profile()).await?;
    Ok(is_still && current.is_some_and(|current| current.subject == *subject))
}

/// Takes the turn and reads a person of the administrator's company. `None`: no such person, or no such
/// administrator any more.
pub async fn hold(tx: &Tx, by: By<'_>, id: ProfileId) -> Result<Option<(Profile, Organization)>, Fault> {
    if !take_turn(tx, by, &[id]).await? {
        return Ok(None);
    }
    profile::store::find_own(tx, by.0, id).await
}

/// Locks and reads the profile that a Passport acts as. `None` when it does so no more.
pub async fn hold_own(
    tx: &Tx,
    subject: &Subject,
    acting: ProfileId,
) -> Result<Option<(Profile, Organization)>, Fault> {
    profile::store::lock(tx, acting).await?;
    let current = association::store::find_current(tx, acting).await?;
    // Somebody else may have taken the profile a moment ago.
    if current.is_none_or(|current| current.subject != *subject) {
        return Ok(None);
    }
    let found = profile::store::find(tx, acting).await?;
    Ok(found.filter(|(profile, company)| profile.is_active && company.is_active))
}
