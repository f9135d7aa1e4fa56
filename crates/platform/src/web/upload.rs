//! Forms with files that were checked to come from our own page in this browser, read part by part, so that no
//! file is ever held in memory. Knows no field and no file.
pub(super) mod ahead;

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use axum::{
    body::Bytes,
    extract::{
        FromRequest, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::StatusCode,
};
use futures_util::{StreamExt as _, stream};
use ring::digest::{Context, SHA256};

use super::{
    Trouble, Visit,
    form::is_from_us,
    kept::{FIELD, TOKEN},
    shown::{Thing, Why},
    streamed,
};
use crate::plain;

/// Who sends nothing for so long has gone.
const PATIENCE: Duration = Duration::from_secs(30);
/// All words of such a form together, in bytes.
pub(super) const LONGEST_WORDS: usize = 64 * 1024;

/// A form with files whose origin was checked; its first part is the token.
pub enum Posted {
    /// A handler that has this value cannot have skipped the check (BR-03).
    Checked(Upload),
    /// It is not what it was shown for. The words may only be used to show the form again; files were thrown away.
    Refused(BTreeMap<String, String>, Why),
}

/// The parts that follow the token.
pub struct Upload {
    parts: Multipart,
    words: usize,
    /// What an error page kept of the form: it stands before what came in.
    kept: VecDeque<(String, String)>,
    sending: Option<Box<Sending>>,
}

/// Of what is read, until all of it is: then the visit is told what it sends, so that the same form with the same files is
/// known when it comes twice.
struct Sending {
    visit: Visit,
    digest: Context,
}

impl Sending {
    fn of(visit: &Visit) -> Self {
        Self { visit: visit.clone(), digest: Context::new(&SHA256) }
    }

    fn part(&mut self, kind: &[u8], text: &str) {
        self.digest.update(kind);
        self.digest.update(&(text.len() as u64).to_be_bytes());
        self.digest.update(text.as_bytes());
    }
}

/// Put into a request's extensions: the words of a form whose files alone came in again.
#[derive(Clone)]
pub(super) struct Kept(pub Vec<(String, String)>);

/// One part of the form.
pub enum Part<'a> {
    /// Name and value of a field.
    Words(String, String),
    File(Incoming<'a>),
}

/// A file on its way. What the browser calls its media type is not looked at.
pub struct Incoming<'a> {
    /// As the browser says it; empty when no file was chosen.
    pub name: String,
    field: Box<Field<'a>>,
    sending: Option<&'a mut Sending>,
}

/// Why a form cannot be read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    TooLarge,
    /// It broke off, or is no such form.
    Torn,
    /// What was typed holds what is no text.
    Hidden,
    /// Nothing came for too long.
    Slow,
}

impl Broken {
    pub const fn status(self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Torn | Self::Hidden => StatusCode::BAD_REQUEST,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
        }
    }
}

impl From<MultipartError> for Broken {
    fn from(error: MultipartError) -> Self {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Self::TooLarge } else { Self::Torn }
    }
}

impl From<Broken> for Trouble {
    fn from(broken: Broken) -> Self {
        let key = match broken {
            Broken::TooLarge => "error-too-large",
            Broken::Hidden => "error-hidden",
            Broken::Torn | Broken::Slow => "error-bad-request",
        };
        Self::page(broken.status(), key)
    }
}

async fn in_time<T, E: Into<Broken>>(reading: impl Future<Output = Result<T, E>>) -> Result<T, Broken> {
    match tokio::time::timeout(PATIENCE, reading).await {
        Ok(read) => read.map_err(Into::into),
        Err(_) => Err(Broken::Slow),
    }
}

impl Upload {
    /// The parts of a request's body, which is read as they are asked for.
    async fn of<S: Send + Sync>(request: Request, state: &S) -> Result<Self, Trouble> {
        let parts = Multipart::from_request(request, state)
            .await
            .map_err(|_| Trouble::page(StatusCode::UNSUPPORTED_MEDIA_TYPE, "error-bad-request"))?;
        Ok(Self { parts, words: 0, kept: VecDeque::new(), sending: None })
    }

