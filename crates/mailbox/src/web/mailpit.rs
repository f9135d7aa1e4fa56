//! The JSON for programs, in the shape of Mailpit's API version 1; knows nothing of pages.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{NotFound, search};
use crate::Mailbox;
use crate::message::{self, Message};
use crate::shelf::Shelved;

/// The most messages in one answer.
const PAGE: usize = 1000;

#[derive(Deserialize)]
pub(super) struct Window {
    #[serde(default)]
    start: usize,
    limit: Option<usize>,
    #[serde(default)]
    query: String,
}

#[derive(Serialize)]
struct Listing {
    total: usize,
    unread: usize,
    count: usize,
    messages_count: usize,
    start: usize,
    tags: [String; 0],
    messages: Vec<Summary>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "MessageID")]
    message_id: String,
    read: bool,
    from: Option<Address>,
    to: Vec<Address>,
    cc: Vec<Address>,
    bcc: Vec<Address>,
    reply_to: Vec<Address>,
    subject: String,
    created: String,
    tags: [String; 0],
    size: usize,
    attachments: usize,
    snippet: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Whole {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "MessageID")]
    message_id: String,
    from: Option<Address>,
    to: Vec<Address>,
    cc: Vec<Address>,
    bcc: Vec<Address>,
    reply_to: Vec<Address>,
    return_path: String,
    subject: String,
    date: String,
    tags: [String; 0],
    text: String,
    #[serde(rename = "HTML")]
    html: String,
    size: usize,
    inline: Vec<Attachment>,
    attachments: Vec<Attachment>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Address {
    name: String,
    address: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Attachment {
    #[serde(rename = "PartID")]
    part_id: String,
    file_name: String,
    content_type: String,
    #[serde(rename = "ContentID")]
    content_id: String,
    size: usize,
}

/// `GET /api/v1/messages`: a window on everything, newest first.
pub(super) async fn list(State(mailbox): State<Mailbox>, Query(window): Query<Window>) -> Response {
    let all = mailbox.shelf().look();
    let found = all.clone();
    Json(listing(&all, found, &window)).into_response()
}

/// `GET /api/v1/search`: the same window on what the query finds.
pub(super) async fn search(State(mailbox): State<Mailbox>, Query(window): Query<Window>) -> Response {
    let Some(query) = search::Query::parse(&window.query) else {
        return (StatusCode::BAD_REQUEST, "A search needs a query, such as ?query=to:name@example.test\n")
            .into_response();
    };
    let all = mailbox.shelf().look();
    let found = all.iter().filter(|shelved| query.matches(&shelved.message)).cloned().collect();
    Json(listing(&all, found, &window)).into_response()
}

/// `GET /api/v1/message/{id}`: one message; it counts as read from now on.
pub(super) async fn message(
    State(mailbox): State<Mailbox>,
    Path(id): Path<String>,
) -> Result<Response, NotFound> {
    let message = mailbox.shelf().read_one(&id).ok_or(NotFound)?;
    Ok(Json(whole(&message)).into_response())
}

/// `GET /api/v1/message/{id}/headers`: each field's values, in order, under its name.
pub(super) async fn headers(
    State(mailbox): State<Mailbox>,
    Path(id): Path<String>,
) -> Result<Response, NotFound> {
    let message = mailbox.shelf().read_one(&id).ok_or(NotFound)?;
    let mut fields: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for header in &message.headers {
        fields.entry(&header.name).or_default().push(&header.value);
    }
    Ok(Json(fields).into_response())
}

/// `GET /api/v1/message/{id}/raw`: the message as it was sent.
pub(super) async fn raw(
    State(mailbox): State<Mailbox>,
    Path(id): Path<String>,
) -> Result<Response, NotFound> {
    let message = mailbox.shelf().read_one(&id).ok_or(NotFound)?;
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], message.raw.clone()).into_response())
}

#[derive(Deserialize)]
struct Deletion {
    #[serde(rename = "IDs", default)]
    ids: Vec<String>,
}

