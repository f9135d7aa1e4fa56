//! Queries on devices' requests. Every change of state is a gate: one caller passes.
use oidc::{scope::Scopes, token::device::State};
use platform::{Fault, backup::Ends, clock::Moment, db::rows, sweep::Over};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, ExprTrait as _,
    QueryFilter as _, sea_query::Expr,
};

use super::{
    Device, DeviceId, NewDevice, UserCodeTag,
    entity::{ActiveModel, Column, Entity, Model, Stored},
};
use crate::{account::acting::Acting, grant::GrantId};

/// Requests that ended.
pub const OVER: Over = Over::of("device_request", "ends_at");

/// When an older copy of the table comes back.
pub const ENDS: Ends = Ends { table: "device_request", sql: "DELETE FROM device_request" };

/// Adds a request; false when its user code is another's.
pub async fn add(
    db: &impl ConnectionTrait,
    now: Moment,
    new: NewDevice,
    tag: &UserCodeTag,
) -> Result<bool, Fault> {
    let resource = match new.resource.is_empty() {
        true => None,
        false => Some(serde_json::to_string(&new.resource).map_err(Fault::bug)?),
    };
    let row = ActiveModel {
        id: Set(new.id),
        client_id: Set(new.client_id),
        user_code_tag: Set(tag.0.clone()),
        scope: Set(new.scope.to_string()),
        resource: Set(resource),
        state: Set(Stored::Pending),
        grant_id: Set(None),
        interval: Set(new.interval.into()),
        polled_at: Set(None),
        created_at: Set(now),
        ends_at: Set(new.ends_at),
    };
    rows::add_once(db, row).await
}

pub async fn find(db: &impl ConnectionTrait, id: DeviceId) -> Result<Option<Device>, Fault> {
    Entity::find_by_id(id).one(db).await?.map(device).transpose()
}

/// The request whose user code has one of these tags and that still waits for an answer.
pub async fn find_pending(
    db: &impl ConnectionTrait,
    now: Moment,
    tags: &[UserCodeTag],
) -> Result<Option<Device>, Fault> {
    let row = Entity::find()
        .filter(Column::UserCodeTag.is_in(tags.iter().map(|tag| tag.0.as_str())))
        .filter(Column::State.eq(Stored::Pending))
        .filter(Column::EndsAt.gt(now))
        .one(db)
        .await?;
    row.map(device).transpose()
}

fn device(row: Model) -> Result<Device, Fault> {
    Ok(Device {
        id: row.id,
        client_id: row.client_id,
        scope: Scopes::parse(&row.scope).map_err(Fault::bug)?,
        resource: match row.resource {
            Some(list) => serde_json::from_str(&list).map_err(Fault::bug)?,
            None => vec![],
        },
        state: match row.state {
            Stored::Pending => State::Pending,
            Stored::Approved => State::Approved,
            Stored::Denied => State::Denied,
            Stored::Spent => State::Spent,
        },
        grant: row.grant_id,
        ends_at: row.ends_at,
    })
}

/// Answers yes with a grant; true for the one answer that was first and in time.
pub async fn spend_approval(db: &Acting, now: Moment, id: DeviceId, grant: GrantId) -> Result<bool, Fault> {
    let answered = Entity::update_many()
        .col_expr(Column::State, Expr::value(Stored::Approved))
        .col_expr(Column::GrantId, grant.into())
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(Stored::Pending))
        .filter(Column::EndsAt.gt(now))
        .exec(db)
        .await?;
    Ok(answered.rows_affected == 1)
}

/// Answers no; true for the one answer that was first.
pub async fn spend_denial(db: &impl ConnectionTrait, id: DeviceId) -> Result<bool, Fault> {
    let answered = Entity::update_many()
        .col_expr(Column::State, Expr::value(Stored::Denied))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(Stored::Pending))
        .exec(db)
        .await?;
    Ok(answered.rows_affected == 1)
}

/// Gives the tokens away; true for exactly one poll, ever.
pub async fn spend_device_code(db: &impl ConnectionTrait, id: DeviceId) -> Result<bool, Fault> {
    let spent = Entity::update_many()
        .col_expr(Column::State, Expr::value(Stored::Spent))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(Stored::Approved))
        .exec(db)
        .await?;
    Ok(spent.rows_affected == 1)
}

/// How much earlier than agreed a poll may come, in milliseconds: clocks and networks are not exact.
const SLACK: i64 = 1000;

/// Notes a poll; false when it came before the interval was over.
pub async fn set_polled(db: &impl ConnectionTrait, now: Moment, id: DeviceId) -> Result<bool, Fault> {
    let asked = now.unix_millis().saturating_add(SLACK);
    let due = Expr::col(Column::PolledAt).add(Expr::col(Column::Interval).mul(1000)).lte(asked);
    let in_time = Entity::update_many()
        .col_expr(Column::PolledAt, now.into())
        .filter(Column::Id.eq(id))
        .filter(Condition::any().add(Column::PolledAt.is_null()).add(due))
        .exec(db)
        .await?;
    Ok(in_time.rows_affected == 1)
}

/// Five seconds more between two polls, up to a minute (RFC 8628 §3.5).
pub async fn set_slower(db: &impl ConnectionTrait, now: Moment, id: DeviceId) -> Result<(), Fault> {
    Entity::update_many()
        .col_expr(Column::Interval, Expr::col(Column::Interval).add(5))
        .col_expr(Column::PolledAt, now.into())
        .filter(Column::Id.eq(id))
        .filter(Column::Interval.lt(60))
        .exec(db)
        .await?;
    Ok(())
}
