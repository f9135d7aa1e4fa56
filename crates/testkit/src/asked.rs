//! What one request asks of the database: it is answered in the test's own task, where that is counted.
use axum::{Router, body::Body};
use platform::{
    db::{Asked, counted},
    web::{Site, frame},
};
use tower::ServiceExt as _;

use crate::net::Request;

/// The status of the answer, and what was asked for it.
pub async fn asked(site: &Site, routes: Router, request: Request) -> (u16, Asked) {
    let (answer, asked) = counted(frame::wrap(site, routes).oneshot(in_place(request))).await;
    (answer.unwrap().status().as_u16(), asked)
}

/// A request as a listener would hand it on.
pub fn in_place(request: Request) -> axum::http::Request<Body> {
    let mut sent = axum::http::Request::new(Body::from(request.body));
    *sent.method_mut() = request.method;
    *sent.uri_mut() = request.url[url::Position::BeforePath..].parse().unwrap();
    *sent.headers_mut() = request.headers;
    let host = request.url[url::Position::BeforeHost..url::Position::AfterPort].parse().unwrap();
    sent.headers_mut().insert("host", host);
    sent
}
