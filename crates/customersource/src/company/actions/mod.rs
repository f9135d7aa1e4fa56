//! Adding, saving, inviting and removing the people of a company. Each verb takes who acts first, locks the
//! company, then the profile, and leaves the audit for the end.
use platform::{Fault, db::Tx};

use crate::profile::{self, Administrator};

mod invite;
mod remove;
mod save;

pub use invite::{Inviter, invite, withdraw};
pub use remove::{end_own_association, leave, remove};
pub use save::{Edit, add, save, save_own};

/// Whether whoever was an administrator when the request came in still is, now that the company is locked:
/// two who take each other's rights at the same time take turns.
async fn is_still(tx: &Tx, by: &Administrator) -> Result<bool, Fault> {
    let acting = profile::store::find_own(tx, by, by.profile()).await?;
    Ok(acting.is_some_and(|(acting, _)| Administrator::of(&acting) == Some(*by)))
}
