//! Carrying jobs out: each in a task of its own, in lanes, so that nothing waits for what hangs.
use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::task::JoinSet;
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{
    Class, Job, Outcome, PURPOSE,
    lanes::{Lanes, Seat},
    store::{self, Leased, Wanted},
};
use crate::{
    Fault,
    clock::{Clock, Moment},
    db::{Database, Tx, one_at_a_time},
    secrets::{Keyring, Seal},
};

/// How long a job is held; an attempt is cut off well before, so that two nodes never work on one job.
const LEASE: Duration = Duration::from_secs(120);
const ATTEMPT: Duration = Duration::from_secs(60);
/// A job that did not succeed for so long is given up.
const LASTS: Duration = Duration::from_secs(4 * 24 * 3600);
/// A job in which the program itself fails is given up after so many attempts.
const BROKEN: i32 = 30;
/// A job that this node cannot read is looked at again after so long.
const UNREADABLE: Duration = Duration::from_secs(60);
/// What runs when the order to stop comes may end by itself for so long.
const WIND_UP: Duration = Duration::from_secs(3);

const GIVEN_UP: &str = "given_up";
const PANICKED: &str = "the program failed in it (a panic)";

type Work = Pin<Box<dyn Future<Output = Outcome> + Send>>;
type Handler = Arc<dyn Fn(Uuid, &[u8]) -> Option<Work> + Send + Sync>;

/// Who keeps account of jobs hears of each that is given up, in the transaction that gives it up.
pub trait GivenUp: Send + Sync {
    fn note<'a>(
        &'a self,
        tx: &'a Tx,
        now: Moment,
        id: Uuid,
        why: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<(), Fault>> + Send + 'a>>;
}

/// Carries jobs out. Any number of workers, on any number of nodes, share one outbox.
pub struct Worker {
    shared: Arc<Shared>,
    seal: Seal,
    handlers: HashMap<&'static str, (Class, Handler)>,
    lanes: Lanes,
}

/// What a running job's task needs.
struct Shared {
    db: Database,
    clock: Clock,
    given_up: Option<Box<dyn GivenUp>>,
    /// What this worker has leased and not settled yet: no more than lanes have seats.
    held: Mutex<Vec<(Uuid, Moment)>>,
}

/// How an attempt ended, the program's own failure included.
enum Ended {
    As(Outcome),
    Panicked,
    Unreadable,
}

impl Worker {
    pub fn new(db: Database, clock: Clock, keyring: &Keyring) -> Self {
        let shared = Arc::new(Shared { db, clock, given_up: None, held: Mutex::default() });
        Self { shared, seal: keyring.seal(PURPOSE), handlers: HashMap::new(), lanes: Lanes::default() }
    }

    /// Names who carries out jobs of kind `J`. The id is the same at every attempt.
    #[must_use]
    pub fn on<J: Job, F>(mut self, handler: impl Fn(Uuid, J) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let handler: Handler = Arc::new(move |id, plain| {
            let job = serde_json::from_slice::<J>(plain).ok()?;
            Some(Box::pin(handler(id, job)))
        });
        self.handlers.insert(J::KIND, (J::CLASS, handler));
        self
    }

    /// Names who hears of jobs that are given up.
    #[must_use]
    pub fn tells(self, given_up: impl GivenUp + 'static) -> Self {
        let Shared { db, clock, .. } = &*self.shared;
        let shared = Shared {
            db: db.clone(),
            clock: clock.clone(),
            given_up: Some(Box::new(given_up)),
            held: Mutex::default(),
        };
        Self { shared: Arc::new(shared), ..self }
    }

