//! Jobs on a real database: nothing leaves before the commit, nothing is lost after it.
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use sea_orm::DbBackend;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::{
    clock::Clock,
    db::Database,
    testing::{database, keyring},
};

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
    assert_eq!(dead.lease_and_die().await, 1, "leased and never settled");
    let (worker, seen) = scene.worker(|_| Outcome::Done);
    assert_eq!(worker.drain().await.unwrap(), 0);
    scene.clock.advance(Worker::lease_time());
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

#[tokio::test]
async fn a_job_that_panics_is_counted_backed_off_and_given_up_and_others_go_on() {
    let scene = Scene::open().await;
    scene.add("bad").await;
    let (worker, seen) = scene.worker(|text| if text == "bad" { panic!("told to") } else { Outcome::Done });
    worker.drain().await.unwrap();
    scene.add("good").await;
    assert_eq!(worker.drain().await.unwrap(), 1, "the bad one is not due yet");
    for _ in 0..100 {
        scene.clock.advance(Duration::from_secs(4 * 3600));
        worker.drain().await.unwrap();
    }
    let tries = seen.lock().unwrap().iter().filter(|text| *text == "bad").count();
    assert!((10..=30).contains(&tries), "{tries}");
    let report = Report::read(scene.db.reader(), scene.clock.now()).await.unwrap();
    assert_eq!((report.waiting, report.given_up), (0, 1));
}

#[tokio::test]
async fn a_node_with_an_older_key_file_leaves_what_it_cannot_read_to_others() {
    let scene = Scene::open().await;
    scene.add("one").await;
    let foreign = Keyring::from_bytes([1; 32]);
    let older =
        Worker::new(scene.db.clone(), scene.clock.clone(), &foreign).on(|_, _: Note| async { Outcome::Done });
    assert_eq!(older.drain().await.unwrap(), 0);
    // A row of a program that names no key.
    scene.db.ground().execute_unprepared("UPDATE outbox SET sealed_by = ''").await.unwrap();
    for _ in 0..50 {
        older.drain().await.unwrap();
        scene.clock.advance(Duration::from_secs(4 * 3600));
    }
    let (worker, seen) = scene.worker(|_| Outcome::Done);
    worker.drain().await.unwrap();
    assert_eq!(*seen.lock().unwrap(), ["one"]);
}

#[tokio::test]
async fn fx_08_jobs_that_hang_when_told_to_stop_are_cut_off_and_become_due_again() {
    let scene = Scene::open().await;
    scene.add("hangs").await;
    let begun = Arc::new(tokio::sync::Notify::new());
    let told = Arc::clone(&begun);
    let worker = Worker::new(scene.db.clone(), scene.clock.clone(), &keyring()).on(move |_, _: Note| {
        told.notify_one();
        std::future::pending::<Outcome>()
    });
    let stop = CancellationToken::new();
    let running = tokio::spawn(worker.run(stop.clone()));
    begun.notified().await;
    stop.cancel();
    running.await.unwrap();
    let (worker, seen) = scene.worker(|_| Outcome::Done);
    assert_eq!(worker.drain().await.unwrap(), 1, "due at once: the lease was given back");
    assert_eq!(*seen.lock().unwrap(), ["hangs"]);
}

/// A message to one site, or the letter of which the link ends.
#[derive(Debug, Serialize, Deserialize)]
struct Call(String);

impl Job for Call {
    const KIND: &'static str = "call";
    const CLASS: Class = Class::Site;

    fn lane(&self) -> String {
        self.0.clone()
    }
}

