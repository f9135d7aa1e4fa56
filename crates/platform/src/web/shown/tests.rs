//! A small door and every way in which a form is not what it was shown for.
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::FromRequestParts,
    http::{Request, StatusCode, request::Parts},
    response::{Html, IntoResponse as _, Response},
    routing::{get, post},
};
use serde::Deserialize;
use tower::ServiceExt as _;

use super::{Thing, Why};
use crate::{
    clock::{Clock, Moment},
    testing::site,
    web::{About, Checked, OfBrowser, Recoverable, Trouble, Visit, frame},
};

/// Who the headers say: a stand-in for a session.
struct Known(Visit);

impl<S: Sync> FromRequestParts<S> for Known {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Trouble> {
        let visit = Visit::from_request_parts(parts, state).await?;
        let told = |name: &str| parts.headers.get(name).map(|value| value.as_bytes().to_vec());
        if let Some(person) = told("x-person") {
            let who: [&[u8]; 1] = [&person];
            visit.is_of((!person.is_empty()).then_some(&who));
        }
        if let Some(profile) = told("x-profile") {
            visit.acts_as(&profile);
        }
        Ok(Self(visit))
    }
}

#[derive(Deserialize)]
struct Form {
    word: String,
    #[serde(default)]
    thing: String,
}

fn thing(version: &str) -> Thing {
    Thing::of("case").and(version)
}

async fn about(_: Known, form: About<Form>) -> Response {
    let now = thing(&form.names().thing);
    tell(form.shown(&now))
}

fn tell(form: Recoverable<Form>) -> Response {
    match form {
        Recoverable::Checked(form) => form.word.into_response(),
        Recoverable::Refused(form, why) => {
            (why.status(), Html(format!("{why:?} {}", form.word))).into_response()
        }
    }
}

fn app() -> Router {
    let routes = Router::new()
        .route("/token", get(|Known(visit): Known| async move { visit.form_token() }))
        .route("/token-1", get(|Known(visit): Known| async move { visit.form_token_for(&thing("1")) }))
        .route("/form", post(|_: Known, form: Recoverable<Form>| async move { tell(form) }))
        .route("/checked", post(|_: Known, Checked(form): Checked<Form>| async move { form.word }))
        .route(
            "/any",
            post(|_: Known, form: OfBrowser<Form>| async move { form.checked().map(|form| form.word) }),
        )
        .route("/about", post(about));
    frame::wrap(&site(&Clock::settable(Moment::from_unix_seconds(1_000))), routes)
}

type Headers<'a> = &'a [(&'a str, &'a str)];
const ANN: Headers<'static> = &[("x-person", "ann")];
const BEN: Headers<'static> = &[("x-person", "ben")];
const NOBODY: Headers<'static> = &[("x-person", "")];
const ACME: Headers<'static> = &[("x-person", "ann"), ("x-profile", "acme")];
const BETA: Headers<'static> = &[("x-person", "ann"), ("x-profile", "beta")];

async fn send(mut request: http::request::Builder, headers: Headers<'_>, body: String) -> (u16, String) {
    request = request.header("cookie", "passport-browser=AAAAAAAAAAAAAAAAAAAAAA");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = app().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let status = answer.status().as_u16();
    (status, String::from_utf8(to_bytes(answer.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap())
}

async fn token(path: &str, of: Headers<'_>) -> String {
    send(Request::get(path), of, String::new()).await.1
}

async fn post_to(path: &str, by: Headers<'_>, token: &str, thing: &str) -> (u16, String) {
    let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    send(request, by, format!("word=typed&thing={thing}&form_token={token}")).await
}

#[tokio::test]
async fn a_form_is_taken_from_whom_it_was_shown_to_and_given_back_to_others() {
    for (shown, sent, told) in [
        (ANN, ANN, "typed"),
        (ACME, ACME, "typed"),
        (NOBODY, NOBODY, "typed"),
        (ANN, BEN, "Person typed"),
        (ANN, NOBODY, "Person typed"),
        (NOBODY, ANN, "Person typed"),
        (&[], ANN, "Person typed"),
        (ACME, BETA, "Profile typed"),
        (ANN, ACME, "Profile typed"),
        // A door that did not look for a profile acts for none.
        (ACME, ANN, "typed"),
    ] {
        let (status, answer) = post_to("/form", sent, &token("/token", shown).await, "").await;
        assert_eq!(answer, told, "shown {shown:?}, sent {sent:?}");
        assert_eq!(status, if told == "typed" { 200 } else { 409 });
        let (status, _) = post_to("/checked", sent, &token("/token", shown).await, "").await;
        assert_eq!(status, if told == "typed" { 200 } else { 409 });
        assert_eq!(post_to("/any", sent, &token("/token", shown).await, "").await.0, 200);
    }
    for stale in ["", "AAAA", &"A".repeat(102), &"A".repeat(103)] {
        assert_eq!(post_to("/form", ANN, stale, "").await, (403, "Stale typed".into()));
        assert_eq!(post_to("/any", ANN, stale, "").await.0, 403);
    }
}

#[tokio::test]
async fn a_form_about_a_thing_is_taken_for_that_thing_as_it_was_shown() {
    let token_1 = token("/token-1", ANN).await;
    assert_eq!(post_to("/about", ANN, &token_1, "1").await, (200, "typed".into()));
    assert_eq!(post_to("/about", ANN, &token_1, "2").await, (409, "Thing typed".into()));
    assert_eq!(post_to("/about", BEN, &token_1, "1").await, (409, "Person typed".into()));
    // A token for a thing opens no other door, and one for nothing opens none with a thing.
    assert_eq!(post_to("/form", ANN, &token_1, "1").await, (409, "Thing typed".into()));
    assert_eq!(post_to("/about", ANN, &token("/token", ANN).await, "1").await, (409, "Thing typed".into()));
}

#[test]
fn the_parts_of_a_thing_keep_apart() {
    assert_ne!(Thing::of("a").and("bc").and(""), Thing::of("a").and("b").and("c"));
    assert_ne!(Thing::of("a").and("b"), Thing::of("ab"));
    assert_eq!(Why::Stale.status(), StatusCode::FORBIDDEN);
}
