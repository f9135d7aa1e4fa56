//! What was typed comes back, whatever went wrong: an error page that answers a form carries the form, sealed for this
//! browser and this address, and shows the words by their labels. No node keeps anything. Knows no field but the secret ones.
use std::time::Duration;

use askama::Template;
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use tokio::sync::{Semaphore, SemaphorePermit};
use url::{Position, Url};

use super::{
    Shell, Trouble, Visit,
    form::{is_form, is_from_us},
    frame::LARGEST_BODY,
    local_path, see_other,
    upload::{
        self, LONGEST_WORDS,
        ahead::{Ahead, Rest, look},
    },
};
use crate::{clock::Moment, plain};

/// The field that carries a form back.
pub(super) const FIELD: &str = "kept";
/// The field of the token, in every form.
pub(super) const TOKEN: &str = "form_token";
/// So long a form is taken back.
const LIFETIME: Duration = Duration::from_secs(24 * 3600);
/// A form that does not come in by then is torn.
const PATIENCE: Duration = Duration::from_secs(30);
/// Where a tab ends in which somebody signed in for another tab.
pub const GO_BACK: &str = "/go-back";

/// A form on its way to a door, in case that the door refuses it.
pub(super) struct Typed {
    fields: Vec<(String, String)>,
    /// The token is of this browser: the same form may be sent again.
    is_ours: bool,
    /// The page that it was sent from.
    page: Option<String>,
    /// Of a large form.
    _seat: Option<SemaphorePermit<'static>>,
    /// Of a form with files.
    files: Option<Files>,
}

/// The files of a form: kept nowhere.
struct Files {
    field: Option<String>,
    rest: Rest,
}

/// What an error page shows of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// What was written, to be read and copied, with the label of its field.
    pub words: Vec<(String, String)>,
    /// The sealed form, and where it goes.
    pub again: Option<Again>,
    /// The page that it was sent from, where it cannot be sent again: to be opened anew.
    pub page: Option<String>,
    /// The page above what is gone.
    pub above: Option<String>,
}

/// A form that can be sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Again {
    pub action: String,
    pub sealed: String,
    /// What must be done before, in another tab.
    pub sign_in: Option<String>,
    /// The field for files that must be chosen again.
    pub file: Option<String>,
}

impl Again {
    /// A field of this name takes many files.
    pub fn takes_many(&self) -> bool {
        self.file.as_deref() == Some("files")
    }
}

/// Found in an answer's extensions: where to sign in before the form is sent again.
#[derive(Clone, Debug)]
pub(super) struct SignInFirst(pub String);

/// A form may hold what is kept nowhere.
fn is_secret(name: &str) -> bool {
    ["password", "answer", "secret"].iter().any(|secret| name.contains(secret))
        || ["code", "user_code"].contains(&name)
}

fn fields_of(bytes: &[u8]) -> Option<Vec<(String, String)>> {
    serde_html_form::from_bytes(bytes).ok()
}

/// Takes a form in, or what a page of ours kept of one. Other requests pass untouched.
pub(super) async fn take(visit: &Visit, request: Request) -> Result<(Request, Option<Typed>), Trouble> {
    let (mut parts, body) = request.into_parts();
    if parts.method == Method::POST && has_files(&parts) && is_from_us(visit, &parts) {
        return take_files(visit, parts, body).await;
    }
    let length =
        parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    let length: usize = length.unwrap_or(usize::MAX);
    if parts.method != Method::POST || !is_form(&parts) || length > LARGEST || !is_from_us(visit, &parts) {
        return Ok((Request::from_parts(parts, body), None));
    }
    let seat = if length > MOST { LARGE.try_acquire().ok() } else { None };
    if length > MOST && seat.is_none() {
        return Ok((Request::from_parts(parts, body), None));
    }
    let torn = || Trouble::page(StatusCode::BAD_REQUEST, "error-bad-request");
    let read = tokio::time::timeout(PATIENCE, to_bytes(body, LARGEST)).await;
    let mut bytes = read.map_err(|_| torn())?.map_err(|_| torn())?;
    let Some(mut fields) = fields_of(&bytes) else {
        return Ok((Request::from_parts(parts, Body::from(bytes)), None));
    };
    if let Some((form, opened)) = open(visit, &fields)? {
        (bytes, fields) = (form, opened);
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    }
    let is_ours = is_ours(visit, &fields);
    let page = page_of(visit, &parts);
    let typed = Typed { fields, is_ours, page, _seat: seat, files: None };
    Ok((Request::from_parts(parts, Body::from(bytes)), Some(typed)))
}

