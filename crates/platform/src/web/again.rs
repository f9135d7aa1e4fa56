//! A request whose transactions met others is carried out again: here and nowhere else; knows no page.
//!
//! PostgreSQL ends one of two transactions that wait for one another, or that saw what the other changed (40P01,
//! 40001). Nothing of it is kept, so that the whole request may simply be done again, as long as no other
//! transaction of it was kept but steps of their own, which are not done again. After the last try the answer is 503 with a time to come back.
use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes, HttpBody as _, to_bytes},
    extract::Request,
    http::{StatusCode, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{Site, frame::LARGEST_BODY};
use crate::db::{
    attempt::{Attempt, Steps},
    settled,
};

/// How often a request is tried in all.
const TRIES: u32 = 4;

pub(super) async fn again(site: &Site, request: Request, next: Next) -> Response {
    let (parts, body) = match small(request).await {
        Ok(small) => small,
        Err(Passed::On(request)) => return durable(next.run(*request)).await,
        Err(Passed::Torn) => return StatusCode::BAD_REQUEST.into_response(),
    };
    let steps = Arc::default();
    let mut response = one_try(&parts, &body, &next, &steps).await;
    for number in 1..TRIES {
        match response {
            (answer, false) => return answer,
            (_, true) => {
                tokio::time::sleep(pause(site, number)).await;
                response = one_try(&parts, &body, &next, &steps).await;
            }
        }
    }
    response.0
}

/// The answer, and whether it is worth another try.
async fn one_try(parts: &Parts, body: &Bytes, next: &Next, steps: &Arc<Steps>) -> (Response, bool) {
    let attempt = Arc::new(Attempt::after(steps));
    let request = Request::from_parts(parts.clone(), Body::from(body.clone()));
    let answer = attempt.watch(durable(next.clone().run(request))).await;
    let is_lost = answer.status().is_server_error() && attempt.may_be_repeated();
    (answer, is_lost)
}

/// Nobody is told of what others wrote before that is durable, or that it is when it never will be.
async fn durable(work: impl Future<Output = Response>) -> Response {
    let answer = work.await;
    if settled().await { answer } else { StatusCode::SERVICE_UNAVAILABLE.into_response() }
}

/// Longer each time, and never for all alike.
fn pause(site: &Site, number: u32) -> Duration {
    let [dice] = site.random.bytes::<1>();
    Duration::from_millis(u64::from(number) * (10 + u64::from(dice) / 4))
}

enum Passed {
    /// Its body is not known to be small: it is carried out once.
    On(Box<Request>),
    /// The body ended before its end.
    Torn,
}

/// A request whose whole body is at hand.
async fn small(request: Request) -> Result<(Parts, Bytes), Passed> {
    let is_small = request.body().size_hint().upper().is_some_and(|size| size <= LARGEST_BODY as u64);
    if !is_small {
        return Err(Passed::On(Box::new(request)));
    }
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LARGEST_BODY).await.map_err(|_| Passed::Torn)?;
    Ok((parts, body))
}
