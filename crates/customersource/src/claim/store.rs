//! Queries on claims.
use platform::{Fault, clock::Moment, sweep::Over};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, sea_query::Expr,
};

use super::{ClaimId, entity};
use crate::rp::Subject;

/// Claims that nobody asks about any more.
pub const OVER: Over = Over::of("claim", "at").kept(super::KEPT);

pub async fn add(
    db: &impl ConnectionTrait,
    now: Moment,
    id: ClaimId,
    subject: &Subject,
    email_mac: &[u8],
) -> Result<(), Fault> {
    let row = entity::ActiveModel {
        id: Set(id),
        iss: Set(subject.iss.clone()),
        sub: Set(subject.sub.clone()),
        email_mac: Set(email_mac.to_vec()),
        at: Set(now),
        matches: Set(None),
    };
    entity::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// When links were asked for to an address, and how many profiles had it (`None`: not looked yet), the newest first:
/// for staff, who know the address.
pub async fn list_of_address(
    db: &impl ConnectionTrait,
    email_mac: &[u8],
    most: u64,
) -> Result<Vec<(Moment, Option<i32>)>, Fault> {
    let rows = entity::Entity::find()
        .filter(entity::Column::EmailMac.eq(email_mac.to_vec()))
        .order_by_desc(entity::Column::At)
        .limit(most)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.at, row.matches.map(i32::from))).collect())
}

/// Says how many profiles matched; true for the one worker that is to write to them.
pub async fn spend_search(db: &impl ConnectionTrait, id: ClaimId, matches: i32) -> Result<bool, Fault> {
    let updated = entity::Entity::update_many()
        .col_expr(entity::Column::Matches, Expr::value(matches))
        .filter(entity::Column::Id.eq(id))
        .filter(entity::Column::Matches.is_null())
        .exec(db)
        .await?;
    Ok(updated.rows_affected == 1)
}
