//! The mark of a sign-in page that one authorization request opened: when, and for which request exactly.
use std::time::Duration;

use platform::{
    clock::Moment,
    secrets::{Field, Keyring, Named, Rest},
};

use crate::client::request_object::Coming;

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
}

impl Mark {
    /// When the visit of this request began, which is `now` before it has a mark.
    pub fn coming(mark: Option<Self>, now: Moment) -> Coming {
        Coming { at: mark.map_or(now, |mark| mark.first), again: mark.is_some() }
    }
}

impl Field for Mark {
    fn write(&self, to: &mut Vec<u8>) {
        self.first.write(to);
        self.begun.write(to);
        self.chosen.write(to);
    }

    fn read(from: &mut Rest<'_>) -> Option<Self> {
        Some(Self { first: Field::read(from)?, begun: Field::read(from)?, chosen: Field::read(from)? })
    }
}

/// Makes and reads marks. Without one, `prompt=login` would loop; with a forged one, it would be skipped.
pub struct Interactions(Named<Mark>);

impl Interactions {
    pub fn new(keyring: &Keyring) -> Self {
        Self(Named::new(keyring, "interaction"))
    }

    /// The query with a mark behind it.
    pub fn mark(&self, query: &str, mark: Mark) -> String {
        format!("{query}&{NAME}={}", self.0.name_beside(&mark, query.as_bytes()))
    }

    /// The query without its mark, and the mark, if it is ours, of this very query, and not too old.
    pub fn read<'a>(&self, marked: &'a str, now: Moment) -> (&'a str, Option<Mark>) {
        let Some((query, mark)) = marked.rsplit_once(&format!("&{NAME}=")) else { return (marked, None) };
        let mark = self.0.read_beside(mark, query.as_bytes());
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
