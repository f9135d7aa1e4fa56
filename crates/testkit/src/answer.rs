//! What came back for one request, or for a chain of redirects; judges nothing that it is not asked.
use reqwest::header::HeaderMap;
use serde_json::Value;
use url::Url;

use crate::{net::Net, page::Page};

/// An answer: the last one, when redirects were followed.
#[derive(Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// What was asked for.
    pub url: Url,
    /// The redirects on the way here.
    pub hops: Vec<Hop>,
    pub(crate) net: Net,
}

/// One redirect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    pub status: u16,
    pub url: Url,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} from {}\n{:#?}\n{}", self.status, self.url, self.headers, self.text())
    }
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or("(not text)")
    }

    /// One header; empty when it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap_or("(not text)"))
    }

    /// Every `Set-Cookie` line.
    pub fn cookies(&self) -> Vec<&str> {
        self.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok()).collect()
    }

    /// Where this answer sends the browser on to.
    #[track_caller]
    pub fn location(&self) -> Url {
        let location = self.header("location");
        assert!(!location.is_empty(), "no redirect: {self:?}");
        self.url.join(location).unwrap_or_else(|error| panic!("{location}: {error}"))
    }

    /// Where a form or a page sends its reader on to, as it says: a path on its own site.
    #[track_caller]
    pub fn leads_to(&self) -> &str {
        assert_eq!(self.status, 303, "{self:?}");
        self.header("location")
    }

    /// A parameter of the redirect's query.
    #[track_caller]
    pub fn told(&self, name: &str) -> Option<String> {
        self.location().query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("no JSON ({error}): {self:?}"))
    }

    /// The body as a page of HTML.
    #[track_caller]
    pub fn page(&self) -> Page {
        assert!(self.header("content-type").starts_with("text/html"), "no page: {self:?}");
        Page::parse(self.text())
    }

    /// The page's heading.
    #[track_caller]
    pub fn heading(&self) -> String {
        self.page().text_of("h1")
    }

    /// Status, the named headers that are there, and the body if it is JSON: for snapshots.
    pub fn wire(&self, headers: &[&str]) -> String {
        let mut lines = vec![self.status.to_string()];
        let shown = headers.iter().filter(|name| self.headers.contains_key(**name));
        lines.extend(shown.map(|name| format!("{name}: {}", self.header(name))));
        if self.header("content-type").contains("json") {
            lines.push(self.text().to_owned());
        }
        self.net.neutral(&lines.join("\n"))
    }

    #[track_caller]
    pub fn assert_status(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// This status, and this text in the page.
    #[track_caller]
    pub fn shows(&self, status: u16, text: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert!(self.text().contains(text), "no “{text}” in {}", self.text());
    }

    /// TE(code) of the case lists: 400 (401 for `invalid_client`), JSON, `no-store`, and no token.
    #[track_caller]
    pub fn assert_token_error(&self, code: &str) -> &Self {
        let status = if code == "invalid_client" { 401 } else { 400 };
        assert_eq!((self.status, self.json()["error"].as_str()), (status, Some(code)), "{self:?}");
        assert_eq!(self.header("cache-control"), "no-store", "{self:?}");
        assert_eq!(self.json().get("access_token"), None, "{self:?}");
        self
    }

    /// NOREDIR of the case lists: the error page, on the spot.
    #[track_caller]
    pub fn assert_stays_here(&self) -> &Self {
        assert_eq!((self.status, self.header("location")), (400, ""), "{self:?}");
        assert_eq!(self.heading(), "Sign-in request problem");
        let page = self.page();
        assert!(page.has("#error-code") && !page.has("meta[http-equiv]"), "{self:?}");
        self
    }
}
