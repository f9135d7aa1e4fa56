//! Queries on forms that were carried out: a primary key that exactly one insert wins, on any node.
use platform::{Fault, clock::Moment, db::rows, secrets, sweep::Over};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait as _};

use super::entity;

/// Names that are refused for their age, whichever clock is asked.
pub const OVER: Over = Over::uses("spent", "ends_at").key("name");

/// Spends the form of this name, which led to `place`; true for exactly one caller.
pub async fn spend_form(
    db: &impl ConnectionTrait,
    name: &str,
    ends_at: Moment,
    place: &str,
) -> Result<bool, Fault> {
    let row = entity::ActiveModel {
        name: Set(digest(name)),
        ends_at: Set(ends_at),
        place: Set(Some(place.to_owned())),
    };
    rows::add_once(db, row).await
}

/// Where the form of this name led, if it was spent.
pub async fn find_place(db: &impl ConnectionTrait, name: &str) -> Result<Option<String>, Fault> {
    let row = entity::Entity::find_by_id(digest(name)).one(db).await?;
    Ok(row.and_then(|row| row.place))
}

fn digest(name: &str) -> Vec<u8> {
    secrets::digest(format!("form\0{name}").as_bytes()).to_vec()
}