/// The same of a form with files, of which only the words are looked at.
async fn take_files(
    visit: &Visit,
    mut parts: Parts,
    body: Body,
) -> Result<(Request, Option<Typed>), Trouble> {
    let (body, ahead) = look(&parts, body).await;
    let Some(Ahead { mut fields, file, rest }) = ahead else {
        return Ok((Request::from_parts(parts, body), None));
    };
    if let Some((_, opened)) = open(visit, &fields)? {
        fields.clone_from(&opened);
        parts.extensions.insert(upload::Kept(opened));
    }
    let is_ours = is_ours(visit, &fields);
    let files = Some(Files { field: file, rest });
    let page = page_of(visit, &parts);
    let typed = Typed { fields, is_ours, page, _seat: None, files };
    Ok((Request::from_parts(parts, body), Some(typed)))
}

/// The page of ours that a form was sent from. One whose address is secret says none.
fn page_of(visit: &Visit, parts: &Parts) -> Option<String> {
    let page = Url::parse(parts.headers.get(header::REFERER)?.to_str().ok()?).ok()?;
    let path = &page[Position::BeforePath..Position::AfterQuery];
    // A path may say another host to whoever reads it as an address.
    let leads_here = page.origin().ascii_serialization() == visit.site.origin() && local_path(path) == path;
    (leads_here && plain::is_plain_path(page.path())).then(|| path.to_owned())
}

fn has_files(parts: &Parts) -> bool {
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data"))
}

fn value(fields: &[(String, String)], name: &str) -> String {
    fields.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone()).unwrap_or_default()
}

/// The token is of this browser.
fn is_ours(visit: &Visit, fields: &[(String, String)]) -> bool {
    visit.judge_browser(&value(fields, TOKEN)).is_ok()
}

type Opened = (Bytes, Vec<(String, String)>);

/// The form that a page of ours kept, where it is one that comes in.
fn open(visit: &Visit, fields: &[(String, String)]) -> Result<Option<Opened>, Trouble> {
    let sealed = value(fields, FIELD);
    if sealed.is_empty() {
        return Ok(None);
    }
    let stale = || Trouble::page(StatusCode::FORBIDDEN, "error-form-stale");
    if !is_ours(visit, fields) {
        return Err(stale());
    }
    let form = unseal(visit, &sealed).ok_or_else(stale)?;
    let fields = fields_of(&form).ok_or_else(stale)?;
    Ok(Some((form, fields)))
}

/// A sealed form is larger than the form: it may be so large, that what was taken once is taken again.
const MOST: usize = LARGEST_BODY * 3 / 2;
/// The longest form that any page takes: two articles of the longest, written as a form writes them.
pub const LARGEST_FORM: usize = 1_500_000;
const LARGEST: usize = LARGEST_FORM * 3 / 2;
/// So many of these are in hand at once; what comes on top goes to its door and is not kept.
static LARGE: Semaphore = Semaphore::const_new(8);

/// What binds a sealed form to its browser and its address.
fn bound(visit: &Visit) -> Vec<u8> {
    [visit.site.product, "\0", &visit.browser, "\0", &visit.path].concat().into_bytes()
}

