//! Queries on clients.
use std::sync::{Arc, LazyLock};

use oidc::client::Client;
use platform::{
    Fault,
    backup::Ends,
    clock::Moment,
    db::{Asks, Fixed, Int, Row, Tx, rows},
};
use quick_cache::{Weighter, sync::Cache};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, ExprTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
    sea_query::{Expr, OnConflict},
};

mod standing;

pub use standing::{Held, Standing, find_standing, hold, hold_person};

use super::{Registered, entity};

/// When an older copy of the table comes back: tokens of another epoch are good no more, whatever it became meanwhile.
pub const ENDS: Ends = Ends { table: "client", sql: "UPDATE client SET epoch = epoch + 1000" };

/// What [`read`] reads, whatever stands beside it.
pub const COLUMNS: &str = "client.secret_digest, client.metadata, client.epoch";

static FIND: LazyLock<Fixed> =
    LazyLock::new(|| Fixed::of(format!("SELECT {COLUMNS} FROM client WHERE client.id = $1")));

static FIND_HELD: LazyLock<Fixed> = LazyLock::new(|| {
    Fixed::locking(format!("SELECT {COLUMNS} FROM client WHERE client.id = $1"), "FOR SHARE")
});

pub async fn find(db: &impl Asks, id: &str) -> Result<Option<Registered>, Fault> {
    db.find(&FIND, vec![id.into()], read).await
}

/// A client from the columns of [`COLUMNS`].
pub fn read(row: &mut Row<'_>) -> Result<Registered, Fault> {
    let secret_digest = row.read()?;
    let client = row.text(understood)??;
    Ok(Registered { client: Client::clone(&client), secret_digest, epoch: row.read::<Int>()?.into() })
}

/// Bytes of metadata that are kept understood.
const KEPT: u64 = 2 * 1024 * 1024;

/// Metadata as it was understood, by its letters. The same letters mean the same client whoever wrote them and when, so
/// that nothing in here can be out of date: every request reads the letters from the row.
static UNDERSTOOD: LazyLock<Cache<Box<str>, Arc<Client>, ByLength>> =
    LazyLock::new(|| Cache::with_weighter(1000, KEPT, ByLength));

#[derive(Clone)]
struct ByLength;

impl Weighter<Box<str>, Arc<Client>> for ByLength {
    fn weight(&self, letters: &Box<str>, _: &Arc<Client>) -> u64 {
        // Understood, they take as much again.
        2 * letters.len() as u64 + 1024
    }
}

fn understood(metadata: &str) -> Result<Arc<Client>, Fault> {
    if let Some(client) = UNDERSTOOD.get(metadata) {
        return Ok(client);
    }
    let client: Arc<Client> = Arc::new(serde_json::from_str(metadata).map_err(Fault::bug)?);
    UNDERSTOOD.insert(metadata.into(), Arc::clone(&client));
    Ok(client)
}

/// A client whose row nobody else changes or removes until the transaction ends: what a change begins with, so that it
/// takes nothing back that another one made meanwhile.
#[derive(Debug)]
pub struct Locked(Registered);

impl std::ops::Deref for Locked {
    type Target = Registered;

    fn deref(&self) -> &Registered {
        &self.0
    }
}

/// The client as it is now, to be changed in this transaction. Whoever locks both locks the client before its grants.
pub async fn find_locked(tx: &Tx, id: &str) -> Result<Option<Locked>, Fault> {
    let row = entity::Entity::find_by_id(id.to_owned()).lock_exclusive().one(tx).await?;
    Ok(row.map(registered).transpose()?.map(Locked))
}

/// The client as it is now and stays until the transaction ends: for what is given to it.
pub async fn find_held(tx: &Tx, id: &str) -> Result<Option<Registered>, Fault> {
    tx.find(&FIND_HELD, vec![id.into()], read).await
}

pub async fn list_all(db: &impl ConnectionTrait) -> Result<Vec<Registered>, Fault> {
    let rows = entity::Entity::find().order_by_asc(entity::Column::Id).all(db).await?;
    rows.into_iter().map(registered).collect()
}

fn registered(row: entity::Model) -> Result<Registered, Fault> {
    let client = serde_json::from_str(&row.metadata).map_err(Fault::bug)?;
    Ok(Registered { client, secret_digest: row.secret_digest, epoch: row.epoch.into() })
}

