//! Passport's settings: one struct a section, defaults that run on this machine as they stand.
use oidc::{assurance::Level, authorize::context::Context};
use platform::{
    clock::Moment,
    config::{self, Problem},
    texts::Brand,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

mod guessing;
mod passkeys;
mod password;
mod resources;

pub use guessing::{Guessing, ManagedDomains, Operators, Recovery};
pub use passkeys::Passkeys;
pub use password::Password;
pub use resources::Resources;

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    pub server: config::Server,
    pub metrics: config::Metrics,
    pub database: config::Database,
    pub mail: config::Mail,
    pub outbox: config::Outbox,
    pub limits: config::Limits,
    pub outbound: config::Outbound,
    pub secrets: config::Secrets,
    pub log: config::Log,
    pub brand: Brand,
    pub sign_up: SignUp,
    pub session: Session,
    pub closing: Closing,
    pub tokens: Tokens,
    pub client_certificates: ClientCertificates,
    pub password: Password,
    pub passkeys: Passkeys,
    pub keys: Keys,
    pub tls: config::Tls,
    pub registration: Registration,
    pub resources: Resources,
    pub protocol: Protocol,
    pub guessing: Guessing,
    pub recovery: Recovery,
    pub managed_domains: ManagedDomains,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            server: config::Server {
                listen: "127.0.0.1:8081".into(),
                public_url: "http://localhost:8081".into(),
                ..Default::default()
            },
            metrics: Default::default(),
            database: config::Database { url: "sqlite:data/passport.db".into(), ..Default::default() },
            mail: Default::default(),
            outbox: Default::default(),
            limits: Default::default(),
            outbound: Default::default(),
            secrets: Default::default(),
            log: Default::default(),
            brand: Brand::default(),
            sign_up: SignUp::default(),
            session: Session::default(),
            closing: Closing::default(),
            tokens: Tokens::default(),
            client_certificates: ClientCertificates::default(),
            password: Password::default(),
            passkeys: Passkeys::default(),
            keys: Keys::default(),
            tls: Default::default(),
            registration: Registration::default(),
            resources: Resources::default(),
            protocol: Protocol::default(),
            guessing: Guessing::default(),
            recovery: Recovery::default(),
            managed_domains: ManagedDomains::default(),
        }
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignUp {
    /// Say that an address is already registered, as the FAQ does (throttled). False: the same page for
    /// every address, and a mail to the owner.
    pub reveal_taken: bool,
}

