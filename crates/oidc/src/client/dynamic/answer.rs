//! A registration as its owner is told of it (RFC 7591 §3.2.1): registered member names alone.

use serde_json::{Map, Value};

use crate::client::{AuthMethod, Client};

/// Members that are our own, or that say nothing to a client.
const OUR_OWN: [&str; 14] = [
    "require_pkce",
    "trusted",
    "claims_in_id_token",
    "access_token_format",
    "refresh_grace",
    "resources",
    "serves",
    "token_exchange",
    "profile",
    "listed",
    "verified_email_only",
    "vouched",
    "disabled",
    "held",
];

/// The client's metadata, without secret and tokens.
pub fn metadata(client: &Client) -> Map<String, Value> {
    let mut members = match serde_json::to_value(client) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    };
    for name in OUR_OWN {
        members.remove(name);
    }
    if client.token_endpoint_auth_method == AuthMethod::ClientSecret {
        let registered = AuthMethod::ClientSecretBasic.as_str();
        members.insert("token_endpoint_auth_method".to_owned(), registered.into());
    }
    members
}
