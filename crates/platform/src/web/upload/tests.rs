//! Which forms with files are let in, and what is read of them.
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::DefaultBodyLimit,
    http::{Request, StatusCode},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use tower::ServiceExt as _;

use super::{
    super::{Trouble, Visit, frame},
    Part, Posted,
};
use crate::{
    clock::{Clock, Moment},
    testing::site,
};

async fn take(posted: Posted) -> Result<Response, Trouble> {
    let mut upload = match posted {
        Posted::Checked(upload) => upload,
        Posted::Refused(words, _) => return Ok(format!("stale {words:?}").into_response()),
    };
    let mut told = String::new();
    while let Some(part) = upload.next().await? {
        match part {
            Part::Words(name, value) => told.push_str(&format!("{name}={value} ")),
            Part::File(mut file) => {
                let mut length = 0;
                while let Some(bytes) = file.next().await? {
                    length += bytes.len();
                }
                told.push_str(&format!("{}:{length} ", file.name));
            }
        }
    }
    Ok(told.into_response())
}

fn app() -> Router {
    let routes = Router::new()
        .route("/token", get(|visit: Visit| async move { visit.form_token() }))
        .route("/upload", post(take).layer(DefaultBodyLimit::max(200_000)));
    frame::wrap(&site(&Clock::settable(Moment::from_unix_seconds(1_000))), routes)
}

const BROWSER: &str = "passport-browser=AAAAAAAAAAAAAAAAAAAAAA";

async fn read(response: Response) -> (StatusCode, String) {
    let status = response.status();
    (status, String::from_utf8(to_bytes(response.into_body(), 1_000_000).await.unwrap().to_vec()).unwrap())
}

async fn token() -> String {
    let request = Request::get("/token").header("cookie", BROWSER).body(Body::empty()).unwrap();
    read(app().oneshot(request).await.unwrap()).await.1
}

fn words(name: &str, value: &str) -> String {
    format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

fn file(name: &str, bytes: &str) -> String {
    format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/html\r\n\r\n{bytes}\r\n"
    )
}

async fn send(headers: &[(&str, &str)], body: String) -> (StatusCode, String) {
    let mut request = Request::post("/upload").header("cookie", BROWSER);
    if headers.iter().all(|(name, _)| *name != "content-type") {
        request = request.header("content-type", "multipart/form-data; boundary=x");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    read(app().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap()).await
}

#[tokio::test]
async fn a_form_with_files_is_read_part_by_part() {
    let body =
        [words("form_token", &token().await), words("reason", "é"), file("a.zip", "abc"), file("", "")];
    let (status, told) = send(&[("sec-fetch-site", "same-origin")], body.concat() + "--x--\r\n").await;
    assert_eq!((status.as_u16(), told.as_str()), (200, "reason=é a.zip:3 :0 "));
}

#[tokio::test]
async fn br_03_a_form_with_files_from_elsewhere_is_refused_and_a_stale_one_keeps_its_words() {
    let whole = |token: &str| {
        [words("form_token", token), words("reason", "kept"), file("a", "b")].concat() + "--x--\r\n"
    };
    let token = token().await;
    for foreign in
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "http://evil.example")]
    {
        assert_eq!(send(&[foreign], whole(&token)).await.0.as_u16(), 403, "{foreign:?}");
    }
    let (status, told) = send(&[], whole("wrong")).await;
    assert_eq!((status.as_u16(), told.as_str()), (200, "stale {\"reason\": \"kept\"}"));
    let first = [file("a", "b"), words("form_token", &token)].concat() + "--x--\r\n";
    assert_eq!(send(&[], first).await.0.as_u16(), 403, "the token comes before any file");
    assert_eq!(send(&[], "--x--\r\n".into()).await.0.as_u16(), 403);
    let other = ("content-type", "application/x-www-form-urlencoded");
    assert_eq!(send(&[other], "form_token=x".into()).await.0.as_u16(), 415);
}

#[tokio::test]
async fn ht_03_what_is_too_large_or_torn_is_refused() {
    let token = words("form_token", &token().await);
    let large = [token.clone(), file("a", &"x".repeat(300_000))].concat() + "--x--\r\n";
    assert_eq!(send(&[], large).await.0.as_u16(), 413);
    let wordy = [token.clone(), words("reason", &"x".repeat(70_000))].concat() + "--x--\r\n";
    assert_eq!(send(&[], wordy).await.0.as_u16(), 413);
    let torn = [token, file("a", "only the beginn")].concat();
    assert_eq!(send(&[], torn.trim_end().to_owned()).await.0.as_u16(), 400);
}
