//! Queries on pushed requests: the gate through which each goes once.
use oidc::parameters::Parameters;
use platform::{Fault, backup::Ends, clock::Moment, random::Random, secrets::Keyring, sweep::Over};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use super::{
    Pushed, PushedId,
    entity::{ActiveModel, Column, Entity},
};

/// Requests whose time to begin ended.
pub const OVER: Over = Over::of("pushed_request", "ends_at").kept(super::KEPT);

/// When an older copy of the table comes back.
pub const ENDS: Ends = Ends { table: "pushed_request", sql: "DELETE FROM pushed_request" };

/// What a push writes down.
pub struct NewPushed<'a> {
    pub client_id: &'a str,
    pub parameters: &'a Parameters,
    pub signed: bool,
    pub ends_at: Moment,
}

/// Stores a request, its parameters sealed: a hint in them may name a person.
pub async fn add(
    db: &impl ConnectionTrait,
    now: Moment,
    random: &Random,
    keyring: &Keyring,
    new: NewPushed<'_>,
) -> Result<PushedId, Fault> {
    let id = PushedId::new(now, random);
    let seal = keyring.seal("pushed request");
    let row = ActiveModel {
        id: Set(id),
        client_id: Set(new.client_id.to_owned()),
        sealed: Set(seal.seal(random, id.0.as_bytes(), new.parameters.encoded().as_bytes())?),
        signed: Set(new.signed),
        created_at: Set(now),
        ends_at: Set(new.ends_at),
        used_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(id)
}

pub async fn find(
    db: &impl ConnectionTrait,
    keyring: &Keyring,
    id: PushedId,
) -> Result<Option<Pushed>, Fault> {
    let Some(row) = Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let opened = keyring.seal("pushed request").open(id.0.as_bytes(), &row.sealed);
    let opened = opened.ok_or_else(|| {
        Fault::unavailable("a pushed request cannot be opened: is this the newest key file?")
    })?;
    Ok(Some(Pushed {
        id,
        client_id: row.client_id,
        parameters: Parameters::parse(&opened).map_err(Fault::bug)?,
        signed: row.signed,
        ends_at: row.ends_at,
        is_used: row.used_at.is_some(),
    }))
}

/// Uses a request up; true for exactly one caller, ever.
pub async fn spend(db: &impl ConnectionTrait, now: Moment, id: PushedId) -> Result<bool, Fault> {
    let spent = Entity::update_many()
        .col_expr(Column::UsedAt, now.into())
        .filter(Column::Id.eq(id))
        .filter(Column::UsedAt.is_null())
        .exec(db)
        .await?;
    Ok(spent.rows_affected == 1)
}