fn unseal(visit: &Visit, sealed: &str) -> Option<Bytes> {
    let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
    let plain = visit.site.form_seal.open(&bound(visit), &sealed)?;
    let (at, form) = plain.split_first_chunk::<8>()?;
    let kept_at = Moment::from_unix_millis(i64::from_be_bytes(*at));
    visit.now.is_within(LIFETIME, kept_at).then(|| Bytes::copy_from_slice(form))
}

impl Typed {
    /// What an error page of this status shows of the form.
    pub(super) fn kept(&self, visit: &Visit, status: StatusCode, sign_in: Option<String>) -> Kept {
        let shown = self.fields.iter().filter(|(name, _)| name != TOKEN && name != FIELD && !is_secret(name));
        let words = self.fields.iter().filter_map(|(name, value)| words_of(visit, name, value)).collect();
        let has_fields = self.files.is_some() || shown.clone().any(|(_, value)| !value.is_empty());
        let helps = sign_in.is_some()
            || status == StatusCode::TOO_MANY_REQUESTS
            || (status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED);
        let again = (self.is_ours && has_fields && helps).then(|| self.seal(visit)).flatten();
        // What comes with files is taken in among their words.
        let again = again.filter(|sealed| self.files.is_none() || sealed.len() <= LONGEST_WORDS / 2);
        let file = self.files.as_ref().map(|files| files.field.clone().unwrap_or_else(|| "file".into()));
        let again = again.map(|sealed| Again { action: visit.path.clone(), sealed, sign_in, file });
        let page = self.page.clone().filter(|_| again.is_none());
        Kept { words, again, page, above: None }
    }

    /// A page of ours gave it to this browser.
    pub(super) const fn is_of_browser(&self) -> bool {
        self.is_ours
    }

    /// Files of this browser's that nobody took are read to their end.
    pub(super) async fn throw_away(&self) {
        if let Some(files) = self.files.as_ref().filter(|_| self.is_ours) {
            files.rest.clone().throw_away().await;
        }
    }

    fn seal(&self, visit: &Visit) -> Option<String> {
        let fields: Vec<_> = self.fields.iter().filter(|(name, _)| !is_typed_secret(name)).collect();
        let form = serde_html_form::to_string(fields).ok()?;
        let plain = [visit.now.unix_millis().to_be_bytes().as_slice(), form.as_bytes()].concat();
        let sealed = visit.site.form_seal.seal(&visit.site.random, &bound(visit), &plain).ok()?;
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }
}

/// What a person types and nobody keeps. The secret of a link comes from its page, and the form is nothing without.
pub(super) fn is_typed_secret(name: &str) -> bool {
    name.contains("password") || name.contains("answer")
}

/// What somebody wrote into this field, with its label. Of a field without one, what cannot be the name of a thing.
fn words_of(visit: &Visit, name: &str, value: &str) -> Option<(String, String)> {
    if value.trim().is_empty() || name == TOKEN || name == FIELD || is_typed_secret(name) {
        return None;
    }
    let label = match (visit.site.labels)(name) {
        Some(key) => visit.t(key),
        None if !is_secret(name) && value.trim().contains(char::is_whitespace) => visit.t("kept-heading"),
        None => return None,
    };
    Some((label, plain::readable(value)))
}

/// The end of a tab in which somebody signed in.
#[derive(Template)]
#[template(path = "kit/go_back.html")]
pub struct GoBackPage {
    pub shell: Shell,
}

#[cfg(test)]
impl crate::web::page::Samples for GoBackPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        vec![
            Self { shell: shell.clone() },
            Self { shell: shell.clone().with_person("maria@example.com", "/sign-out") },
        ]
    }
}

/// The page for whoever is signed in by now, said by the half whose visitor it is; others begin at home.
pub fn go_back(visit: &Visit, shell: Shell) -> Result<Response, Trouble> {
    match shell.person {
        Some(_) => visit.ok(&GoBackPage { shell }),
        None => Ok(see_other("/")),
    }
}

#[cfg(test)]
mod tests;
