//! Queries on newsletters and subscriptions.
use platform::{Fault, clock::Moment};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, sea_query::OnConflict,
};

use super::{
    Newsletter, NewsletterId,
    entity::{newsletter, subscription},
};
use crate::{access::Rule, profile::ProfileId};

fn of_row(row: newsletter::Model) -> Option<Newsletter> {
    Some(Newsletter {
        id: row.id,
        rule: Rule::of_text(&row.rule)?,
        slug: row.slug,
        language: row.language,
        name: row.name,
        about: row.about,
    })
}

pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<Newsletter>, Fault> {
    let rows = newsletter::Entity::find().order_by_asc(newsletter::Column::Slug).all(db).await?;
    Ok(rows.into_iter().filter_map(of_row).collect())
}

pub async fn find(db: &impl ConnectionTrait, id: NewsletterId) -> Result<Option<Newsletter>, Fault> {
    Ok(newsletter::Entity::find_by_id(id).one(db).await?.and_then(of_row))
}

pub async fn find_slug(db: &impl ConnectionTrait, slug: &str) -> Result<Option<Newsletter>, Fault> {
    let row = newsletter::Entity::find().filter(newsletter::Column::Slug.eq(slug)).one(db).await?;
    Ok(row.and_then(of_row))
}

/// Adds a newsletter, or brings the one of this slug up to date; answers its id.
pub async fn set(db: &impl ConnectionTrait, about: &Newsletter) -> Result<NewsletterId, Fault> {
    let known = newsletter::Entity::find().filter(newsletter::Column::Slug.eq(&about.slug)).one(db).await?;
    let id = known.as_ref().map_or(about.id, |row| row.id);
    let row = newsletter::ActiveModel {
        id: Set(id),
        slug: Set(about.slug.clone()),
        language: Set(about.language.clone()),
        name: Set(about.name.clone()),
        about: Set(about.about.clone()),
        rule: Set(about.rule.to_text()),
    };
    if known.is_some() {
        newsletter::Entity::update(row).exec(db).await?;
    } else {
        newsletter::Entity::insert(row).exec_without_returning(db).await?;
    }
    Ok(id)
}

/// Subscribes a profile; whoever has subscribed stays so.
pub async fn subscribe(
    db: &impl ConnectionTrait,
    now: Moment,
    newsletter: NewsletterId,
    profile: ProfileId,
) -> Result<(), Fault> {
    let row = subscription::ActiveModel {
        newsletter_id: Set(newsletter),
        profile_id: Set(profile),
        since: Set(now),
    };
    let key = [subscription::Column::NewsletterId, subscription::Column::ProfileId];
    let stays = OnConflict::columns(key).do_nothing().to_owned();
    match subscription::Entity::insert(row).on_conflict(stays).exec_without_returning(db).await {
        Ok(_) | Err(sea_orm::DbErr::RecordNotInserted) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Ends a subscription; true when there was one.
pub async fn unsubscribe(
    db: &impl ConnectionTrait,
    newsletter: NewsletterId,
    profile: ProfileId,
) -> Result<bool, Fault> {
    let ended = subscription::Entity::delete_by_id((newsletter, profile)).exec(db).await?;
    Ok(ended.rows_affected == 1)
}

/// Which newsletters a profile has subscribed to.
pub async fn list_of_profile(
    db: &impl ConnectionTrait,
    profile: ProfileId,
) -> Result<Vec<NewsletterId>, Fault> {
    let rows =
        subscription::Entity::find().filter(subscription::Column::ProfileId.eq(profile)).all(db).await?;
    Ok(rows.into_iter().map(|row| row.newsletter_id).collect())
}

/// Subscribers in the order of their ids, beginning after one of them.
pub async fn list_subscribers(
    db: &impl ConnectionTrait,
    newsletter: NewsletterId,
    after: Option<ProfileId>,
    most: u64,
) -> Result<Vec<ProfileId>, Fault> {
    let mut query = subscription::Entity::find().filter(subscription::Column::NewsletterId.eq(newsletter));
    if let Some(after) = after {
        query = query.filter(subscription::Column::ProfileId.gt(after));
    }
    let rows = query.order_by_asc(subscription::Column::ProfileId).limit(most).all(db).await?;
    Ok(rows.into_iter().map(|row| row.profile_id).collect())
}

/// A removed profile subscribes to nothing.
pub async fn drop_of_profile(db: &impl ConnectionTrait, profile: ProfileId) -> Result<u64, Fault> {
    let ended = subscription::Entity::delete_many()
        .filter(subscription::Column::ProfileId.eq(profile))
        .exec(db)
        .await?;
    Ok(ended.rows_affected)
}
