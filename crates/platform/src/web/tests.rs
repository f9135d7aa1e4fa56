//! The frame around a small router: what every answer carries, and which POST is let in.
use axum::{
    Router,
    body::Body,
    http::{Request, Response, StatusCode, header},
    response::IntoResponse as _,
    routing::{get, post},
};
use serde::Deserialize;
use tower::ServiceExt as _;

use super::{
    Address, Checked, Recoverable, Trouble, Visit,
    error_page::ErrorPage,
    frame,
    page::{Frames, Samples as _},
};
use crate::{
    Fault,
    clock::{Clock, Moment},
    language::Language,
    testing::site,
};

#[derive(Deserialize)]
struct Form {
    word: String,
}

fn app() -> Router {
    let routes = Router::new()
        .route("/token", get(|visit: Visit| async move { visit.form_token() }))
        .route("/page", get(|| async { axum::response::Html("<p>page</p>") }))
        .route("/framed", get(framed))
        .route("/page/button", post(|Checked(form): Checked<Form>| async move { form.word }))
        .route("/checked", post(|Checked(form): Checked<Form>| async move { form.word }))
        .route("/recoverable", post(recoverable))
        .route("/away", get(|| async { Trouble::from(Fault::unavailable("the database")).into_response() }))
        .route("/panic", get(panics));
    frame::wrap(&site(&Clock::settable(Moment::from_unix_seconds(1_000))), routes)
}

fn peer(address: std::net::IpAddr) -> Address {
    address.into()
}

async fn recoverable(form: Recoverable<Form>) -> String {
    match form {
        Recoverable::Checked(form) => format!("checked {}", form.word),
        Recoverable::Refused(form, why) => format!("{why:?} {}", form.word),
    }
}

async fn framed() -> Response<Body> {
    let mut response = axum::response::Html("<p>page</p>").into_response();
    let origins = ["https://a.test", "https://b.test:8443", "https://evil.test; script-src *"];
    response.extensions_mut().insert(Frames(origins.map(str::to_owned).to_vec()));
    response
}

async fn panics() -> String {
    panic!("on purpose")
}

async fn send(request: Request<Body>) -> Response<Body> {
    app().oneshot(request).await.unwrap()
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap()
}

