//! Queries on one-time links. A link is spent by one conditional UPDATE; time is looked at when it is used.
use platform::{Fault, backup::Ends, clock::Moment, secrets, sweep::Over};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::{
    Link, LinkId, NewLink, PressedLink, Purpose,
    entity::{ActiveModel, Column, Entity, Model},
};

use crate::{
    account::{AccountId, acting::Acting},
    sending::TWICE,
};

/// Links that ended.
pub const OVER: Over = Over::of("link", "ends_at");

/// When an older copy of the table comes back. Links that take something back stay: whoever reads them wants no harm to the account.
pub const ENDS: Ends =
    Ends { table: "link", sql: "DELETE FROM link WHERE purpose NOT IN ('not_me', 'stop_recovery')" };

pub async fn add_link(
    db: &Acting,
    now: Moment,
    id: LinkId,
    digest: &[u8],
    new: NewLink<'_>,
) -> Result<(), Fault> {
    let row = ActiveModel {
        id: Set(id),
        account_id: Set(new.account),
        purpose: Set(new.purpose.as_str().to_owned()),
        digest: Set(digest.to_vec()),
        detail: Set(new.detail.to_owned()),
        created_at: Set(now),
        ends_at: Set(now + new.lifetime),
        spent_at: Set(None),
        spent_by: Set(None),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

fn link(row: Model) -> Option<Link> {
    Some(Link {
        id: row.id,
        account: row.account_id,
        purpose: Purpose::parse(&row.purpose)?,
        detail: row.detail,
        created_at: row.created_at,
        ends_at: row.ends_at,
    })
}

/// The link with this secret, unless it was used, ended or is overdue.
pub async fn find_usable(
    db: &impl ConnectionTrait,
    now: Moment,
    secret: &str,
) -> Result<Option<Link>, Fault> {
    let digest = secrets::digest(secret.as_bytes()).to_vec();
    let row = Entity::find()
        .filter(Column::Digest.eq(digest))
        .filter(Column::SpentAt.is_null())
        .filter(Column::EndsAt.gt(now))
        .one(db)
        .await?;
    Ok(row.and_then(link))
}

/// The link with this secret that somebody used up a moment ago.
pub async fn find_just_spent(
    db: &impl ConnectionTrait,
    now: Moment,
    secret: &str,
) -> Result<Option<Link>, Fault> {
    let digest = secrets::digest(secret.as_bytes()).to_vec();
    let row = Entity::find()
        .filter(Column::Digest.eq(digest))
        .filter(Column::SpentBy.is_not_null())
        .filter(Column::SpentAt.gte(now - TWICE))
        .one(db)
        .await?;
    Ok(row.and_then(link))
}

/// Whether it was this press that used its link up.
pub async fn was_spent_by(db: &impl ConnectionTrait, press: &PressedLink) -> Result<bool, Fault> {
    let found = Entity::find_by_id(press.id).filter(Column::SpentBy.eq(press.by.to_vec()));
    Ok(found.count(db).await? > 0)
}

/// The usable links of an account for one purpose, the newest first.
pub async fn list_usable(
    db: &impl ConnectionTrait,
    now: Moment,
    account: AccountId,
    purpose: Purpose,
) -> Result<Vec<Link>, Fault> {
    let rows = Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::Purpose.eq(purpose.as_str()))
        .filter(Column::SpentAt.is_null())
        .filter(Column::EndsAt.gt(now))
        .order_by_desc(Column::Id)
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(link).collect())
}

/// Accounts with usable links for a purpose, in their order, after `after`.
pub async fn list_accounts(
    db: &impl ConnectionTrait,
    now: Moment,
    purpose: Purpose,
    after: Option<AccountId>,
    limit: u64,
) -> Result<Vec<AccountId>, Fault> {
    let mut query = Entity::find()
        .select_only()
        .column(Column::AccountId)
        .distinct()
        .filter(Column::Purpose.eq(purpose.as_str()))
        .filter(Column::SpentAt.is_null())
        .filter(Column::EndsAt.gt(now));
    if let Some(after) = after {
        query = query.filter(Column::AccountId.gt(after));
    }
    Ok(query.order_by_asc(Column::AccountId).limit(limit).into_tuple().all(db).await?)
}

/// Writes anew what a link knows.
pub async fn set_detail(db: &Acting, id: LinkId, detail: &str) -> Result<(), Fault> {
    Entity::update_many()
        .col_expr(Column::Detail, detail.into())
        .filter(Column::Id.eq(id))
        .filter(Column::AccountId.eq(db.id()))
        .exec(db)
        .await?;
    Ok(())
}

/// Uses a link up; true for exactly one caller, ever.
pub async fn spend_link(db: &Acting, now: Moment, press: &PressedLink) -> Result<bool, Fault> {
    let spent = Entity::update_many()
        .col_expr(Column::SpentAt, now.into())
        .col_expr(Column::SpentBy, press.by.to_vec().into())
        .filter(Column::Id.eq(press.id))
        .filter(Column::SpentAt.is_null())
        .filter(Column::EndsAt.gt(now))
        .exec(db)
        .await?;
    Ok(spent.rows_affected == 1)
}

/// Makes the links of an account for these purposes unusable.
pub async fn end_links(
    db: &Acting,
    now: Moment,
    account: AccountId,
    purposes: &[Purpose],
) -> Result<(), Fault> {
    Entity::update_many()
        .col_expr(Column::SpentAt, now.into())
        .filter(Column::AccountId.eq(account))
        .filter(Column::Purpose.is_in(purposes.iter().map(|purpose| purpose.as_str())))
        .filter(Column::SpentAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}
