//! The authorization endpoint's decisions: which request may be answered, what the person must do,
//! and the way back. It knows no page and no session row.

mod checks;
pub mod context;
pub mod object;
pub mod policy;
pub mod prompt;
pub mod request;
pub mod response;
pub mod step;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use policy::{Demands, Policy};
pub use prompt::{Prompt, Prompts};
pub use request::{Arrival, AuthorizationRequest, Endpoint, Refusal};
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

    /// A code comes back, to be redeemed at the token endpoint.
    pub const fn has_code(self) -> bool {
        matches!(self, Self::Code | Self::CodeIdToken | Self::CodeToken | Self::CodeIdTokenToken)
    }

    /// An ID token comes back from the authorization endpoint itself.
    pub const fn has_id_token(self) -> bool {
        matches!(self, Self::IdToken | Self::IdTokenToken | Self::CodeIdToken | Self::CodeIdTokenToken)
    }

    /// An access token comes back from the authorization endpoint itself.
    pub const fn has_token(self) -> bool {
        matches!(self, Self::Token | Self::IdTokenToken | Self::CodeToken | Self::CodeIdTokenToken)
    }

    /// Something comes back that must not stand in a query: hybrid and implicit.
    pub const fn is_front_channel(self) -> bool {
        self.has_id_token() || self.has_token()
    }
}

impl fmt::Display for ResponseType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How the answer travels back: OAuth 2.0 Multiple Response Types §2.1, Form Post Response Mode §2,
/// JARM §2.3. A new mode is a new variant here and an arm in [`response`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ResponseMode {
    #[default]
    #[serde(rename = "query")]
    Query,
    #[serde(rename = "fragment")]
    Fragment,
    #[serde(rename = "form_post")]
    FormPost,
    #[serde(rename = "query.jwt")]
    QueryJwt,
    #[serde(rename = "fragment.jwt")]
    FragmentJwt,
    #[serde(rename = "form_post.jwt")]
    FormPostJwt,
}

impl ResponseMode {
    pub const ALL: [Self; 6] =
        [Self::Query, Self::Fragment, Self::FormPost, Self::QueryJwt, Self::FragmentJwt, Self::FormPostJwt];

    /// The name that means [`ResponseMode::QueryJwt`] or [`ResponseMode::FragmentJwt`], whichever is
    /// the default of the response type (JARM §2.3.4).
    pub const JWT: &'static str = "jwt";

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Fragment => "fragment",
            Self::FormPost => "form_post",
            Self::QueryJwt => "query.jwt",
            Self::FragmentJwt => "fragment.jwt",
            Self::FormPostJwt => "form_post.jwt",
        }
    }

    /// The mode of that name, for an answer of that type.
    pub fn parse(name: &str, response_type: ResponseType) -> Option<Self> {
        if name == Self::JWT {
            return Some(match Self::default_of(response_type) {
                Self::Fragment => Self::FragmentJwt,
                _ => Self::QueryJwt,
            });
        }
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }

    /// Fragment where a token travels, query elsewhere (Multiple Response Types §2.1, §5).
    pub const fn default_of(response_type: ResponseType) -> Self {
        if response_type.is_front_channel() { Self::Fragment } else { Self::Query }
    }

    /// The answer is one signed JWT.
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::QueryJwt | Self::FragmentJwt | Self::FormPostJwt)
    }

    /// The answer stands in the query, where servers log it and referrers tell it.
    pub const fn is_in_query(self) -> bool {
        matches!(self, Self::Query | Self::QueryJwt)
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
