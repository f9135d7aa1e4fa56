//! Queries on accounts. That an address has one account is decided by the table, never by reading first.
use oidc::{assurance::Methods, claims::StandardClaims};
use platform::{
    Fault,
    clock::Moment,
    db::{Tx, rows},
    email::EmailAddress,
    language::Language,
};
use sea_orm::{
    ActiveEnum as _, ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    ExprTrait as _, PaginatorTrait as _, QueryFilter as _, QuerySelect as _, sea_query::Expr,
};

mod lists;
mod one;
pub mod streak;

pub use lists::{ENDS, count, dump, list, list_ids};
pub use one::{COLUMNS, find, find_active, find_locked, read};

use super::{
    Account, AccountId, Alternate, State,
    acting::Acting,
    entity::{ActiveModel, Column, Entity, Model, Stored},
    said,
};

/// Everything that a new row holds.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub id: AccountId,
    pub email: EmailAddress,
    pub email_verified: bool,
    pub state: State,
    pub password_hash: String,
    pub question: Option<String>,
    pub answer_hash: Option<String>,
    pub alternate: Option<Alternate>,
    pub claims: StandardClaims,
    pub language: Language,
}

/// What a sign-in needs to know.
#[derive(Clone)]
pub struct Credentials {
    pub id: AccountId,
    pub state: State,
    pub password_hash: String,
}

/// Facts that are replaced together, by a seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    pub email_verified: bool,
    pub alternate: Option<Alternate>,
    pub claims: StandardClaims,
    pub language: Language,
}

impl Facts {
    pub fn of(account: &Account) -> Self {
        Self {
            email_verified: account.email_verified,
            alternate: account.alternate.clone(),
            claims: account.claims.clone(),
            language: account.language,
        }
    }
}

/// The two columns of a state: what the CHECK knows, and why.
const fn columns(state: State) -> (Stored, Option<&'static str>) {
    match state {
        State::Active => (Stored::Active, None),
        State::Disabled => (Stored::Disabled, None),
        State::Frozen => (Stored::Disabled, Some("frozen")),
        State::Closed => (Stored::Disabled, Some("closed")),
    }
}

fn state(stored: Stored, hold: Option<&str>) -> State {
    match (stored, hold) {
        (Stored::Active, _) => State::Active,
        (Stored::Disabled, Some("frozen")) => State::Frozen,
        (Stored::Disabled, Some("closed")) => State::Closed,
        (Stored::Disabled, _) => State::Disabled,
    }
}

/// `email_key` is [`EmailAddress::key`].
pub async fn find_by_key(db: &impl ConnectionTrait, email_key: &str) -> Result<Option<Account>, Fault> {
    Entity::find().filter(Column::EmailKey.eq(email_key)).one(db).await?.map(account).transpose()
}

/// What proves the owner of an address; disabled accounts too, so that both cost the same.
pub async fn find_credentials(
    db: &impl ConnectionTrait,
    email_key: &str,
) -> Result<Option<Credentials>, Fault> {
    let row = Entity::find()
        .select_only()
        .columns([Column::Id, Column::State, Column::Hold, Column::PasswordHash])
        .filter(Column::EmailKey.eq(email_key))
        .into_tuple::<(AccountId, Stored, Option<String>, String)>()
        .one(db)
        .await?;
    Ok(row.map(|(id, stored, hold, password_hash)| Credentials {
        id,
        state: state(stored, hold.as_deref()),
        password_hash,
    }))
}

/// Which account an address names, if any.
pub async fn find_id(db: &impl ConnectionTrait, email_key: &str) -> Result<Option<AccountId>, Fault> {
    let row = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::EmailKey.eq(email_key))
        .into_tuple::<AccountId>()
        .one(db)
        .await?;
    Ok(row)
}

/// The hash of the secret answer, if there is one.
pub async fn find_answer_hash(db: &impl ConnectionTrait, id: AccountId) -> Result<Option<String>, Fault> {
    let row = Entity::find_by_id(id)
        .select_only()
        .column(Column::AnswerHash)
        .into_tuple::<Option<String>>()
        .one(db)
        .await?;
    Ok(row.flatten())
}

pub async fn find_password_hash(db: &impl ConnectionTrait, id: AccountId) -> Result<Option<String>, Fault> {
    let row = Entity::find_by_id(id).select_only().column(Column::PasswordHash).into_tuple::<String>();
    Ok(row.one(db).await?)
}

/// The account of an address with the hash of its secret answer.
pub async fn find_with_answer(
    db: &impl ConnectionTrait,
    email_key: &str,
) -> Result<Option<(Account, Option<String>)>, Fault> {
    let Some(row) = Entity::find().filter(Column::EmailKey.eq(email_key)).one(db).await? else {
        return Ok(None);
    };
    let answer_hash = row.answer_hash.clone();
    Ok(Some((account(row)?, answer_hash)))
}

