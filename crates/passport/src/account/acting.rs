//! The one way to write for an account: a transaction that locks the account's row first, and then reads again what
//! the writing stands on. Knows no page. Why, and the order of locks: docs/decisions/0021.
use platform::{
    Fault,
    clock::Moment,
    db::{Database, Tx},
    limits::UsedUp,
};

use super::{
    Account, AccountId,
    store::{self, NewAccount},
};

/// A writing transaction for one account. Whoever holds one holds the account's lock: nobody else writes for it
/// meanwhile, on any node, and [`Acting::account`] is how it is now. What a room writes for an account takes
/// `&Acting`, so that no other transaction can. Dropped without [`Acting::commit`] it is rolled back.
pub struct Acting {
    tx: Tx,
    account: Account,
}

/// Why nothing was written.
#[derive(Debug)]
pub enum Refusal {
    /// The session, the account or what it is proven by ended or changed after the request was read.
    Ended,
    /// The person changed too much in too short a time.
    TooMany(UsedUp),
    Fault(Fault),
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// How making an account ended.
pub enum Founded {
    New(Box<Acting>),
    /// Another account has the address; the transaction is still good for a letter.
    Taken(Tx),
}

impl Acting {
    /// For whoever is no session: the operator, a link, a code, a token, a job. What they stand on they read in
    /// here. `None`: there is no such account.
    pub async fn on(db: &Database, id: AccountId) -> Result<Option<Self>, Fault> {
        let tx = db.begin().await?;
        let account = store::find_locked(&tx, id).await?;
        Ok(account.map(|account| Self { tx, account }))
    }

    /// The same for an account whose row this transaction has locked and read, with what else was asked for.
    pub(crate) const fn holding(tx: Tx, account: Account) -> Self {
        Self { tx, account }
    }

    /// Makes an account; its row is its lock.
    pub async fn founding(db: &Database, now: Moment, new: NewAccount) -> Result<Founded, Fault> {
        let id = new.id;
        let tx = db.begin().await?;
        if !store::add_account(&tx, now, new).await? {
            return Ok(Founded::Taken(tx));
        }
        let account = store::find(&tx, id).await?.ok_or_else(|| Fault::bug("a new account is gone"))?;
        Ok(Founded::New(Box::new(Self { tx, account })))
    }

    /// The account as it was when its row was locked.
    pub fn account(&self) -> &Account {
        &self.account
    }

    pub fn id(&self) -> AccountId {
        self.account.id
    }

    /// The transaction, for what is no account's: budgets, letters, proofs that are used up.
    pub fn tx(&self) -> &Tx {
        &self.tx
    }

    /// What requests have read of the account until now proves nothing any more.
    pub async fn raise_epoch(&self) -> Result<(), Fault> {
        store::set_epoch(self, self.account.id, self.account.epoch.saturating_add(1)).await
    }

    /// Makes everything durable.
    pub async fn commit(self) -> Result<(), Fault> {
        self.tx.commit().await
    }
}

platform::connects_through_tx!(Acting);
