//! The mark of a sign-in page that one authorization request opened: when, and for which request exactly.
use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::{
    clock::Moment,
    secrets::{Keyring, Mac},
};

/// How long a person may take to sign in before the request begins anew.
const LIFETIME: Duration = Duration::from_secs(30 * 60);
const NAME: &str = "interaction";

/// What a page remembers of the request that opened it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When the person first came with this request: what was good then is good now.
    pub first: Moment,
    /// When the page was opened: a sign-in since then was made for this request.
    pub begun: Moment,
    /// The person picked the account on a page of this request.
    pub chosen: bool,
}

impl Mark {
    pub fn new(now: Moment) -> Self {
        Self { first: now, begun: now, chosen: false }
    }

    fn encoded(&self) -> [u8; LENGTH] {
        let mut out = [0; LENGTH];
        let times = [self.first, self.begun].map(|time| time.unix_millis().to_be_bytes());
        let bytes = times.as_flattened().iter().copied().chain([u8::from(self.chosen)]);
        out.iter_mut().zip(bytes).for_each(|(target, byte)| *target = byte);
        out
    }

    fn decoded(bytes: &[u8; LENGTH]) -> Option<Self> {
        let (first, rest) = bytes.split_first_chunk::<8>()?;
        let (begun, chosen) = rest.split_first_chunk::<8>()?;
        let time = |bytes: &[u8; 8]| Moment::from_unix_millis(i64::from_be_bytes(*bytes));
        Some(Self { first: time(first), begun: time(begun), chosen: chosen == [1] })
    }
}

/// Two times and a flag.
const LENGTH: usize = 17;

/// Makes and reads marks. Without one, `prompt=login` would loop; with a forged one, it would be skipped.
pub struct Interactions(Mac);

impl Interactions {
    pub fn new(keyring: &Keyring) -> Self {
        Self(keyring.mac("interaction"))
    }

    /// The query with a mark behind it.
    pub fn mark(&self, query: &str, mark: Mark) -> String {
        let mark = mark.encoded();
        let tag = self.0.sign(&[mark.as_slice(), query.as_bytes()].concat());
        format!("{query}&{NAME}={}", URL_SAFE_NO_PAD.encode([mark.as_slice(), tag.as_slice()].concat()))
    }

    /// The query without its mark, and the mark, if it is ours, of this very query, and not too old.
    pub fn read<'a>(&self, marked: &'a str, now: Moment) -> (&'a str, Option<Mark>) {
        let Some((query, mark)) = marked.rsplit_once(&format!("&{NAME}=")) else { return (marked, None) };
        let mark = URL_SAFE_NO_PAD.decode(mark).ok().and_then(|bytes| {
            let (mark, tag) = bytes.split_first_chunk::<LENGTH>()?;
            let good = tag.len() == 32 && self.0.verify(&[mark.as_slice(), query.as_bytes()].concat(), tag);
            Mark::decoded(mark).filter(|_| good)
        });
        (query, mark.filter(|mark| mark.begun <= now && now.since(mark.begun) < LIFETIME))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn br_10_a_mark_counts_for_its_own_request_and_for_half_an_hour() {
        let interactions = Interactions::new(&Keyring::from_bytes([1; 32]));
        let begun = Moment::from_unix_seconds(1_000);
        let mark = Mark { first: Moment::from_unix_seconds(900), begun, chosen: true };
        let marked = interactions.mark("client_id=a&prompt=login", mark);
        assert_eq!(interactions.read(&marked, begun), ("client_id=a&prompt=login", Some(mark)));
        let late = begun + LIFETIME;
        assert_eq!(interactions.read(&marked, late).1, None, "too old");
        let other = marked.replace("client_id=a", "client_id=b");
        assert_eq!(interactions.read(&other, begun), ("client_id=b&prompt=login", None));
        assert_eq!(interactions.read("client_id=a&interaction=AAAA", begun), ("client_id=a", None));
        assert_eq!(interactions.read("client_id=a", begun), ("client_id=a", None));
    }
}
