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

/// Makes and reads marks. Without one, `prompt=login` would loop; with a forged one, it would be skipped.
pub struct Interactions(Mac);

impl Interactions {
    pub fn new(keyring: &Keyring) -> Self {
        Self(keyring.mac("interaction"))
    }

    /// The query with the mark of a page opened `now` behind it.
    pub fn mark(&self, query: &str, now: Moment) -> String {
        let begun = now.unix_millis().to_be_bytes();
        let tag = self.0.sign(&[begun.as_slice(), query.as_bytes()].concat());
        format!("{query}&{NAME}={}", URL_SAFE_NO_PAD.encode([begun.as_slice(), tag.as_slice()].concat()))
    }

    /// The query without its mark, and when the page was opened, if the mark is ours, of this very query,
    /// and not too old.
    pub fn read<'a>(&self, marked: &'a str, now: Moment) -> (&'a str, Option<Moment>) {
        let Some((query, mark)) = marked.rsplit_once(&format!("&{NAME}=")) else { return (marked, None) };
        let begun = URL_SAFE_NO_PAD.decode(mark).ok().and_then(|bytes| {
            let (begun, tag) = bytes.split_first_chunk::<8>()?;
            let good = tag.len() == 32 && self.0.verify(&[begun.as_slice(), query.as_bytes()].concat(), tag);
            good.then(|| Moment::from_unix_millis(i64::from_be_bytes(*begun)))
        });
        (query, begun.filter(|begun| *begun <= now && now.since(*begun) < LIFETIME))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn br_10_a_mark_counts_for_its_own_request_and_for_half_an_hour() {
        let interactions = Interactions::new(&Keyring::from_bytes([1; 32]));
        let begun = Moment::from_unix_seconds(1_000);
        let marked = interactions.mark("client_id=a&prompt=login", begun);
        assert_eq!(interactions.read(&marked, begun), ("client_id=a&prompt=login", Some(begun)));
        let late = begun + LIFETIME;
        assert_eq!(interactions.read(&marked, late).1, None, "too old");
        let other = marked.replace("client_id=a", "client_id=b");
        assert_eq!(interactions.read(&other, begun), ("client_id=b&prompt=login", None));
        assert_eq!(interactions.read("client_id=a&interaction=AAAA", begun), ("client_id=a", None));
        assert_eq!(interactions.read("client_id=a", begun), ("client_id=a", None));
    }
}
