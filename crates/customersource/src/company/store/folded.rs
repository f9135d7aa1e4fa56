//! Filling what is searched of companies where it is missing.
use platform::{
    Fault,
    db::{Database, rows},
    fold::fold,
};

use super::entity::{Column, Entity, Model};

/// Piece by piece; answers how many rows were filled.
pub async fn fold_missing(db: &Database) -> Result<usize, Fault> {
    let of = |row: &Model| {
        (row.id, fold(&format!("{} {}", row.name, row.external_id.as_deref().unwrap_or_default())))
    };
    rows::fill::<Entity, _>(db, (Column::Id, Column::Folded), of).await
}
