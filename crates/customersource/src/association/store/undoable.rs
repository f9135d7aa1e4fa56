//! What the link in an administrator's notice ends.
use platform::{Fault, clock::Moment};
use sea_orm::ConnectionTrait;

use super::find_active;
use crate::{
    association::{Association, UNDO_LIFETIME, undo::Undo},
    company::Company,
    profile::{self, Profile},
};

/// Whom the link may end the association of: while it is in force, and its reader administers the company.
pub async fn find_undoable(
    db: &impl ConnectionTrait,
    now: Moment,
    undo: &Undo,
) -> Result<Option<(Profile, Company)>, Fault> {
    let in_time = |found: &Association| now.is_within(UNDO_LIFETIME, found.since);
    let association = find_active(db, undo.association).await?.filter(in_time);
    let reader = profile::store::find(db, undo.administrator).await?;
    let acts = reader.and_then(|(reader, _)| profile::Administrator::by_letter(&reader));
    let (Some(association), Some(acts)) = (association, acts) else { return Ok(None) };
    profile::store::find_own(db, &acts, association.profile).await
}
