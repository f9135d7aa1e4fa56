//! The people of a company with their associations and invitations, in three queries a page.
pub mod attached;
mod listed;

use std::collections::HashMap;

use platform::{Fault, clock::Moment, id};
use sea_orm::ConnectionTrait;

use super::Person;
use crate::{
    association,
    company::CompanyId,
    profile::{self, Profile, ProfileId},
};

pub use listed::{Sought, everybody, people};

/// Profiles asked for in one query, and the most invitations that such a query answers: a profile gets five a
/// day, and rows are not kept for ever.
const AT_ONCE: usize = 200;
const MOST_INVITATIONS: u64 = 20_000;

/// Whether no administrator of a company is within reach: its people are told whom to ask instead (CS-53).
pub async fn is_out_of_reach(
    db: &impl ConnectionTrait,
    now: Moment,
    company: CompanyId,
) -> Result<bool, Fault> {
    let administrators = profile::store::list_administrators(db, company).await?;
    Ok(with_standing(db, administrators).await?.iter().all(|person| person.is_unreachable(now)))
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
    // Only administrators are ever out of reach.
    let away = profiles.iter().filter(|profile| profile.is_admin && !current.contains_key(&profile.id));
    let away: Vec<ProfileId> = away.map(|profile| profile.id).collect();
    let mut ended = HashMap::new();
    for ids in away.chunks(AT_ONCE) {
        ended.extend(association::store::list_last_ended(db, ids).await?);
    }
    let person = |profile: Profile| {
        let current = current.remove(&profile.id);
        let used = current.as_ref().map(|current| current.seen_at.unwrap_or(current.since));
        let added = id::made_at(profile.id.0);
        Person {
            reached_at: used.or_else(|| ended.remove(&profile.id).max(added)),
            current,
            invitation: last.remove(&profile.id),
            profile,
        }
    };
    Ok(profiles.into_iter().map(person).collect())
}
