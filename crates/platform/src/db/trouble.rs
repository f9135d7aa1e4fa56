//! What went wrong with the database: counted by cause, logged, and remembered until a write succeeds again.
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use sea_orm::DbErr;

use super::attempt;
use crate::fault::Cause;

/// Counts since the start of the process.
#[derive(Default)]
pub struct Troubles {
    counts: [AtomicU64; Cause::ALL.len()],
    replaced: AtomicU64,
    second: AtomicU64,
    transactions: AtomicU64,
    commits: AtomicU64,
    /// Writing failed, and nobody has written since to show that it works again.
    writing_is_in_doubt: AtomicBool,
    /// Milliseconds that our clock is ahead of the database's.
    ahead: AtomicI64,
}

impl Troubles {
    pub(super) fn note(&self, error: &DbErr, what: &'static str) {
        let cause = Cause::of(error);
        if let Some(count) =
            Cause::ALL.iter().position(|known| *known == cause).and_then(|at| self.counts.get(at))
        {
            count.fetch_add(1, Ordering::Relaxed);
        }
        match cause {
            Cause::Constraint => tracing::debug!(%error, cause = cause.name(), "Database: {what}"),
            Cause::Conflict => {
                attempt::note_conflict();
                tracing::warn!(%error, cause = cause.name(), "Database: {what}");
            }
            Cause::Other | Cause::Cancelled => {
                tracing::warn!(%error, cause = cause.name(), "Database: {what}")
            }
            Cause::Locked | Cause::ReadOnly | Cause::Full | Cause::Disk | Cause::Away => {
                self.writing_is_in_doubt.store(true, Ordering::SeqCst);
                tracing::error!(%error, cause = cause.name(), "Database: {what}; its connection is closed");
            }
        }
    }

    pub(super) fn note_replaced(&self) {
        self.replaced.fetch_add(1, Ordering::Relaxed);
    }

    /// A commit made so many transactions durable.
    pub(super) fn note_commit(&self, transactions: usize) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.transactions.fetch_add(u64::try_from(transactions).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// SQLite: durable commits, and the transactions that shared them.
    pub fn commits(&self) -> (u64, u64) {
        (self.commits.load(Ordering::Relaxed), self.transactions.load(Ordering::Relaxed))
    }

    pub(super) fn note_second(&self) {
        self.second.fetch_add(1, Ordering::Relaxed);
    }

    /// How often somebody who held a transaction asked for a second connection, and was refused.
    pub fn second_connections(&self) -> u64 {
        self.second.load(Ordering::Relaxed)
    }

    pub(super) fn writing_is_in_doubt(&self) -> bool {
        self.writing_is_in_doubt.load(Ordering::SeqCst)
    }

    pub(super) fn writing_works(&self) {
        self.writing_is_in_doubt.store(false, Ordering::SeqCst);
    }

    /// How often each cause was met.
    pub fn counts(&self) -> impl Iterator<Item = (Cause, u64)> {
        Cause::ALL.into_iter().zip(self.counts.iter().map(|count| count.load(Ordering::Relaxed)))
    }

    /// How often a connection turned out to be no good.
    pub(super) fn of_connections(&self) -> u64 {
        let is_theirs = |cause| matches!(cause, Cause::ReadOnly | Cause::Away);
        self.counts().filter(|(cause, _)| is_theirs(*cause)).map(|(_, count)| count).sum()
    }

    /// Connections that were closed because their transaction could not be trusted.
    pub fn replaced(&self) -> u64 {
        self.replaced.load(Ordering::Relaxed)
    }

    pub(super) fn set_ahead(&self, millis: i64) {
        self.ahead.store(millis, Ordering::Relaxed);
    }

    /// Milliseconds that our clock was ahead of the database's when last compared.
    pub fn ahead(&self) -> i64 {
        self.ahead.load(Ordering::Relaxed)
    }
}