fn get_of(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

const BROWSER: &str = "passport-browser=AAAAAAAAAAAAAAAAAAAAAA";

async fn token() -> String {
    text(send(Request::get("/token").header(header::COOKIE, BROWSER).body(Body::empty()).unwrap()).await)
        .await
}

fn post_of(path: &str) -> http::request::Builder {
    Request::post(path)
        .header(header::COOKIE, BROWSER)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
}

fn form(token: &str) -> Body {
    Body::from(format!("word=hello&form_token={token}"))
}

#[tokio::test]
async fn a_form_of_our_own_page_in_this_browser_is_let_in() {
    let token = token().await;
    let answer = send(post_of("/checked").body(form(&token)).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(text(answer).await, "hello");
}

#[tokio::test]
async fn br_03_a_form_without_our_token_or_from_elsewhere_changes_nothing() {
    let token = token().await;
    let foreign = [
        ("origin", "https://evil.test"),
        ("origin", "null"),
        ("origin", "http://localhost:8081.evil.test"),
        ("origin", "http://localhost:8080"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ];
    for (name, value) in foreign {
        let answer = send(post_of("/checked").header(name, value).body(form(&token)).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{name}: {value}");
    }
    for stale in ["", "AAAA", token.get(1..).unwrap(), &token.to_ascii_lowercase()] {
        let answer = send(post_of("/checked").body(form(stale)).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{stale}");
    }
    let other = Request::post("/checked")
        .header(header::COOKIE, "passport-browser=BBBBBBBBBBBBBBBBBBBBBB")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    assert_eq!(
        send(other.body(form(&token)).unwrap()).await.status(),
        StatusCode::FORBIDDEN,
        "another browser's token"
    );
}

#[tokio::test]
async fn a_stale_form_that_can_be_shown_again_keeps_its_values_but_a_foreign_one_does_not_get_that_far() {
    let answer = send(post_of("/recoverable").body(form("old")).unwrap()).await;
    assert_eq!(text(answer).await, "Stale hello");
    let answer =
        send(post_of("/recoverable").header("origin", "https://evil.test").body(form("old")).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_form_from_a_browser_without_cookies_says_so() {
    let post = |path| Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = send(post("/recoverable").body(form("any")).unwrap()).await;
    assert_eq!(text(answer).await, "NoCookies hello", "what was typed is shown again");
    let answer = send(post("/checked").body(form("any")).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert!(text(answer).await.contains("<h1>Your browser sent no cookies</h1>"));
}

#[tokio::test]
async fn br_02_every_page_carries_the_headers_that_keep_it_ours() {
    for path in ["/page", "/nowhere", "/away", "/panic"] {
        let answer = send(get_of(path)).await;
        let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        for part in ["frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'", "default-src 'none'"] {
            assert!(policy.contains(part), "{path}: {part}");
        }
        assert!(!policy.contains("unsafe-inline"), "{path}");
        assert_eq!(answer.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
        assert!(answer.headers().contains_key("x-request-id"));
    }
}

#[tokio::test]
async fn inv_10_a_dependency_that_is_away_is_503_and_a_panic_is_a_page_with_a_reference() {
    let away = send(get_of("/away")).await;
    assert_eq!(away.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(away.headers()[header::RETRY_AFTER], "30");
    let panicked = send(get_of("/panic")).await;
    assert_eq!(panicked.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let reference = panicked.headers()["x-request-id"].to_str().unwrap().to_owned();
    let page = text(panicked).await;
    assert!(page.contains(&reference) && !page.contains("on purpose"));
}

#[tokio::test]
async fn ht_09_what_is_not_there_or_not_allowed_is_a_page_too() {
    let missing = send(get_of("/.git/config")).await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    assert!(text(missing).await.contains("<h1>Page not found</h1>"));
    let wrong = send(Request::put("/page").body(Body::empty()).unwrap()).await;
    assert_eq!(wrong.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert!(wrong.headers().contains_key(header::ALLOW));
    let trace = send(Request::builder().method("TRACE").uri("/page").body(Body::empty()).unwrap()).await;
    assert_eq!(trace.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn where_only_a_button_leads_looking_leads_to_its_page() {
    let looked = send(get_of("/page/button?again=1")).await;
    assert_eq!(
        (looked.status(), looked.headers()[header::LOCATION].to_str().unwrap()),
        (StatusCode::SEE_OTHER, "/page")
    );
    let other = send(Request::get("//evil.example/button").body(Body::empty()).unwrap()).await;
    assert_ne!(other.status(), StatusCode::SEE_OTHER);
    let put = send(Request::put("/page/button").body(Body::empty()).unwrap()).await;
    assert_eq!(put.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(send(get_of("/checked")).await.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn ht_03_a_body_over_the_limit_is_413() {
    let body = Body::from(format!("word={}&form_token=", "a".repeat(frame::LARGEST_BODY)));
    let answer = send(post_of("/checked").body(body).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn cs_08_the_language_is_the_chosen_one_then_the_browsers() {
    let ask = |cookie: &str, accept: &str| {
        let cookie = format!("passport-language={cookie}");
        Request::get("/nowhere").header(header::COOKIE, cookie).header(header::ACCEPT_LANGUAGE, accept)
    };
    for (cookie, accept, heading) in [
        ("", "pt-BR", "Página não encontrada"),
        ("en-US", "pt-BR", "Page not found"),
        ("pt-BR", "en", "Página não encontrada"),
        ("xx", "de", "Page not found"),
    ] {
        let page = text(send(ask(cookie, accept).body(Body::empty()).unwrap()).await).await;
        assert!(page.contains(heading), "{cookie} {accept}");
    }
}

#[tokio::test]
async fn the_footers_switches_change_a_cookie_and_come_back_to_this_site_only() {
    let token = token().await;
    let body = |to: &str| Body::from(format!("language=pt-BR&return_to={to}&form_token={token}"));
    let answer = send(post_of("/language").body(body("%2Fpage")).unwrap()).await;
    assert_eq!(answer.headers()[header::LOCATION], "/page");
    assert!(answer.headers()[header::SET_COOKIE].to_str().unwrap().starts_with("passport-language=pt-BR"));
    let answer = send(post_of("/language").body(body("%2F%2Fevil.test")).unwrap()).await;
    assert_eq!(answer.headers()[header::LOCATION], "/", "br_06");
}

#[tokio::test]
async fn assets_are_found_under_their_hashed_names_and_kept() {
    let page = text(send(get_of("/nowhere")).await).await;
    let style = page.split("href=\"").find(|part| part.starts_with("/assets/style-")).unwrap();
    let answer = send(get_of(style.split('"').next().unwrap())).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    assert_eq!(send(get_of("/assets/style-old.css")).await.status(), StatusCode::NOT_FOUND);
}

#[test]
fn the_stylesheet_and_the_script_stay_small() {
    let (style, script) =
        (include_bytes!("../../assets/style.css"), include_bytes!("../../assets/script.js"));
    assert!(style.len() <= 12_500, "{}", style.len());
    assert!(script.len() <= 7_000, "{}", script.len());
}

#[tokio::test]
async fn every_error_page_has_its_words_in_every_language() {
    let site = site(&Clock::settable(Moment::from_unix_seconds(1_000)));
    for language in Language::ALL {
        let request =
            Request::get("/").header(header::COOKIE, format!("passport-language={}", language.tag()));
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let visit = Visit::stamp(&site, peer([127, 0, 0, 1].into()), &parts);
        for page in ErrorPage::render_samples(&visit.shell()) {
            assert!(!page.contains('⟦'), "{page}");
        }
    }
}

#[test]
fn ht_07_a_forwarded_address_counts_only_from_a_trusted_proxy() {
    let site = site(&Clock::settable(Moment::from_unix_seconds(1_000)));
    let request = Request::get("/").header("x-forwarded-for", "203.0.113.7, 198.51.100.2, 127.0.0.9");
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let from = |peer: [u8; 4]| Visit::stamp(&site, self::peer(peer.into()), &parts).address.to_string();
    assert_eq!(from([127, 0, 0, 9]), "198.51.100.2");
    assert_eq!(from([192, 0, 2, 1]), "192.0.2.1");
}

#[test]
fn fx_07_ipv4_in_ipv6_is_ipv4_and_a_hop_with_a_port_is_read() {
    let site = site(&Clock::settable(Moment::from_unix_seconds(1_000)));
    let visit = |peer: &str, name: &str, value: &str| {
        let (parts, ()) = Request::get("/").header(name, value).body(()).unwrap().into_parts();
        Visit::stamp(&site, self::peer(peer.parse().unwrap()), &parts).address_block()
    };
    assert_eq!(visit("::ffff:192.0.2.1", "x-forwarded-for", "203.0.113.9"), "192.0.2.0/24");
    let hops = "203.0.113.9, 198.51.100.5:51234";
    assert_eq!(visit("::ffff:127.0.0.9", "x-forwarded-for", hops), "198.51.100.0/24");
    assert_eq!(visit("127.0.0.9", "x-forwarded-for", hops), "198.51.100.0/24");
    assert_eq!(visit("127.0.0.9", "x-forwarded-for", "203.0.113.9, unknown"), "127.0.0.0/24");
    assert_eq!(visit("127.0.0.9", "forwarded", "for=203.0.113.9, for=198.51.100.5"), "198.51.100.0/24");
}

#[tokio::test]
async fn a_page_with_frames_names_their_origins_and_no_page_else_has_frames() {
    let policy = |response: Response<Body>| {
        response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned()
    };
    let framed = policy(send(get_of("/framed")).await);
    assert!(framed.ends_with("; frame-src https://a.test https://b.test:8443"), "{framed}");
    assert!(framed.contains("frame-ancestors 'none'"), "{framed}");
    assert!(!policy(send(get_of("/page")).await).contains("frame-src"));
}
