//! The `claims` parameter (OIDC Core §5.5): single claims that a client asks for beside its scopes. It
//! does not know what is true of the person.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{BY_SCOPE, StandardClaims};
use crate::{error::OAuthError, plain, scope::Scopes};

/// What is asked for, by place. Members that the document does not know were dropped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimsRequest {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub userinfo: Wishes,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub id_token: Wishes,
}

/// Single claims by name.
pub type Wishes = BTreeMap<String, Wish>;

/// One claim that is asked for (OIDC Core §5.5.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wish {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub essential: bool,
    /// The values that would do, by preference; empty when any would.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
}

impl Wish {
    /// Whether this value is one that was asked for.
    pub fn accepts(&self, value: &Value) -> bool {
        self.values.is_empty() || self.values.contains(value)
    }

    /// The values that are texts.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.values.iter().filter_map(Value::as_str)
    }
}

/// Longest text that is read, in bytes.
pub const MAX: usize = 4096;
/// Most claims in one place.
const MAX_WISHES: usize = 50;
/// Claims of the ID token itself that a wish may speak of.
const OF_THE_TOKEN: [&str; 3] = ["sub", "acr", "auth_time"];

impl ClaimsRequest {
    /// Reads the parameter.
    ///
    /// # Errors
    /// `invalid_request` for anything but the shape of OIDC Core §5.5: an object of objects, whose
    /// members are null or objects with a boolean `essential`, a `value` or a list `values`.
    pub fn parse(text: &str) -> Result<Self, OAuthError> {
        read(text).ok_or_else(|| {
            OAuthError::invalid_request(
                "The parameter claims does not have the form of OIDC Core section 5.5.",
            )
        })
    }

    /// What is left after the client's registration had its say: a claim is released to those only
    /// who may ask for the scope that stands for it. Claims that do not exist are dropped.
    #[must_use]
    pub fn within(self, registered: &Scopes) -> Self {
        let may = |name: &str| {
            BY_SCOPE.iter().any(|(scope, claims)| registered.contains(scope) && claims.contains(&name))
        };
        let kept = |wishes: Wishes, of_token: &[&str]| {
            wishes.into_iter().filter(|(name, _)| may(name) || of_token.contains(&name.as_str())).collect()
        };
        Self { userinfo: kept(self.userinfo, &["sub"]), id_token: kept(self.id_token, &OF_THE_TOKEN) }
    }

    pub fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }

    /// The one person that the answer must be about, if the client says who (OIDC Core §5.5.1.1).
    pub fn subject(&self) -> Option<&str> {
        [&self.id_token, &self.userinfo].into_iter().find_map(|wishes| wishes.get("sub")?.texts().next())
    }

    /// The whole as text, the same for the same wishes.
    pub fn canonical(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| format!("{self:?}"))
    }

    /// Both places together, for the person who is asked to agree.
    pub fn everywhere(&self) -> Wishes {
        self.userinfo.clone().into_iter().chain(self.id_token.clone()).collect()
    }
}

fn read(text: &str) -> Option<ClaimsRequest> {
    if text.len() > MAX {
        return None;
    }
    let Value::Object(all) = plain::json(text.as_bytes())? else { return None };
    let place = |name: &str| match all.get(name) {
        None | Some(Value::Null) => Some(Wishes::new()),
        Some(Value::Object(members)) if members.len() <= MAX_WISHES => {
            members.iter().map(|(name, wish)| Some((name.clone(), one(wish)?))).collect()
        }
        Some(_) => None,
    };
    Some(ClaimsRequest { userinfo: place("userinfo")?, id_token: place("id_token")? })
}

fn one(wish: &Value) -> Option<Wish> {
    let members = match wish {
        Value::Null => return Some(Wish::default()),
        Value::Object(members) => members,
        _ => return None,
    };
    let essential = match members.get("essential") {
        None => false,
        Some(essential) => essential.as_bool()?,
    };
    let values = match (members.get("value"), members.get("values")) {
        (None, None) => Vec::new(),
        (Some(value), None) => vec![value.clone()],
        (None, Some(Value::Array(values))) => values.clone(),
        _ => return None,
    };
    Some(Wish { essential, values })
}

/// What is released: by the scopes, and by single wishes whose value is one that was asked for.
pub fn released_with(known: &StandardClaims, scope: &Scopes, wishes: &Wishes) -> StandardClaims {
    let released = super::released(known, scope);
    if wishes.is_empty() {
        return released;
    }
    // Claims are chosen by name, which is how JSON holds them.
    let (Ok(Value::Object(all)), Ok(Value::Object(mut chosen))) =
        (serde_json::to_value(known), serde_json::to_value(&released))
    else {
        return released;
    };
    for (name, wish) in wishes {
        if let Some(value) = all.get(name).filter(|value| wish.accepts(value)) {
            chosen.insert(name.clone(), value.clone());
        }
    }
    serde_json::from_value(Value::Object(chosen)).unwrap_or(released)
}

#[cfg(test)]
mod tests;
