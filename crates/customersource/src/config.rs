//! The portal's settings: one struct a section, defaults that run on this machine beside Passport's.
use std::{collections::BTreeMap, path::PathBuf};

use platform::{
    config::{self, Problem},
    day::Zone,
    email::EmailAddress,
    secrets::Secret,
    texts::Brand,
};
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::access::Places;

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
    pub passport: Passport,
    pub portal: Portal,
    pub content: Content,
    pub bounces: Bounces,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            server: config::Server::default(),
            metrics: config::Metrics::default(),
            database: config::Database { url: "sqlite:data/customersource.db".into(), ..Default::default() },
            mail: config::Mail::default(),
            outbox: config::Outbox::default(),
            limits: config::Limits::default(),
            outbound: config::Outbound::default(),
            secrets: config::Secrets::default(),
            log: config::Log::default(),
            brand: Brand::default(),
            passport: Passport::default(),
            portal: Portal::default(),
            content: Content::default(),
            bounces: Bounces::default(),
        }
    }
}

/// The OpenID provider that people sign in with.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Passport {
    /// The issuer identifier, byte for byte as the provider writes it.
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Secret,
    /// The algorithm with which the provider signs this client's tokens; every other is refused.
    pub signing_alg: String,
    /// How long the provider's metadata and keys are kept; 0: fetched each time.
    pub metadata_ttl_seconds: u32,
    /// How often the provider is asked about people who are signed in; 0: never.
    pub refresh_minutes: u32,
}

impl Default for Passport {
    fn default() -> Self {
        Self {
            issuer: "http://localhost:8081".into(),
            client_id: "customersource".into(),
            client_secret: Secret::default(),
            signing_alg: "RS256".into(),
            metadata_ttl_seconds: 3600,
            refresh_minutes: 0,
        }
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Portal {
    /// People may ask for a link by typing the e-mail address of their profile.
    pub self_claim: bool,
    /// A session ends after so many minutes without a request.
    pub session_idle_minutes: u32,
    /// And after so many hours in any case.
    pub session_absolute_hours: u32,
    /// Hours that an association link lives.
    pub link_hours: u32,
    /// Days that an invitation lives.
    pub invitation_days: u32,
    /// What a claim does to a profile that another Passport has.
    pub claim_on_associated: ClaimOnAssociated,
    /// Whose Passport a link may be accepted with.
    pub passport_email: PassportEmail,
    /// People with several profiles may change to another one without signing out.
    pub in_session_switch: bool,
    /// How strongly staff prove who they are: one of these contexts (`acr`), which the provider is asked for. Empty:
    /// whatever its sign-in proves.
    pub staff_acr: Vec<String>,
    /// The same for the administrators of companies.
    pub administrators_acr: Vec<String>,
    /// What an administrator can ask of everybody who acts for the company. Empty: companies cannot ask for more.
    pub companies_acr: Vec<String>,
    /// The regions whose companies may use the portal. Empty: all.
    pub regions: Vec<String>,
    /// The time zone by whose days plans begin and end, where neither the company nor its region has one.
    pub time_zone: String,
    /// Region → time zone.
    pub time_zones: BTreeMap<String, String>,
}

impl Portal {
    pub fn places(&self) -> Places {
        Places::new(&self.regions, &self.time_zone, &self.time_zones)
    }

    fn problems(&self) -> Vec<Problem> {
        let zones =
            self.time_zones.iter().map(|(region, zone)| (format!("portal.time_zones.{region}"), zone));
        let all = std::iter::once(("portal.time_zone".to_owned(), &self.time_zone)).chain(zones);
        all.filter(|(_, zone)| Zone::named(zone).is_none())
            .map(|(key, zone)| {
                Problem::new(&key, format!("there is no time zone {zone}; one is called like Europe/Berlin"))
            })
            .collect()
    }
}

/// What editors bring.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Content {
    /// The largest file that is taken through the portal, in megabytes.
    pub largest_file_mb: u32,
}

impl Default for Content {
    fn default() -> Self {
        Self { largest_file_mb: 200 }
    }
}

impl Content {
    /// The same in bytes.
    pub fn largest_file(&self) -> u64 {
        u64::from(self.largest_file_mb) * 1_000_000
    }
}

/// How mail that cannot be delivered comes back to us.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bounces {
    /// The sender of the envelope; each letter's name is put behind a `+` in it. Empty: the address of `mail.from`.
    pub return_path: String,
    /// Whoever brings reports to `/bounces` says this. Empty: there is no such door.
    pub secret: Secret,
    /// A Maildir into which the mail server drops them. Empty: none.
    pub maildir: String,
}

impl Bounces {
    pub fn address(&self) -> Option<EmailAddress> {
        EmailAddress::parse(&self.return_path).ok()
    }

