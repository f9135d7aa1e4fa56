//! Sets of scopes with the syntax of RFC 6749 §3.3; it does not know who may have which.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub const OPENID: &str = "openid";
pub const PROFILE: &str = "profile";
pub const EMAIL: &str = "email";
pub const ADDRESS: &str = "address";
pub const PHONE: &str = "phone";
pub const OFFLINE_ACCESS: &str = "offline_access";

/// A set of scope tokens. Order and repetition in the text are irrelevant (RFC 6749 §3.3); it is
/// written in alphabetical order, one space between tokens, so equal sets are equal texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scopes(BTreeSet<String>);

/// A scope holds a character that RFC 6749 §3.3 does not allow, or there are too many of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("scope must be words of printable ASCII without quotes or backslashes, parted by spaces")]
pub struct ScopeSyntax;

impl Scopes {
    /// Most tokens in one set.
    pub const MAX: usize = 100;

    /// Reads space-separated tokens. Extra spaces are forgiven; the empty text is the empty set.
    ///
    /// # Errors
    /// [`ScopeSyntax`] for any character outside `%x21 / %x23-5B / %x5D-7E`, or too many tokens.
    pub fn parse(text: &str) -> Result<Self, ScopeSyntax> {
        let tokens: BTreeSet<String> =
            text.split(' ').filter(|token| !token.is_empty()).map(str::to_owned).collect();
        let lawful = tokens.iter().all(|token| token.bytes().all(is_nqchar));
        if lawful && tokens.len() <= Self::MAX { Ok(Self(tokens)) } else { Err(ScopeSyntax) }
    }

    pub fn contains(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn is_subset_of(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// What both sets hold.
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).cloned().collect())
    }

    /// What either set holds.
    /// Those that the other has not.
    pub fn beyond(&self, other: &Self) -> Vec<&str> {
        self.iter().filter(|scope| !other.contains(scope)).collect()
    }

    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }

    /// The same set without one scope.
    pub fn without(mut self, scope: &str) -> Self {
        self.0.remove(scope);
        self
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

fn is_nqchar(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e)
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, scope) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope)?;
        }
        Ok(())
    }
}

impl FromStr for Scopes {
    type Err = ScopeSyntax;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for Scopes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scopes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn order_repetition_and_extra_spaces_do_not_matter() {
        let one = Scopes::parse("openid  email openid ").unwrap();
        assert_eq!(one, Scopes::parse("email openid").unwrap());
        assert_eq!(one.to_string(), "email openid");
    }

    #[test]
    fn case_matters() {
        assert!(!Scopes::parse("OpenID").unwrap().contains(OPENID));
    }

    #[test]
    fn unlawful_characters_are_refused() {
        for text in ["a\"b", "a\\b", "a\tb", "a\nb", "é", "a\0", "\u{7f}"] {
            assert_eq!(Scopes::parse(text), Err(ScopeSyntax), "{text:?}");
        }
    }

    #[test]
    fn a_set_is_stored_as_one_text() {
        let scopes = Scopes::parse("openid email").unwrap();
        assert_eq!(serde_json::to_string(&scopes).unwrap(), "\"email openid\"");
        assert_eq!(serde_json::from_str::<Scopes>("\"openid email\"").unwrap(), scopes);
        assert!(serde_json::from_str::<Scopes>("\"a\\\\b\"").is_err());
    }

    #[test]
    fn too_many_scopes_are_refused() {
        let text = (0..=Scopes::MAX).map(|n| format!("s{n}")).collect::<Vec<_>>().join(" ");
        assert_eq!(Scopes::parse(&text), Err(ScopeSyntax));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in ".*") {
            if let Ok(scopes) = Scopes::parse(&text) {
                prop_assert_eq!(Scopes::parse(&scopes.to_string()), Ok(scopes));
            }
        }
    }
}
