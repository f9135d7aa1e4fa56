//! Queries on since when an account is recovered by what.
use platform::{Fault, clock::Moment};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait as _, sea_query::OnConflict};

use super::{
    Channel,
    entity::{ActiveModel, Column, Entity},
};
use crate::account::{AccountId, acting::Acting};

/// Notes that a channel is new, changed or put back, in the transaction of that.
pub async fn set_changed(
    db: &Acting,
    now: Moment,
    account: AccountId,
    channel: Channel,
) -> Result<(), Fault> {
    let row = ActiveModel {
        account_id: Set(account),
        kind: Set(channel.as_str().to_owned()),
        changed_at: Set(now),
    };
    let again =
        OnConflict::columns([Column::AccountId, Column::Kind]).update_column(Column::ChangedAt).to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(db).await?;
    Ok(())
}

/// When a channel became what it is; `None` when it never changed since that is written down.
pub async fn find_changed(
    db: &impl ConnectionTrait,
    account: AccountId,
    channel: Channel,
) -> Result<Option<Moment>, Fault> {
    let row = Entity::find_by_id((account, channel.as_str().to_owned())).one(db).await?;
    Ok(row.map(|row| row.changed_at))
}
