//! Queries on signing keys.
use platform::{Fault, clock::Moment};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _,
    sea_query::{Expr, OnConflict},
};

use super::{
    State,
    entity::{Column, Entity, Model},
};

pub async fn list_all(db: &impl ConnectionTrait) -> Result<Vec<Model>, Fault> {
    Ok(Entity::find().order_by_asc(Column::CreatedAt).order_by_asc(Column::Kid).all(db).await?)
}

pub async fn has(db: &impl ConnectionTrait, algorithm: &str, state: State) -> Result<bool, Fault> {
    let found = Entity::find()
        .filter(Column::Algorithm.eq(algorithm))
        .filter(Column::State.eq(state))
        .count(db)
        .await?;
    Ok(found > 0)
}

/// Adds a key unless another of its algorithm and state stands already; true when it was added.
pub async fn add_once(db: &impl ConnectionTrait, key: Model) -> Result<bool, Fault> {
    let added = Entity::insert(key.into_active_model())
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(added == 1)
}

/// Retires one key by its name; true for exactly one caller, ever. Nodes that rotate together agree by it.
pub async fn spend_active(db: &impl ConnectionTrait, now: Moment, kid: &str) -> Result<bool, Fault> {
    let retired = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Retired))
        .col_expr(Column::RetiredAt, now.into())
        .filter(Column::Kid.eq(kid))
        .filter(Column::State.eq(State::Active))
        .exec(db)
        .await?;
    Ok(retired.rows_affected == 1)
}

pub async fn find_active(db: &impl ConnectionTrait, algorithm: &str) -> Result<Option<Model>, Fault> {
    let active =
        Entity::find().filter(Column::Algorithm.eq(algorithm)).filter(Column::State.eq(State::Active));
    Ok(active.one(db).await?)
}

pub async fn set_sealed(db: &impl ConnectionTrait, kid: &str, sealed: Vec<u8>) -> Result<(), Fault> {
    Entity::update_many()
        .col_expr(Column::Sealed, Expr::value(sealed))
        .filter(Column::Kid.eq(kid))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn set_active(db: &impl ConnectionTrait, now: Moment, algorithm: &str) -> Result<(), Fault> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Active))
        .col_expr(Column::ActiveAt, now.into())
        .filter(Column::Algorithm.eq(algorithm))
        .filter(Column::State.eq(State::Next))
        .exec(db)
        .await?;
    Ok(())
}

/// Removes keys that were retired before `before`: nothing that they signed is valid any more.
pub async fn drop_retired(db: &impl ConnectionTrait, before: Moment) -> Result<u64, Fault> {
    let dropped = Entity::delete_many()
        .filter(Column::State.eq(State::Retired))
        .filter(Column::RetiredAt.lt(before))
        .exec(db)
        .await?;
    Ok(dropped.rows_affected)
}
