//! The people of a company with their associations and invitations, in three queries a page.
use std::collections::HashMap;

use platform::Fault;
use sea_orm::ConnectionTrait;

use super::Person;
use crate::{
    association,
    profile::{self, Administrator, Profile, ProfileId},
};

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
    let mut current: HashMap<_, _> = association::store::list_current(db, &ids)
        .await?
        .into_iter()
        .map(|current| (current.profile, current))
        .collect();
    let mut last = HashMap::new();
    for invitation in association::store::list_invitations(db, &ids, 5_000).await? {
        last.entry(invitation.profile).or_insert(invitation);
    }
    let person = |profile: Profile| Person {
        current: current.remove(&profile.id),
        invitation: last.remove(&profile.id),
        profile,
    };
    Ok(profiles.into_iter().map(person).collect())
}
