//! A few threads of their own for work that takes processor and memory, with a bounded line before them.
//! Knows not what is computed; the async runtime never waits on it.
use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use platform::Fault;
use tokio::sync::oneshot;

/// After so long without work a thread gives its memory back.
const KEPT: Duration = Duration::from_secs(5);

/// What one piece of work is given: memory that is kept between pieces, wiped after each.
pub type Memory = Option<argon2_rust::Hasher>;

type Work = Box<dyn FnOnce(&mut Memory) + Send>;

/// Drops with its last clone; the threads end when their line is empty.
pub struct Pool {
    line: Arc<Line>,
}

struct Line {
    state: Mutex<State>,
    come: Condvar,
    longest: usize,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Work>,
    /// Places that were given out and are not taken yet.
    given: usize,
    closed: bool,
}

/// How much less a hashing thread weighs than those that answer (setpriority(2); each five is a third of the time).
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Whoever waits for a token does not wait for a password: on Linux this thread goes on where the others leave time.
/// Elsewhere threads have no weight of their own.
fn step_back() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICENESS) {
        tracing::warn!(%error, "Hashing threads weigh as much as all others");
    }
}

impl Line {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next piece of work; `None` when the line is closed and empty. Gives `memory` back while idle.
    fn next(&self, memory: &mut Memory) -> Option<Work> {
        let mut state = self.state();
        loop {
            if let Some(work) = state.waiting.pop_front() {
                return Some(work);
            }
            if state.closed {
                return None;
            }
            let (woken, time) = self.come.wait_timeout(state, KEPT).unwrap_or_else(PoisonError::into_inner);
            state = woken;
            if time.timed_out() {
                *memory = None;
            }
        }
    }
}

/// A place in the line, given before anything is counted or written down for work that might be refused.
pub struct Place {
    line: Arc<Line>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.line.state();
        state.given = state.given.saturating_sub(1);
    }
}

impl Pool {
    /// `parallel` threads (0: one less than the processors, at least one), and room for `waiting` more.
    pub fn new(parallel: u32, waiting: u32) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = match parallel {
            0 => processors.saturating_sub(1).max(1),
            some => usize::try_from(some).unwrap_or(1),
        };
        let longest = usize::try_from(waiting).unwrap_or(usize::MAX);
        let line = Arc::new(Line { state: Mutex::default(), come: Condvar::new(), longest });
        for number in 0..threads {
            let line = Arc::clone(&line);
            let begun = std::thread::Builder::new().name(format!("hash-{number}")).spawn(move || {
                step_back();
                let mut memory = None;
                while let Some(work) = line.next(&mut memory) {
                    work(&mut memory);
                }
            });
            if let Err(error) = begun {
                tracing::error!(%error, "A hashing thread could not be started");
            }
        }
        Self { line }
    }

    /// A place in the line. When it is full it is refused at once, so that a flood of sign-ins costs a bounded wait
    /// and nobody else's requests (PW-03).
    pub fn place(&self) -> Result<Place, Fault> {
        let mut state = self.line.state();
        if state.waiting.len() + state.given >= self.line.longest {
            return Err(Fault::unavailable("too many passwords wait to be hashed"));
        }
        state.given += 1;
        drop(state);
        Ok(Place { line: Arc::clone(&self.line) })
    }

    /// Runs `work` on one of the threads. Work whose asker has gone is skipped.
    pub async fn run<T: Send + 'static>(
        &self,
        place: Place,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let (answer, answered) = oneshot::channel();
        let work: Work = Box::new(move |memory| {
            if !answer.is_closed() {
                // The asker may leave meanwhile; then nobody misses the answer.
                let _ = answer.send(work(memory));
            }
        });
        self.line.state().waiting.push_back(work);
        drop(place);
        self.line.come.notify_one();
        answered.await.map_err(|_| Fault::bug("a hashing thread ended"))
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.line.state().closed = true;
        self.line.come.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn pw_03_a_full_line_is_refused_at_once_and_serves_again_when_it_moves() {
        let pool = Arc::new(Pool::new(1, 2));
        let (free, held) = mpsc::channel::<()>();
        let (begun, has_begun) = mpsc::channel::<()>();
        let busy = tokio::spawn({
            let pool = Arc::clone(&pool);
            async move {
                pool.run(pool.place().unwrap(), move |_| {
                    begun.send(()).unwrap();
                    held.recv().unwrap();
                })
                .await
            }
        });
        tokio::task::spawn_blocking(move || has_begun.recv().unwrap()).await.unwrap();
        let waiting: Vec<_> = (0..2)
            .map(|number| {
                let pool = Arc::clone(&pool);
                tokio::spawn(async move { pool.run(pool.place().unwrap(), move |_| number).await.unwrap() })
            })
            .collect();
        while pool.line.state().waiting.len() < 2 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(pool.place(), Err(Fault::Unavailable(_))));
        free.send(()).unwrap();
        busy.await.unwrap().unwrap();
        for (number, task) in waiting.into_iter().enumerate() {
            assert_eq!(task.await.unwrap(), number);
        }
        assert_eq!(pool.run(pool.place().unwrap(), |_| "again").await.unwrap(), "again");
    }

    #[test]
    fn a_place_that_is_not_taken_is_free_again() {
        let pool = Pool::new(1, 1);
        let place = pool.place().unwrap();
        assert!(pool.place().is_err());
        drop(place);
        assert!(pool.place().is_ok());
    }

    #[tokio::test]
    async fn work_whose_asker_has_gone_is_not_done() {
        let pool = Arc::new(Pool::new(1, 8));
        let (free, held) = mpsc::channel::<()>();
        let (done, was_done) = mpsc::channel::<&'static str>();
        let first = tokio::spawn({
            let pool = Arc::clone(&pool);
            async move { pool.run(pool.place().unwrap(), move |_| held.recv().unwrap()).await }
        });
        let gone = tokio::spawn({
            let (pool, done) = (Arc::clone(&pool), done.clone());
            async move { pool.run(pool.place().unwrap(), move |_| done.send("gone").unwrap()).await }
        });
        // The first may still stand in the line itself; what matters is that the second does.
        while pool.line.state().waiting.is_empty() {
            tokio::task::yield_now().await;
        }
        gone.abort();
        assert!(gone.await.unwrap_err().is_cancelled());
        free.send(()).unwrap();
        first.await.unwrap().unwrap();
        pool.run(pool.place().unwrap(), move |_| done.send("stayed").unwrap()).await.unwrap();
        assert_eq!(was_done.try_iter().collect::<Vec<_>>(), ["stayed"]);
    }
}