    pub fn folder(&self) -> Option<PathBuf> {
        (!self.maildir.is_empty()).then(|| PathBuf::from(&self.maildir))
    }

    fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        let fits = self.address().is_some_and(|own| own.as_str().find('@').is_some_and(|at| at <= 31));
        if !self.return_path.is_empty() && !fits {
            let text = "must be an e-mail address with at most 31 characters before the @";
            found.push(Problem::new("bounces.return_path", text));
        }
        if !self.secret.is_empty() && self.secret.expose().len() < 20 {
            found.push(Problem::new("bounces.secret", "must have at least 20 characters"));
        }
        found
    }
}

/// A claim moves a profile, or is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ClaimOnAssociated {
    #[default]
    Move,
    Refuse,
}

/// Portal rule 5: whether the address of a Passport matters when a link is accepted. It never grants anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PassportEmail {
    /// Any Passport, whatever its address (PP-07, CS-47).
    #[default]
    Any,
    /// Only one whose verified address is the profile's.
    Same,
}

/// What providers call two factors or more, the strongest first.
pub const TWO_FACTORS: [&str; 4] = [
    "phrh",
    "phr",
    "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
    "https://refeds.org/profile/mfa",
];

impl Default for Portal {
    fn default() -> Self {
        Self {
            self_claim: true,
            session_idle_minutes: 30,
            session_absolute_hours: 8,
            link_hours: 24,
            invitation_days: 7,
            claim_on_associated: ClaimOnAssociated::Move,
            passport_email: PassportEmail::Any,
            in_session_switch: false,
            staff_acr: TWO_FACTORS.map(str::to_owned).to_vec(),
            administrators_acr: vec![],
            companies_acr: TWO_FACTORS.map(str::to_owned).to_vec(),
            regions: vec![],
            time_zone: "UTC".into(),
            time_zones: BTreeMap::new(),
        }
    }
}

impl Passport {
    fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        match Url::parse(&self.issuer) {
            Err(error) => found.push(Problem::new("passport.issuer", format!("not a URL: {error}"))),
            Ok(url) => {
                if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
                    found.push(Problem::new("passport.issuer", "must be https, or http on localhost"));
                }
                if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
                    let text = "must have no user name, no query and no fragment";
                    found.push(Problem::new("passport.issuer", text));
                }
            }
        }
        if self.client_id.is_empty() {
            found.push(Problem::new("passport.client_id", "must not be empty"));
        }
        if !["RS256", "PS256", "ES256", "EdDSA"].contains(&self.signing_alg.as_str()) {
            found.push(Problem::new("passport.signing_alg", "must be RS256, PS256, ES256 or EdDSA"));
        }
        if self.metadata_ttl_seconds > 7 * 86_400 {
            found.push(Problem::new("passport.metadata_ttl_seconds", "must be from 0 to 604800"));
        }
        if self.refresh_minutes > 24 * 60 {
            found.push(Problem::new("passport.refresh_minutes", "must be from 0 to 1440"));
        }
        found
    }

    /// The issuer as `[outbound] allow` names a host.
    pub fn host_and_port(&self) -> Option<String> {
        let url = Url::parse(&self.issuer).ok()?;
        Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl config::Settings for Settings {
    const PREFIX: &'static str = "CUSTOMERSOURCE";

    fn problems(&self) -> Vec<Problem> {
        let mut found = [
            self.server.problems(),
            self.database.problems(),
            self.mail.problems(),
            self.outbox.problems(),
            self.limits.problems(),
            self.passport.problems(),
            self.portal.problems(),
            self.bounces.problems(),
        ]
        .concat();
        let mut within = |key: &str, value: u32, from: u32, to: u32| {
            if !(from..=to).contains(&value) {
                found.push(Problem::new(key, format!("must be from {from} to {to}")));
            }
        };
        within("portal.session_idle_minutes", self.portal.session_idle_minutes, 1, 60 * 24);
        within("portal.session_absolute_hours", self.portal.session_absolute_hours, 1, 24 * 7);
        within("portal.link_hours", self.portal.link_hours, 1, 24 * 7);
        within("portal.invitation_days", self.portal.invitation_days, 1, 30);
        within("content.largest_file_mb", self.content.largest_file_mb, 1, 4000);
        found
    }
}

impl Settings {
    /// What `serve` needs besides: a secret to redeem codes with.
    pub fn problems_to_serve(&self) -> Vec<Problem> {
        if self.passport.client_secret.is_empty() {
            let text = "must be set, here or by CUSTOMERSOURCE__PASSPORT__CLIENT_SECRET or …_FILE; \
                        `passport client add` prints it";
            return vec![Problem::new("passport.client_secret", text)];
        }
        vec![]
    }
}

#[cfg(test)]
mod tests;
