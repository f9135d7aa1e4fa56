//! Names that are handed out and come back, stored nowhere: fields and the MAC of all of them, as one word. Knows no
//! purpose itself.
use std::marker::PhantomData;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

use super::{Keyring, Mac};
use crate::clock::Moment;

const TAG: usize = 32;
/// Of a word that comes back, in characters; what is longer is none of ours.
const LONGEST: usize = 12 * 1024;

/// Makes and reads the names of one purpose. Whoever has no key can make none, and what was made for another purpose
/// is none (INV-2).
pub struct Named<T> {
    mac: Mac,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Named<T> {
    fn clone(&self) -> Self {
        Self { mac: self.mac.clone(), of: PhantomData }
    }
}

impl<T: Field> Named<T> {
    pub fn new(keyring: &Keyring, purpose: &str) -> Self {
        Self { mac: keyring.mac(purpose), of: PhantomData }
    }

    /// The word for `what`: base64url, the same each time.
    pub fn name(&self, what: &T) -> String {
        self.name_beside(what, b"")
    }

    /// What a word names, if it is ours.
    pub fn read(&self, word: &str) -> Option<T> {
        self.read_beside(word, b"")
    }

    /// The same for a word that counts only together with `beside`, which does not stand in it.
    pub fn name_beside(&self, what: &T, beside: &[u8]) -> String {
        let mut name = Vec::new();
        what.write(&mut name);
        let tag = self.mac.sign(&[&name, beside].concat());
        URL_SAFE_NO_PAD.encode([name.as_slice(), &tag].concat())
    }

    pub fn read_beside(&self, word: &str, beside: &[u8]) -> Option<T> {
        if word.len() > LONGEST {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(word).ok()?;
        let (name, tag) = bytes.split_at_checked(bytes.len().checked_sub(TAG)?)?;
        if self.mac.verify(&[name, beside].concat(), tag) { T::whole(name) } else { None }
    }
}

/// What is left of a name that is being read.
pub struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    pub fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    /// Two bytes of length, then the text.
    pub fn text(&mut self) -> Option<String> {
        let length = usize::from(u16::from_be_bytes(self.bytes()?));
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        str::from_utf8(text).ok().map(str::to_owned)
    }
}

/// A part of a name, or the whole of one. What [`Field::write`] wrote, [`Field::read`] reads, and no more.
pub trait Field: Sized {
    fn write(&self, to: &mut Vec<u8>);
    fn read(from: &mut Rest<'_>) -> Option<Self>;

    /// What these bytes are, all of them.
    fn whole(name: &[u8]) -> Option<Self> {
        let mut rest = Rest(name);
        Self::read(&mut rest).filter(|_| rest.0.is_empty())
    }
}

impl Field for Uuid {
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.as_bytes());
    }
    fn read(from: &mut Rest<'_>) -> Option<Self> {
        from.bytes().map(Self::from_bytes)
    }
}

impl Field for i32 {
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.to_be_bytes());
    }
    fn read(from: &mut Rest<'_>) -> Option<Self> {
        from.bytes().map(Self::from_be_bytes)
    }
}

/// To the millisecond.
impl Field for Moment {
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.unix_millis().to_be_bytes());
    }
    fn read(from: &mut Rest<'_>) -> Option<Self> {
        from.bytes().map(|millis| Self::from_unix_millis(i64::from_be_bytes(millis)))
    }
}

impl Field for bool {
    fn write(&self, to: &mut Vec<u8>) {
        to.push((*self).into());
    }
    fn read(from: &mut Rest<'_>) -> Option<Self> {
        match from.bytes()? {
            [0] => Some(false),
            [1] => Some(true),
            _ => None,
        }
    }
}

impl<A: Field, B: Field> Field for (A, B) {
    fn write(&self, to: &mut Vec<u8>) {
        self.0.write(to);
        self.1.write(to);
    }
    fn read(from: &mut Rest<'_>) -> Option<Self> {
        Some((A::read(from)?, B::read(from)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Pair = (Uuid, (i32, bool));

    fn names(key: u8, purpose: &str) -> Named<Pair> {
        Named::new(&Keyring::from_bytes([key; 32]), purpose)
    }

    const PAIR: Pair = (Uuid::from_u128(7), (-3, true));

    #[test]
    fn a_name_is_read_back_for_its_own_purpose_with_its_own_key_only() {
        let word = names(1, "undo").name(&PAIR);
        assert_eq!(names(1, "undo").read(&word), Some(PAIR));
        assert_eq!(names(1, "stop").read(&word), None);
        assert_eq!(names(2, "undo").read(&word), None);
        let older = Named::<Uuid>::new(&Keyring::from_bytes([1; 32]), "undo");
        assert_eq!(older.read(&word), None, "fields that are left over");
        assert_eq!(names(1, "undo").read(&older.name(&PAIR.0)), None, "fields that are missing");
    }

    #[test]
    fn what_stands_beside_a_name_counts_and_is_not_in_it() {
        let word = names(1, "mark").name_beside(&PAIR, b"query");
        assert_eq!(names(1, "mark").read_beside(&word, b"query"), Some(PAIR));
        assert_eq!(names(1, "mark").read_beside(&word, b"other"), None);
        assert_eq!(names(1, "mark").read(&word), None);
        assert_eq!(word.len(), names(1, "mark").name(&PAIR).len());
    }

    #[test]
    fn a_word_that_was_changed_anywhere_is_none() {
        let word = names(1, "undo").name(&PAIR);
        for place in 0..word.len() {
            let mut changed = word.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            assert_eq!(names(1, "undo").read(str::from_utf8(&changed).unwrap()), None, "{place}");
        }
        for other in
            ["", "x", "====", word.split_at(1).1, &format!("{word}A"), &format!("{word}="), &"ä".repeat(43)]
        {
            assert_eq!(names(1, "undo").read(other), None, "{other}");
        }
        assert_eq!(names(1, "undo").read(&"A".repeat(LONGEST + 1)), None);
    }
}
