//! Queries on invitations by what they are for: taking them out of force, and showing how they fare.
use platform::{Fault, clock::Moment};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, sea_query::Expr,
};

use super::of_row;
use crate::{
    association::{Invitation, InvitationId, Purpose, entity::invitation},
    profile::{Profile, ProfileId},
    rp::Subject,
};

/// Which live links go out of force.
pub enum Which<'a> {
    /// One, of this profile.
    One(ProfileId, InvitationId),
    /// All of a profile.
    Profile(ProfileId),
    /// Those that a person asked for, to switch to another Passport.
    Switches(ProfileId),
    /// Those that an administrator asked for.
    AskedBy(ProfileId),
    /// Those that only this Passport could accept.
    BoundTo(&'a Subject),
}

/// Takes links out of force; answers how many were in force.
pub async fn revoke_links(db: &impl ConnectionTrait, which: Which<'_>) -> Result<u64, Fault> {
    let which = match which {
        Which::One(profile, id) => Condition::all()
            .add(invitation::Column::ProfileId.eq(profile))
            .add(invitation::Column::Id.eq(id))
            // A claim is its claimant's own business.
            .add(invitation::Column::Purpose.ne(Purpose::SelfClaim.text())),
        Which::Profile(profile) => Condition::all().add(invitation::Column::ProfileId.eq(profile)),
        Which::Switches(profile) => Condition::all()
            .add(invitation::Column::ProfileId.eq(profile))
            .add(invitation::Column::Purpose.eq(Purpose::SelfSwitch.text())),
        Which::AskedBy(profile) => Condition::all()
            .add(invitation::Column::AskedBy.eq(profile))
            .add(invitation::Column::Purpose.eq(Purpose::AdminInvite.text())),
        Which::BoundTo(subject) => Condition::all()
            .add(invitation::Column::BoundIss.eq(subject.iss.as_str()))
            .add(invitation::Column::BoundSub.eq(subject.sub.as_str())),
    };
    let updated = invitation::Entity::update_many()
        .col_expr(invitation::Column::State, Expr::value(invitation::Stored::Revoked))
        .filter(which)
        .filter(invitation::Column::State.is_in(invitation::Stored::LIVE))
        .exec(db)
        .await?;
    Ok(updated.rows_affected)
}

/// Declines a link; true for the one caller who did, while it was in force.
pub async fn spend_declined(db: &impl ConnectionTrait, now: Moment, id: InvitationId) -> Result<bool, Fault> {
    let updated = invitation::Entity::update_many()
        .col_expr(invitation::Column::State, Expr::value(invitation::Stored::Declined))
        .col_expr(invitation::Column::DeclinedAt, now.into())
        .filter(invitation::Column::Id.eq(id))
        .filter(invitation::Column::State.is_in(invitation::Stored::LIVE))
        .filter(invitation::Column::ExpiresAt.gt(now))
        .exec(db)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// How many links that this Passport asked for since then were declined; of one profile or of all.
pub async fn count_declined(
    db: &impl ConnectionTrait,
    subject: &Subject,
    profile: Option<ProfileId>,
    since: Moment,
) -> Result<u64, Fault> {
    let mut query = invitation::Entity::find()
        .filter(invitation::Column::BoundIss.eq(subject.iss.as_str()))
        .filter(invitation::Column::BoundSub.eq(subject.sub.as_str()))
        .filter(invitation::Column::State.eq(invitation::Stored::Declined))
        .filter(invitation::Column::CreatedAt.gt(since));
    if let Some(profile) = profile {
        query = query.filter(invitation::Column::ProfileId.eq(profile));
    }
    Ok(query.count(db).await?)
}

/// Whether a link of this requester to the profile's present address was declined since then.
pub async fn is_declined(
    db: &impl ConnectionTrait,
    profile: &Profile,
    purpose: Purpose,
    requester: &str,
    since: Moment,
) -> Result<bool, Fault> {
    let declined = invitation::Entity::find()
        .filter(invitation::Column::ProfileId.eq(profile.id))
        .filter(invitation::Column::Purpose.eq(purpose.text()))
        .filter(invitation::Column::Requester.eq(requester))
        .filter(invitation::Column::SentToKey.eq(profile.email_key.as_str()))
        .filter(invitation::Column::DeclinedAt.gt(since));
    Ok(declined.count(db).await? > 0)
}

/// Whether a link's mail may go out: the link is in force but for the clock, or its mail was given up before and the
/// operator tries it again.
pub async fn is_wanted(db: &impl ConnectionTrait, id: InvitationId) -> Result<bool, Fault> {
    let states = invitation::Stored::LIVE.into_iter().chain([invitation::Stored::Undeliverable]);
    let wanted = invitation::Entity::find_by_id(id).filter(invitation::Column::State.is_in(states));
    Ok(wanted.count(db).await? > 0)
}

/// When the last link of this purpose was made for a profile at the address that it has now.
pub async fn find_last(
    db: &impl ConnectionTrait,
    profile: &Profile,
    purpose: Purpose,
) -> Result<Option<Moment>, Fault> {
    let row = invitation::Entity::find()
        .filter(invitation::Column::ProfileId.eq(profile.id))
        .filter(invitation::Column::SentToKey.eq(&profile.email_key))
        .filter(invitation::Column::Purpose.eq(purpose.text()))
        .order_by_desc(invitation::Column::CreatedAt)
        .one(db)
        .await?;
    Ok(row.map(|row| row.created_at))
}

/// The invitations of these profiles, newest first; claims are their claimants' own business.
pub async fn list_invitations(
    db: &impl ConnectionTrait,
    profiles: &[ProfileId],
    most: u64,
) -> Result<Vec<Invitation>, Fault> {
    let rows = invitation::Entity::find()
        .filter(invitation::Column::ProfileId.is_in(profiles.iter().copied()))
        .filter(invitation::Column::Purpose.ne(Purpose::SelfClaim.text()))
        .order_by_desc(invitation::Column::CreatedAt)
        .order_by_desc(invitation::Column::Id)
        .limit(most)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(of_row).collect())
}
