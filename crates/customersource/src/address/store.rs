//! Queries on addresses that wait for their proof.
use platform::{Fault, backup::Ends, clock::Moment, email::EmailAddress, sweep::Over};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    sea_query::OnConflict,
};

use super::{LIFETIME, NewAddress, entity};
use crate::{profile::ProfileId, rp::Subject};

/// Links that are too old.
pub const OVER: Over = Over::of("new_address", "expires_at").key("profile_id");

/// When an older copy of the table comes back.
pub const ENDS: Ends = Ends { table: "new_address", sql: "DELETE FROM new_address" };

fn of_row(row: entity::Model) -> NewAddress {
    NewAddress {
        profile: row.profile_id,
        email: row.email,
        subject: Subject { iss: row.iss, sub: row.sub },
        expires_at: row.expires_at,
    }
}

/// Writes down what is wanted, in place of what was wanted before.
pub async fn set(
    db: &impl ConnectionTrait,
    now: Moment,
    (profile, subject): (ProfileId, &Subject),
    email: &EmailAddress,
    digest: [u8; 32],
) -> Result<(), Fault> {
    use entity::Column::{AskedAt, Digest, Email, EmailKey, ExpiresAt, Iss, ProfileId, Sub};
    let row = entity::ActiveModel {
        profile_id: Set(profile),
        email: Set(email.as_str().to_owned()),
        email_key: Set(email.key().to_owned()),
        digest: Set(digest.to_vec()),
        iss: Set(subject.iss.clone()),
        sub: Set(subject.sub.clone()),
        asked_at: Set(now),
        expires_at: Set(now + LIFETIME),
    };
    let changed = [Email, EmailKey, Digest, Iss, Sub, AskedAt, ExpiresAt];
    entity::Entity::insert(row)
        .on_conflict(OnConflict::column(ProfileId).update_columns(changed).to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// What waits for this profile.
pub async fn find(
    db: &impl ConnectionTrait,
    now: Moment,
    profile: ProfileId,
) -> Result<Option<NewAddress>, Fault> {
    let row = entity::Entity::find_by_id(profile).one(db).await?;
    Ok(row.map(of_row).filter(|wanted| now < wanted.expires_at))
}

/// What a link proves.
pub async fn find_link(
    db: &impl ConnectionTrait,
    now: Moment,
    digest: [u8; 32],
) -> Result<Option<NewAddress>, Fault> {
    let found = entity::Entity::find().filter(entity::Column::Digest.eq(digest.to_vec()));
    Ok(found.one(db).await?.map(of_row).filter(|wanted| now < wanted.expires_at))
}

/// Takes a link; true for the one caller who did.
pub async fn spend(db: &impl ConnectionTrait, digest: [u8; 32]) -> Result<bool, Fault> {
    let gone = entity::Entity::delete_many().filter(entity::Column::Digest.eq(digest.to_vec()));
    Ok(gone.exec(db).await?.rows_affected == 1)
}

/// Nothing is wanted any more: the profile is somebody else's, or its address was said elsewhere.
pub async fn drop_of_profile(db: &impl ConnectionTrait, profile: ProfileId) -> Result<(), Fault> {
    entity::Entity::delete_by_id(profile).exec(db).await?;
    Ok(())
}
