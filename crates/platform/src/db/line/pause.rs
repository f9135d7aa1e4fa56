//! When other programs had the last chance to write: whoever writes without pause lets them, now and then.
use std::time::{Duration, Instant};

/// So long the file is had at most, with no chance for others but the moments between two transactions.
const LONGEST: Duration = Duration::from_millis(100);

/// So long is a chance for everybody who asks every millisecond (`sqlite/patience.rs`).
const CHANCE: Duration = Duration::from_millis(3);

/// What the writer knows of it. One in thirty of its milliseconds is for others at most.
#[derive(Clone, Copy)]
pub struct Pause {
    /// The end of the last chance.
    since: Instant,
    /// When the file was let go last.
    let_go: Instant,
}

impl Default for Pause {
    fn default() -> Self {
        let now = Instant::now();
        Self { since: now, let_go: now }
    }
}

impl Pause {
    /// Before a transaction begins: waits if it is time to.
    pub async fn take(&self) {
        if self.let_go.elapsed() < CHANCE && self.since.elapsed() > LONGEST {
            tokio::time::sleep(CHANCE).await;
        }
    }

    /// A transaction has begun.
    pub fn end(&mut self) {
        if self.let_go.elapsed() >= CHANCE {
            self.since = Instant::now();
        }
    }

    /// The file was let go.
    pub fn begin(&mut self) {
        self.let_go = Instant::now();
    }
}
