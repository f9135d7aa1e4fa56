//! What happens around every request: the stamp, the error pages, the headers, the log line.
use std::{
    any::Any,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    panic::AssertUnwindSafe,
    time::Duration,
};

use axum::{
    Router,
    body::{Body, HttpBody as _},
    extract::{ConnectInfo, DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use futures_util::FutureExt as _;
use tower_http::compression::{
    CompressionLayer,
    predicate::{DefaultPredicate, NotForContentType, Predicate as _},
};
use tracing::Instrument as _;

use super::{
    Cookie, Site, Visit, again, error_page,
    kept::{self, SignInFirst, Typed},
    local_path,
    page::{FormsLeadElsewhere, Frames, NoReferrer},
    preferences,
    trouble::{ErrorKey, Saying, Trouble, see_other, too_many_text},
    visit,
};
use crate::{Fault, db::one_at_a_time, limits::UsedUp, plain, telemetry::NO_ROUTE};

/// Largest request body, in bytes. Every form is far smaller.
pub const LARGEST_BODY: usize = 64 * 1024;

/// Wraps a half's routes with everything that each request needs.
pub fn wrap(site: &Site, routes: Router) -> Router {
    routes
        .merge(site.assets.router())
        .merge(preferences::router())
        .layer(middleware::from_fn_with_state(site.clone(), around))
        // Files are sent as they are: their parts and checksums are those of the bytes.
        .layer(CompressionLayer::new().compress_when(
            DefaultPredicate::new().and(NotForContentType::const_new("application/octet-stream")),
        ))
}

/// How long an answer may take, and how long where whole files come in.
const PATIENCE: Duration = Duration::from_secs(30);
const LONG_PATIENCE: Duration = Duration::from_secs(3600);

/// What stands between the frame and the handler, in one piece: each layer of its own is paid for at every request. An
/// answer in time, or none: 503. A handler that panics is a fault of ours.
async fn answered(site: &Site, mut request: Request, next: Next) -> Response {
    DefaultBodyLimit::max(LARGEST_BODY).apply(&mut request);
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let is_slow = route.is_some_and(|route| site.slow.contains(&route));
    let patience = if is_slow { LONG_PATIENCE } else { PATIENCE };
    let work = or_late(patience, again::again(site, request, next));
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(on_panic)
}

async fn or_late(patience: Duration, answer: impl Future<Output = Response>) -> Response {
    match tokio::time::timeout(patience, answer).await {
        Ok(response) => response,
        Err(_) => Trouble::Fault(Fault::unavailable("no answer in time")).into_response(),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "what a panic is caught as")]
fn on_panic(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    Trouble::bug(format!("a handler panicked: {text}")).into_response()
}

async fn around(State(site): State<Site>, request: Request, next: Next) -> Response {
    let begun = site.clock.now();
    let (mut parts, body) = request.into_parts();
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let visit = Visit::stamp(&site, peer.into(), &parts);
    parts.extensions.insert(visit.clone());
    let route = parts.extensions.get::<MatchedPath>().cloned();
    let pattern = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    let refused = refused(&parts.uri);
    let method = parts.method.clone();
    let span =
        tracing::info_span!("request", request_id = visit.request_id, method = %method, route = pattern);
    let mut typed = None;
    let response = if matches!(method, Method::TRACE | Method::CONNECT) {
        StatusCode::METHOD_NOT_ALLOWED.into_response()
    } else if let Some(trouble) = refused {
        trouble.into_response()
    } else {
        match kept::take(&visit, Request::from_parts(parts, body)).await {
            Ok((request, form)) => {
                typed = form;
                one_at_a_time(answered(&site, request, next)).instrument(span.clone()).await
            }
            Err(trouble) => trouble.into_response(),
        }
    };
    if let Some(typed) = &typed {
        typed.throw_away().await;
    }
    let response = finish(&visit, in_json(&site, pattern, response), typed.as_ref());
    let seconds = site.clock.now().since(begun).as_secs_f64();
    let status = response.status().as_u16();
    site.figures.answered(&method, route.as_ref(), status, seconds);
    span.in_scope(|| tracing::info!(status, millis = (seconds * 1000.0) as u64, "answered"));
    response
}

/// What is wrong with the address of a request: there is no such page, or the query cannot be meant (FX-14).
fn refused(uri: &Uri) -> Option<Trouble> {
    if !plain::is_plain_path(uri.path()) {
        return Some(Trouble::not_found());
    }
    let query = uri.query().unwrap_or_default();
    (!plain::is_plain_form(query.as_bytes())).then(|| Trouble::page(StatusCode::BAD_REQUEST, "error-hidden"))
}

fn finish(visit: &Visit, response: Response, typed: Option<&Typed>) -> Response {
    let mut response = as_page(visit, response, typed);
    let leads_elsewhere = response.extensions().get::<FormsLeadElsewhere>().is_some();
    let no_referrer = response.extensions().get::<NoReferrer>().is_some();
    let is_html = is_html(&response);
    let frames = response.extensions().get::<Frames>().filter(|_| is_html).cloned();
    let headers = response.headers_mut();
    if let Some(policy) = frames.and_then(|frames| with_frames(policy(is_html, leads_elsewhere), &frames)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::CACHE_CONTROL, "no-store");
    set(header::REFERRER_POLICY, if no_referrer { "no-referrer" } else { "same-origin" });
    set(header::CONTENT_SECURITY_POLICY, policy(is_html, leads_elsewhere));
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=()",
    );
    if visit.site.public_url.scheme() == "https" {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
    }
    if let Ok(id) = HeaderValue::from_str(&visit.request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    if is_html && visit.browser_is_new {
        let name = visit::cookie_name(&visit.site, visit::BROWSER);
        Cookie::session(name, visit.browser.clone()).set(headers);
    }
    response
}

fn policy(is_html: bool, leads_elsewhere: bool) -> &'static str {
    match (is_html, leads_elsewhere) {
        (false, _) => "default-src 'none'; frame-ancestors 'none'",
        (true, true) => {
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data: https:; \
             object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
        }
        (true, false) => {
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
             object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        }
    }
}

/// The policy with frames of these origins and no others.
fn with_frames(policy: &str, frames: &Frames) -> Option<HeaderValue> {
    let lawful = |origin: &&String| !origin.contains([';', ',', ' ']);
    let origins: Vec<_> = frames.0.iter().filter(lawful).map(String::as_str).collect();
    (!origins.is_empty())
        .then(|| HeaderValue::from_str(&format!("{policy}; frame-src {}", origins.join(" "))).ok())?
}

fn is_html(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}

/// At an endpoint for machines an error without a body of its own, whoever in the frame made it, is JSON as OAuth writes
/// it (RFC 6749 §5.2).
fn in_json(site: &Site, pattern: &str, response: Response) -> Response {
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    if !failed || !site.for_machines.contains(&pattern) || !is_bare(&response) {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    parts.extensions.remove::<ErrorKey>();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let (error, text) = match status {
        StatusCode::SERVICE_UNAVAILABLE => ("temporarily_unavailable", "Please try again in a few seconds."),
        StatusCode::METHOD_NOT_ALLOWED => ("invalid_request", "This method is not for this endpoint."),
        StatusCode::PAYLOAD_TOO_LARGE => ("invalid_request", "The request is too large."),
        status if status.is_server_error() => ("server_error", "Something went wrong on our side."),
        _ => {
            ("invalid_request", "The request is not well-formed: control characters, for one, are not taken.")
        }
    };
    let body = serde_json::json!({ "error": error, "error_description": text });
    Response::from_parts(parts, Body::from(body.to_string()))
}

/// Nobody wrote a body that says more: routers and extractors write plain text.
fn is_bare(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_none_or(|kind| kind.starts_with("text/plain"))
}

/// The page that a button stands on whose form has an address of its own below it: there is nothing to look at, and
/// whoever changes the language there, or loads it again, wants that page.
fn above(visit: &Visit) -> Option<&str> {
    let path = visit.path.split('?').next()?;
    path.rsplit_once('/').map(|(above, _)| above).filter(|above| local_path(above) == *above)
}

/// The page on which the thing stood that is gone: above the last id of the address, or above the address.
fn above_what_is_gone(visit: &Visit) -> Option<String> {
    let path = visit.path.split('?').next()?;
    let mut parts: Vec<_> = path.split('/').collect();
    let thing = parts.iter().rposition(|part| uuid::Uuid::try_parse(part).is_ok());
    parts.truncate(thing.unwrap_or(parts.len() - 1));
    let above = parts.join("/");
    (!above.is_empty() && local_path(&above) == above).then_some(above)
}

/// Turns an error without a body of its own into a page; what routers and extractors say in plain text, too.
fn as_page(visit: &Visit, response: Response, typed: Option<&Typed>) -> Response {
    let status = response.status();
    let asked_for = response.extensions().get::<ErrorKey>().copied();
    let failed = status.is_client_error() || status.is_server_error();
    let bare = is_bare(&response);
    let key = match asked_for {
        Some(ErrorKey(key)) => key,
        None if failed && bare => error_page::key_of(status),
        None => return response,
    };
    // An address that a form of ours was sent to is no slip of the keyboard.
    let is_gone = key == "error-not-found" && typed.is_some_and(Typed::is_of_browser);
    let key = if is_gone { "error-gone" } else { key };
    if let Some(page) = above(visit).filter(|_| status == StatusCode::METHOD_NOT_ALLOWED && visit.is_look()) {
        return see_other(page);
    }
    let (old, body) = response.into_parts();
    if asked_for.is_none() && body.size_hint().exact().is_none() {
        return Response::from_parts(old, body);
    }
    drop::<Body>(body);
    let sign_in = old.extensions.get::<SignInFirst>().map(|first| first.0.clone());
    let mut kept = typed.map(|typed| typed.kept(visit, status, sign_in)).unwrap_or_default();
    if let Some(above) = above_what_is_gone(visit).filter(|_| is_gone) {
        (kept.above, kept.page) = (Some(above), None);
    }
    // Both lead on: what was kept, and the form to sign out in the head.
    let leads_elsewhere = kept.again.is_some() || !visit.is_headless();
    let full = old.extensions.get::<UsedUp>().copied();
    let saying = old.extensions.get::<Saying>().cloned();
    let saying = full.map(|full| Saying(too_many_text(visit, key, full))).or(saying);
    let mut page = error_page::render(visit, status, (key, saying), kept);
    if let Some(full) = full {
        let seconds = full.until.since(visit.now).as_secs().max(1);
        page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if leads_elsewhere {
        page.extensions_mut().insert(FormsLeadElsewhere);
    }
    for name in [header::ALLOW, header::RETRY_AFTER, header::WWW_AUTHENTICATE, header::SET_COOKIE] {
        for value in old.headers.get_all(&name) {
            page.headers_mut().append(name.clone(), value.clone());
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_not_answered_in_time_is_503_with_a_time_to_come_back() {
        assert_eq!((PATIENCE.as_secs(), LONG_PATIENCE.as_secs()), (30, 3600));
        let late = or_late(Duration::ZERO, std::future::pending()).await;
        assert_eq!(late.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(late.headers()[header::RETRY_AFTER], "30");
        let quick = or_late(Duration::ZERO, std::future::ready(StatusCode::OK.into_response())).await;
        assert_eq!(quick.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn machines_are_told_in_json_and_people_on_a_page() {
        let site = crate::testing::site(&crate::clock::Clock::system());
        for status in [400, 404, 405, 413, 500, 503] {
            let status = StatusCode::from_u16(status).unwrap();
            let trouble = || Trouble::page(status, "error-bad-request").into_response();
            let answer = in_json(&site, "/for-machines", trouble());
            assert_eq!(answer.status(), status);
            assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/json");
            let body = axum::body::to_bytes(answer.into_body(), 1 << 16).await.unwrap();
            let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert!(body["error"].is_string() && body["error_description"].is_string(), "{body}");
            let page = in_json(&site, "/page", trouble());
            assert!(page.extensions().get::<ErrorKey>().is_some(), "left for the page");
        }
    }
}
