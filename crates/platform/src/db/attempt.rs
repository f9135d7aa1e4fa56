//! What happened to the database during one request: decides whether the request may be tried again.
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

tokio::task_local! {
    static ATTEMPT: Arc<Attempt>;
}

/// One try at answering a request.
#[derive(Default)]
pub struct Attempt {
    committed: AtomicBool,
    collided: AtomicBool,
}

impl Attempt {
    /// Carries `work` out; what its transactions met is noted here.
    pub async fn watch<T>(self: &Arc<Self>, work: impl Future<Output = T>) -> T {
        ATTEMPT.scope(Arc::clone(self), work).await
    }

    /// True when two transactions met and nothing was kept: the same request may simply be carried out again.
    pub fn may_be_repeated(&self) -> bool {
        self.collided.load(Ordering::Relaxed) && !self.committed.load(Ordering::Relaxed)
    }
}

pub(super) fn note_commit() {
    let _ = ATTEMPT.try_with(|attempt| attempt.committed.store(true, Ordering::Relaxed));
}

pub(super) fn note_conflict() {
    let _ = ATTEMPT.try_with(|attempt| attempt.collided.store(true, Ordering::Relaxed));
}
