//! What every answer of the mailbox carries, and who may ask; knows no page.
//!
//! Mail holds live sign-in and association links, and the mailbox asks nobody for a password: a site that a developer
//! happens to visit must not read it by pointing a name of its own at 127.0.0.1 (DNS rebinding).

use std::net::{Ipv4Addr, Ipv6Addr};

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

pub(super) async fn guard(request: Request, next: Next) -> Response {
    let host = match request.headers().get(HOST) {
        Some(host) => host.to_str().ok().map(|host| host.parse::<Authority>()),
        None => request.uri().authority().cloned().map(Ok),
    };
    // A request without any host comes from no browser.
    let is_local = match host {
        Some(Ok(authority)) => is_loopback(authority.host()),
        Some(Err(_)) => false,
        None => !request.headers().contains_key(HOST),
    };
    if !is_local {
        return (StatusCode::MISDIRECTED_REQUEST, "The mailbox answers to localhost only.\n").into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.entry(X_FRAME_OPTIONS).or_insert(HeaderValue::from_static("DENY"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn is_loopback(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let bare = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(&host);
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || bare.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn only_this_machines_own_names_are_local() {
        for host in ["localhost", "LOCALHOST", "mailbox.localhost", "127.0.0.1", "127.1.2.3", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "evil.test",
            "localhost.evil.test",
            "notlocalhost",
            "127.0.0.1.evil.test",
            "10.0.0.1",
            "[::2]",
            "",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
