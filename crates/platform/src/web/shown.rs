//! What a form was shown for: browser, person, acting profile and thing, MACed into its token; knows no field.
//!
//! The extractors that let a visitor in say who that is ([`Visit::is_of`], [`Visit::acts_as`]). Tokens that a page
//! mints carry what was said, and a door compares a form with what its own extractors said. So a form acts for
//! nobody but the person and the profile that its page was shown to.
use std::sync::{Mutex, OnceLock, PoisonError};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{Shell, Trouble, Visit};
use crate::day::Zone;

/// The thing that a form acts on, as its page showed it: kind, names, versions. One that changed is another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thing(Vec<u8>);

impl Thing {
    pub fn of(kind: &'static str) -> Self {
        Self::default().and(kind)
    }

    /// One more part of it. Parts keep apart, however they end.
    #[must_use]
    pub fn and(mut self, part: impl AsRef<[u8]>) -> Self {
        append(&mut self.0, part.as_ref());
        self
    }
}

fn append(message: &mut Vec<u8>, part: &[u8]) {
    message.extend_from_slice(&(part.len() as u64).to_be_bytes());
    message.extend_from_slice(part);
}

/// Why a form is not what it was shown for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The token is none of this browser's: cookies were cleared, or the page is of another visit.
    Stale,
    /// The browser sent nothing of what every page sets: cookies were cleared, or it takes none.
    NoCookies,
    /// Somebody else, or nobody, is signed in by now.
    Person,
    /// The person acts as another profile by now.
    Profile,
    /// What the page showed has changed since, or it is another thing.
    Thing,
}

impl Why {
    /// The words beside a form that is shown again.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Stale => "problem-form-stale",
            Self::NoCookies => "problem-form-no-cookies",
            Self::Person => "problem-form-person",
            Self::Profile => "problem-form-profile",
            Self::Thing => "problem-form-thing",
        }
    }

    pub fn text(self, visit: &Visit) -> String {
        visit.t(self.key())
    }

    /// The page for a form that has nothing to give back.
    pub fn page(self) -> Trouble {
        let key = match self {
            Self::Stale => "error-form-stale",
            Self::NoCookies => "error-no-cookies",
            Self::Person => "error-form-person",
            Self::Profile => "error-form-profile",
            Self::Thing => "error-form-thing",
        };
        Trouble::page(self.status(), key)
    }

    pub const fn status(self) -> http::StatusCode {
        match self {
            Self::Stale | Self::NoCookies => http::StatusCode::FORBIDDEN,
            Self::Person | Self::Profile | Self::Thing => http::StatusCode::CONFLICT,
        }
    }
}

/// Who a request is of, as far as its extractors said.
#[derive(Debug, Default)]
pub(super) struct Said(Mutex<[Option<Vec<u8>>; 2]>, OnceLock<Zone>, OnceLock<[u8; 32]>);

/// Names one press of a button: the form with its token and all that was filled in. The same form that arrives once more
/// is the same press; one from a fresh page, or filled in anew, is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pressed([u8; 32]);

