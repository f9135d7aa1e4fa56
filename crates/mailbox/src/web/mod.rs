//! The mailbox on the web: which path shows what. It reads the shelf and knows no SMTP.
//!
//! - [`pages`] for people
//! - [`mailpit`] for programs, JSON in Mailpit's shape
//! - [`search`] what a query finds
//! - [`guard`] what every answer carries, and who may ask

mod guard;
mod mailpit;
mod pages;
mod search;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Mailbox;

/// Pages at `/` and `/message/{id}`, JSON under `/api/v1/`. To be served on a loopback address.
pub fn router(mailbox: Mailbox) -> Router {
    Router::new()
        .route("/", get(pages::list))
        .route("/message/{id}", get(pages::message))
        .route("/message/{id}/html", get(pages::html))
        .route("/mailbox.css", get(pages::stylesheet))
        .route("/mailbox.svg", get(pages::icon))
        .route("/api/v1/messages", get(mailpit::list).delete(mailpit::delete))
        .route("/api/v1/search", get(mailpit::search))
        .route("/api/v1/message/{id}", get(mailpit::message))
        .route("/api/v1/message/{id}/headers", get(mailpit::headers))
        .route("/api/v1/message/{id}/raw", get(mailpit::raw))
        .fallback(async || NotFound)
        .layer(from_fn(guard::guard))
        .with_state(mailbox)
}

/// There is no such message, or no such page.
#[derive(Debug)]
struct NotFound;

impl IntoResponse for NotFound {
    fn into_response(self) -> Response {
        (StatusCode::NOT_FOUND, "There is nothing here: the message may have been deleted.\n").into_response()
    }
}
