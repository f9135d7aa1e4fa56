//! What is searched of a person, and the order of people: last name, first name and address, small and without
//! accents.
use platform::{Fault, db::Database, fold::fold};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _, sea_query::Expr};

use super::entity;
use crate::company::store::AT_ONCE;

pub(super) fn of(first_name: &str, last_name: &str, email: &str) -> String {
    fold(&format!("{last_name} {first_name} {email}"))
}

/// Fills what an older program, or the time before there was such a column, left empty, piece by piece; answers how
/// many rows were filled.
pub async fn fold_missing(db: &Database) -> Result<usize, Fault> {
    let mut filled = 0;
    loop {
        let find = entity::Entity::find().filter(entity::Column::Folded.is_null()).limit(AT_ONCE as u64);
        let rows = find.all(db.reader()).await?;
        if rows.is_empty() {
            return Ok(filled);
        }
        filled += rows.len();
        let tx = db.begin().await?;
        for row in rows {
            entity::Entity::update_many()
                .col_expr(
                    entity::Column::Folded,
                    Expr::value(of(&row.first_name, &row.last_name, &row.email)),
                )
                .filter(entity::Column::Id.eq(row.id))
                .filter(entity::Column::Folded.is_null())
                .exec(&tx)
                .await?;
        }
        tx.commit().await?;
    }
}
