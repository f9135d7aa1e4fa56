//! The page for what went wrong: what to do next, and a reference that greps in the log.
use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{Shell, Visit, kept::Kept, page::html_response, trouble::Saying};

#[derive(Template)]
#[template(path = "kit/error.html")]
pub struct ErrorPage {
    pub shell: Shell,
    pub status: u16,
    pub key: &'static str,
    /// What is said instead of the key's text.
    pub saying: Option<Saying>,
    /// What is left of the form that was answered.
    pub kept: Kept,
}

#[cfg(test)]
const KEYS: [&str; 17] = [
    "error-bad-request",
    "error-fault",
    "error-form-foreign",
    "error-form-person",
    "error-form-profile",
    "error-form-stale",
    "error-form-thing",
    "error-gone",
    "error-hidden",
    "error-no-cookies",
    "error-not-allowed",
    "error-not-found",
    "error-prove",
    "error-signed-out",
    "error-too-large",
    "error-too-many",
    "error-unavailable",
];

#[cfg(test)]
impl crate::web::page::Samples for ErrorPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |key: &&'static str, kept: Kept| Self {
            shell: shell.clone(),
            status: 400,
            key,
            saying: None,
            kept,
        };
        let again = |sign_in: Option<&str>, file: Option<&str>| {
            let (sign_in, file) = (sign_in.map(str::to_owned), file.map(str::to_owned));
            let (action, sealed) = ("/newsgroups/1".into(), "AAAA".into());
            let again = crate::web::kept::Again { action, sealed, sign_in, file };
            Kept {
                words: vec![
                    ("Your message".into(), "A long answer\nof two lines".into()),
                    ("Subject".into(), "Closing".into()),
                ],
                again: Some(again),
                page: None,
                above: None,
            }
        };
        let mut pages: Vec<_> = KEYS.iter().map(|key| page(key, Kept::default())).collect();
        let from = |page: &str| Kept { page: Some(page.into()), ..Kept::default() };
        pages.push(page(&"error-form-thing", from("/newsgroups/1")));
        pages.push(page(&"error-signed-out", from("/newsletters")));
        pages.push(page(&"error-gone", Kept { above: Some("/newsgroups".into()), ..Kept::default() }));
        pages.push(page(&"error-too-many", again(None, None)));
        pages.push(page(&"error-too-many", again(None, Some("file"))));
        pages.push(page(&"error-signed-out", again(Some("/sign-in"), None)));
        pages.push(page(&"error-prove", again(Some("/sign-in"), Some("files"))));
        pages
    }
}

impl ErrorPage {
    fn heading(&self) -> String {
        self.shell.t(&format!("{}-heading", self.key))
    }

    /// What is done first, in another tab.
    fn first_key(&self) -> &'static str {
        match self.key {
            "error-signed-out" | "error-prove" => "kept-sign-in",
            _ => "kept-first",
        }
    }

    fn text(&self) -> String {
        if let Some(Saying(text)) = &self.saying {
            return text.clone();
        }
        // What promises that the form is kept is said where it is.
        let is_lost = self.kept.again.is_none() && self.first_key() == "kept-sign-in";
        if is_lost && self.kept.words.is_empty() && self.kept.page.is_some() {
            return self.shell.t("error-not-pressed-text");
        }
        self.shell.t(&if is_lost { "error-not-kept-text".to_owned() } else { format!("{}-text", self.key) })
    }
}

/// The words for a status that a router or an extractor answered by itself.
pub(super) fn key_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "error-not-found",
        StatusCode::METHOD_NOT_ALLOWED | StatusCode::FORBIDDEN => "error-not-allowed",
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::URI_TOO_LONG => "error-too-large",
        StatusCode::TOO_MANY_REQUESTS => "error-too-many",
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT | StatusCode::REQUEST_TIMEOUT => {
            "error-unavailable"
        }
        status if status.is_server_error() => "error-fault",
        _ => "error-bad-request",
    }
}

pub(super) fn render(
    visit: &Visit,
    status: StatusCode,
    (key, saying): (&'static str, Option<Saying>),
    kept: Kept,
) -> Response {
    let page = ErrorPage { shell: visit.headed_shell(), status: status.as_u16(), key, saying, kept };
    html_response(status, page.render().unwrap_or_else(|_| status.to_string()))
}
