//! The people of a company with their associations and invitations, in three queries a page.
use std::collections::HashMap;

use platform::Fault;
use sea_orm::ConnectionTrait;

use super::Person;
use crate::{
    association,
    profile::{self, Administrator, Profile, ProfileId},
};

/// Profiles asked for in one query, and the most invitations that such a query answers: a profile gets five a
/// day, and rows are not kept for ever.
const AT_ONCE: usize = 200;
const MOST_INVITATIONS: u64 = 20_000;

/// A page of the administrator's own company.
pub async fn people(
    db: &impl ConnectionTrait,
    by: &Administrator,
    text: &str,
    page: (u64, u64),
) -> Result<Vec<Person>, Fault> {
    let profiles = profile::store::people(db, by, text, page).await?;
    with_standing(db, profiles).await
}

/// These profiles, with what is known of them.
pub async fn with_standing(db: &impl ConnectionTrait, profiles: Vec<Profile>) -> Result<Vec<Person>, Fault> {
    let ids: Vec<ProfileId> = profiles.iter().map(|profile| profile.id).collect();
    let (mut current, mut last) = (HashMap::new(), HashMap::new());
    for ids in ids.chunks(AT_ONCE) {
        for association in association::store::list_current(db, ids).await? {
            current.insert(association.profile, association);
        }
        for invitation in association::store::list_invitations(db, ids, MOST_INVITATIONS).await? {
            last.entry(invitation.profile).or_insert(invitation);
        }
    }
    let person = |profile: Profile| Person {
        current: current.remove(&profile.id),
        invitation: last.remove(&profile.id),
        profile,
    };
    Ok(profiles.into_iter().map(person).collect())
}