    /// The next part, which must be the value of this field: whoever sends something else did not get the form from us.
    async fn value_of(&mut self, field: &str) -> Result<String, Trouble> {
        match self.next().await? {
            Some(Part::Words(name, value)) if name == field => Ok(value),
            _ => Err(Trouble::page(StatusCode::FORBIDDEN, "error-form-stale")),
        }
    }

    /// The next part; the one before is over, read to its end or not.
    pub async fn next(&mut self) -> Result<Option<Part<'_>>, Broken> {
        if let Some((name, value)) = self.kept.pop_front() {
            said(self.sending.as_deref_mut(), &name, &value);
            return Ok(Some(Part::Words(name, value)));
        }
        let Some(mut field) = in_time(self.parts.next_field()).await? else {
            if let Some(sending) = self.sending.take() {
                let Sending { visit, digest } = *sending;
                visit.is_sending_all(digest.finish().as_ref());
            }
            return Ok(None);
        };
        if let Some(name) = field.file_name().map(str::to_owned) {
            let mut sending = self.sending.as_deref_mut();
            if let Some(sending) = &mut sending {
                sending.part(b"file", &name);
            }
            return Ok(Some(Part::File(Incoming { name, field: Box::new(field), sending })));
        }
        let name = field.name().unwrap_or_default().to_owned();
        let mut value = Vec::new();
        while let Some(bytes) = in_time(field.chunk()).await? {
            self.words += bytes.len();
            if self.words > LONGEST_WORDS {
                return Err(Broken::TooLarge);
            }
            value.extend_from_slice(&bytes);
        }
        let value = String::from_utf8(value).map_err(|_| Broken::Torn)?;
        let value = plain::typed(&value).ok_or(Broken::Hidden)?.into_owned();
        said(self.sending.as_deref_mut(), &name, &value);
        Ok(Some(Part::Words(name, value)))
    }

    /// The fields that are left; files are thrown away.
    pub async fn into_words(mut self) -> Result<BTreeMap<String, String>, Broken> {
        let mut words = BTreeMap::new();
        while let Some(part) = self.next().await? {
            match part {
                Part::Words(name, value) => {
                    words.insert(name, value);
                }
                Part::File(mut file) => while file.next().await?.is_some() {},
            }
        }
        Ok(words)
    }
}

fn said(sending: Option<&mut Sending>, name: &str, value: &str) {
    if let Some(sending) = sending {
        sending.part(b"name", name);
        sending.part(b"value", value);
    }
}

impl Incoming<'_> {
    /// The next bytes of the file.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Broken> {
        let bytes = in_time(self.field.chunk()).await?;
        if let (Some(sending), Some(bytes)) = (&mut self.sending, &bytes) {
            sending.digest.update(bytes);
        }
        Ok(bytes)
    }
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Trouble;

    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        let (mut parts, body) = request.into_parts();
        let visit = parts.extensions.get::<Visit>().cloned().ok_or_else(|| Trouble::bug("no frame"))?;
        if !is_from_us(&visit, &parts) {
            return Err(Trouble::page(StatusCode::FORBIDDEN, "error-form-foreign"));
        }
        let kept = parts.extensions.remove::<Kept>();
        // The reader of parts takes all that is ready: it is given one piece at a time.
        let pieces = stream::unfold(body.into_data_stream(), |mut pieces| async {
            tokio::task::yield_now().await;
            pieces.next().await.map(|piece| (piece, pieces))
        });
        let mut upload = Upload::of(Request::from_parts(parts, streamed(pieces)), state).await?;
        if let Some(Kept(words)) = kept {
            // The frame looked at both.
            upload.value_of(TOKEN).await?;
            upload.value_of(FIELD).await?;
            upload.kept = words.into();
        }
        upload.sending = Some(Box::new(Sending::of(&visit)));
        let token = upload.value_of(TOKEN).await?;
        match visit.judge(&token, &Thing::default()) {
            Ok(()) => Ok(Self::Checked(upload)),
            Err(why) => Ok(Self::Refused(upload.into_words().await?, why)),
        }
    }
}

#[cfg(test)]
mod tests;
