//! The one way in for forms: checked to come from our own page in this browser, and to be sent by whom and for what
//! they were shown; knows no field.
//!
//! | type | the door |
//! |---|---|
//! | [`Checked`] | acts for whoever its extractors let in; what does not fit ends on a page that says why |
//! | [`Recoverable`] | the same, and shows the form again with what was typed |
//! | [`About`] | the same, on a [`Thing`] that the handler must name before it sees a field |
//! | [`OfBrowser`] | acts for whom the form itself names (signing in), or for nobody (the language) |
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header, request::Parts},
    response::Response,
};
use serde::de::DeserializeOwned;

use super::{
    Errors, Trouble, Visit,
    kept::is_typed_secret,
    shown::{Thing, Why},
};
use crate::plain;

/// A posted form that is what it was shown for. A handler that takes this cannot have skipped it (BR-03, FX-03).
#[derive(Debug)]
pub struct Checked<T>(pub T);

/// A posted form from our own origin that may be stale, or of somebody or something else.
/// [`Recoverable::Refused`] may only be used to show the form again, with its values and a fresh token.
#[derive(Debug)]
pub enum Recoverable<T> {
    Checked(T),
    Refused(T, Why),
}

/// A posted form that acts on a thing: [`About::shown`] compares the thing that the page showed with the one that
/// is there now.
pub struct About<T> {
    form: T,
    token: String,
    visit: Visit,
}

/// A posted form of this browser, whoever uses it by now. Only for what the form itself says whole: who signs in,
/// which language to show. A tidy rule names the doors.
#[derive(Debug)]
pub enum OfBrowser<T> {
    Checked(T),
    Stale(T),
}

#[derive(serde::Deserialize)]
struct Token {
    #[serde(default)]
    form_token: String,
}

impl<T> Recoverable<T> {
    fn of(form: T, judged: Result<(), Why>) -> Self {
        match judged {
            Ok(()) => Self::Checked(form),
            Err(why) => Self::Refused(form, why),
        }
    }

    /// The form, or the page that says why it cannot be taken.
    pub fn checked(self) -> Result<T, Trouble> {
        match self {
            Self::Checked(form) => Ok(form),
            Self::Refused(_, why) => Err(why.page()),
        }
    }

    /// The form, or itself again, as `again` shows it with a status, what was typed and why it was not taken.
    pub fn or_again(
        self,
        visit: &Visit,
        again: impl FnOnce(StatusCode, T, Errors) -> Result<Response, Trouble>,
    ) -> Result<T, Trouble> {
        match self {
            Self::Checked(form) => Ok(form),
            Self::Refused(form, why) => {
                Err(again(why.status(), form, Errors::whole(why.text(visit)))?.into())
            }
        }
    }
}

impl<T> About<T> {
    /// Whether the form was shown for this thing, as it is now.
    pub fn shown(self, thing: &Thing) -> Recoverable<T> {
        let judged = self.visit.judge(&self.token, thing);
        Recoverable::of(self.form, judged)
    }

    /// Whether this browser was given the form, for whatever thing: enough to say that nothing is left to be done.
    pub fn is_of_browser(&self) -> bool {
        self.visit.judge_browser(&self.token).is_ok()
    }

    /// The page for a form that was shown to somebody else; asked when its thing is not found among what is theirs.
    pub fn is_theirs(&self) -> Result<(), Trouble> {
        self.visit.judge_visitor(&self.token).map_err(Why::page)
    }

    /// What the form says of the thing, to find it by; nothing may be done before [`About::shown`].
    pub const fn names(&self) -> &T {
        &self.form
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Checked<T> {
    type Rejection = Trouble;

    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        Recoverable::from_request(request, state).await?.checked().map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Recoverable<T> {
    type Rejection = Trouble;

    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        Ok(About::from_request(request, state).await?.shown(&Thing::default()))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for OfBrowser<T> {
    type Rejection = Trouble;

    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        let About { form, token, visit } = About::from_request(request, state).await?;
        Ok(match visit.judge_browser(&token) {
            Ok(()) => Self::Checked(form),
            Err(_) => Self::Stale(form),
        })
    }
}

impl<T> OfBrowser<T> {
    /// The form, or the page that says that it is stale.
    pub fn checked(self) -> Result<T, Trouble> {
        match self {
            Self::Checked(form) => Ok(form),
            Self::Stale(_) => Err(Why::Stale.page()),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for About<T> {
    type Rejection = Trouble;

    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        let (parts, body) = request.into_parts();
        let visit = parts.extensions.get::<Visit>().cloned().ok_or_else(|| Trouble::bug("no frame"))?;
        if !is_form(&parts) {
            return Err(Trouble::page(StatusCode::UNSUPPORTED_MEDIA_TYPE, "error-bad-request"));
        }
        if !is_from_us(&visit, &parts) {
            return Err(Trouble::page(StatusCode::FORBIDDEN, "error-form-foreign"));
        }
        let request = Request::from_parts(parts, body);
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| Trouble::page(rejection.status(), "error-too-large"))?;
        let unreadable = |_| Trouble::page(StatusCode::BAD_REQUEST, "error-bad-request");
        let bytes = match plain::is_plain_form(&bytes) {
            true => bytes,
            false => as_typed(serde_html_form::from_bytes(&bytes).map_err(unreadable)?)
                .ok_or_else(|| Trouble::page(StatusCode::BAD_REQUEST, "error-hidden"))?,
        };
        let token: Token = serde_html_form::from_bytes(&bytes).map_err(unreadable)?;
        let form: T = serde_html_form::from_bytes(&bytes).map_err(unreadable)?;
        let fields: Vec<(String, String)> = serde_html_form::from_bytes(&bytes).map_err(unreadable)?;
        visit.is_sending(&fields);
        Ok(Self { form, token: token.form_token, visit })
    }
}

/// The form with its texts as [`plain::typed`] reads them. What is secret is compared letter by letter and stays.
fn as_typed(fields: Vec<(String, String)>) -> Option<Bytes> {
    let plain = |(name, value): (String, String)| {
        let value = match is_typed_secret(&name) {
            true => plain::is_plain(&value).then_some(value)?,
            false => plain::typed(&value)?.into_owned(),
        };
        plain::is_plain(&name).then_some((name, value))
    };
    let fields: Vec<_> = fields.into_iter().map(plain).collect::<Option<_>>()?;
    serde_html_form::to_string(fields).ok().map(Bytes::from)
}

pub(super) fn is_form(parts: &Parts) -> bool {
    parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|kind| {
        kind.split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    })
}

/// Browsers say where a POST comes from; what they say must be our own origin. A browser that says nothing
/// is judged by the token alone.
pub(super) fn is_from_us(visit: &Visit, parts: &Parts) -> bool {
    let text = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site_is_ours = matches!(text("sec-fetch-site"), None | Some("same-origin" | "none"));
    let origin_is_ours = text("origin").is_none_or(|origin| origin == visit.site.origin());
    site_is_ours && origin_is_ours
}
