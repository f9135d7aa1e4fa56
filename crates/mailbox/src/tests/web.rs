//! The mailbox's JSON and pages, asked through the router.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{open, send};
use crate::{Mailbox, web};

const MAIL: &str = "From: =?utf-8?q?Jos=C3=A9?= <jose@from.test>\r\nTo: Ana <ana@to.test>\r\n\
    Subject: =?utf-8?q?Ol=C3=A1?= <b>\r\nMessage-ID: <1@from.test>\r\nDate: Sun, 22 Nov 2026 11:00:00 -0300\r\n\
    Reply-To: help@from.test\r\nX-Twice: 1\r\nX-Twice: 2\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/alternative; boundary=b\r\n\r\n\
    --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nOpen http://localhost:8080/a?x=1&y=<script>, please.\r\n\
    --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p><a href=\"http://localhost:8080/a\">Open</a></p>\r\n--b--";

async fn call(mailbox: &Mailbox, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let response = web::router(mailbox.clone()).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

async fn get(mailbox: &Mailbox, path: &str) -> (StatusCode, HeaderMap, String) {
    call(mailbox, Request::get(path).body(Body::empty()).unwrap()).await
}

async fn get_json(mailbox: &Mailbox, path: &str) -> Value {
    let (status, _, body) = get(mailbox, path).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// A line for each field, in the order sent.
fn field_by_field(json: &str) -> String {
    json.replace(",\"", ",\n\"")
}

async fn delete(mailbox: &Mailbox, body: &'static str) -> (StatusCode, String) {
    let (status, _, body) =
        call(mailbox, Request::delete("/api/v1/messages").body(Body::from(body)).unwrap()).await;
    (status, body)
}

/// A mailbox with that one mail.
async fn filled() -> Mailbox {
    let mailbox = open().await;
    send(&mailbox, "bounce@from.test", &["Ana@to.test"], MAIL).await;
    mailbox
}

#[tokio::test]
async fn the_listing_has_mailpits_shape() {
    let (_, headers, listing) = get(&filled().await, "/api/v1/messages").await;
    assert_eq!(headers["content-type"], "application/json");
    insta::assert_snapshot!(field_by_field(&listing), @r##"
    {"total":1,
    "unread":1,
    "count":1,
    "messages_count":1,
    "start":0,
    "tags":[],
    "messages":[{"ID":"1",
    "MessageID":"1@from.test",
    "Read":false,
    "From":{"Name":"José",
    "Address":"jose@from.test"},
    "To":[{"Name":"Ana",
    "Address":"ana@to.test"}],
    "Cc":[],
    "Bcc":[{"Name":"",
    "Address":"Ana@to.test"}],
    "ReplyTo":[{"Name":"",
    "Address":"help@from.test"}],
    "Subject":"Olá <b>",
    "Created":"2026-11-22T14:02:05Z",
    "Tags":[],
    "Size":497,
    "Attachments":0,
    "Snippet":"Open http://localhost:8080/a?x=1&y=<script>, please."}]}
    "##);
}

#[tokio::test]
async fn one_message_has_mailpits_shape() {
    let mailbox = filled().await;
    let message = get_json(&mailbox, "/api/v1/message/1").await;
    assert_eq!(message, get_json(&mailbox, "/api/v1/message/latest").await);
    insta::assert_snapshot!(field_by_field(&get(&mailbox, "/api/v1/message/1").await.2), @r##"
    {"ID":"1",
    "MessageID":"1@from.test",
    "From":{"Name":"José",
    "Address":"jose@from.test"},
    "To":[{"Name":"Ana",
    "Address":"ana@to.test"}],
    "Cc":[],
    "Bcc":[{"Name":"",
    "Address":"Ana@to.test"}],
    "ReplyTo":[{"Name":"",
    "Address":"help@from.test"}],
    "ReturnPath":"bounce@from.test",
    "Subject":"Olá <b>",
    "Date":"2026-11-22T14:00:00Z",
    "Tags":[],
    "Text":"Open http://localhost:8080/a?x=1&y=<script>, please.",
    "HTML":"<p><a href=\"http://localhost:8080/a\">Open</a></p>",
    "Size":497,
    "Inline":[],
    "Attachments":[]}
    "##);
    assert_eq!(get_json(&mailbox, "/api/v1/messages").await["unread"], 0);
}

#[tokio::test]
async fn headers_and_source_are_there_too() {
    let mailbox = filled().await;
    let headers = get_json(&mailbox, "/api/v1/message/latest/headers").await;
    assert_eq!((&headers["X-Twice"], &headers["Subject"]), (&json!(["1", "2"]), &json!(["Olá <b>"])));
    let (_, answer, raw) = get(&mailbox, "/api/v1/message/latest/raw").await;
    assert_eq!(
        (answer["content-type"].to_str().unwrap(), raw),
        ("text/plain; charset=utf-8", format!("{MAIL}\r\n"))
    );
}

#[tokio::test]
async fn the_listing_is_read_in_windows() {
    let mailbox = open().await;
    for count in 1..=5 {
        send(&mailbox, "", &["b@to.test"], &format!("Subject: {count}\r\n")).await;
    }
    let listing = get_json(&mailbox, "/api/v1/messages?start=1&limit=2").await;
    let subjects: Vec<&Value> =
        listing["messages"].as_array().unwrap().iter().map(|row| &row["Subject"]).collect();
    assert_eq!(subjects, ["4", "3"]);
    assert_eq!((&listing["total"], &listing["count"], &listing["start"]), (&json!(5), &json!(2), &json!(1)));
    assert_eq!(get_json(&mailbox, "/api/v1/messages?start=9").await["messages"], json!([]));
    assert_eq!(get(&mailbox, "/api/v1/messages?limit=-1").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_search_finds_by_recipient_subject_and_word() {
    let mailbox = filled().await;
    send(&mailbox, "", &["other@to.test"], "To: other@to.test\r\nSubject: Second one\r\n\r\nbody").await;
    for (query, found) in [
        ("to:ana@to.test", &["1"][..]),
        ("to:to.test", &["2", "1"]),
        ("subject:ol%C3%A1", &["1"]),
        ("subject:%22second%20one%22", &["2"]),
        ("from:jos%C3%A9", &["1"]),
        ("please", &["1"]),
        ("to:other%20body", &["2"]),
        ("to:other%20please", &[]),
    ] {
        let listing = get_json(&mailbox, &format!("/api/v1/search?query={query}")).await;
        let ids: Vec<&Value> = listing["messages"].as_array().unwrap().iter().map(|row| &row["ID"]).collect();
        assert_eq!(ids, found, "{query}");
        assert_eq!((&listing["total"], &listing["messages_count"]), (&json!(2), &json!(found.len())));
    }
    assert_eq!(get(&mailbox, "/api/v1/search?query=").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn messages_are_deleted_one_by_one_or_all() {
    let mailbox = filled().await;
    send(&mailbox, "", &["b@to.test"], "").await;
    assert_eq!(delete(&mailbox, "{\"IDs\": [\"1\"]}").await, (StatusCode::OK, "ok".to_owned()));
    assert_eq!(mailbox.messages()[0].id, "2");
    assert_eq!(delete(&mailbox, "[").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(mailbox.messages().len(), 1);
    assert_eq!(delete(&mailbox, "").await.0, StatusCode::OK);
    assert!(mailbox.messages().is_empty());
}

#[tokio::test]
async fn the_list_shows_the_newest_and_looks_again() {
    let mailbox = filled().await;
    let (status, headers, page) = get(&mailbox, "/").await;
    assert_eq!(status, StatusCode::OK);
    for part in [
        "<meta http-equiv=\"refresh\" content=\"5\">",
        "href=\"/message/1\"",
        "Ana@to.test",
        "Olá &#60;b&#62;",
        "<time datetime=\"2026-11-22T14:02:05Z\">22 November 2026, 14:02:05 UTC</time>",
        "1 message, 1 unread",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains("<script"));
    assert_eq!(
        headers["content-security-policy"],
        "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    assert_eq!(
        (&headers["referrer-policy"], &headers["cache-control"]),
        (&"no-referrer".parse().unwrap(), &"no-store".parse().unwrap())
    );
}

#[tokio::test]
async fn the_list_goes_on_to_older_messages() {
    let mailbox = open().await;
    for _ in 0..101 {
        send(&mailbox, "", &["b@to.test"], "").await;
    }
    let (_, _, first) = get(&mailbox, "/").await;
    assert!(
        first.contains("/?start=100") && first.contains("/message/101\"") && !first.contains("/message/1\"")
    );
    let (_, _, second) = get(&mailbox, "/?start=100").await;
    assert!(
        second.contains("/?start=0") && second.contains("/message/1\"") && !second.contains("http-equiv")
    );
    assert_eq!(get(&mailbox, "/?start=18446744073709551615").await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_message_shows_its_links_and_frames_its_html() {
    let mailbox = filled().await;
    let (status, _, page) = get(&mailbox, "/message/1").await;
    assert_eq!(status, StatusCode::OK);
    for part in [
        "<h1>Olá &#60;b&#62;</h1>",
        "José &#60;jose@from.test&#62;",
        "<code>bounce@from.test</code>",
        "<a href=\"http://localhost:8080/a?x=1&#38;y=\" rel=\"noreferrer\">http://localhost:8080/a?x=1&#38;y=</a>&#60;script&#62;, please.",
        "src=\"/message/1/html\"",
        "href=\"/api/v1/message/1/raw\"",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(
        !page.contains("<script") && !page.contains("allow-scripts") && !page.contains("allow-same-origin")
    );
}

#[tokio::test]
async fn the_html_part_stands_alone_and_may_do_nothing() {
    let mailbox = filled().await;
    let (_, headers, html) = get(&mailbox, "/message/1/html").await;
    assert_eq!(html, "<base target=\"_top\"><p><a href=\"http://localhost:8080/a\">Open</a></p>");
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'unsafe-inline'; img-src data:;"), "{policy}");
    assert!(policy.contains("sandbox allow-popups") && !policy.contains("allow-scripts"));
    send(&mailbox, "", &["b@to.test"], "Subject: no html\r\n\r\nx").await;
    assert_eq!(get(&mailbox, "/message/2/html").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let mailbox = open().await;
    for path in [
        "/message/1",
        "/message/latest",
        "/api/v1/message/latest",
        "/api/v1/message/1/raw",
        "/nothing",
        "/message/1/html",
    ] {
        assert_eq!(get(&mailbox, path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(get(&mailbox, "/").await.2.contains("No mail here yet"));
}

#[tokio::test]
async fn another_sites_name_for_this_machine_is_refused() {
    let mailbox = filled().await;
    for (host, status) in [
        ("localhost:8025", StatusCode::OK),
        ("127.0.0.1:8025", StatusCode::OK),
        ("[::1]:8025", StatusCode::OK),
        ("rebound.evil.test:8025", StatusCode::MISDIRECTED_REQUEST),
        ("localhost:8025@evil.test", StatusCode::MISDIRECTED_REQUEST),
        ("", StatusCode::MISDIRECTED_REQUEST),
    ] {
        let request = Request::get("/api/v1/messages").header("host", host).body(Body::empty()).unwrap();
        assert_eq!(call(&mailbox, request).await.0, status, "{host}");
    }
}
