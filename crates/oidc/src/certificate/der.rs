//! The little of DER (X.690) that a certificate's outline needs; it knows no certificate.

use super::NotACertificate;

pub const BOOLEAN: u8 = 0x01;
pub const INTEGER: u8 = 0x02;
pub const BIT_STRING: u8 = 0x03;
pub const OCTET_STRING: u8 = 0x04;
pub const OBJECT_IDENTIFIER: u8 = 0x06;
pub const SEQUENCE: u8 = 0x30;
pub const SET: u8 = 0x31;

/// The tag of a constructed, context-specific element.
pub const fn context(number: u8) -> u8 {
    0xa0 | number
}

/// Elements one after the other.
#[derive(Clone, Copy)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next element's tag and content; none at the end.
    pub fn next(&mut self) -> Result<Option<(u8, &'a [u8])>, NotACertificate> {
        let Some((tag, rest)) = self.0.split_first() else { return Ok(None) };
        // Tags of several bytes do not occur in a certificate.
        if tag & 0x1f == 0x1f {
            return Err(NotACertificate);
        }
        let (length, rest) = length(rest)?;
        let (content, rest) = rest.split_at_checked(length).ok_or(NotACertificate)?;
        self.0 = rest;
        Ok(Some((*tag, content)))
    }

    /// The content of the next element, which must be of that tag.
    pub fn take(&mut self, tag: u8) -> Result<&'a [u8], NotACertificate> {
        match self.next()? {
            Some((found, content)) if found == tag => Ok(content),
            _ => Err(NotACertificate),
        }
    }

    pub fn enter(&mut self, tag: u8) -> Result<Self, NotACertificate> {
        self.take(tag).map(Self)
    }

    /// Passes over an element that may be there.
    pub fn skip_if(&mut self, tag: u8) -> Result<(), NotACertificate> {
        if self.0.first() == Some(&tag) {
            self.next()?;
        }
        Ok(())
    }

    /// Nothing may follow.
    pub fn end(&self) -> Result<(), NotACertificate> {
        if self.0.is_empty() { Ok(()) } else { Err(NotACertificate) }
    }
}

/// Definite lengths of up to three bytes (§10.1); longer ones are no certificate of ours.
fn length(bytes: &[u8]) -> Result<(usize, &[u8]), NotACertificate> {
    let (first, rest) = bytes.split_first().ok_or(NotACertificate)?;
    if *first < 0x80 {
        return Ok((usize::from(*first), rest));
    }
    let count = usize::from(first & 0x7f);
    if !(1..=3).contains(&count) {
        return Err(NotACertificate);
    }
    let (digits, rest) = rest.split_at_checked(count).ok_or(NotACertificate)?;
    Ok((digits.iter().fold(0, |sum, digit| (sum << 8) | usize::from(*digit)), rest))
}
