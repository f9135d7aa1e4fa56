//! Answers that are not the page asked for; the frame turns them into pages in the visitor's language.
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{Visit, kept::SignInFirst};
use crate::{Fault, limits::UsedUp};

/// A handler's way out: a fault (503 or 500) or an explained refusal.
#[derive(Debug)]
pub enum Trouble {
    Fault(Fault),
    /// A status with the catalogue keys `{key}-heading` and `{key}-text`.
    Page {
        status: StatusCode,
        key: &'static str,
    },
    /// A form that may be sent again once its sender has signed in at this path.
    SignIn {
        path: String,
        key: &'static str,
    },
    /// Too often, with the catalogue keys `{key}-heading` and `{key}-until`, which says when the next one goes.
    TooMany {
        key: &'static str,
        full: UsedUp,
    },
    /// A finished answer.
    Answer(Box<Response>),
}

impl Trouble {
    pub fn page(status: StatusCode, key: &'static str) -> Self {
        Self::Page { status, key }
    }

    pub fn not_found() -> Self {
        Self::page(StatusCode::NOT_FOUND, "error-not-found")
    }

    pub const fn too_many(full: UsedUp) -> Self {
        Self::TooMany { key: "error-too-many", full }
    }

    pub fn bug(text: impl std::fmt::Display) -> Self {
        Self::Fault(Fault::bug(text))
    }
}

impl<T: Into<Fault>> From<T> for Trouble {
    fn from(fault: T) -> Self {
        Self::Fault(fault.into())
    }
}

impl From<Response> for Trouble {
    fn from(response: Response) -> Self {
        Self::Answer(Box::new(response))
    }
}

/// Found in an answer's extensions: render the error page with this key.
#[derive(Clone, Copy, Debug)]
pub(super) struct ErrorKey(pub &'static str);

/// Put into an answer's extensions: what its error page says instead of the catalogue's text.
#[derive(Clone, Debug)]
pub struct Saying(pub String);

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let (status, key) = match self {
            Self::Answer(response) => return *response,
            Self::SignIn { path, key } => {
                let mut response = StatusCode::FORBIDDEN.into_response();
                response.extensions_mut().insert(ErrorKey(key));
                response.extensions_mut().insert(SignInFirst(path));
                return response;
            }
            Self::TooMany { key, full } => {
                let mut response = StatusCode::TOO_MANY_REQUESTS.into_response();
                response.extensions_mut().insert(ErrorKey(key));
                response.extensions_mut().insert(full);
                return response;
            }
            Self::Page { status, key } => (status, key),
            Self::Fault(Fault::Unavailable(text)) => {
                tracing::error!(error = text, "A dependency is away");
                (StatusCode::SERVICE_UNAVAILABLE, "error-unavailable")
            }
            Self::Fault(Fault::Bug(text)) => {
                tracing::error!(error = text, "A fault of ours");
                (StatusCode::INTERNAL_SERVER_ERROR, "error-fault")
            }
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(ErrorKey(key));
        if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
        }
        response
    }
}

/// When the next one goes.
pub fn too_many_text(visit: &Visit, key: &str, full: UsedUp) -> String {
    let shell = visit.shell();
    shell.t1(&format!("{key}-until"), "until", &shell.wait(&full.until))
}

/// 303: after a POST, or on to the next step; never a status that repeats the POST elsewhere (AC-09).
pub fn see_other(to: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    match HeaderValue::from_str(to) {
        Ok(value) => {
            response.headers_mut().insert(header::LOCATION, value);
            response
        }
        Err(_) => Trouble::bug("a redirect target is no header value").into_response(),
    }
}
