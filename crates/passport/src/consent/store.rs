//! Queries on what sites were given.
use std::sync::LazyLock;

use oidc::{authorize::step::Consent, client::Client, scope::Scopes};
use platform::{
    Fault,
    clock::Moment,
    db::{Asks, Fixed, Row},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, sea_query::OnConflict,
};

use super::{
    Given, Wanted, earlier,
    entity::{ActiveModel, Column, Entity, Model, name},
};
use crate::account::{AccountId, acting::Acting};

fn given(row: Model) -> Result<Given, Fault> {
    Ok(Given {
        client_id: row.client_id,
        scope: Scopes::parse(&row.scope).map_err(Fault::bug)?,
        claims: row.claims.split_ascii_whitespace().map(str::to_owned).collect(),
        agreed: row.agreed,
        since: row.since,
        used_at: row.used_at,
    })
}

pub async fn find(db: &impl Asks, account: AccountId, client_id: &str) -> Result<Option<Given>, Fault> {
    db.find(&FIND, vec![account.into(), client_id.into()], read).await
}

static FIND: LazyLock<Fixed> = LazyLock::new(|| {
    Fixed::of(
        "SELECT client_id, scope, claims, agreed, since, used_at FROM consent \
         WHERE account_id = $1 AND client_id = $2",
    )
});

fn read(row: &mut Row<'_>) -> Result<Given, Fault> {
    Ok(Given {
        client_id: row.read()?,
        scope: row.text(|scope| Scopes::parse(scope).map_err(Fault::bug))??,
        claims: row.text(|claims| claims.split_ascii_whitespace().map(str::to_owned).collect())?,
        agreed: row.read()?,
        since: row.read()?,
        used_at: row.read()?,
    })
}

/// Whether an earlier yes serves a request of this client; a trusted one needs none.
pub async fn find_earlier(
    db: &impl Asks,
    account: AccountId,
    client: &Client,
    wanted: &Wanted,
) -> Result<Consent, Fault> {
    let given = match client.trusted {
        true => None,
        false => find(db, account, &client.client_id).await?,
    };
    Ok(earlier(given.as_ref(), client, wanted))
}

/// Everything that an account gave, the last used first.
pub async fn list_of_account(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<Given>, Fault> {
    let rows = Entity::find()
        .filter(Column::AccountId.eq(account))
        .order_by_desc(Column::UsedAt)
        .order_by_asc(Column::ClientId)
        .all(db)
        .await?;
    rows.into_iter().map(given).collect()
}

/// Writes down what a site has now. Two yeses at the same time: the later one stands.
pub async fn set(db: &Acting, account: AccountId, now: &Given) -> Result<(), Fault> {
    let row = ActiveModel {
        account_id: Set(account),
        client_id: Set(now.client_id.clone()),
        scope: Set(now.scope.to_string()),
        claims: Set(now.claims.iter().map(String::as_str).collect::<Vec<_>>().join(" ")),
        agreed: Set(now.agreed),
        since: Set(now.since),
        used_at: Set(now.used_at),
    };
    let replace = OnConflict::columns([Column::AccountId, Column::ClientId])
        .update_columns([Column::Scope, Column::Claims, Column::Agreed, Column::UsedAt])
        .to_owned();
    Entity::insert(row).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}

/// Takes a consent back; false when there was none.
pub async fn drop_consent(db: &Acting, account: AccountId, client_id: &str) -> Result<bool, Fault> {
    let gone = Entity::delete_by_id((account, client_id.to_owned())).exec(db).await?;
    Ok(gone.rows_affected == 1)
}

/// Writes down what a site calls the account; once is enough.
pub async fn add_name(db: &Acting, name: &str) -> Result<(), Fault> {
    let row = name::ActiveModel { name: Set(name.to_owned()), account_id: Set(db.id()) };
    let once = OnConflict::column(name::Column::Name).do_nothing().to_owned();
    name::Entity::insert(row).on_conflict(once).exec_without_returning(db).await?;
    Ok(())
}

/// The account that some site calls so.
pub async fn find_named(db: &impl ConnectionTrait, name: &str) -> Result<Option<AccountId>, Fault> {
    Ok(name::Entity::find_by_id(name.to_owned()).one(db).await?.map(|row| row.account_id))
}

/// At most `limit` accounts of which a site was given something, after this one.
pub async fn list_accounts_of_client(
    db: &impl ConnectionTrait,
    client_id: &str,
    after: Option<AccountId>,
    limit: u64,
) -> Result<Vec<AccountId>, Fault> {
    let mut query = Entity::find().select_only().column(Column::AccountId);
    if let Some(after) = after {
        query = query.filter(Column::AccountId.gt(after));
    }
    let query = query.filter(Column::ClientId.eq(client_id)).order_by_asc(Column::AccountId).limit(limit);
    Ok(query.into_tuple().all(db).await?)
}

/// Every row for `passport dump`.
pub async fn dump(db: &impl ConnectionTrait) -> Result<Vec<serde_json::Value>, Fault> {
    let rows = Entity::find().order_by_asc(Column::AccountId).order_by_asc(Column::ClientId).all(db).await?;
    let shown = rows.into_iter().map(|row| {
        serde_json::json!({
            "account": row.account_id, "client_id": row.client_id, "scope": row.scope, "claims": row.claims,
            "agreed": row.agreed, "since": Moment::rfc3339(row.since), "used_at": row.used_at.rfc3339(),
        })
    });
    Ok(shown.collect())
}
