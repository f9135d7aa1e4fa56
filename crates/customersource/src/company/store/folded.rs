//! Filling what is searched of companies where an older program, or the time before there was such a column, left
//! it empty.
use platform::{Fault, db::Database, fold::fold};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _, sea_query::Expr};

use super::{AT_ONCE, entity};

/// Piece by piece; answers how many rows were filled.
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
            let folded = fold(&format!("{} {}", row.name, row.external_id.as_deref().unwrap_or_default()));
            entity::Entity::update_many()
                .col_expr(entity::Column::Folded, Expr::value(folded))
                .filter(entity::Column::Id.eq(row.id))
                .filter(entity::Column::Folded.is_null())
                .exec(&tx)
                .await?;
        }
        tx.commit().await?;
    }
}
