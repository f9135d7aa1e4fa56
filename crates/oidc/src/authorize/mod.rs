//! The authorization endpoint's decisions: which request may be answered, what the person must do,
//! and the way back. It knows no page and no session row.

mod checks;
pub mod prompt;
pub mod request;
pub mod response;
pub mod step;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use prompt::{Prompt, Prompts};
pub use request::{AuthorizationRequest, Policy, Refusal};
pub use response::ReturnAddress;

/// Every registered `response_type` (OAuth 2.0 Multiple Response Type Encoding Practices §3–5);
/// which of them is enabled is for [`Policy`] and the client to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ResponseType {
    #[serde(rename = "code")]
    Code,
    #[serde(rename = "id_token")]
    IdToken,
    #[serde(rename = "token")]
    Token,
    #[serde(rename = "id_token token")]
    IdTokenToken,
    #[serde(rename = "code id_token")]
    CodeIdToken,
    #[serde(rename = "code token")]
    CodeToken,
    #[serde(rename = "code id_token token")]
    CodeIdTokenToken,
    #[serde(rename = "none")]
    None,
}

impl ResponseType {
    pub const ALL: [Self; 8] = [
        Self::Code,
        Self::IdToken,
        Self::Token,
        Self::IdTokenToken,
        Self::CodeIdToken,
        Self::CodeToken,
        Self::CodeIdTokenToken,
        Self::None,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::IdToken => "id_token",
            Self::Token => "token",
            Self::IdTokenToken => "id_token token",
            Self::CodeIdToken => "code id_token",
            Self::CodeToken => "code token",
            Self::CodeIdTokenToken => "code id_token token",
            Self::None => "none",
        }
    }

    /// Reads the words in any order (RFC 6749 §3.1.1).
    pub fn parse(text: &str) -> Option<Self> {
        let sorted = |text: &str| {
            let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            words.sort();
            words
        };
        let asked = sorted(text);
        Self::ALL.into_iter().find(|known| sorted(known.as_str()) == asked)
    }
}

impl fmt::Display for ResponseType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How the answer travels back. A new mode is a new variant here and an arm in [`response`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    #[default]
    Query,
}

impl ResponseMode {
    pub const ALL: [Self; 1] = [Self::Query];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }
}

/// `display` of OIDC Core §3.1.2.1: a wish, never an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Display {
    #[default]
    Page,
    Popup,
    Touch,
    Wap,
}

impl Display {
    pub(crate) fn parse(text: &str) -> Self {
        match text {
            "popup" => Self::Popup,
            "touch" => Self::Touch,
            "wap" => Self::Wap,
            _ => Self::Page,
        }
    }
}