fn account(row: Model) -> Result<Account, Fault> {
    Ok(Account {
        id: row.id,
        email: row.email,
        email_verified: row.email_verified,
        state: state(row.state, row.hold.as_deref()),
        claims: serde_json::from_str(&row.claims).map_err(Fault::bug)?,
        language: Language::of_tag(&row.language).unwrap_or_default(),
        question: row.question,
        alternate: alternate(row.alternate_email, row.alternate_verified),
        created_at: row.created_at,
        updated_at: row.updated_at,
        signed_in_at: row.signed_in_at,
        is_admin: row.admin,
        epoch: row.credential_epoch.into(),
        factors: Methods::parse(&row.factors),
    })
}

fn alternate(address: Option<String>, verified: bool) -> Option<Alternate> {
    address.map(|address| Alternate { address, verified })
}

fn stored(claims: &StandardClaims) -> Result<String, Fault> {
    serde_json::to_string(&said(claims)).map_err(Fault::bug)
}

/// Adds an account; false when the address is taken, whoever asks at the same time.
pub async fn add_account(db: &Tx, now: Moment, new: NewAccount) -> Result<bool, Fault> {
    hold_name(db, &new.email).await?;
    let (stored_state, hold) = columns(new.state);
    let row = ActiveModel {
        id: Set(new.id),
        email: Set(new.email.as_str().to_owned()),
        email_key: Set(new.email.key().to_owned()),
        email_verified: Set(new.email_verified),
        state: Set(stored_state),
        hold: Set(hold.map(str::to_owned)),
        password_hash: Set(new.password_hash),
        question: Set(new.question),
        answer_hash: Set(new.answer_hash),
        alternate_verified: Set(new.alternate.as_ref().is_some_and(|alternate| alternate.verified)),
        alternate_email: Set(new.alternate.map(|alternate| alternate.address)),
        claims: Set(stored(&new.claims)?),
        language: Set(new.language.tag().to_owned()),
        created_at: Set(now),
        updated_at: Set(now),
        signed_in_at: Set(None),
        admin: Set(false),
        credential_epoch: Set(0.into()),
        password_advised_at: Set(None),
        factors: Set(String::new()),
    };
    rows::add_once(db, row).await
}

/// Notes a sign-in; true when the account is still active and its password still the one that was checked,
/// so that a reset or a disabling in the meantime wins.
pub async fn set_signed_in(db: &Acting, now: Moment, checked: &Credentials) -> Result<bool, Fault> {
    let set = Entity::update_many()
        .col_expr(Column::SignedInAt, now.into())
        .filter(Column::Id.eq(checked.id))
        .filter(Column::State.eq(Stored::Active))
        .filter(Column::PasswordHash.eq(checked.password_hash.as_str()))
        .exec(db)
        .await?;
    Ok(set.rows_affected == 1)
}

/// Whether the account is still active and its password still the one that was checked.
pub async fn is_as_checked(db: &Acting, checked: &Credentials) -> Result<bool, Fault> {
    let hash = find_password_hash(db, checked.id).await?;
    Ok(db.account().is_active() && hash.as_ref() == Some(&checked.password_hash))
}

/// Notes a sign-in that no password was needed for.
pub async fn set_signed_in_at(db: &Acting, now: Moment) -> Result<(), Fault> {
    set(db, db.id(), [(Column::SignedInAt, now.into())]).await
}

/// What the account has to be proven by, besides the password. Part of the transaction in which that changes.
pub async fn set_factors(db: &Acting, factors: Methods) -> Result<(), Fault> {
    set(db, db.id(), [(Column::Factors, Expr::value(factors.to_string()))]).await
}

/// Sets the state; false when there is no such account or it is in that state already.
pub async fn set_state(db: &Acting, now: Moment, id: AccountId, state: State) -> Result<bool, Fault> {
    let (stored, hold) = columns(state);
    let is_so = match hold {
        Some(hold) => Column::Hold.eq(hold),
        None => Column::Hold.is_null(),
    };
    let set = Entity::update_many()
        .col_expr(Column::State, Expr::value(stored.to_value()))
        .col_expr(Column::Hold, Expr::value(hold))
        .col_expr(Column::UpdatedAt, now.into())
        .filter(Column::Id.eq(id))
        .filter(Condition::all().add(Column::State.eq(stored)).add(is_so).not())
        .exec(db)
        .await?;
    Ok(set.rows_affected == 1)
}

