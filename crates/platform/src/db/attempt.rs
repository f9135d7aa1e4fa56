//! What happened to the database during one request: decides whether the request may be tried again.
use std::{
    any::Any,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

tokio::task_local! {
    static ATTEMPT: Arc<Attempt>;
}

/// One try at answering a request.
#[derive(Default)]
pub struct Attempt {
    committed: AtomicBool,
    collided: AtomicBool,
    steps: Arc<Steps>,
}

/// What a request did in steps of their own, and what came of them: a later try of it does not do them again.
#[derive(Default)]
pub struct Steps(Mutex<Vec<(String, Box<dyn Any + Send>)>>);

impl Steps {
    fn find<T: Clone + 'static>(&self, name: &str) -> Option<T> {
        let done = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        done.iter().find(|(known, _)| known == name).and_then(|(_, result)| result.downcast_ref().cloned())
    }

    fn keep<T: Send + 'static>(&self, name: String, result: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((name, Box::new(result)));
    }
}

impl Attempt {
    /// A try of a request that did these steps before.
    pub fn after(steps: &Arc<Steps>) -> Self {
        Self { steps: Arc::clone(steps), ..Self::default() }
    }

    /// Carries `work` out; what its transactions met is noted here.
    pub async fn watch<T>(self: &Arc<Self>, work: impl Future<Output = T>) -> T {
        ATTEMPT.scope(Arc::clone(self), work).await
    }

    /// True when two transactions met and nothing was kept but steps: the same request may simply be carried out again.
    pub fn may_be_repeated(&self) -> bool {
        self.collided.load(Ordering::Relaxed) && !self.committed.load(Ordering::Relaxed)
    }
}

/// Carries out what a request keeps before it goes on, whatever becomes of it: a guess that is counted, a session that
/// was used. When the request is tried again this is not: what came of it then counts still (decision 0020).
/// `name` tells the steps of one request apart.
pub async fn step<T, E>(name: String, work: impl Future<Output = Result<T, E>>) -> Result<T, E>
where
    T: Clone + Send + 'static,
{
    let Ok(request) = ATTEMPT.try_with(Arc::clone) else { return work.await };
    if let Some(done) = request.steps.find(&name) {
        return Ok(done);
    }
    let own = Arc::new(Attempt::after(&request.steps));
    let result = own.watch(work).await;
    if own.collided.load(Ordering::Relaxed) {
        request.collided.store(true, Ordering::Relaxed);
    }
    match &result {
        Ok(done) => request.steps.keep(name, done.clone()),
        // Half a step is none.
        Err(_) if own.committed.load(Ordering::Relaxed) => request.committed.store(true, Ordering::Relaxed),
        Err(_) => {}
    }
    result
}

/// So long a request waits for what it only notes in passing.
const PATIENCE: Duration = Duration::from_millis(500);

/// A [`step`] that nobody depends on: whoever only reads is not kept out, and does not wait, because their visit could
/// not be noted. `None`: it was not, or not in time.
pub async fn in_passing<T, E: std::fmt::Debug>(
    name: String,
    work: impl Future<Output = Result<T, E>>,
) -> Option<T>
where
    T: Clone + Send + 'static,
{
    let what = name.split('\0').next().unwrap_or_default().to_owned();
    match tokio::time::timeout(PATIENCE, step(name, work)).await {
        Ok(Ok(done)) => Some(done),
        Ok(Err(error)) => {
            tracing::warn!(?error, what, "A visit could not be noted");
            None
        }
        Err(_) => {
            tracing::warn!(what, "A visit could not be noted in time");
            None
        }
    }
}

pub(super) fn note_commit() {
    let _ = ATTEMPT.try_with(|attempt| attempt.committed.store(true, Ordering::Relaxed));
}

pub(super) fn note_conflict() {
    let _ = ATTEMPT.try_with(|attempt| attempt.collided.store(true, Ordering::Relaxed));
}
