//! The pages for people: what has arrived, and one message. They work without JavaScript and send none.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_FRAME_OPTIONS};
use axum::response::{Html, IntoResponse as _, Response};
use serde::Deserialize;
use time::OffsetDateTime;

use super::NotFound;
use super::mailpit::rfc3339;
use crate::Mailbox;
use crate::links::{self, Piece};
use crate::message::{Address, Message};
use crate::shelf::Shelved;

/// Messages on one page of the list.
const PAGE: usize = 100;

/// What the HTML part of a mail may do: show styles and the pictures it carries, and take whoever clicks elsewhere.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
                           form-action 'none'; frame-ancestors 'self'; \
                           sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation";

#[derive(Deserialize)]
pub(super) struct Window {
    #[serde(default)]
    start: usize,
}

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    rows: Vec<Row>,
    total: usize,
    unread: usize,
    smtp: String,
    follows_arrivals: bool,
    newer: Option<usize>,
    older: Option<usize>,
}

struct Row {
    id: String,
    read: bool,
    recipients: String,
    subject: String,
    snippet: String,
    moment: String,
    shown_moment: String,
}

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage<'a> {
    message: &'a Message,
    from: String,
    to: String,
    cc: String,
    envelope_to: String,
    moment: String,
    shown_moment: String,
    pieces: Vec<Piece<'a>>,
}

/// `GET /`: what has arrived, newest first; asks again every five seconds.
pub(super) async fn list(State(mailbox): State<Mailbox>, Query(window): Query<Window>) -> Response {
    let all = mailbox.shelf().look();
    let shown = all.iter().skip(window.start).take(PAGE);
    show(&ListPage {
        rows: shown.map(row).collect(),
        total: all.len(),
        unread: all.iter().filter(|shelved| !shelved.read).count(),
        smtp: mailbox.smtp_address().to_string(),
        follows_arrivals: window.start == 0,
        newer: (window.start > 0).then(|| window.start.saturating_sub(PAGE)),
        older: window.start.checked_add(PAGE).filter(|next| *next < all.len()),
    })
}

/// `GET /message/{id}`: one message; it counts as read from now on.
pub(super) async fn message(
    State(mailbox): State<Mailbox>,
    Path(id): Path<String>,
) -> Result<Response, NotFound> {
    let message = mailbox.shelf().read_one(&id).ok_or(NotFound)?;
    Ok(show(&MessagePage {
        from: line(&message.from),
        to: line(&message.to),
        cc: line(&message.cc),
        envelope_to: message.envelope_to.join(", "),
        moment: rfc3339(message.received_at),
        shown_moment: shown(message.received_at),
        pieces: links::pieces(&message.text),
        message: &message,
    }))
}

/// `GET /message/{id}/html`: the HTML part alone, for the frame of the message's page.
pub(super) async fn html(
    State(mailbox): State<Mailbox>,
    Path(id): Path<String>,
) -> Result<Response, NotFound> {
    let message = mailbox.shelf().read_one(&id).ok_or(NotFound)?;
    if message.html.is_empty() {
        return Err(NotFound);
    }
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, MAIL_POLICY),
        (X_FRAME_OPTIONS, "SAMEORIGIN"),
    ];
    Ok((headers, opening_above(&message.html)).into_response())
}

/// `GET /mailbox.css`.
pub(super) async fn stylesheet() -> Response {
    file("text/css; charset=utf-8", include_str!("../../templates/mailbox.css"))
}

/// `GET /mailbox.svg`.
pub(super) async fn icon() -> Response {
    file("image/svg+xml", include_str!("../../templates/mailbox.svg"))
}

fn file(content_type: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, content_type), (CACHE_CONTROL, "max-age=60")], text).into_response()
}

fn show(page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page of the mailbox could not be written");
            (StatusCode::INTERNAL_SERVER_ERROR, "The page could not be written.\n").into_response()
        }
    }
}

fn row(shelved: &Shelved) -> Row {
    let message = &shelved.message;
    Row {
        id: message.id.clone(),
        read: shelved.read,
        recipients: message.envelope_to.join(", "),
        subject: message.subject.clone(),
        snippet: message.snippet(),
        moment: rfc3339(message.received_at),
        shown_moment: shown(message.received_at),
    }
}

fn line(addresses: &[Address]) -> String {
    let each = addresses.iter().map(|address| match address.name.as_str() {
        "" => address.address.clone(),
        name => format!("{name} <{}>", address.address),
    });
    each.collect::<Vec<_>>().join(", ")
}

/// `22 November 2026, 14:02:05 UTC`.
fn shown(unix_seconds: i64) -> String {
    let moment = OffsetDateTime::from_unix_timestamp(unix_seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (hour, minute, second) = moment.to_hms();
    format!("{} {} {}, {hour:02}:{minute:02}:{second:02} UTC", moment.day(), moment.month(), moment.year())
}

/// The HTML with its links opening above the frame, where the linked site is not sandboxed. The first `base` of a document
/// counts; it goes behind the doctype, which must stay first for the mail to look as it does elsewhere.
fn opening_above(html: &str) -> String {
    const BASE: &str = "<base target=\"_top\">";
    let doctype = "<!doctype";
    let starts_with_doctype =
        html.trim_start().get(..doctype.len()).is_some_and(|start| start.eq_ignore_ascii_case(doctype));
    match html.split_once('>') {
        Some((before, after)) if starts_with_doctype => format!("{before}>{BASE}{after}"),
        _ => format!("{BASE}{html}"),
    }
}

#[cfg(test)]
mod tests {
    use super::opening_above;

    #[test]
    fn links_open_above_the_frame_and_the_doctype_stays_first() {
        assert_eq!(opening_above("\n<!DOCTYPE html><p>x"), "\n<!DOCTYPE html><base target=\"_top\"><p>x");
        assert_eq!(opening_above("<p>x"), "<base target=\"_top\"><p>x");
        assert_eq!(opening_above("<é"), "<base target=\"_top\"><é");
    }
}