impl Default for SignUp {
    fn default() -> Self {
        Self { reveal_taken: true }
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Session {
    /// A session ends after so many minutes without a request.
    pub idle_minutes: u32,
    /// And after so many hours in any case.
    pub absolute_hours: u32,
    /// The same as `idle_minutes` where the person said that others use the computer too.
    pub shared_idle_minutes: u32,
    /// An automatic sign-in ends when it was not used for so many days; browsers keep no cookie for longer
    /// than 400.
    pub automatic_days: u32,
    /// Write to a person who signs in on a computer that the account did not know.
    pub tell_new_computers: bool,
    /// Sessions of one account at most; a further one ends the one that was used longest ago.
    pub most_sessions: u32,
    /// Automatic sign-ins of one account at most, likewise.
    pub most_automatic: u32,
    /// Computers that are remembered of one account at most, likewise.
    pub most_computers: u32,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Closing {
    /// Days from the owner's wish to close an account until it is erased; signing in takes the wish back.
    pub grace_days: u32,
}

impl Default for Closing {
    fn default() -> Self {
        Self { grace_days: 14 }
    }
}

impl Default for Session {
    fn default() -> Self {
        Self {
            idle_minutes: 120,
            absolute_hours: 12,
            shared_idle_minutes: 15,
            automatic_days: 400,
            tell_new_computers: true,
            most_sessions: 100,
            most_automatic: 50,
            most_computers: 100,
        }
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tokens {
    /// Seconds that an authorization code lives; at most 60.
    pub code_seconds: u32,
    /// Seconds that an access token lives; some clients need 300 or more.
    pub access_seconds: u32,
    /// Seconds that an ID token lives.
    pub id_seconds: u32,
    /// Days until a grant ends, however often it is refreshed.
    pub refresh_days: u32,
    /// Seconds in which a client may present its last refresh token again (a lost answer).
    pub refresh_grace_seconds: u32,
    /// Seconds in which a person must answer for a device.
    pub device_code_seconds: u32,
    /// Resources (RFC 8707) whose access tokens are JWTs, whichever client asks.
    pub jwt_resources: Vec<String>,
    /// DPoP proofs must carry a nonce of ours (RFC 9449 §8).
    pub dpop_nonce: bool,
}

impl Tokens {
    /// When a grant that is redeemed or begins at `now` ends, whatever is refreshed.
    pub fn grant_ends_at(&self, now: Moment) -> Moment {
        now + Duration::from_secs(u64::from(self.refresh_days) * 24 * 3600)
    }
}

impl Default for Tokens {
    fn default() -> Self {
        Self {
            code_seconds: 60,
            access_seconds: 600,
            id_seconds: 600,
            refresh_days: 30,
            refresh_grace_seconds: 5,
            device_code_seconds: 900,
            jwt_resources: vec![],
            dpop_nonce: false,
        }
    }
}

/// Client certificates (RFC 8705) as a trusted proxy passes them on. The proxy must remove these headers from
/// what clients send.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClientCertificates {
    /// The header that holds the certificate, as URL-encoded PEM. Empty: none.
    pub header: String,
    /// The header that says `SUCCESS` when the proxy verified the chain. Empty: none is verified.
    pub verified_header: String,
}

impl ClientCertificates {
    fn problems(&self, server: &config::Server) -> Vec<Problem> {
        let mut found = Vec::new();
        for (key, name) in [("header", &self.header), ("verified_header", &self.verified_header)] {
            if !name.is_empty() && http::HeaderName::try_from(name.as_str()).is_err() {
                found.push(Problem::new(&format!("client_certificates.{key}"), "not the name of a header"));
            }
        }
        if !self.header.is_empty() && server.trusted_proxies.is_empty() {
            let text = "needs server.trusted_proxies: only a proxy that is trusted may set it";
            found.push(Problem::new("client_certificates.header", text));
        }
        found
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keys {
    /// Days after which `serve` rotates a signing key by itself; 0: only `passport keys rotate` does.
    pub rotate_days: u32,
    /// Hours that a retired key stays published, so that what it signed can be checked: as long as tokens live.
    pub overlap_hours: u32,
}

impl Default for Keys {
    fn default() -> Self {
        Self { rotate_days: 90, overlap_hours: 24 }
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Protocol {
    /// The security profile that every site obeys: `default`, `fapi2` or `fapi2_message_signing`. A site may have a
    /// stricter one of its own.
    pub profile: oidc::client::Profile,
    /// Offer the hybrid and implicit flows to clients that registered them.
    pub legacy_response_types: bool,
    /// Take requests of every client only when they were pushed (RFC 9126 §5).
    pub require_pushed_authorization_requests: bool,
    /// Seconds in which a pushed request must be begun.
    pub request_uri_seconds: u32,
    /// How strongly people are proven for every site: one of the `acr_values_supported`, two factors say. Empty: a
    /// password will do.
    pub require_acr: String,
}

impl Default for Protocol {
    fn default() -> Self {
        Self {
            profile: Default::default(),
            legacy_response_types: false,
            require_pushed_authorization_requests: false,
            request_uri_seconds: 60,
            require_acr: String::new(),
        }
    }
}

/// Who may register a site besides the operator (RFC 7591).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationMode {
    /// Nobody.
    #[default]
    Closed,
    /// Whoever was given a token by `passport client token add`.
    InitialToken,
    /// Everybody.
    Open,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Registration {
    pub mode: RegistrationMode,
    /// Most sites that may have registered by themselves at one time.
    pub most_clients: u32,
    /// Days after which a site that registered by itself, that nobody vouched for and nobody used, is removed; 0: never.
    pub unused_days: u32,
    /// Take the https address of a public document for a client id, and read the site's metadata there.
    pub client_id_metadata_documents: bool,
}

impl Default for Registration {
    fn default() -> Self {
        Self {
            mode: RegistrationMode::Closed,
            most_clients: 1000,
            unused_days: 90,
            client_id_metadata_documents: false,
        }
    }
}

impl Settings {
    /// The strongest way in which a person can be proven here.
    pub fn highest(&self) -> Level {
        match self.passkeys.are_at(&self.server.public_url) {
            true => Level::PhishingResistant,
            false => Level::TwoFactors,
        }
    }
}

impl config::Settings for Settings {
    const PREFIX: &'static str = "PASSPORT";

    fn problems(&self) -> Vec<Problem> {
        let mut found = [
            self.server.problems(),
            self.database.problems(),
            self.mail.problems(),
            self.outbox.problems(),
            self.limits.problems(),
        ]
        .concat();
        found.extend(self.client_certificates.problems(&self.server));
        found.extend(self.tls.problems());
        let least = self.protocol.require_acr.as_str();
        if !least.is_empty() && Context::parse(least).is_none_or(|context| context.level() > self.highest()) {
            found.push(Problem::new("protocol.require_acr", "must be one of the acr_values_supported"));
        }
        found.extend(self.passkeys.problems());
        found.extend(self.resources.problems());
        let mut within = |key: &str, value: u32, from: u32, to: u32| {
            if !(from..=to).contains(&value) {
                found.push(Problem::new(key, format!("must be from {from} to {to}")));
            }
        };
        within("session.idle_minutes", self.session.idle_minutes, 1, 60 * 24 * 30);
        within("session.absolute_hours", self.session.absolute_hours, 1, 24 * 365);
        within("session.shared_idle_minutes", self.session.shared_idle_minutes, 1, 60 * 24 * 30);
        within("session.automatic_days", self.session.automatic_days, 1, 400);
        within("session.most_sessions", self.session.most_sessions, 1, 10_000);
        within("session.most_automatic", self.session.most_automatic, 1, 10_000);
        within("session.most_computers", self.session.most_computers, 1, 10_000);
        within("closing.grace_days", self.closing.grace_days, 1, 365);
        within("tokens.code_seconds", self.tokens.code_seconds, 5, 60);
        within("tokens.access_seconds", self.tokens.access_seconds, 30, 86_400);
        within("tokens.id_seconds", self.tokens.id_seconds, 30, 86_400);
        within("tokens.refresh_days", self.tokens.refresh_days, 1, 3650);
        within("tokens.refresh_grace_seconds", self.tokens.refresh_grace_seconds, 0, 60);
        within("tokens.device_code_seconds", self.tokens.device_code_seconds, 60, 3600);
        self.password.ranges(&mut within);
        within("protocol.request_uri_seconds", self.protocol.request_uri_seconds, 5, 600);
        within("registration.unused_days", self.registration.unused_days, 0, 3650);
        within("keys.overlap_hours", self.keys.overlap_hours, 1, 24 * 365);
        let longest = self.tokens.access_seconds.max(self.tokens.id_seconds);
        if self.keys.overlap_hours.saturating_mul(3600) < longest {
            let text = "must be at least as long as tokens live (tokens.access_seconds, tokens.id_seconds)";
            found.push(Problem::new("keys.overlap_hours", text));
        }
        let mut within = |key: &str, value: u32, from: u32, to: u32| {
            if !(from..=to).contains(&value) {
                found.push(Problem::new(key, format!("must be from {from} to {to}")));
            }
        };
        self.guessing.ranges(&mut within);
        self.recovery.ranges(&mut within);
        found.extend(self.managed_domains.problems());
        found.extend(self.password.weaker_than_safe());
        found
    }
}

#[cfg(test)]
mod tests;