/// Sets columns of one account that nothing else decides.
async fn set<const N: usize>(db: &Acting, id: AccountId, columns: [(Column, Expr); N]) -> Result<(), Fault> {
    let update = Entity::update_many().filter(Column::Id.eq(id));
    columns
        .into_iter()
        .fold(update, |update, (column, value)| update.col_expr(column, value))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn set_epoch(db: &Acting, id: AccountId, epoch: i32) -> Result<(), Fault> {
    set(db, id, [(Column::CredentialEpoch, Expr::value(epoch))]).await
}

/// Makes an administrator of an account, or an ordinary person again.
pub async fn set_admin(db: &Acting, id: AccountId, is_admin: bool) -> Result<(), Fault> {
    set(db, id, [(Column::Admin, Expr::value(is_admin))]).await
}

/// How many passwords and secret answers were hashed under another master key than the one of this name.
pub async fn count_older_hashes(db: &impl ConnectionTrait, key_name: &str) -> Result<(u64, u64), Fault> {
    let newest = format!("%,keyid={key_name}%");
    let older = async |column: Column| {
        let ours = column.like("$argon2id$%,keyid=%").and(column.not_like(newest.as_str()));
        Entity::find().filter(ours).count(db).await
    };
    Ok((older(Column::PasswordHash).await?, older(Column::AnswerHash).await?))
}

/// Replaces the password's hash. `updated_at` stays: no claim changed.
pub async fn set_password_hash(db: &Acting, id: AccountId, hash: &str) -> Result<(), Fault> {
    set(db, id, [(Column::PasswordHash, Expr::value(hash))]).await
}

/// Notes that the owner was asked for a longer password; true the first time.
pub async fn set_password_advised(db: &Acting, now: Moment, id: AccountId) -> Result<bool, Fault> {
    let set = Entity::update_many()
        .col_expr(Column::PasswordAdvisedAt, now.into())
        .filter(Column::Id.eq(id))
        .filter(Column::PasswordAdvisedAt.is_null())
        .exec(db)
        .await?;
    Ok(set.rows_affected == 1)
}

/// Either may be absent.
pub async fn set_question(
    db: &Acting,
    id: AccountId,
    question: Option<&str>,
    answer_hash: Option<&str>,
) -> Result<(), Fault> {
    set(db, id, [(Column::Question, Expr::value(question)), (Column::AnswerHash, Expr::value(answer_hash))])
        .await
}

/// Notes that the owner reads the mail of `email_key`; false when the address is another one by now.
pub async fn set_email_verified(
    db: &Acting,
    now: Moment,
    id: AccountId,
    email_key: &str,
) -> Result<bool, Fault> {
    let set = Entity::update_many()
        .col_expr(Column::EmailVerified, Expr::value(true))
        .col_expr(Column::UpdatedAt, now.into())
        .filter(Column::Id.eq(id))
        .filter(Column::EmailKey.eq(email_key))
        .exec(db)
        .await?;
    Ok(set.rows_affected == 1)
}

/// Gives the account another address; false when it is taken, whoever asks at the same time.
pub async fn set_email(
    db: &Acting,
    now: Moment,
    id: AccountId,
    email: &EmailAddress,
    verified: bool,
) -> Result<bool, Fault> {
    // Looked up first so that the transaction stays usable, and by one at a time; the UNIQUE column is the gate.
    hold_name(db, email).await?;
    let holder = Entity::find().filter(Column::EmailKey.eq(email.key())).one(db).await?;
    if holder.is_some_and(|holder| holder.id != id) {
        return Ok(false);
    }
    let set = Entity::update_many()
        .col_expr(Column::Email, Expr::value(email.as_str()))
        .col_expr(Column::EmailKey, Expr::value(email.key()))
        .col_expr(Column::EmailVerified, Expr::value(verified))
        .col_expr(Column::UpdatedAt, now.into())
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(set.rows_affected == 1)
}

/// Whoever wants an address waits for whoever was about to take it, and then finds it taken.
async fn hold_name(tx: &Tx, email: &EmailAddress) -> Result<(), Fault> {
    Ok(tx.hold_name(&format!("account {}", email.key())).await?)
}

pub async fn set_alternate(db: &Acting, id: AccountId, alternate: Option<Alternate>) -> Result<(), Fault> {
    let verified = alternate.as_ref().is_some_and(|alternate| alternate.verified);
    let address = alternate.map(|alternate| alternate.address);
    let columns =
        [(Column::AlternateEmail, Expr::value(address)), (Column::AlternateVerified, Expr::value(verified))];
    set(db, id, columns).await
}

pub async fn set_facts(db: &Acting, now: Moment, id: AccountId, facts: &Facts) -> Result<(), Fault> {
    let address = facts.alternate.as_ref().map(|alternate| alternate.address.clone());
    let verified = facts.alternate.as_ref().is_some_and(|alternate| alternate.verified);
    Entity::update_many()
        .col_expr(Column::EmailVerified, Expr::value(facts.email_verified))
        .col_expr(Column::AlternateEmail, Expr::value(address))
        .col_expr(Column::AlternateVerified, Expr::value(verified))
        .col_expr(Column::Claims, Expr::value(stored(&facts.claims)?))
        .col_expr(Column::Language, Expr::value(facts.language.tag()))
        .col_expr(Column::UpdatedAt, now.into())
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Replaces what the person says about themselves.
pub async fn set_claims(
    db: &Acting,
    now: Moment,
    id: AccountId,
    claims: &StandardClaims,
) -> Result<(), Fault> {
    set(db, id, [(Column::Claims, Expr::value(stored(claims)?)), (Column::UpdatedAt, now.into())]).await
}

pub async fn set_language(db: &Acting, now: Moment, id: AccountId, language: Language) -> Result<(), Fault> {
    set(db, id, [(Column::Language, Expr::value(language.tag())), (Column::UpdatedAt, now.into())]).await
}
