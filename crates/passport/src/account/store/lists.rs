//! Queries on many accounts at once: lists, counts, dumps.
use platform::{Fault, backup::Ends};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use super::{Column, Entity, account};
use crate::account::{Account, AccountId};

/// When an older copy of the table comes back: nothing that names an epoch is good again, whatever it became meanwhile.
pub const ENDS: Ends =
    Ends { table: "account", sql: "UPDATE account SET credential_epoch = credential_epoch + 1000" };

/// At most `most` ids after this one, in their order.
pub async fn list_ids(
    db: &impl ConnectionTrait,
    after: Option<AccountId>,
    most: u64,
) -> Result<Vec<AccountId>, Fault> {
    let mut found = Entity::find().select_only().column(Column::Id).order_by_asc(Column::Id).limit(most);
    if let Some(after) = after {
        found = found.filter(Column::Id.gt(after));
    }
    Ok(found.into_tuple().all(db).await?)
}

/// At most `limit` accounts after `after`, in the order in which they were made.
pub async fn list(
    db: &impl ConnectionTrait,
    after: Option<AccountId>,
    limit: u64,
) -> Result<Vec<Account>, Fault> {
    let mut query = Entity::find().order_by_asc(Column::Id).limit(limit);
    if let Some(after) = after {
        query = query.filter(Column::Id.gt(after));
    }
    query.all(db).await?.into_iter().map(account).collect()
}

pub async fn count(db: &impl ConnectionTrait) -> Result<u64, Fault> {
    Ok(Entity::find().count(db).await?)
}

/// Every account for `passport dump`: nothing that proves anybody.
pub async fn dump(db: &impl ConnectionTrait) -> Result<Vec<serde_json::Value>, Fault> {
    let rows = Entity::find().order_by_asc(Column::Id).all(db).await?;
    rows.into_iter().map(|row| account(row).map(|account| account.as_json())).collect()
}
