//! Adding, saving, inviting and removing the people of a company. Each verb takes who acts first, with the locks of
//! company and person ([`Acting::administrator`]), and leaves the audit for the end.
use platform::Fault;

use crate::{
    acting::{Acting, Administration},
    organization::Organization,
    profile::{self, Profile, ProfileId},
};

mod invite;
pub mod outside;
mod remove;
mod save;
mod settle;

pub use invite::{Inviter, invite, withdraw};
pub use remove::{end_own_association, leave, remove};
pub use save::{Edit, add, save, save_own};
pub use settle::{Settled, Shown, accept, keep};

/// Reads a person of the administrator's company, whose turn is taken. `None`: no such person.
pub async fn hold(
    acting: &Acting<Administration>,
    id: ProfileId,
) -> Result<Option<(Profile, Organization)>, Fault> {
    profile::store::find_own(acting, acting.acts(), id).await
}
