//! The `prompt` parameter (OIDC Core §3.1.2.1, Initiating User Registration §2); it does not know
//! who is signed in.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::error::OAuthError;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    None,
    Login,
    Consent,
    SelectAccount,
    Create,
}

impl Prompt {
    pub const ALL: [Self; 5] = [Self::None, Self::Login, Self::Consent, Self::SelectAccount, Self::Create];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
            Self::Create => "create",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }
}

/// What the client wants the person to be asked. `none` stands alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Prompts(BTreeSet<Prompt>);

impl Prompts {
    /// # Errors
    /// `invalid_request` for an unknown word, or `none` beside another.
    pub fn parse(text: &str) -> Result<Self, OAuthError> {
        let words: Option<BTreeSet<_>> =
            text.split(' ').filter(|word| !word.is_empty()).map(Prompt::parse).collect();
        let words = words.ok_or_else(|| {
            OAuthError::invalid_request("The parameter prompt holds a value that is not known.")
        })?;
        if words.contains(&Prompt::None) && words.len() > 1 {
            return Err(OAuthError::invalid_request("The prompt none cannot be combined with another."));
        }
        Ok(Self(words))
    }

    pub fn contains(&self, prompt: Prompt) -> bool {
        self.0.contains(&prompt)
    }
}

impl FromIterator<Prompt> for Prompts {
    fn from_iter<I: IntoIterator<Item = Prompt>>(prompts: I) -> Self {
        Self(prompts.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_may_be_combined_in_any_order() {
        let prompts = Prompts::parse("consent login").unwrap();
        assert!(prompts.contains(Prompt::Login) && prompts.contains(Prompt::Consent));
        assert!(!prompts.contains(Prompt::None));
        assert_eq!(prompts, Prompts::parse("login consent login").unwrap());
    }

    #[test]
    fn none_stands_alone_and_strangers_are_refused() {
        assert!(Prompts::parse("none").is_ok());
        for text in ["none login", "login none", "bogus", "login bogus", "NONE", "login,consent"] {
            assert!(Prompts::parse(text).is_err(), "{text}");
        }
    }
}
