//! Work that comes round by itself until the program stops, whatever became of the last round; knows no work.
use std::{future::Future, panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt as _;
use tokio_util::sync::CancellationToken;

use crate::{Fault, db::one_at_a_time};

/// When the next round is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    InTime,
    /// There may be more to do already; others get their turn in between.
    Soon,
}

const SOON: Duration = Duration::from_millis(200);

/// Works at once and then `every` so often, until `stop`. A round that fails, or panics, is logged under `job`, and
/// the next one comes in its time.
pub async fn run<S: Clone, W: Future<Output = Result<Next, Fault>>>(
    job: &'static str,
    every: Duration,
    state: S,
    stop: CancellationToken,
    mut work: impl FnMut(S) -> W,
) {
    while !stop.is_cancelled() {
        let round = AssertUnwindSafe(one_at_a_time(work(state.clone()))).catch_unwind();
        // A round may have hours to do, and may stop anywhere as it may be killed anywhere.
        let done = tokio::select! {
            () = stop.cancelled() => return,
            done = round => done,
        };
        let next = match done {
            Ok(Ok(next)) => next,
            Ok(Err(fault)) => {
                tracing::warn!(job, error = %fault, "A round of timed work did not finish");
                Next::InTime
            }
            Err(_) => {
                tracing::error!(job, "A round of timed work panicked");
                Next::InTime
            }
        };
        let wait = if next == Next::Soon { SOON.min(every) } else { every };
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn rounds_come_whatever_became_of_the_last_one_and_end_with_the_program() {
        let (to, mut rounds) = tokio::sync::mpsc::unbounded_channel();
        let stop = CancellationToken::new();
        let mut count = 0;
        let work = move |(): ()| {
            count += 1;
            to.send(count).unwrap();
            let round = count;
            async move {
                match round {
                    1 => Ok(Next::Soon),
                    2 => Err(Fault::unavailable("away")),
                    3 => panic!("a bug"),
                    _ => Ok(Next::InTime),
                }
            }
        };
        let running = tokio::spawn(run("sample", Duration::from_millis(1), (), stop.clone(), work));
        for expected in 1..=5 {
            assert_eq!(rounds.recv().await, Some(expected));
        }
        stop.cancel();
        running.await.unwrap();
        while rounds.recv().await.is_some() {}
    }

    #[tokio::test]
    async fn a_round_that_has_much_to_do_does_not_keep_the_program() {
        let stop = CancellationToken::new();
        let work = |stop: CancellationToken| async move {
            stop.cancel();
            std::future::pending().await
        };
        run("sample", Duration::from_secs(1), stop.clone(), stop, work).await;
    }

    #[tokio::test]
    async fn nothing_begins_after_the_order_to_stop() {
        let stop = CancellationToken::new();
        stop.cancel();
        let never = |(): ()| -> std::future::Ready<Result<Next, Fault>> { panic!("it was told to stop") };
        run("sample", Duration::from_secs(1), (), stop, never).await;
    }
}
