//! What can be said about a person in standard claims (OIDC Core §5.1) and which scope releases it
//! (§5.4). It does not know where the facts come from.

pub mod wishes;

use serde::{Deserialize, Serialize};

use crate::scope::{ADDRESS, EMAIL, PHONE, PROFILE, Scopes};

/// The standard claims except `sub`. An absent or empty claim is left out when written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StandardClaims {
    #[serde(skip_serializing_if = "is_absent")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub given_name: Option<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub family_name: Option<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub middle_name: Option<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub nickname: Option<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub preferred_username: Option<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub profile: Option<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub picture: Option<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub website: Option<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub email: Option<String>,
    /// A JSON boolean, never text; left out when there is no `email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<bool>,
    #[serde(skip_serializing_if = "is_absent")]
    pub gender: Option<String>,
    /// `YYYY-MM-DD`, `0000-MM-DD` or `YYYY`.
    #[serde(skip_serializing_if = "is_absent")]
    pub birthdate: Option<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub zoneinfo: Option<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub locale: Option<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub phone_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number_verified: Option<bool>,
    #[serde(skip_serializing_if = "no_address")]
    pub address: Option<Address>,
    /// Unix seconds, a JSON number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<i64>,
}

/// The `address` claim (OIDC Core §5.1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    #[serde(skip_serializing_if = "is_absent")]
    pub formatted: Option<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub street_address: Option<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub locality: Option<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub region: Option<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub postal_code: Option<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub country: Option<String>,
}

impl Address {
    fn is_empty(&self) -> bool {
        let Self { formatted, street_address, locality, region, postal_code, country } = self;
        [formatted, street_address, locality, region, postal_code, country].into_iter().all(is_absent)
    }
}

fn is_absent(text: &Option<String>) -> bool {
    text.as_deref().is_none_or(str::is_empty)
}

fn no_address(address: &Option<Address>) -> bool {
    address.as_ref().is_none_or(Address::is_empty)
}

/// The UserInfo answer (OIDC Core §5.3.2): the subject and what its scopes release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UserInfo {
    pub sub: String,
    #[serde(flatten)]
    pub claims: StandardClaims,
}

impl UserInfo {
    pub fn new(sub: impl Into<String>, known: &StandardClaims, scope: &Scopes) -> Self {
        Self { sub: sub.into(), claims: released(known, scope) }
    }

    /// The same with what the `claims` parameter asked for.
    pub fn with(
        sub: impl Into<String>,
        known: &StandardClaims,
        scope: &Scopes,
        wishes: &wishes::Wishes,
    ) -> Self {
        Self { sub: sub.into(), claims: wishes::released_with(known, scope, wishes) }
    }
}

/// The claims that each scope stands for, for the metadata document as well.
pub const BY_SCOPE: [(&str, &[&str]); 4] = [
    (
        PROFILE,
        &[
            "name",
            "given_name",
            "family_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
    ),
    (EMAIL, &["email", "email_verified"]),
    (PHONE, &["phone_number", "phone_number_verified"]),
    (ADDRESS, &["address"]),
];

/// What of the known claims these scopes release (OIDC Core §5.4). `…_verified` never stands without
/// the thing that was verified.
pub fn released(known: &StandardClaims, scope: &Scopes) -> StandardClaims {
    let mut out = StandardClaims::default();
    if scope.contains(PROFILE) {
        out = StandardClaims {
            email: None,
            email_verified: None,
            phone_number: None,
            phone_number_verified: None,
            address: None,
            ..known.clone()
        };
    }
    if scope.contains(EMAIL) && !is_absent(&known.email) {
        out.email.clone_from(&known.email);
        out.email_verified = known.email_verified;
    }
    if scope.contains(PHONE) && !is_absent(&known.phone_number) {
        out.phone_number.clone_from(&known.phone_number);
        out.phone_number_verified = known.phone_number_verified;
    }
    if scope.contains(ADDRESS) {
        out.address.clone_from(&known.address);
    }
    out
}

#[cfg(test)]
mod tests;
