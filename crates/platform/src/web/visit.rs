//! One request as its handler sees it: when, from where, in which language; knows no session.
use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Method, header, request::Parts},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{Address, Site, cookie, head::Head, shown::Said, tls::ClientCertificate};
use crate::{Fault, clock::Moment, day::Zone, language::Language, web::Trouble};

/// The visit that a request belongs to, stamped once by the frame.
#[derive(Clone)]
pub struct Visit(Arc<Inner>);

pub struct Inner {
    pub site: Site,
    /// When the request came in; everything below takes this as `now`.
    pub now: Moment,
    /// Stands in every log line and on every error page.
    pub request_id: String,
    /// The language chosen by cookie, else the header's, else the default.
    pub language: Language,
    /// True when the language was chosen by the person.
    pub language_chosen: bool,
    /// The time zone that the browser or the person said.
    pub(super) own_zone: Option<Zone>,
    /// `light`, `dark` or empty for automatic.
    pub theme: &'static str,
    /// Random name of this browser session, which form tokens are bound to.
    pub browser: String,
    pub(super) browser_is_new: bool,
    /// What the extractors said of this request: who, and as which profile.
    pub(super) said: Arc<Said>,
    /// What they said that the head of a page shows.
    pub(super) head: Arc<Head>,
    /// The person's address; a proxy's word counts only when the proxy is trusted.
    pub address: Address,
    /// Who opened the connection: the person's own machine, or a proxy.
    pub peer: Address,
    /// What the request would do; a form is sent with POST.
    pub method: Method,
    /// Path and query as requested, for coming back to.
    pub path: String,
    pub headers: HeaderMap,
    /// What the other end of our own TLS connection showed, if it was asked and had one.
    pub client_certificate: Option<ClientCertificate>,
}

impl std::ops::Deref for Visit {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

pub(super) const BROWSER: &str = "browser";
pub(super) const LANGUAGE: &str = "language";
pub(super) const THEME: &str = "theme";
pub(super) const ZONE: &str = "zone";

/// The whole name of one of this half's cookies.
pub fn cookie_name(site: &Site, name: &str) -> cookie::Name {
    cookie::Name::of(&site.public_url, site.product, name)
}

fn read_cookie<'a>(site: &Site, headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    // Machines have none, and its name costs something.
    headers.contains_key(header::COOKIE).then(|| cookie::read(headers, &cookie_name(site, name))).flatten()
}

impl Visit {
    pub(super) fn stamp(site: &Site, peer: Address, parts: &Parts) -> Self {
        let read = |name: &str| read_cookie(site, &parts.headers, name);
        let chosen = read(LANGUAGE).and_then(Language::of_tag);
        let accepted = parts.headers.get("accept-language").and_then(|value| value.to_str().ok());
        let language =
            chosen.or_else(|| accepted.and_then(Language::of_header)).unwrap_or(site.default_language);
        let known =
            read(BROWSER).filter(|name| name.len() == 22 && name.bytes().all(is_token)).map(str::to_owned);
        Self(Arc::new(Inner {
            site: site.clone(),
            now: site.clock.now(),
            request_id: URL_SAFE_NO_PAD.encode(site.random.bytes::<9>()).replace(['-', '_'], "x"),
            language,
            language_chosen: chosen.is_some(),
            own_zone: read(ZONE).and_then(Zone::named),
            theme: match read(THEME) {
                Some("light") => "light",
                Some("dark") => "dark",
                _ => "",
            },
            browser_is_new: known.is_none(),
            said: Arc::default(),
            head: Arc::default(),
            browser: known.unwrap_or_else(|| URL_SAFE_NO_PAD.encode(site.random.bytes::<16>())),
            address: site.trusted_proxies.visitor(peer, &parts.headers),
            peer,
            method: parts.method.clone(),
            path: parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
            headers: parts.headers.clone(),
            client_certificate: parts.extensions.get::<Option<ClientCertificate>>().cloned().flatten(),
        }))
    }

    /// The same visit in another language (OIDC `ui_locales`), unless the person chose one.
    #[must_use]
    pub fn in_language(&self, wanted: Option<Language>) -> Self {
        match wanted {
            Some(language) if !self.language_chosen && language != self.language => Self(Arc::new(Inner {
                site: self.site.clone(),
                request_id: self.request_id.clone(),
                browser: self.browser.clone(),
                said: Arc::clone(&self.said),
                head: Arc::clone(&self.head),
                method: self.method.clone(),
                path: self.path.clone(),
                headers: self.headers.clone(),
                client_certificate: self.client_certificate.clone(),
                own_zone: self.own_zone.clone(),
                language,
                ..*self.0
            })),
            _ => self.clone(),
        }
    }

    /// The reader's time zone, and whether they said it themselves; otherwise where their company is, as far as that
    /// is known, else UTC.
    pub fn zone(&self) -> (Zone, bool) {
        match (&self.own_zone, self.said.home()) {
            (Some(own), _) => (own.clone(), true),
            (None, home) => (home.unwrap_or_else(Zone::utc), false),
        }
    }

    /// The day (`2026-11-18`) that it was there then.
    pub fn day_of(&self, at: Moment) -> String {
        self.zone().0.day_of(at).to_string()
    }

    /// Only looks: whatever comes of it can be asked for again.
    pub fn is_look(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD)
    }

    /// No browser sent this: it takes no page for an answer, and says nothing of how it was fetched.
    pub fn is_of_a_program(&self) -> bool {
        let accepted = self.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
        accepted.is_some_and(|accepted| !accepted.contains("text/html"))
            && !self.headers.contains_key("sec-fetch-mode")
    }

    /// The value of one of this half's cookies.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        read_cookie(&self.site, &self.headers, name)
    }

    /// A text in this visit's language.
    pub fn t(&self, key: &str) -> String {
        self.site.texts.get(self.language, key, &[])
    }

    /// A header that only a trusted proxy may set; none when the connection is somebody else's.
    pub fn proxy_header(&self, name: &str) -> Option<&str> {
        let trusted = self.site.trusted_proxies.trusts(self.peer);
        let mut values = self.headers.get_all(name).iter().filter(|_| trusted);
        match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().ok().filter(|value| !value.is_empty()),
            _ => None,
        }
    }

    /// The part of the address that one household or company shares: /24 or /56.
    pub fn address_block(&self) -> String {
        self.address.block()
    }
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Trouble> {
        let visit = parts.extensions.get::<Self>().cloned();
        visit.ok_or_else(|| Trouble::from(Fault::bug("a request came in without its frame")))
    }
}
