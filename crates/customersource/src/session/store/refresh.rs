//! Queries of asking the provider again: whose turn it is, who asks, what came of it.
use platform::{Fault, clock::Moment};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::Expr,
};

use crate::{
    rp::Subject,
    session::{Lifetime, entity},
};

/// A session whose person the provider is to be asked about.
pub struct Due {
    pub digest: [u8; 32],
    pub subject: Subject,
    pub auth_time: Moment,
    /// Sealed to the digest.
    pub refresh_token: Vec<u8>,
    refreshed_at: Moment,
}

/// At most `limit` live sessions that were last asked about before `before`, the longest waiting first.
pub async fn list_due(
    db: &impl ConnectionTrait,
    now: Moment,
    lifetime: Lifetime,
    before: Moment,
    limit: u64,
) -> Result<Vec<Due>, Fault> {
    let rows = entity::Entity::find()
        .filter(entity::Column::RefreshToken.is_not_null())
        .filter(entity::Column::RefreshedAt.lte(before))
        .filter(entity::Column::EndsAt.gt(now))
        .filter(entity::Column::SeenAt.gt(now - lifetime.idle))
        .order_by_asc(entity::Column::RefreshedAt)
        .limit(limit)
        .all(db)
        .await?;
    let due = |row: entity::Model| {
        Some(Due {
            digest: row.digest.try_into().ok()?,
            subject: Subject { iss: row.iss, sub: row.sub },
            auth_time: row.auth_time,
            refresh_token: row.refresh_token?,
            refreshed_at: row.refreshed_at?,
        })
    };
    Ok(rows.into_iter().filter_map(due).collect())
}

/// True for the one node that asks this time.
pub async fn spend_turn(db: &impl ConnectionTrait, now: Moment, due: &Due) -> Result<bool, Fault> {
    let updated = entity::Entity::update_many()
        .col_expr(entity::Column::RefreshedAt, now.into())
        .filter(entity::Column::Digest.eq(due.digest.to_vec()))
        .filter(entity::Column::RefreshedAt.eq(due.refreshed_at))
        .exec(db)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// What the provider said: how the person is called now, and the next token if it gave one.
pub async fn set_news(
    db: &impl ConnectionTrait,
    digest: [u8; 32],
    label: &str,
    email: Option<&str>,
    refresh_token: Option<Vec<u8>>,
) -> Result<(), Fault> {
    let mut update = entity::Entity::update_many()
        .col_expr(entity::Column::Label, Expr::value(label))
        .col_expr(entity::Column::Email, Expr::value(email.map(str::to_owned)));
    if let Some(token) = refresh_token {
        update = update.col_expr(entity::Column::RefreshToken, Expr::value(token));
    }
    update.filter(entity::Column::Digest.eq(digest.to_vec())).exec(db).await?;
    Ok(())
}