    /// Works until cancelled, woken by commits and every second besides (jobs of other nodes, retries). What then
    /// still runs is cut off after a few seconds and becomes due again.
    pub async fn run(self, stop: CancellationToken) {
        let jobs = Arc::clone(self.shared.db.jobs());
        let mut running = JoinSet::new();
        while !stop.is_cancelled() {
            let begun = self.fill(&mut running).await;
            let pause = match begun {
                Ok(0) => Duration::from_secs(1),
                Ok(_) => continue,
                Err(fault) => {
                    tracing::warn!(error = %fault, "The outbox cannot be read; trying again");
                    Duration::from_secs(2)
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = jobs.notified() => {}
                Some(_) = running.join_next() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        self.wind_up(running).await;
    }

    async fn wind_up(&self, mut running: JoinSet<()>) {
        let ends = async { while running.join_next().await.is_some() {} };
        if tokio::time::timeout(WIND_UP, ends).await.is_ok() {
            return;
        }
        running.shutdown().await;
        if let Err(fault) = self.shared.give_all_back().await {
            tracing::warn!(error = %fault, "Jobs that were cut off wait until their leases end");
        }
    }

    /// Carries out what is due now; answers how many were attempted.
    pub async fn drain(&self) -> Result<usize, Fault> {
        let (mut attempted, mut running) = (0, JoinSet::new());
        loop {
            match self.fill(&mut running).await? {
                0 if running.is_empty() => return Ok(attempted),
                0 => drop(running.join_next().await),
                begun => attempted += begun,
            }
        }
    }

    /// Begins what is due and has room in its lane; answers how many were begun.
    async fn fill(&self, running: &mut JoinSet<()>) -> Result<usize, Fault> {
        let now = self.shared.clock.now();
        let due = store::list_due_kinds(self.shared.db.reader(), now).await?;
        let mut begun = 0;
        for class in Class::ALL {
            let ours = self
                .handlers
                .iter()
                .filter(|(kind, (of, _))| *of == class && due.iter().any(|due| due == *kind));
            let kinds: Vec<&'static str> = ours.map(|(kind, _)| *kind).collect();
            let room = self.lanes.room(class);
            if kinds.is_empty() || room.most == 0 {
                continue;
            }
            let keys = self.seal.key_names();
            let wanted = Wanted { kinds: &kinds, keys, room: &room, step: class.step() };
            let tx = self.shared.db.begin().await?;
            let leased = store::lease(&tx, now, now + LEASE, &wanted).await?;
            tx.commit().await?;
            begun += leased.len();
            for job in leased {
                self.begin(running, class, job, now);
            }
        }
        Ok(begun)
    }

    fn begin(&self, running: &mut JoinSet<()>, class: Class, job: Leased, now: Moment) {
        self.shared.hold(&job);
        let seat = self.lanes.sit(class, &job.lane);
        let (shared, plain) = (Arc::clone(&self.shared), self.seal.open(job.id.as_bytes(), &job.payload));
        let handler = self.handlers.get(job.kind.as_str()).map(|(_, handler)| Arc::clone(handler));
        running.spawn(async move {
            let ended = match (plain, handler) {
                _ if job.expires_at.is_some_and(|end| end <= now) => {
                    Ended::As(Outcome::GiveUp("what it says was over before it could leave".into()))
                }
                (Some(plain), Some(handler)) => attempt(handler, job.id, plain).await,
                _ => Ended::Unreadable,
            };
            seat.note_end(&ended);
            shared.settle(class, &job, ended).await;
        });
    }
}

impl Seat {
    fn note_end(&self, ended: &Ended) {
        match ended {
            Ended::As(Outcome::Done | Outcome::GiveUp(_)) => self.note(true),
            Ended::As(Outcome::Retry(_) | Outcome::Trouble(_)) | Ended::Panicked => self.note(false),
            Ended::Unreadable => {}
        }
    }
}

/// One attempt, in a task of its own: a panic ends it and nothing else.
async fn attempt(handler: Handler, id: Uuid, plain: Zeroizing<Vec<u8>>) -> Ended {
    let work = async move {
        match handler(id, &plain) {
            Some(work) => Ended::As(work.await),
            None => Ended::Unreadable,
        }
    };
    let work = AbortOnDropHandle::new(tokio::spawn(one_at_a_time(work)));
    match tokio::time::timeout(ATTEMPT, work).await {
        Ok(Ok(ended)) => ended,
        Ok(Err(_)) => Ended::Panicked,
        Err(_) => Ended::As(Outcome::Retry("took too long".into())),
    }
}

impl Shared {
    fn hold(&self, job: &Leased) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).push((job.id, job.until));
    }

    fn release(&self, id: Uuid) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).retain(|(held, _)| *held != id);
    }

    /// Notes how a job ended. What cannot be noted is done again when its lease ends; nothing else waits for that.
    async fn settle(&self, class: Class, job: &Leased, ended: Ended) {
        let verdict = decide(class, job, ended, self.clock.now());
        verdict.tell(job);
        for pause in [1, 3, 0] {
            match self.note(job, &verdict).await {
                Ok(()) => break,
                Err(fault) if pause == 0 => {
                    tracing::warn!(job = %job.id, kind = job.kind, error = %fault, "How a job ended could not be noted");
                }
                Err(_) => tokio::time::sleep(Duration::from_secs(pause)).await,
            }
        }
        self.release(job.id);
    }

    async fn note(&self, job: &Leased, verdict: &Verdict) -> Result<(), Fault> {
        let tx = self.db.begin().await?;
        match verdict {
            Verdict::Done => store::drop_done(&tx, job.id).await?,
            Verdict::Failed { state, due_at, trouble, error } => {
                let ours = store::set_failed(&tx, job, state, *due_at, *trouble, error).await?;
                if let Some(given_up) = self.given_up.as_ref().filter(|_| ours && *state == GIVEN_UP) {
                    given_up.note(&tx, self.clock.now(), job.id, error).await?;
                }
            }
        }
        tx.commit().await
    }

    async fn give_all_back(&self) -> Result<(), Fault> {
        let held = std::mem::take(&mut *self.held.lock().unwrap_or_else(PoisonError::into_inner));
        let work = async {
            let tx = self.db.begin().await?;
            for (id, until) in held {
                store::give_back(&tx, id, until).await?;
            }
            tx.commit().await
        };
        let late = |_| Fault::unavailable("the database does not answer");
        tokio::time::timeout(WIND_UP, work).await.map_err(late)?
    }
}

