//! Devices that wait for a person's answer (RFC 8628). Knows no page and no token.
pub mod entity;
pub mod store;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use oidc::{scope::Scopes, token::device::State};
use platform::{
    clock::Moment,
    secrets::{Keyring, Mac},
};

use crate::grant::GrantId;

platform::id!(
    /// Names a device's request; the device code is its MACed name.
    DeviceId
);

/// How a user code is found: its MAC, so that the table holds none that could be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserCodeTag(String);

/// Makes the tags of user codes.
#[derive(Clone)]
pub struct UserCodes(Mac);

impl UserCodes {
    pub fn new(keyring: &Keyring) -> Self {
        Self(keyring.mac("user code"))
    }

    /// The tags of a user code, that of the newest key first.
    pub fn tags(&self, code: &str) -> Vec<UserCodeTag> {
        self.0.all(code.as_bytes()).map(|tag| UserCodeTag(URL_SAFE_NO_PAD.encode(tag))).collect()
    }
}

/// A request as it was found.
#[derive(Clone, Debug)]
pub struct Device {
    pub id: DeviceId,
    pub client_id: String,
    pub scope: Scopes,
    pub resource: Vec<String>,
    pub state: State,
    /// The grant that the person's yes made.
    pub grant: Option<GrantId>,
    pub ends_at: Moment,
}

/// What a device's request writes down.
#[derive(Clone, Debug)]
pub struct NewDevice {
    pub id: DeviceId,
    pub client_id: String,
    pub scope: Scopes,
    pub resource: Vec<String>,
    /// Seconds between two polls.
    pub interval: i32,
    pub ends_at: Moment,
}
