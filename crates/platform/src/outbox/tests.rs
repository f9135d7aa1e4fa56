//! Jobs on a real database: nothing leaves before the commit, nothing is lost after it.
use std::sync::Mutex;

use serde::Deserialize;

use super::*;
use crate::testing::{database, keyring};

#[derive(Debug, Serialize, Deserialize)]
struct Note(String);

impl Job for Note {
    const KIND: &'static str = "note";
}

struct Scene {
    db: Database,
    clock: Clock,
    outbox: Outbox,
    _folder: tempfile::TempDir,
}

impl Scene {
    async fn open() -> Self {
        let (db, folder) = database().await;
        let clock = Clock::settable(Moment::from_unix_seconds(1_000_000));
        Self { db, clock, outbox: Outbox::new(Random::seeded(1), &keyring()), _folder: folder }
    }

    async fn add(&self, text: &str) {
        let tx = self.db.begin().await.unwrap();
        self.outbox.add(&tx, self.clock.now(), &Note(text.into())).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A worker that notes what it was given and answers what `outcome` says.
    fn worker(
        &self,
        outcome: impl Fn(&str) -> Outcome + Send + Sync + 'static,
    ) -> (Worker, Arc<Mutex<Vec<String>>>) {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        let outcome = Arc::new(outcome);
        let worker = Worker::new(self.db.clone(), self.clock.clone(), &keyring()).on(move |_, note: Note| {
            noted.lock().unwrap().push(note.0.clone());
            let outcome = Arc::clone(&outcome);
            async move { outcome(&note.0) }
        });
        (worker, seen)
    }

    async fn waiting(&self) -> i64 {
        waiting(self.db.reader()).await.unwrap().0
    }
}

#[tokio::test]
async fn a_job_of_a_change_that_is_rolled_back_never_was() {
    let scene = Scene::open().await;
    let tx = scene.db.begin().await.unwrap();
    scene.outbox.add(&tx, scene.clock.now(), &Note("lost".into())).await.unwrap();
    drop(tx);
    assert_eq!(scene.waiting().await, 0);
}

#[tokio::test]
async fn a_job_is_carried_out_once_and_gone() {
    let scene = Scene::open().await;
    scene.add("one").await;
    let (worker, seen) = scene.worker(|_| Outcome::Done);
    assert_eq!(worker.drain().await.unwrap(), 1);
    assert_eq!(worker.drain().await.unwrap(), 0);
    assert_eq!(*seen.lock().unwrap(), ["one"]);
    assert_eq!(scene.waiting().await, 0);
}

#[tokio::test]
async fn ft_07_what_fails_for_now_is_tried_again_later_and_not_before() {
    let scene = Scene::open().await;
    scene.add("one").await;
    let (failing, _) = scene.worker(|_| Outcome::Retry("away".into()));
    assert_eq!(failing.drain().await.unwrap(), 1);
    let (worker, seen) = scene.worker(|_| Outcome::Done);
    assert_eq!(worker.drain().await.unwrap(), 0, "not due yet");
    assert_eq!(scene.waiting().await, 1);
    scene.clock.advance(Duration::from_secs(5));
    assert_eq!(worker.drain().await.unwrap(), 1);
    assert_eq!(*seen.lock().unwrap(), ["one"]);
}

#[tokio::test]
async fn ft_08_what_is_refused_for_good_is_not_tried_again_but_stays_visible() {
    let scene = Scene::open().await;
    scene.add("one").await;
    let (worker, _) = scene.worker(|_| Outcome::GiveUp("no such mailbox".into()));
    worker.drain().await.unwrap();
    scene.clock.advance(Duration::from_secs(30 * 24 * 3600));
    assert_eq!(worker.drain().await.unwrap(), 0);
    let row = scene
        .db
        .reader()
        .query_one_raw(Statement::from_string(DbBackend::Sqlite, "SELECT state, last_error FROM outbox"));
    let row = row.await.unwrap().unwrap();
    assert_eq!(row.try_get::<String>("", "state").unwrap(), "given_up");
    assert_eq!(row.try_get::<String>("", "last_error").unwrap(), "no such mailbox");
}

#[tokio::test]
async fn ft_09_a_job_whose_worker_died_is_leased_again_when_the_lease_ends() {
    let scene = Scene::open().await;
    scene.add("one").await;
    let (dead, _) = scene.worker(|_| Outcome::Done);
    assert_eq!(dead.lease(scene.clock.now()).await.unwrap().len(), 1, "leased and never settled");
    let (worker, seen) = scene.worker(|_| Outcome::Done);
    assert_eq!(worker.drain().await.unwrap(), 0);
    scene.clock.advance(LEASE);
    assert_eq!(worker.drain().await.unwrap(), 1);
    assert_eq!(*seen.lock().unwrap(), ["one"]);
}

#[tokio::test]
async fn inv_12_a_waiting_job_shows_nothing_of_what_it_carries() {
    let scene = Scene::open().await;
    scene.add("a-secret-link").await;
    let row = scene
        .db
        .reader()
        .query_one_raw(Statement::from_string(DbBackend::Sqlite, "SELECT payload FROM outbox"));
    let payload: Vec<u8> = row.await.unwrap().unwrap().try_get("", "payload").unwrap();
    assert!(!payload.windows(6).any(|part| part == b"secret"));
}

#[test]
fn waiting_grows_to_four_hours_and_no_further() {
    assert_eq!(backoff(1), Duration::from_secs(2));
    assert_eq!(backoff(5), Duration::from_secs(32));
    assert_eq!(backoff(30), Duration::from_secs(4 * 3600));
}
