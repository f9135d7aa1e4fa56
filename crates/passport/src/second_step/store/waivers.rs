//! Queries on waivers: who wants to be let in once by the password alone, and the gate through which each goes once.
use platform::{Fault, backup::Ends, clock::Moment, sweep::Over};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use crate::{
    account::{AccountId, acting::Acting},
    second_step::entity::waiver::{ActiveModel, Column, Entity},
};

/// Waivers of which nobody made use.
pub const OVER: Over = Over::of("waiver", "ends_at").key("account_id");

/// When an older copy of the table comes back: it may have been vetoed since.
pub const ENDS: Ends = Ends { table: "waiver", sql: "DELETE FROM waiver" };

/// The same of a copy from before there were waivers: they are made of it.
pub const FORMER_ENDS: Ends =
    Ends { table: "authenticator", sql: "UPDATE authenticator SET off_at = NULL WHERE off_at IS NOT NULL" };

/// From when on the account can be entered once, if somebody asked for that and it is not over.
pub async fn find_waiver(
    db: &impl ConnectionTrait,
    now: Moment,
    account: AccountId,
) -> Result<Option<Moment>, Fault> {
    let row = Entity::find_by_id(account).filter(Column::EndsAt.gt(now)).one(db).await?;
    Ok(row.map(|row| row.ready_at))
}

/// Takes a wish down, in place of one that is over.
pub async fn add_waiver(db: &Acting, ready_at: Moment, ends_at: Moment) -> Result<(), Fault> {
    end_waiver(db).await?;
    let row = ActiveModel { account_id: Set(db.id()), ready_at: Set(ready_at), ends_at: Set(ends_at) };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Uses it up; true for exactly one caller, once the waiting is over.
pub async fn spend_waiver(db: &Acting, now: Moment) -> Result<bool, Fault> {
    let spent = Entity::delete_by_id(db.id())
        .filter(Column::ReadyAt.lte(now))
        .filter(Column::EndsAt.gt(now))
        .exec(db)
        .await?;
    Ok(spent.rows_affected == 1)
}

/// Nothing is lost after all, or somebody else asked.
pub async fn end_waiver(db: &Acting) -> Result<(), Fault> {
    Entity::delete_by_id(db.id()).exec(db).await?;
    super::set_off_at(db, None).await
}