impl Pressed {
    pub fn name(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl Said {
    /// Where their company is.
    pub(super) fn home(&self) -> Option<Zone> {
        self.1.get().cloned()
    }

    fn set(&self, level: usize, who: Vec<u8>) {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = said.get_mut(level) {
            *place = Some(who);
        }
    }

    fn all(&self) -> [Option<Vec<u8>>; 2] {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Bytes of the random part of a token, and of each of its tags.
const NONCE: usize = 12;
const TAG: usize = 16;

impl Visit {
    /// Says who is signed in; `None`: nobody. Said by the extractor that looked.
    pub fn is_of(&self, person: Option<&[&[u8]]>) {
        let mut who = Vec::new();
        for part in person.unwrap_or_default() {
            append(&mut who, part);
        }
        self.said.set(0, who);
    }

    /// Somebody looked, and nobody is signed in.
    pub fn is_nobodys(&self) -> bool {
        self.said.all()[0].as_ref().is_some_and(Vec::is_empty)
    }

    /// Says in which time zone their company is: for readers of whom nothing nearer is known.
    pub fn lives_in(&self, zone: Zone) {
        // What was said first stays.
        let _ = self.said.1.set(zone);
    }

    /// Says which form this request sent.
    pub(super) fn is_sending(&self, fields: &[(String, String)]) {
        let mut all = Vec::new();
        for part in fields.iter().flat_map(|(name, value)| [name, value]) {
            append(&mut all, part.as_bytes());
        }
        self.is_sending_all(&all);
    }

    /// The same, of all that the form holds.
    pub(super) fn is_sending_all(&self, all: &[u8]) {
        let mut message = Vec::new();
        for part in [b"sent", self.browser.as_bytes(), self.path.as_bytes()] {
            append(&mut message, part);
        }
        message.extend_from_slice(all);
        let _ = self.said.2.set(self.site.form_key.sign(&message));
    }

    /// The press that this request is; none where no form came in.
    pub fn pressed(&self) -> Option<Pressed> {
        self.sending().map(Pressed)
    }

    /// Names the form that this request sent, with all that was typed and the token that its page was given: a browser
    /// that sends the same once more says the same name, and nobody else can. `None`: no form was read.
    pub fn sending(&self) -> Option<[u8; 32]> {
        self.said.2.get().copied()
    }

    /// Says as which profile the person acts.
    pub fn acts_as(&self, profile: &[u8]) {
        self.said.set(1, profile.to_vec());
    }

    /// A form token for what this visit was said to be, and for no thing: fresh at every call, so that compressed
    /// pages do not give it away.
    pub fn form_token(&self) -> String {
        self.form_token_for(&Thing::default())
    }

    /// The same, for a form that acts on this thing.
    pub fn form_token_for(&self, thing: &Thing) -> String {
        let nonce = self.site.random.bytes::<NONCE>();
        let [person, profile] = self.said.all();
        let mut token = nonce.to_vec();
        for (label, value) in levels(Some(&[]), person.as_deref(), profile.as_deref(), Some(&thing.0)) {
            let tag = self.site.form_key.sign(&self.message(&nonce, label, value));
            token.extend_from_slice(tag.split_at(TAG).0);
        }
        URL_SAFE_NO_PAD.encode(token)
    }

    /// Compares a token with what this request was said to be. What nobody said is not compared: the door that did
    /// not look for a person acts for none.
    pub(super) fn judge(&self, token: &str, thing: &Thing) -> Result<(), Why> {
        let [person, profile] = self.said.all();
        self.compare(token, person.as_deref(), profile.as_deref(), Some(&thing.0))
    }

    /// Whether a token is of who this request was said to be, whatever it is for.
    pub(super) fn judge_visitor(&self, token: &str) -> Result<(), Why> {
        let [person, profile] = self.said.all();
        self.compare(token, person.as_deref(), profile.as_deref(), None)
    }

    /// Whether a token is of this browser, whoever uses it by now.
    pub(super) fn judge_browser(&self, token: &str) -> Result<(), Why> {
        self.compare(token, None, None, None)
    }

    /// Why a token is none of this browser's: whoever takes no cookies is told so.
    pub fn stale(&self) -> Why {
        if self.browser_is_new { Why::NoCookies } else { Why::Stale }
    }

    fn compare(
        &self,
        token: &str,
        person: Option<&[u8]>,
        profile: Option<&[u8]>,
        thing: Option<&[u8]>,
    ) -> Result<(), Why> {
        let bytes = URL_SAFE_NO_PAD.decode(token).unwrap_or_default();
        let (nonce, tags) = bytes.split_first_chunk::<NONCE>().ok_or(self.stale())?;
        if tags.len() != 4 * TAG {
            return Err(self.stale());
        }
        let whys = [self.stale(), Why::Person, Why::Profile, Why::Thing];
        let levels = levels(Some(&[]), person, profile, thing);
        for (((label, value), tag), why) in levels.into_iter().zip(tags.chunks(TAG)).zip(whys) {
            if value.is_some() && !self.site.form_key.verify(&self.message(nonce, label, value), tag) {
                return Err(why);
            }
        }
        Ok(())
    }

    fn message(&self, nonce: &[u8], label: &str, value: Option<&[u8]>) -> Vec<u8> {
        let mut message = Vec::new();
        let said: &[u8] = if value.is_some() { b"said" } else { b"unsaid" };
        for part in [nonce, label.as_bytes(), self.browser.as_bytes(), said, value.unwrap_or_default()] {
            append(&mut message, part);
        }
        message
    }
}

type Level<'a> = (&'static str, Option<&'a [u8]>);

fn levels<'a>(
    browser: Option<&'a [u8]>,
    person: Option<&'a [u8]>,
    profile: Option<&'a [u8]>,
    thing: Option<&'a [u8]>,
) -> [Level<'a>; 4] {
    [("browser", browser), ("person", person), ("profile", profile), ("thing", thing)]
}

impl Shell {
    /// A fresh form token: `<input type="hidden" name="form_token" value="…">`.
    pub fn form_token(&self) -> String {
        self.visit.form_token()
    }

    /// A fresh token for a form that acts on this thing.
    pub fn form_token_for(&self, thing: &Thing) -> String {
        self.visit.form_token_for(thing)
    }
}

#[cfg(test)]
mod tests;
