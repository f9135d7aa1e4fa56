//! Queries on companies.
mod described;
mod folded;

use platform::{
    Fault,
    clock::Moment,
    db::Tx,
    fold::fold,
    turn::{Leaf, Turn},
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
    sea_query::{Expr, ExprTrait as _, LikeExpr},
};

use super::{Company, CompanyId, Kind, entity};

pub use described::{Described, Rows, update};
pub use folded::fold_missing;

pub(crate) fn of_row(row: entity::Model) -> Company {
    Company {
        id: row.id,
        kind: Kind::of_text(&row.kind),
        is_active: row.state == entity::Stored::Active,
        products: super::products_of(&row.products),
        name: row.name,
        region: row.region,
        time_zone: row.time_zone,
        second_step_from: row.second_step_from,
    }
}

pub async fn find(db: &impl ConnectionTrait, id: CompanyId) -> Result<Option<Company>, Fault> {
    Ok(entity::Entity::find_by_id(id).one(db).await?.map(of_row))
}

/// Some company, if there is any.
pub async fn find_any(db: &impl ConnectionTrait) -> Result<Option<Company>, Fault> {
    Ok(entity::Entity::find().one(db).await?.map(of_row))
}

/// These companies, in no order.
pub async fn list_by_id(db: &impl ConnectionTrait, ids: &[CompanyId]) -> Result<Vec<Company>, Fault> {
    let rows = entity::Entity::find().filter(entity::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(of_row).collect())
}

/// Locks the company's row until the transaction ends: whoever changes who administers it waits their turn.
/// SQLite has one writer and needs no lock. Taken before any profile's.
pub async fn lock(tx: &Tx, id: CompanyId) -> Result<(), Fault> {
    if tx.get_database_backend() == DbBackend::Postgres {
        entity::Entity::find_by_id(id).lock_exclusive().one(tx).await?;
    }
    Ok(())
}

/// Companies whose name or external id holds every word of `text`, in the order of their ids: for staff.
pub async fn search(
    db: &impl ConnectionTrait,
    text: &str,
    (turn, most): (Turn<CompanyId>, u64),
) -> Result<Leaf<Company>, Fault> {
    let mut query = entity::Entity::find();
    for word in text.split_whitespace().take(8) {
        let escaped = fold(word).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let like = LikeExpr::new(format!("%{escaped}%")).escape('\\');
        query = query.filter(Expr::col(entity::Column::Folded).like(like));
    }
    query = match turn {
        Turn::After(key) => query.filter(entity::Column::Id.gt(key)),
        Turn::Before(key) => query.filter(entity::Column::Id.lt(key)),
        Turn::First | Turn::Last => query,
    };
    query = match turn.is_backwards() {
        true => query.order_by_desc(entity::Column::Id),
        false => query.order_by_asc(entity::Column::Id),
    };
    let rows = query.limit(most.saturating_add(1)).all(db).await?;
    Ok(turn.leaf(rows, most).map(of_row))
}

/// Closes a company that a full file left out: nobody comes in for it any more.
pub async fn set_left_out(db: &impl ConnectionTrait, id: CompanyId) -> Result<(), Fault> {
    entity::Entity::update_many()
        .col_expr(entity::Column::State, Expr::value(entity::Stored::Closed))
        .col_expr(entity::Column::LeftOut, Expr::value(true))
        .filter(entity::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Notes that a company has an administrator; true for the first time (CS-41).
pub async fn spend_first_administrator(db: &impl ConnectionTrait, id: CompanyId) -> Result<bool, Fault> {
    let updated = entity::Entity::update_many()
        .col_expr(entity::Column::Administered, Expr::value(true))
        .filter(entity::Column::Id.eq(id))
        .filter(entity::Column::Administered.eq(false))
        .exec(db)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// From when on the company's people must be proven by a second step; `None`: never.
pub async fn set_second_step(db: &Tx, id: CompanyId, from: Option<Moment>) -> Result<(), Fault> {
    entity::Entity::update_many()
        .col_expr(entity::Column::SecondStepFrom, Expr::value(from))
        .filter(entity::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// The regions and the products that some company has, each once, in their order.
pub async fn list_in_use(db: &impl ConnectionTrait) -> Result<(Vec<String>, Vec<String>), Fault> {
    let of = |column| entity::Entity::find().select_only().column(column).distinct().into_tuple::<String>();
    let regions = of(entity::Column::Region).all(db).await?;
    let products = of(entity::Column::Products).all(db).await?;
    let once = |names: Vec<String>| {
        let mut names: Vec<_> = names.into_iter().map(|name| name.trim().to_owned()).collect();
        names.retain(|name| !name.is_empty());
        names.sort_by_key(|name| name.to_ascii_lowercase());
        names.dedup_by(|one, other| one.eq_ignore_ascii_case(other));
        names
    };
    let products = products.iter().flat_map(|all| super::products_of(all)).collect();
    Ok((once(regions), once(products)))
}