/// `DELETE /api/v1/messages`: the messages named in `{"IDs": […]}`, or all of them.
pub(super) async fn delete(State(mailbox): State<Mailbox>, body: Bytes) -> Response {
    let ids = if body.trim_ascii().is_empty() {
        Vec::new()
    } else {
        match serde_json::from_slice::<Deletion>(&body) {
            Ok(deletion) => deletion.ids,
            Err(_) => return (StatusCode::BAD_REQUEST, "The body is not {\"IDs\": […]}\n").into_response(),
        }
    };
    if ids.is_empty() {
        mailbox.clear();
    } else {
        mailbox.shelf().drop_each(&ids);
    }
    "ok".into_response()
}

fn listing(all: &[Shelved], found: Vec<Shelved>, window: &Window) -> Listing {
    let messages_count = found.len();
    let limit = window.limit.unwrap_or(50).min(PAGE);
    let messages: Vec<Summary> =
        found.into_iter().skip(window.start).take(limit).map(|shelved| summary(&shelved)).collect();
    Listing {
        total: all.len(),
        unread: all.iter().filter(|shelved| !shelved.read).count(),
        count: messages.len(),
        messages_count,
        start: window.start,
        tags: [],
        messages,
    }
}

fn summary(shelved: &Shelved) -> Summary {
    let message = &shelved.message;
    Summary {
        id: message.id.clone(),
        message_id: message.message_id.clone(),
        read: shelved.read,
        from: message.from.first().map(address),
        to: addresses(&message.to),
        cc: addresses(&message.cc),
        bcc: blind_copies(message),
        reply_to: addresses(&message.reply_to),
        subject: message.subject.clone(),
        created: rfc3339(message.received_at),
        tags: [],
        size: message.raw.len(),
        attachments: message.attachments.len(),
        snippet: message.snippet(),
    }
}

fn whole(message: &Message) -> Whole {
    Whole {
        id: message.id.clone(),
        message_id: message.message_id.clone(),
        from: message.from.first().map(address),
        to: addresses(&message.to),
        cc: addresses(&message.cc),
        bcc: blind_copies(message),
        reply_to: addresses(&message.reply_to),
        return_path: message.envelope_from.clone(),
        subject: message.subject.clone(),
        date: rfc3339(message.date),
        tags: [],
        text: message.text.clone(),
        html: message.html.clone(),
        size: message.raw.len(),
        inline: message.inline.iter().map(attachment).collect(),
        attachments: message.attachments.iter().map(attachment).collect(),
    }
}

/// The `Bcc` header and, as Mailpit does, whom the envelope names and no header does. Compared byte for byte, so that a
/// recipient spelt otherwise than its header shows.
fn blind_copies(message: &Message) -> Vec<Address> {
    let named = |to: &String| {
        [&message.to, &message.cc, &message.bcc].into_iter().flatten().any(|named| named.address == *to)
    };
    let unnamed = message.envelope_to.iter().filter(|to| !named(to));
    let unnamed = unnamed.map(|to| Address { name: String::new(), address: to.clone() });
    message.bcc.iter().map(address).chain(unnamed).collect()
}

fn addresses(list: &[message::Address]) -> Vec<Address> {
    list.iter().map(address).collect()
}

fn address(found: &message::Address) -> Address {
    Address { name: found.name.clone(), address: found.address.clone() }
}

fn attachment(found: &message::Attachment) -> Attachment {
    Attachment {
        part_id: found.part.to_string(),
        file_name: found.file_name.clone(),
        content_type: found.content_type.clone(),
        content_id: found.content_id.clone(),
        size: found.size,
    }
}

/// The moment in RFC 3339, UTC; the epoch for a time that no calendar has.
pub(super) fn rfc3339(unix_seconds: i64) -> String {
    let moment = OffsetDateTime::from_unix_timestamp(unix_seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    moment.format(&Rfc3339).unwrap_or_else(|_| "1970-01-01T00:00:00Z".to_owned())
}
