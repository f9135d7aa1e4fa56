//! Waiting for another program that writes to the same file: by short steps. SQLite's own grow to 100 ms, and never
//! meet the moment between two transactions of a program that writes without pause.
use std::{
    cell::Cell,
    thread,
    time::{Duration, Instant},
};

use crate::db::line::PATIENCE;

/// Whoever has the file for long lets it go for longer than this (`line/pause.rs`).
const STEP: Duration = Duration::from_millis(1);

thread_local! {
    /// Until when this thread waits for others; `None`: it does not.
    static UNTIL: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Gives a connection the patience of whatever thread uses it.
pub(super) fn give(connection: &rusqlite::Connection) -> Result<(), rusqlite::Error> {
    connection.busy_handler(Some(|_| wait()))
}

/// Carries `work` out, waiting for others; for a thread that may wait.
pub(super) fn with<T>(work: impl FnOnce() -> T) -> T {
    UNTIL.set(Some(Instant::now() + PATIENCE));
    let done = work();
    UNTIL.set(None);
    done
}

fn wait() -> bool {
    let goes_on = UNTIL.get().is_some_and(|until| Instant::now() < until);
    if goes_on {
        thread::sleep(STEP);
    }
    goes_on
}