/// What is written down of an attempt.
enum Verdict {
    Done,
    Failed { state: &'static str, due_at: Moment, trouble: bool, error: String },
}

fn decide(class: Class, job: &Leased, ended: Ended, now: Moment) -> Verdict {
    let (wait, is_last, trouble, error) = match ended {
        Ended::As(Outcome::Done) => return Verdict::Done,
        Ended::As(Outcome::GiveUp(error)) => (Duration::ZERO, true, false, error),
        Ended::As(Outcome::Retry(error)) => (backoff(class, job.attempts), is_old(job, now), false, error),
        Ended::As(Outcome::Trouble(error)) => (backoff(class, job.attempts), is_old(job, now), true, error),
        Ended::Panicked => {
            let again = job.last_error.as_deref() == Some(PANICKED);
            let is_last = is_old(job, now) || (again && job.attempts >= BROKEN);
            (backoff(Class::Work, job.attempts), is_last, true, PANICKED.to_owned())
        }
        // Another node may have the key, or know the kind in this form: it is never given up here.
        Ended::Unreadable => {
            (UNREADABLE, false, true, "this node cannot read it: is its key file the newest?".into())
        }
    };
    let state = if is_last { GIVEN_UP } else { "due" };
    let due_at = if is_last { now } else { now + wait };
    Verdict::Failed { state, due_at, trouble: trouble && !is_last, error }
}

fn is_old(job: &Leased, now: Moment) -> bool {
    now.since(job.created_at) >= LASTS
}

/// 2 s, 4 s, 8 s …; at most five minutes for mail, whose links end soon, and four hours for others.
fn backoff(class: Class, attempts: i32) -> Duration {
    let most = match class {
        Class::Mail => 300,
        Class::Site | Class::Work => 4 * 3600,
    };
    let doubled = 1u64.checked_shl(u32::try_from(attempts).unwrap_or(0).min(20)).unwrap_or(u64::MAX);
    Duration::from_secs(doubled.clamp(2, most))
}

impl Verdict {
    fn tell(&self, job: &Leased) {
        let Self::Failed { state, trouble, error, .. } = self else { return };
        let (id, kind, lane, attempts) = (job.id, &job.kind, &job.lane, job.attempts);
        if *trouble && !job.trouble {
            tracing::error!(job = %id, kind, lane, attempts, error, "A job waits until somebody mends this");
        } else {
            tracing::warn!(job = %id, kind, lane, attempts, state, error, "A job did not succeed");
        }
    }
}

#[cfg(test)]
impl Worker {
    /// Leases and never settles, as a worker that died.
    pub(super) async fn lease_and_die(&self) -> usize {
        let mut running = JoinSet::new();
        let begun = self.fill(&mut running).await.unwrap();
        running.abort_all();
        begun
    }

    pub(super) const fn lease_time() -> Duration {
        LEASE
    }
}

#[cfg(test)]
#[test]
fn waiting_grows_to_five_minutes_for_mail_and_four_hours_for_others() {
    assert_eq!(backoff(Class::Mail, 1), Duration::from_secs(2));
    assert_eq!(backoff(Class::Mail, 30), Duration::from_secs(300));
    assert_eq!(backoff(Class::Site, 5), Duration::from_secs(32));
    assert_eq!(backoff(Class::Site, 30), Duration::from_secs(4 * 3600));
}
