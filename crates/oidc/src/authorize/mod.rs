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

use serde::{Deserialize, Serialize};

pub use policy::{Demands, Policy};
pub use prompt::{Prompt, Prompts};
pub use request::{Arrival, AuthorizationRequest, Endpoint, Refusal};
pub use response::ReturnAddress;

pub use crate::wire::ResponseType;

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
