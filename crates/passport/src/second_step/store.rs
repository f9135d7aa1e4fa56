//! Queries on authenticators and recovery codes: the gates through which each code goes once.
use platform::{Fault, clock::Moment, random::Random, secrets::Seal};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, sea_query::Expr,
};

pub mod waivers;

use super::{
    Authenticator, FormerStep,
    codes::{in_base64, of_base64},
    entity::{authenticator, recovery_code},
};
use crate::account::{AccountId, acting::Acting};

pub async fn find(db: &impl ConnectionTrait, account: AccountId) -> Result<Option<Authenticator>, Fault> {
    let row = authenticator::Entity::find_by_id(account).one(db).await?;
    Ok(row.map(|row| Authenticator {
        account: row.account_id,
        sealed: row.sealed,
        last_step: row.last_step,
        created_at: row.created_at,
    }))
}

/// How many recovery codes are left.
pub async fn count_codes(db: &impl ConnectionTrait, account: AccountId) -> Result<u64, Fault> {
    Ok(recovery_code::Entity::find().filter(recovery_code::Column::AccountId.eq(account)).count(db).await?)
}

/// Puts an app in the place of whatever was there; codes up to `last_step` are used up.
pub async fn set_app(db: &Acting, now: Moment, sealed: Vec<u8>, last_step: i64) -> Result<(), Fault> {
    authenticator::Entity::delete_by_id(db.id()).exec(db).await?;
    let row = authenticator::ActiveModel {
        account_id: Set(db.id()),
        sealed: Set(sealed),
        last_step: Set(last_step),
        created_at: Set(now),
        off_at: Set(None),
    };
    authenticator::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Puts these in the place of all recovery codes.
pub async fn set_codes(db: &Acting, tags: Vec<Vec<u8>>) -> Result<(), Fault> {
    recovery_code::Entity::delete_many()
        .filter(recovery_code::Column::AccountId.eq(db.id()))
        .exec(db)
        .await?;
    let rows =
        tags.into_iter().map(|tag| recovery_code::ActiveModel { account_id: Set(db.id()), tag: Set(tag) });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        recovery_code::Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Takes the app away; the codes too, unless something is left that they stand for. Answers what there was.
pub async fn drop_app(db: &Acting, keeps_codes: bool) -> Result<FormerStep, Fault> {
    let former = former(db).await?;
    authenticator::Entity::delete_by_id(db.id()).exec(db).await?;
    if !keeps_codes {
        set_codes(db, vec![]).await?;
    }
    Ok(former)
}

/// Whether one of these is a code of the account.
pub async fn holds(db: &impl ConnectionTrait, account: AccountId, tags: &[Vec<u8>]) -> Result<bool, Fault> {
    let found = recovery_code::Entity::find()
        .filter(recovery_code::Column::AccountId.eq(account))
        .filter(recovery_code::Column::Tag.is_in(tags.iter().cloned()));
    Ok(found.count(db).await? > 0)
}

/// Tags of the codes that were not used.
pub async fn list_tags(db: &Acting) -> Result<Vec<String>, Fault> {
    let tags: Vec<Vec<u8>> = recovery_code::Entity::find()
        .select_only()
        .column(recovery_code::Column::Tag)
        .filter(recovery_code::Column::AccountId.eq(db.id()))
        .order_by_asc(recovery_code::Column::Tag)
        .into_tuple()
        .all(db)
        .await?;
    Ok(tags.iter().map(|tag| in_base64(tag)).collect())
}

/// Puts back what [`list_tags`] told; codes that were used since come back with the others.
pub async fn set_tags(db: &Acting, tags: &[String]) -> Result<(), Fault> {
    set_codes(db, tags.iter().filter_map(|tag| of_base64(tag)).collect()).await
}

/// What there is, as it can be put back.
pub async fn former(db: &Acting) -> Result<FormerStep, Fault> {
    let app = find(db, db.id()).await?;
    Ok(FormerStep {
        sealed: app.as_ref().map(|app| in_base64(&app.sealed)),
        last_step: app.map_or(0, |app| app.last_step),
        codes: list_tags(db).await?,
    })
}

/// Puts back what [`former`] told; true when there is an app by that.
pub async fn set_former(db: &Acting, now: Moment, former: &FormerStep) -> Result<bool, Fault> {
    let sealed = former.sealed.as_deref().and_then(of_base64);
    let is_back = sealed.is_some();
    match sealed {
        Some(sealed) => set_app(db, now, sealed, former.last_step).await?,
        None => _ = authenticator::Entity::delete_by_id(db.id()).exec(db).await?,
    }
    set_tags(db, &former.codes).await?;
    Ok(is_back)
}

/// Uses up a code of the app, with those before it; true for exactly one caller.
pub async fn spend_step(db: &Acting, step: i64) -> Result<bool, Fault> {
    use authenticator::Column;
    let spent = authenticator::Entity::update_many()
        .col_expr(Column::LastStep, step.into())
        .filter(Column::AccountId.eq(db.id()))
        .filter(Column::LastStep.lt(step))
        .exec(db)
        .await?;
    Ok(spent.rows_affected == 1)
}

/// Uses up a recovery code, under whichever of these tags it stands; true for exactly one caller.
pub async fn spend_code(db: &Acting, tags: Vec<Vec<u8>>) -> Result<bool, Fault> {
    let spent = recovery_code::Entity::delete_many()
        .filter(recovery_code::Column::AccountId.eq(db.id()))
        .filter(recovery_code::Column::Tag.is_in(tags))
        .exec(db)
        .await?;
    Ok(spent.rows_affected == 1)
}

/// From when on a node of an older version does not ask for the app; `None`: it stays.
pub async fn set_off_at(db: &Acting, off_at: Option<Moment>) -> Result<(), Fault> {
    authenticator::Entity::update_many()
        .col_expr(authenticator::Column::OffAt, Expr::value(off_at))
        .filter(authenticator::Column::AccountId.eq(db.id()))
        .exec(db)
        .await?;
    Ok(())
}

/// Accounts with an app, in their order, after `after`.
pub async fn list_ids(
    db: &impl ConnectionTrait,
    after: Option<AccountId>,
    limit: u64,
) -> Result<Vec<AccountId>, Fault> {
    let mut query = authenticator::Entity::find().select_only().column(authenticator::Column::AccountId);
    if let Some(after) = after {
        query = query.filter(authenticator::Column::AccountId.gt(after));
    }
    let ids = query.order_by_asc(authenticator::Column::AccountId).limit(limit).into_tuple().all(db).await?;
    Ok(ids)
}

/// Seals an account's secret with the newest key; false when it is already, or is gone. The error says that no key
/// opens it.
pub async fn set_resealed(db: &Acting, random: &Random, apps: &Seal) -> Result<bool, Fault> {
    let Some(app) = find(db, db.id()).await? else { return Ok(false) };
    let Some(sealed) = apps.renew(random, db.id().0.as_bytes(), &app.sealed)? else { return Ok(false) };
    authenticator::Entity::update_many()
        .col_expr(authenticator::Column::Sealed, sealed.into())
        .filter(authenticator::Column::AccountId.eq(db.id()))
        .exec(db)
        .await?;
    Ok(true)
}
