//! The one way to write for a visitor: a transaction that takes its locks first, the visit's last, and then reads
//! again what the writing stands on. Knows no page. Why, and the order of locks: docs/decisions/0039.
mod of;
mod once;

use std::time::Duration;

use platform::{
    Fault,
    clock::Moment,
    db::{Database, Tx},
    limits::{self, Limit, UsedUp},
};

use crate::{
    company::{self, CompanyId},
    profile::{self, ProfileId},
    rp::Subject,
    session::{self, Lifetime, Session},
    strength::{Demand, Demands},
};

pub use of::{Administration, Duty, Own, Signed};
pub use once::{Adding, Arrival};

/// What such a transaction is begun with. The portal derefs to it: a door hands over itself.
pub struct Footing {
    pub db: Database,
    pub session_lifetime: Lifetime,
    /// How strongly those must be proven who have rights here.
    pub demands: Demands,
    /// Factor over the limits.
    pub limits_scale: f64,
}

/// A writing transaction for somebody who is signed in. Whoever holds one holds the lock of the visit, and of whatever
/// else it stands on: nobody ends them meanwhile, on any node. What a room writes for visitors takes an `Acting` of
/// whom may do it, so that no other transaction can. Dropped without [`Acting::commit`] it is rolled back.
///
/// | `A` | who |
/// |---|---|
/// | [`Signed`] | somebody signed in, with a profile or without |
/// | [`Own`] | somebody who acts as a profile |
/// | [`Administration`] | an administrator, for the people of the company |
/// | [`Duty`] | somebody of the staff, who proved a moment ago who they are |
pub struct Acting<A> {
    tx: Tx,
    session: Session,
    stands_on: A,
}

/// Why nothing was written: what the request was let in by is no more.
#[derive(Debug)]
pub enum Refusal {
    /// The visit.
    SignedOut,
    /// The association, or the choice of it.
    NoProfile,
    NoAdministrator,
    NoStaff,
    /// The proof is too old.
    NotProven,
    /// The proof is weaker than is demanded.
    TooWeak(Demand),
    /// The profile changed as much as it may for now.
    TooManyChanges(UsedUp),
    Fault(Fault),
}

impl From<Demand> for Refusal {
    fn from(demand: Demand) -> Self {
        Self::TooWeak(demand)
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// What is locked before the visit is: the company, then people, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct Locks {
    company: Option<CompanyId>,
    people: Vec<ProfileId>,
}

impl Locks {
    pub fn of_company(id: CompanyId) -> Self {
        Self { company: Some(id), people: Vec::new() }
    }

    pub fn of_person(id: ProfileId) -> Self {
        Self { company: None, people: vec![id] }
    }

    #[must_use]
    pub fn and(mut self, people: impl IntoIterator<Item = ProfileId>) -> Self {
        self.people.extend(people);
        self
    }

    /// In the order of all.
    pub async fn take(&self, tx: &Tx) -> Result<(), Fault> {
        if let Some(company) = self.company {
            company::store::lock(tx, company).await?;
        }
        if !self.people.is_empty() {
            profile::store::Rows::lock_many(tx, &self.people).await?;
        }
        Ok(())
    }
}

/// Takes the locks, then the visit's row, and reads the visit again.
async fn begin(
    footing: &Footing,
    now: Moment,
    read: &Session,
    locks: &Locks,
) -> Result<(Tx, Session), Refusal> {
    let tx = footing.db.begin().await?;
    locks.take(&tx).await?;
    let session = session::store::lock_live(&tx, now, footing.session_lifetime, read.digest).await?;
    match session.filter(|session| session.subject == read.subject) {
        Some(session) => Ok((tx, session)),
        None => Err(Refusal::SignedOut),
    }
}

/// What one profile changes that the audit keeps: it is never swept. Only what is committed counts.
pub const CHANGES: Limit = Limit::new("changes of a profile", 200, Duration::from_secs(3600));

impl<A> Acting<A> {
    /// Spends one of the hour's changes of the profile that acts.
    pub async fn counted(self, footing: &Footing, now: Moment, by: ProfileId) -> Result<Self, Refusal> {
        let limit = CHANGES.scaled(footing.limits_scale);
        match limits::spend_or_wait(&self.tx, now, limit, &by.to_string()).await? {
            Ok(()) => Ok(self),
            Err(full) => Err(Refusal::TooManyChanges(full)),
        }
    }

    /// The visit, as it was when its row was locked.
    pub fn session(&self) -> &Session {
        &self.session
    }

    pub fn subject(&self) -> &Subject {
        &self.session.subject
    }

    /// Makes everything durable.
    pub async fn commit(self) -> Result<(), Fault> {
        self.tx.commit().await
    }
}

platform::connects_through_tx!(Acting<A> where A: Send + Sync);
