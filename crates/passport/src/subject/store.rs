//! Queries on the pairwise key.
use platform::{Fault, db::rows};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, sea_query::Expr,
};

use super::entity::{ActiveModel, Column, Entity};

const ONE: i32 = 1;

/// The pairwise key as it is sealed.
pub async fn find_pairwise_key(db: &impl ConnectionTrait) -> Result<Option<Vec<u8>>, Fault> {
    Ok(Entity::find_by_id(ONE).one(db).await?.map(|row| row.sealed))
}

/// Keeps a first pairwise key; nothing happens when there is one already.
pub async fn add_pairwise_key(db: &impl ConnectionTrait, sealed: Vec<u8>) -> Result<(), Fault> {
    let row = ActiveModel { id: Set(ONE.into()), sealed: Set(sealed) };
    rows::add_once(db, row).await.map(drop)
}

/// Puts the same key under another seal.
pub async fn set_pairwise_key(db: &impl ConnectionTrait, sealed: Vec<u8>) -> Result<(), Fault> {
    Entity::update_many()
        .col_expr(Column::Sealed, Expr::value(sealed))
        .filter(Column::Id.eq(ONE))
        .exec(db)
        .await?;
    Ok(())
}
