//! Queries on newsletters and subscriptions.
use std::collections::HashMap;

use platform::{
    Fault,
    clock::Moment,
    db::{Tx, rows},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, ExprTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Statement,
    sea_query::{Expr, OnConflict},
};

use super::{
    Figures, Newsletter, NewsletterId, REFUSALS, Subscription,
    entity::{figures, newsletter, subscription},
};
use crate::{access::Rule, ids::ResourceId, profile::ProfileId};

pub(crate) fn of_row(row: newsletter::Model) -> Option<Newsletter> {
    Some(Newsletter {
        id: row.id,
        rule: Rule::of_text(&row.rule)?,
        slug: row.slug,
        language: row.language,
        name: row.name,
        about: row.about,
        is_open: row.state == newsletter::Stored::Open,
        revision: row.revision.into(),
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

/// The newsletter as it is now and stays until the transaction ends: for whoever subscribes to it.
pub async fn hold(tx: &Tx, id: NewsletterId) -> Result<Option<Newsletter>, Fault> {
    Ok(newsletter::Entity::find_by_id(id).lock_shared().one(tx).await?.and_then(of_row))
}

fn active(about: &Newsletter) -> newsletter::ActiveModel {
    newsletter::ActiveModel {
        id: Set(about.id),
        slug: Set(about.slug.clone()),
        language: Set(about.language.clone()),
        name: Set(about.name.clone()),
        about: Set(about.about.clone()),
        rule: Set(about.rule.to_text()),
        state: Set(newsletter::Stored::of(about.is_open)),
        revision: Set(about.revision.into()),
    }
}

/// Adds a newsletter that is not there yet; false when somebody else took the name a moment ago.
pub async fn add(db: &impl ConnectionTrait, about: &Newsletter) -> Result<bool, Fault> {
    rows::add_once(db, active(about)).await
}

/// Stores a change of the revision that was read; false when somebody else changed it meanwhile.
pub async fn spend_revision(db: &impl ConnectionTrait, about: &Newsletter) -> Result<bool, Fault> {
    rows::spend_revision(db, active(about), (newsletter::Column::Id, newsletter::Column::Revision)).await
}

/// Adds a newsletter, or brings the one of this slug up to date; whether it is open stays.
pub async fn set(db: &impl ConnectionTrait, about: &Newsletter) -> Result<(), Fault> {
    let Some(known) = find_slug(db, &about.slug).await? else { return add(db, about).await.map(drop) };
    let wanted =
        Newsletter { id: known.id, is_open: known.is_open, revision: known.revision, ..about.clone() };
    if wanted != known {
        spend_revision(db, &wanted).await?;
    }
    Ok(())
}

/// Subscribes a profile; for whoever has subscribed, mails go on if they were paused.
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
        refused: Set(0.into()),
        paused_at: Set(None),
    };
    let key = [subscription::Column::NewsletterId, subscription::Column::ProfileId];
    let resumes = OnConflict::columns(key)
        .update_columns([subscription::Column::Refused, subscription::Column::PausedAt])
        .to_owned();
    subscription::Entity::insert(row).on_conflict(resumes).exec_without_returning(db).await?;
    Ok(())
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
) -> Result<Vec<Subscription>, Fault> {
    let rows =
        subscription::Entity::find().filter(subscription::Column::ProfileId.eq(profile)).all(db).await?;
    let subscription = |row: subscription::Model| Subscription {
        newsletter: row.newsletter_id,
        is_paused: row.paused_at.is_some(),
    };
    Ok(rows.into_iter().map(subscription).collect())
}

/// How many have subscribed to each newsletter, and how many of these are paused.
pub async fn count_subscribers(
    db: &impl ConnectionTrait,
) -> Result<HashMap<NewsletterId, (u64, u64)>, Fault> {
    let counts: Vec<(NewsletterId, i64, i64)> = subscription::Entity::find()
        .select_only()
        .column(subscription::Column::NewsletterId)
        .column_as(subscription::Column::ProfileId.count(), "b_all")
        .column_as(subscription::Column::PausedAt.count(), "c_paused")
        .group_by(subscription::Column::NewsletterId)
        .into_tuple()
        .all(db)
        .await?;
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    Ok(counts.into_iter().map(|(letter, all, paused)| (letter, (count(all), count(paused)))).collect())
}

/// Counts a mail that was taken: earlier refusals are forgotten.
pub async fn note_accepted(
    db: &impl ConnectionTrait,
    newsletter: NewsletterId,
    profile: ProfileId,
) -> Result<(), Fault> {
    subscription::Entity::update_many()
        .col_expr(subscription::Column::Refused, Expr::value(0))
        .filter(subscription::Column::NewsletterId.eq(newsletter))
        .filter(subscription::Column::ProfileId.eq(profile))
        .filter(subscription::Column::PausedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// Counts a mail that was refused for good; after [`REFUSALS`] in a row the subscription is paused.
pub async fn note_refused(
    db: &impl ConnectionTrait,
    now: Moment,
    newsletter: NewsletterId,
    profile: ProfileId,
) -> Result<(), Fault> {
    let own = Condition::all()
        .add(subscription::Column::NewsletterId.eq(newsletter))
        .add(subscription::Column::ProfileId.eq(profile));
    subscription::Entity::update_many()
        .col_expr(subscription::Column::Refused, Expr::col(subscription::Column::Refused).add(1))
        .filter(own.clone())
        .exec(db)
        .await?;
    subscription::Entity::update_many()
        .col_expr(subscription::Column::PausedAt, Expr::value(now))
        .filter(own)
        .filter(subscription::Column::Refused.gte(REFUSALS))
        .filter(subscription::Column::PausedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// Adds to the figures of an issue.
pub async fn add_figures(db: &impl ConnectionTrait, issue: ResourceId, more: Figures) -> Result<(), Fault> {
    let sql = "INSERT INTO issue_figures (resource_id, sent, refused, unsubscribed) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (resource_id) DO UPDATE SET sent = issue_figures.sent + excluded.sent, \
               refused = issue_figures.refused + excluded.refused, \
               unsubscribed = issue_figures.unsubscribed + excluded.unsubscribed";
    let values = [issue.0.into(), more.sent.into(), more.refused.into(), more.unsubscribed.into()];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// The figures of these issues, as far as mails of them went out.
pub async fn list_figures(
    db: &impl ConnectionTrait,
    issues: &[ResourceId],
) -> Result<HashMap<ResourceId, Figures>, Fault> {
    let rows =
        figures::Entity::find().filter(figures::Column::ResourceId.is_in(issues.iter().copied())).all(db);
    let figures = |row: figures::Model| {
        let figures = Figures {
            sent: row.sent.into(),
            refused: row.refused.into(),
            unsubscribed: row.unsubscribed.into(),
        };
        (row.resource_id, figures)
    };
    Ok(rows.await?.into_iter().map(figures).collect())
}

/// Subscribers who are not paused, in the order of their ids, beginning after one of them.
pub async fn list_subscribers(
    db: &impl ConnectionTrait,
    newsletter: NewsletterId,
    after: Option<ProfileId>,
    most: u64,
) -> Result<Vec<ProfileId>, Fault> {
    let mut query = subscription::Entity::find()
        .filter(subscription::Column::NewsletterId.eq(newsletter))
        .filter(subscription::Column::PausedAt.is_null());
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
