//! What is searched of a person, and the order of people: last name, first name and address, small and without
//! accents.
use platform::{
    Fault,
    db::{Database, rows},
    fold::fold,
};

use super::entity::{Column, Entity, Model};

pub(super) fn of(first_name: &str, last_name: &str, email: &str) -> String {
    fold(&format!("{last_name} {first_name} {email}"))
}

/// Fills what is missing, piece by piece; answers how many rows were filled.
pub async fn fold_missing(db: &Database) -> Result<usize, Fault> {
    let of = |row: &Model| (row.id, of(&row.first_name, &row.last_name, &row.email));
    rows::fill::<Entity, _>(db, (Column::Id, Column::Folded), of).await
}
