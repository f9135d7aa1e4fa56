//! Many visitors at once, each asking again as soon as it was answered, for a while; it knows no provider.
use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use tokio::{sync::Barrier, task::LocalSet};

use crate::{process::Watched, provider::Provider, visitor::Visitor, work::Work};

/// How long, and how many at once.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    pub connections: usize,
    pub warm: Duration,
    pub measured: Duration,
    /// Pieces of work of each connection, at most.
    pub most: u64,
}

/// What came of one measurement.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Pieces of work a second.
    pub rate: f64,
    pub p50: Duration,
    pub p99: Duration,
    /// Milliseconds of processor time for each piece: of the server, and of its database.
    pub server_ms: f64,
    pub database_ms: f64,
    pub done: usize,
    pub wrong: usize,
    /// What was wrong last.
    pub last_wrong: Option<String>,
}

/// Latencies, and what went wrong.
#[derive(Default)]
pub struct Seen {
    pub latencies: Vec<Duration>,
    pub wrong: usize,
    pub last_wrong: Option<String>,
}

impl Seen {
    pub fn note(&mut self, done: Result<()>, took: Duration) {
        match done {
            Ok(()) => self.latencies.push(took),
            Err(error) => {
                self.wrong += 1;
                self.last_wrong = Some(format!("{error:#}"));
            }
        }
    }

    pub fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.wrong += other.wrong;
        self.last_wrong = other.last_wrong.or(self.last_wrong.take());
    }

    /// The latency that `percent` of all stayed below.
    pub fn percentile(&mut self, percent: usize) -> Duration {
        self.latencies.sort_unstable();
        let at = (self.latencies.len() * percent / 100).min(self.latencies.len().saturating_sub(1));
        self.latencies.get(at).copied().unwrap_or_default()
    }
}

/// Who signs in on connection `n`; `None`: whoever the visitor is anyway.
pub type Person = fn(u64, usize) -> String;

/// Asks `provider` for `work` on many connections. A visitor that could not be made ready is an error; an answer that
/// is wrong is counted.
pub async fn run(
    provider: &Provider,
    work: Work,
    extent: Extent,
    watched: &Watched,
    person: Option<(u64, Person)>,
) -> Result<Figures> {
    let local = LocalSet::new();
    local.run_until(drive(provider, work, extent, watched, person)).await
}

async fn drive(
    provider: &Provider,
    work: Work,
    extent: Extent,
    watched: &Watched,
    person: Option<(u64, Person)>,
) -> Result<Figures> {
    let barrier = Rc::new(Barrier::new(extent.connections + 1));
    // Set when the measured time begins and when it ends.
    let (begun, over) = (Rc::new(Cell::new(None::<Instant>)), Rc::new(Cell::new(false)));
    let mut asking = Vec::new();
    for number in 0..extent.connections {
        let (barrier, begun, over) = (Rc::clone(&barrier), Rc::clone(&begun), Rc::clone(&over));
        let mut visitor = Visitor::new(provider);
        if let Some((rows, person)) = person {
            visitor.email = person(rows, number);
        }
        asking.push(tokio::task::spawn_local(async move {
            let ready = work.prepare(&mut visitor).await;
            barrier.wait().await;
            ready.with_context(|| format!("{} cannot begin", work.name()))?;
            let mut seen = Seen::default();
            let mut times = 0;
            while !over.get() && times < extent.most {
                times += 1;
                let asked = Instant::now();
                let done = work.once(&mut visitor).await;
                let failed = done.is_err();
                let in_time = begun.get().is_some_and(|begun| asked >= begun) && !over.get();
                // What is wrong counts whenever it was.
                if in_time || failed {
                    seen.note(done, asked.elapsed());
                }
                if failed {
                    // Without tokens nothing that follows would be right.
                    let _ = work.prepare(&mut visitor).await;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
            anyhow::Ok(seen)
        }));
    }
    barrier.wait().await;
    tokio::time::sleep(extent.warm).await;
    let (before, start) = (watched.spent(), Instant::now());
    begun.set(Some(start));
    let mut left = extent.measured;
    while !left.is_zero() && !asking.iter().all(tokio::task::JoinHandle::is_finished) {
        let nap = left.min(Duration::from_millis(50));
        tokio::time::sleep(nap).await;
        left = extent.measured.saturating_sub(start.elapsed());
    }
    over.set(true);
    let (spent, took) = (watched.spent(), start.elapsed());
    let mut seen = Seen::default();
    for asked in asking {
        seen.add(asked.await??);
    }
    let done = seen.latencies.len();
    let each = |seconds: f64| if done == 0 { 0.0 } else { seconds * 1_000.0 / count(done) };
    Ok(Figures {
        rate: count(done) / took.as_secs_f64(),
        p50: seen.percentile(50),
        p99: seen.percentile(99),
        server_ms: each(spent.server - before.server),
        database_ms: each(spent.database - before.database),
        done,
        wrong: seen.wrong,
        last_wrong: seen.last_wrong,
    })
}

/// A count as a factor.
#[expect(clippy::cast_precision_loss, reason = "counts of one run are small")]
pub fn count(number: usize) -> f64 {
    number as f64
}

/// A number of rows or bytes as a factor.
#[expect(clippy::cast_precision_loss, reason = "rows and bytes of one run are far below 2^52")]
pub fn many(number: u64) -> f64 {
    number as f64
}

/// The measurement in the middle, by rate; what was wrong in any of them stays.
pub fn middle(mut all: Vec<Figures>) -> Figures {
    all.sort_by(|one, other| one.rate.total_cmp(&other.rate));
    let wrong = all.iter().map(|figures| figures.wrong).sum();
    let last_wrong = all.iter().find_map(|figures| figures.last_wrong.clone());
    let at = all.len() / 2;
    let middle = if at < all.len() { all.swap_remove(at) } else { Figures::default() };
    Figures { wrong, last_wrong, ..middle }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_what_was_seen() {
        let mut seen = Seen::default();
        assert_eq!(seen.percentile(99), Duration::ZERO);
        for millis in (1..=100).rev() {
            seen.note(Ok(()), Duration::from_millis(millis));
        }
        assert_eq!(seen.percentile(50), Duration::from_millis(51));
        assert_eq!(seen.percentile(99), Duration::from_millis(100));
        assert_eq!(seen.percentile(100), Duration::from_millis(100));
        seen.note(Err(anyhow::anyhow!("no")), Duration::ZERO);
        assert_eq!((seen.wrong, seen.last_wrong.as_deref()), (1, Some("no")));
    }

    #[test]
    fn the_middle_round_counts_and_no_error_is_lost() {
        let of = |rate: f64, wrong| Figures { rate, wrong, ..Figures::default() };
        let middle = middle(vec![of(3.0, 0), of(1.0, 2), of(2.0, 0)]);
        assert_eq!((middle.rate as u32, middle.wrong), (2, 2));
    }
}