fn row(now: Moment, registered: &Registered) -> Result<entity::ActiveModel, Fault> {
    Ok(entity::ActiveModel {
        id: Set(registered.client.client_id.clone()),
        name: Set(registered.client.client_name.clone()),
        secret_digest: Set(registered.secret_digest.clone()),
        metadata: Set(serde_json::to_string(&registered.client).map_err(Fault::bug)?),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    })
}

/// Adds a client; false when the id is taken.
pub async fn add(db: &impl ConnectionTrait, now: Moment, registered: &Registered) -> Result<bool, Fault> {
    rows::add_once(db, row(now, registered)?).await
}

/// Adds a client or replaces its metadata and secret.
pub async fn set(db: &impl ConnectionTrait, now: Moment, registered: &Registered) -> Result<(), Fault> {
    use entity::Column;
    let replace = OnConflict::column(Column::Id)
        .update_columns([Column::Name, Column::SecretDigest, Column::Metadata, Column::UpdatedAt])
        .to_owned();
    entity::Entity::insert(row(now, registered)?).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}

/// Replaces the metadata and secret of a client that is there; false when it is gone.
pub async fn set_existing(
    db: &impl ConnectionTrait,
    now: Moment,
    registered: &Registered,
) -> Result<bool, Fault> {
    use entity::Column;
    let metadata = serde_json::to_string(&registered.client).map_err(Fault::bug)?;
    let changed = entity::Entity::update_many()
        .col_expr(Column::Name, Expr::value(registered.client.client_name.clone()))
        .col_expr(Column::SecretDigest, registered.secret_digest.clone().into())
        .col_expr(Column::Metadata, Expr::value(metadata))
        .col_expr(Column::UpdatedAt, now.into())
        .filter(Column::Id.eq(&registered.client.client_id))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// The secret itself, sealed; only clients of `client_secret_jwt` have one stored.
pub async fn find_sealed_secret(db: &impl ConnectionTrait, id: &str) -> Result<Option<Vec<u8>>, Fault> {
    let row = entity::Entity::find_by_id(id.to_owned()).one(db).await?;
    Ok(row.and_then(|row| row.sealed_secret))
}

/// To be sealed anew: locked, so that no secret is put back that was replaced meanwhile.
pub async fn list_sealed_secrets(db: &Tx) -> Result<Vec<(String, Vec<u8>)>, Fault> {
    let columns = [entity::Column::Id, entity::Column::SealedSecret];
    let kept = entity::Entity::find().filter(entity::Column::SealedSecret.is_not_null()).lock_exclusive();
    Ok(kept.select_only().columns(columns).into_tuple().all(db).await?)
}

pub async fn set_sealed_secret(
    db: &impl ConnectionTrait,
    id: &str,
    sealed: Option<Vec<u8>>,
) -> Result<(), Fault> {
    entity::Entity::update_many()
        .col_expr(entity::Column::SealedSecret, sealed.into())
        .filter(entity::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// A client's epoch, and when it was registered: tokens without a grant name the first and are no older than
/// the second.
pub async fn find_epoch(db: &impl ConnectionTrait, id: &str) -> Result<Option<(i32, Moment)>, Fault> {
    let columns = [entity::Column::Epoch, entity::Column::CreatedAt];
    let found = entity::Entity::find_by_id(id.to_owned())
        .select_only()
        .columns(columns)
        .into_tuple::<(Int, Moment)>();
    Ok(found.one(db).await?.map(|(Int(epoch), since)| (epoch, since)))
}

/// Ends every access token that the client was given without a person.
pub async fn set_next_epoch(db: &impl ConnectionTrait, id: &str) -> Result<(), Fault> {
    entity::Entity::update_many()
        .col_expr(entity::Column::Epoch, Expr::col(entity::Column::Epoch).add(1))
        .filter(entity::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Removes a client with all its grants; false when there was none.
pub async fn drop_client(db: &impl ConnectionTrait, id: &str) -> Result<bool, Fault> {
    Ok(entity::Entity::delete_by_id(id.to_owned()).exec(db).await?.rows_affected == 1)
}
