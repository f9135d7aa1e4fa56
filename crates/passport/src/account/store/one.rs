//! One account by its id, in fixed words: most requests ask for it.
use std::sync::LazyLock;

use oidc::assurance::Methods;
use platform::{
    Fault,
    db::{Asks, Fixed, Row, Tx},
    language::Language,
};

use super::{alternate, state};
use crate::account::{Account, AccountId};

/// What [`read`] reads, whatever stands beside it. No hash leaves the table in this.
pub const COLUMNS: &str = "account.id, account.email, account.email_verified, account.state, account.hold, \
    account.claims, account.language, account.question, account.alternate_email, account.alternate_verified, \
    account.created_at, account.updated_at, account.signed_in_at, account.admin, account.credential_epoch, \
    account.factors";

static FIND: LazyLock<Fixed> =
    LazyLock::new(|| Fixed::of(format!("SELECT {COLUMNS} FROM account WHERE account.id = $1")));

static FIND_LOCKED: LazyLock<Fixed> = LazyLock::new(|| {
    Fixed::locking(format!("SELECT {COLUMNS} FROM account WHERE account.id = $1"), "FOR UPDATE")
});

pub async fn find(db: &impl Asks, id: AccountId) -> Result<Option<Account>, Fault> {
    db.find(&FIND, vec![id.into()], read).await
}

/// The account, its row locked until the transaction ends: for [`crate::account::acting::Acting`] alone. The one
/// writer of SQLite needs no lock.
pub async fn find_locked(tx: &Tx, id: AccountId) -> Result<Option<Account>, Fault> {
    tx.find(&FIND_LOCKED, vec![id.into()], read).await
}

/// The account, unless it is disabled.
pub async fn find_active(db: &impl Asks, id: AccountId) -> Result<Option<Account>, Fault> {
    Ok(find(db, id).await?.filter(Account::is_active))
}

/// An account from the columns of [`COLUMNS`].
pub fn read(row: &mut Row<'_>) -> Result<Account, Fault> {
    Ok(Account {
        id: row.read()?,
        email: row.read()?,
        email_verified: row.read()?,
        state: state(row.word()?, row.read::<Option<String>>()?.as_deref()),
        claims: row.text(|claims| serde_json::from_str(claims).map_err(Fault::bug))??,
        language: row.text(|tag| Language::of_tag(tag).unwrap_or_default())?,
        question: row.read()?,
        alternate: alternate(row.read()?, row.read()?),
        created_at: row.read()?,
        updated_at: row.read()?,
        signed_in_at: row.read()?,
        is_admin: row.read()?,
        epoch: row.read::<platform::db::Int>()?.into(),
        factors: row.text(Methods::parse)?,
    })
}