#[tokio::test]
async fn fx_08_hanging_sites_hold_up_neither_healthy_ones_nor_other_work() {
    let scene = Scene::open().await;
    let tx = scene.db.begin().await.unwrap();
    for site in 0..60 {
        for _ in 0..3 {
            scene.outbox.add(&tx, scene.clock.now(), &Call(format!("bad{site}"))).await.unwrap();
        }
    }
    for site in 0..20 {
        scene.outbox.add(&tx, scene.clock.now(), &Call(format!("good{site}"))).await.unwrap();
    }
    scene.outbox.add(&tx, scene.clock.now(), &Note("letter".into())).await.unwrap();
    tx.commit().await.unwrap();
    let done = Arc::new(tokio::sync::Semaphore::new(0));
    let (calls, notes) = (Arc::clone(&done), Arc::clone(&done));
    let release = Arc::new(tokio::sync::Semaphore::new(0));
    let hang = Arc::clone(&release);
    let worker = Worker::new(scene.db.clone(), scene.clock.clone(), &keyring())
        .on(move |_, call: Call| {
            let (calls, hang) = (Arc::clone(&calls), Arc::clone(&hang));
            async move {
                if call.0.starts_with("bad") {
                    hang.acquire().await.unwrap().forget();
                    return Outcome::Retry("hangs".into());
                }
                calls.add_permits(1);
                Outcome::Done
            }
        })
        .on(move |_, _: Note| {
            notes.add_permits(1);
            async { Outcome::Done }
        });
    let running = tokio::spawn(async move { worker.drain().await.unwrap() });
    let healthy = tokio::time::timeout(Duration::from_secs(30), done.acquire_many(21)).await;
    assert!(healthy.is_ok(), "all healthy ones were reached while every bad one hung");
    release.add_permits(1000);
    running.await.unwrap();
}

#[tokio::test]
async fn what_is_over_is_not_sent_and_stays_visible() {
    #[derive(Serialize, Deserialize)]
    struct Link(i64);
    impl Job for Link {
        const KIND: &'static str = "link";
        const CLASS: Class = Class::Mail;
        fn expires_at(&self) -> Option<Moment> {
            Some(Moment::from_unix_seconds(self.0))
        }
    }
    let scene = Scene::open().await;
    let tx = scene.db.begin().await.unwrap();
    scene.outbox.add(&tx, scene.clock.now(), &Link(1_000_900)).await.unwrap();
    tx.commit().await.unwrap();
    let seen = Arc::new(Mutex::new(0));
    let noted = Arc::clone(&seen);
    let worker = Worker::new(scene.db.clone(), scene.clock.clone(), &keyring()).on(move |_, _: Link| {
        *noted.lock().unwrap() += 1;
        async { Outcome::Trouble("away".into()) }
    });
    worker.drain().await.unwrap();
    let report = Report::read(scene.db.reader(), scene.clock.now()).await.unwrap();
    assert_eq!((report.trouble, report.reason.as_deref()), (1, Some("away")));
    scene.clock.advance(Duration::from_secs(900));
    worker.drain().await.unwrap();
    assert_eq!(*seen.lock().unwrap(), 1, "the second time it was over");
    let report = Report::read(scene.db.reader(), scene.clock.now()).await.unwrap();
    assert_eq!((report.waiting, report.given_up, report.trouble), (0, 1, 0));
}

#[tokio::test]
async fn the_operator_sees_why_and_for_how_long_and_tries_or_drops() {
    let scene = Scene::open().await;
    scene.add("one").await;
    let (worker, _) = scene.worker(|_| Outcome::GiveUp("no such mailbox".into()));
    worker.drain().await.unwrap();
    scene.clock.advance(Duration::from_secs(300));
    let desk = Operator::new(&keyring());
    let lines = desk.list(scene.db.reader(), scene.clock.now()).await.unwrap();
    let line = &lines[0];
    assert_eq!(
        (line.state.as_str(), line.age_seconds, line.reason.as_deref()),
        ("given_up", 300, Some("no such mailbox"))
    );
    assert_eq!(desk.retry(&scene.db, scene.clock.now(), Which::GivenUp).await.unwrap(), 1);
    let (worker, seen) = scene.worker(|_| Outcome::Retry("away".into()));
    worker.drain().await.unwrap();
    assert_eq!(seen.lock().unwrap().len(), 1);
    assert_eq!(scene.waiting().await, 1, "it has its days again");
    assert_eq!(desk.drop(&scene.db, scene.clock.now(), Which::One(line.id)).await.unwrap(), 1);
    assert!(desk.show(scene.db.reader(), scene.clock.now(), line.id).await.unwrap().is_none());
}

#[tokio::test]
async fn what_was_given_up_is_forgotten_after_its_time() {
    let scene = Scene::open().await;
    scene.add("one").await;
    let (worker, _) = scene.worker(|_| Outcome::GiveUp("no".into()));
    worker.drain().await.unwrap();
    let over = given_up_over(Duration::from_secs(100));
    assert_eq!(over.sweep(&scene.db, scene.clock.now()).await.unwrap(), 0);
    scene.clock.advance(Duration::from_secs(101));
    scene.add("waits").await;
    assert_eq!(over.sweep(&scene.db, scene.clock.now()).await.unwrap(), 1);
    assert_eq!(scene.waiting().await, 1);
}
