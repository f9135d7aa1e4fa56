//! The relying party: beginning and finishing sign-ins at the provider, reading what it signs, signing
//! out there. Knows no page, no cookie and no profile.
pub mod attempt;
pub mod exchange;
pub mod logout_token;
pub mod provider;
pub mod refresh;
pub mod security_event;
pub mod signed;

use std::{sync::Arc, time::Duration};

use openidconnect::core::CoreJwsSigningAlgorithm;
use platform::{Fault, clock::Moment, outbound::Outbound, random::Random, secrets::Keyring};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::config;
use provider::Provider;

/// How far the provider's clock may be off.
pub const SKEW: Duration = Duration::from_secs(60);

/// Where the provider sends people back to; registered there.
pub const REDIRECT_PATH: &str = "/signin/callback";
/// Where it sends them after signing out; registered there.
pub const POST_LOGOUT_PATH: &str = "/signed-out";
/// Where it posts logout tokens to; registered there.
pub const BACKCHANNEL_LOGOUT_PATH: &str = "/backchannel-logout";
/// Where it pushes security events to; may be registered there.
pub const SECURITY_EVENTS_PATH: &str = "/security-events";
/// What it loads in a frame when a person signs out there; may be registered there.
pub const FRONTCHANNEL_LOGOUT_PATH: &str = "/frontchannel-logout";
/// Where others send people who shall sign in; may be registered there (OIDC Core §4).
pub const INITIATE_LOGIN_PATH: &str = "/signin/initiate";

/// The key of a person: issuer and subject, nothing else (AS-14).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Subject {
    pub iss: String,
    pub sub: String,
}

/// Who signed in, by the provider's word.
#[derive(Clone, Debug)]
pub struct Identity {
    pub subject: Subject,
    /// The provider's session, if it names one.
    pub sid: Option<String>,
    /// When the person proved who they are; absent when the provider does not say.
    pub auth_time: Option<Moment>,
    /// How strongly; absent likewise.
    pub acr: Option<String>,
    /// Sign-in name, e-mail address or name: a label for pages, never a key.
    pub label: String,
    /// The Passport's own address, if the provider says that it is verified: for notices, never a key.
    pub email: Option<String>,
    pub id_token: String,
    /// For asking again later, where that is switched on.
    pub refresh_token: Option<String>,
}

/// Why a sign-in gave no identity.
#[derive(Debug)]
pub enum Failed {
    /// The provider refused, or what it said does not hold; the text is for the log.
    Refused(String),
    Fault(Fault),
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// The relying party. Cheap to clone.
#[derive(Clone)]
pub struct Rp(Arc<Inner>);

pub struct Inner {
    settings: config::Passport,
    redirect_uri: String,
    post_logout_uri: String,
    algorithm: CoreJwsSigningAlgorithm,
    provider: Provider,
    random: Random,
    seal: platform::secrets::Seal,
    session_mac: platform::secrets::Mac,
}

impl Rp {
    pub fn new(
        settings: &config::Passport,
        public_url: &str,
        outbound: Outbound,
        keyring: &Keyring,
        random: Random,
    ) -> Result<Self, Fault> {
        let algorithm = serde_json::from_value(settings.signing_alg.clone().into()).map_err(Fault::bug)?;
        Ok(Self(Arc::new(Inner {
            settings: settings.clone(),
            redirect_uri: format!("{public_url}{REDIRECT_PATH}"),
            post_logout_uri: format!("{public_url}{POST_LOGOUT_PATH}"),
            algorithm,
            provider: Provider::new(settings, outbound)?,
            random,
            seal: keyring.seal("sign-in"),
            session_mac: keyring.mac("session of a sign-in"),
        })))
    }

    pub fn issuer(&self) -> &str {
        &self.0.settings.issuer
    }

    fn scope(&self) -> &'static str {
        if self.refreshes() { "openid profile email offline_access" } else { "openid profile email" }
    }

    /// Signed-in people are asked about again and again.
    pub fn refreshes(&self) -> bool {
        self.0.settings.refresh_minutes > 0
    }

    pub fn provider(&self) -> &Provider {
        &self.0.provider
    }

    /// The address that signs the person out at the provider and comes back with `state`
    /// (OIDC RP-Initiated Logout §2); `None` when the provider has none.
    pub async fn sign_out_url(
        &self,
        now: Moment,
        id_token: &str,
        state: &str,
    ) -> Result<Option<String>, Fault> {
        let metadata = self.0.provider.metadata(now).await?;
        let Some(endpoint) = &metadata.additional_metadata().end_session_endpoint else { return Ok(None) };
        let mut url = Url::parse(endpoint).map_err(Fault::unavailable)?;
        url.query_pairs_mut()
            .append_pair("id_token_hint", id_token)
            .append_pair("post_logout_redirect_uri", &self.0.post_logout_uri)
            .append_pair("state", state);
        Ok(Some(url.into()))
    }
}

#[cfg(test)]
mod tests;
