//! How long statements lately took: what is quick runs in place, everything else on a thread of its own.
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use quick_cache::sync::Cache;

/// Whoever serves requests on this thread meanwhile waits no longer than this.
const QUICK: Duration = Duration::from_millis(2);

/// How many texts are remembered.
const MOST: usize = 4096;

/// Microseconds by the text of a statement: the longest of late, which fades.
pub(super) struct Pace(Cache<Box<str>, Arc<AtomicU64>>);

impl Default for Pace {
    fn default() -> Self {
        Self(Cache::new(MOST))
    }
}

impl Pace {
    /// True for a text that was seen before and took little. Nobody knows what a new one takes.
    pub fn is_quick(&self, sql: &str) -> bool {
        self.0.get(sql).is_some_and(|lately| lately.load(Ordering::Relaxed) <= micros(QUICK))
    }

    pub fn note(&self, sql: &str, took: Duration) {
        let took = micros(took);
        match self.0.get(sql) {
            Some(lately) => {
                let before = lately.load(Ordering::Relaxed);
                lately.store(took.max(before - before / 8), Ordering::Relaxed);
            }
            None => self.0.insert(sql.into(), Arc::new(took.into())),
        }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_quick_once_it_was_and_until_it_is_not() {
        let pace = Pace::default();
        assert!(!pace.is_quick("a"), "never seen");
        pace.note("a", Duration::from_micros(40));
        assert!(pace.is_quick("a") && !pace.is_quick("b"));
        pace.note("a", Duration::from_millis(9));
        assert!(!pace.is_quick("a"));
        // One slow time is forgiven after some quick ones.
        let forgiven = (0..100).position(|_| {
            pace.note("a", Duration::from_micros(40));
            pace.is_quick("a")
        });
        assert!(forgiven.is_some_and(|times| times > 3), "{forgiven:?}");
    }

    #[test]
    fn texts_without_end_are_not_kept() {
        let pace = Pace::default();
        for number in 0..MOST * 3 {
            pace.note(&number.to_string(), Duration::ZERO);
        }
        assert!(pace.0.len() <= MOST);
    }
}
