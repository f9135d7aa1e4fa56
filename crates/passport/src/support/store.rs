//! Queries on cases that wait for a second operator. One is carried out by whoever removes its row.
use platform::{Fault, backup::Ends, clock::Moment, sweep::Over};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use super::{
    Case, CaseId,
    entity::{ActiveModel, Column, Entity, Model},
};
use crate::account::acting::Acting;

/// Cases that nobody confirmed.
pub const OVER: Over = Over::of("support_case", "ends_at");

/// When an older copy of the table comes back.
pub const ENDS: Ends =
    Ends { table: "support_case", sql: "UPDATE support_case SET ends_at = $now WHERE ends_at > $now" };

pub async fn add_case(db: &Acting, now: Moment, new: &Case) -> Result<(), Fault> {
    let row = ActiveModel {
        id: Set(new.id),
        account_id: Set(new.account),
        operator: Set(new.operator.clone()),
        reason: Set(new.reason.clone()),
        printed: Set(new.printed),
        created_at: Set(now),
        ends_at: Set(new.ends_at),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// A case that may still be confirmed.
pub async fn find_case(db: &impl ConnectionTrait, now: Moment, id: CaseId) -> Result<Option<Case>, Fault> {
    let row = Entity::find_by_id(id).filter(Column::EndsAt.gt(now)).one(db).await?;
    Ok(row.map(|Model { id, account_id, operator, reason, printed, ends_at, created_at: _ }| Case {
        id,
        account: account_id,
        operator,
        reason,
        printed,
        ends_at,
    }))
}

/// Uses a case up; true for exactly one caller.
pub async fn spend_case(db: &Acting, now: Moment, id: CaseId) -> Result<bool, Fault> {
    let gone = Entity::delete_by_id(id).filter(Column::EndsAt.gt(now)).exec(db).await?;
    Ok(gone.rows_affected == 1)
}
