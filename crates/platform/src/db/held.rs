//! Whoever holds a transaction asks for no second connection: forty who each hold one and wait for another stop
//! everybody (seen with one used link on PostgreSQL). Knows no query.
use std::{
    panic::Location,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use sea_orm::DbErr;

use super::{attempt, line::Told, trouble::Troubles};

tokio::task_local! {
    /// What the piece of work that runs here has to do with the database.
    static WORK: Arc<Work>;
    /// What it asked of the database, where somebody counts.
    static ASKED: Arc<Mutex<Asked>>;
}

#[derive(Default)]
struct Work {
    /// How many transactions it holds.
    held: AtomicUsize,
    /// Others whose work it saw before that was durable (decision 0065).
    unsettled: Mutex<Vec<Told>>,
}

impl Work {
    fn unsettled(&self) -> MutexGuard<'_, Vec<Told>> {
        self.unsettled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Carries out one piece of work (a request, a job) that holds at most one connection at a time, and never reads what
/// is older than what it saw before.
pub async fn one_at_a_time<F: Future>(work: F) -> F::Output {
    WORK.scope(Arc::default(), work).await
}

/// A transaction ended that saw what others wrote.
pub(super) fn note_unsettled(told: Told) {
    let _ = WORK.try_with(|work| work.unsettled().push(told));
}

/// Waits until everything that this piece of work saw is durable. False when some of it was not kept after all: what
/// was found may be wrong, be it a refusal.
pub(crate) async fn settled() -> bool {
    let unsettled = WORK.try_with(|work| std::mem::take(&mut *work.unsettled())).unwrap_or_default();
    let mut is_kept = true;
    for told in unsettled {
        is_kept &= matches!(told.await, Ok(Ok(())));
    }
    if !is_kept {
        attempt::note_conflict();
    }
    is_kept
}

/// What a piece of work asked of the database, in order.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Texts of statements outside of transactions.
    pub reads: Vec<String>,
    /// How many transactions it began.
    pub transactions: usize,
    /// Texts of statements inside of them.
    pub statements: Vec<String>,
}

/// Carries out a piece of work and counts what it asks of the database.
pub async fn counted<F: Future>(work: F) -> (F::Output, Asked) {
    let asked = Arc::<Mutex<Asked>>::default();
    let done = ASKED.scope(Arc::clone(&asked), work).await;
    let asked = asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
    (done, asked)
}

/// Nobody counts but tests.
pub(super) fn count(what: impl FnOnce(&mut Asked)) {
    let _ = ASKED.try_with(|asked| what(&mut asked.lock().unwrap_or_else(PoisonError::into_inner)));
}

/// Lives as long as a transaction does, wherever it is dropped.
pub(super) struct Hold(Option<Arc<Work>>);

impl Hold {
    pub(super) fn begin() -> Self {
        let work = WORK.try_with(Arc::clone).ok();
        if let Some(work) = &work {
            work.held.fetch_add(1, Ordering::Relaxed);
        }
        Self(work)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(work) = &self.0 {
            work.held.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// Refuses when a transaction is held here: whoever waits for a second connection may wait for ever. Whoever runs the
/// program reads it in the log and the figures; a debug build panics, so that a test fails by it wherever it is.
#[track_caller]
pub(super) fn refuse_if_held(troubles: &Troubles) -> Result<(), DbErr> {
    if !WORK.try_with(|work| work.held.load(Ordering::Relaxed) > 0).unwrap_or(false) {
        return Ok(());
    }
    let at = Location::caller();
    troubles.note_second();
    tracing::error!(%at, "A second connection was asked for inside a transaction: a fault of ours");
    assert!(!panics(), "a second connection was asked for inside a transaction, at {at}");
    Err(DbErr::Custom("a second connection was asked for inside a transaction".into()))
}

#[cfg(not(test))]
const fn panics() -> bool {
    cfg!(debug_assertions)
}

#[cfg(test)]
fn panics() -> bool {
    cfg!(debug_assertions) && tests::AS_RELEASED.try_with(|()| ()).is_err()
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use sea_orm::ConnectionTrait as _;
    use std::panic::AssertUnwindSafe;

    use super::one_at_a_time;
    use crate::testing::database;

    tokio::task_local! {
        /// Refuses as a release build does.
        pub(super) static AS_RELEASED: ();
    }

    #[tokio::test]
    async fn a_released_program_refuses_the_second_connection_and_goes_on() {
        let (db, _folder) = database().await;
        let before = db.reader();
        let work = one_at_a_time(async {
            let tx = db.begin().await.unwrap();
            let query = before.execute_unprepared("SELECT 1").await.unwrap_err();
            let begin = db.begin().await.err().unwrap();
            for refused in [query.to_string(), begin.to_string()] {
                assert!(refused.contains("a second connection was asked for"), "{refused}");
            }
            assert!(matches!(begin, crate::Fault::Bug(_)), "nobody is told to try the same again");
            assert_eq!(db.troubles().second_connections(), 2);
            // The transaction is as good as before, and so is everybody else's way in.
            tx.execute_unprepared("SELECT 1").await.unwrap();
            tx.commit().await.unwrap();
            db.begin().await.unwrap().commit().await.unwrap();
            before.execute_unprepared("SELECT 1").await.unwrap();
        });
        AS_RELEASED.scope((), work).await;
    }

    #[tokio::test]
    async fn inside_a_transaction_nobody_asks_for_a_second_connection() {
        let (db, _folder) = database().await;
        let before = db.reader();
        one_at_a_time(async {
            before.execute_unprepared("SELECT 1").await.unwrap();
            let tx = db.begin().await.unwrap();
            tx.execute_unprepared("SELECT 1").await.unwrap();
            // Neither from the pool nor by a reader that was taken before.
            let query = AssertUnwindSafe(before.execute_unprepared("SELECT 1")).catch_unwind().await;
            assert!(query.is_err(), "a query beside the transaction");
            let begin = AssertUnwindSafe(db.begin()).catch_unwind().await;
            assert!(begin.is_err(), "a transaction inside a transaction");
            tx.commit().await.unwrap();
            before.execute_unprepared("SELECT 1").await.unwrap();
            drop(db.begin().await.unwrap());
            before.execute_unprepared("SELECT 1").await.unwrap();
        })
        .await;
    }
}
