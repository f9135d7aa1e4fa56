//! Adding, saving, inviting, associating and removing the people of a company. Each verb takes who acts first, with the locks of
//! company and person ([`Acting::administrator`]), and leaves the audit for the end.
use std::collections::BTreeSet;

use platform::{Fault, db::Tx};

use crate::{
    acting::{Acting, Administration},
    association,
    company::{self, Company},
    profile::{self, Administrator, Profile, ProfileId},
    rp::Subject,
};

mod address;
mod associate;
mod invite;
pub mod outside;
mod remove;
mod save;
mod second_step;
mod settle;
mod staff;

pub use address::prove;
pub use associate::associate;
pub use invite::{Inviter, invite, invite_for, withdraw};
pub use remove::{end_own_association, leave, remove};
pub use save::{Edit, add, add_for, save, save_own};
pub use second_step::ask_second_step;
pub use settle::{Settled, Shown, accept, keep};
pub use staff::{Bound, add_by_staff, bound, mend_address};

/// An administrator and the Passport behind them.
pub type By<'a> = (&'a Administrator, &'a Subject);

/// For what an administrator confirmed and a job carries out: takes the company's turn and holds the rows of the
/// administrator and of the people. False when whoever confirmed it is no administrator any more (AS-11).
pub async fn take_turn(tx: &Tx, (by, subject): By<'_>, of: &[ProfileId]) -> Result<bool, Fault> {
    company::store::lock(tx, by.company()).await?;
    // Everybody who holds several profiles takes the older ones first.
    let all: BTreeSet<ProfileId> = of.iter().copied().chain([by.profile()]).collect();
    for id in all {
        profile::store::lock(tx, id).await?;
    }
    let acting = profile::store::find_own(tx, by, by.profile()).await?;
    let is_still = acting.is_some_and(|(acting, _)| Administrator::by_letter(&acting) == Some(*by));
    let current = association::store::find_current(tx, by.profile()).await?;
    Ok(is_still && current.is_some_and(|current| current.subject == *subject))
}

/// Reads a person of the administrator's company, whose turn is taken. `None`: no such person.
pub async fn hold(
    acting: &Acting<Administration>,
    id: ProfileId,
) -> Result<Option<(Profile, Company)>, Fault> {
    profile::store::find_own(acting, acting.acts(), id).await
}
