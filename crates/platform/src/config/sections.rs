//! The sections that both halves have; one struct each, unknown keys refused.
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use url::Url;

use super::Problem;
use crate::{secrets::Secret, web::Proxies};

/// Where the program listens and what it is called from outside.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address and port.
    pub listen: String,
    /// The origin that browsers see, without a path; Passport's is the issuer.
    pub public_url: String,
    /// Addresses and networks of reverse proxies whose `X-Forwarded-For` or `Forwarded` is believed.
    pub trusted_proxies: Vec<String>,
    /// Describe the endpoints for machines at `/openapi.json`.
    pub openapi: bool,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".into(),
            public_url: "http://localhost:8080".into(),
            trusted_proxies: vec![],
            openapi: false,
        }
    }
}

impl Server {
    /// https, or http on this machine only; an origin without path, query and fragment.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.listen.parse::<std::net::SocketAddr>().is_err() {
            found.push(Problem::new("server.listen", "not an address with a port, like 127.0.0.1:8081"));
        }
        if let Err(text) = Proxies::read(&self.trusted_proxies) {
            found.push(Problem::new("server.trusted_proxies", text));
        }
        match Url::parse(&self.public_url) {
            Err(error) => found.push(Problem::new("server.public_url", format!("not a URL: {error}"))),
            Ok(url) => {
                if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
                    found.push(Problem::new("server.public_url", "must be https, or http on localhost"));
                }
                if self.public_url != url.origin().ascii_serialization() {
                    let text = format!("must be the bare origin: {}", url.origin().ascii_serialization());
                    found.push(Problem::new("server.public_url", text));
                }
            }
        }
        found
    }
}

/// True for `localhost`, 127.0.0.0/8 and `[::1]`.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// TLS without a proxy in front: 1.3, and 1.2 with ECDHE and AES-GCM alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tls {
    /// PEM file with the certificate and its chain. Empty: plain HTTP.
    pub certificate: String,
    /// PEM file with the certificate's private key.
    pub key: String,
    /// Ask browsers and clients for a certificate of their own (mutual TLS). None is demanded.
    pub client_certificates: bool,
    /// PEM file with the authorities whose client certificates prove a name. Empty: none does.
    pub client_ca: String,
}

impl Tls {
    pub fn is_on(&self) -> bool {
        !self.certificate.is_empty()
    }

    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.certificate.is_empty() != self.key.is_empty() {
            found.push(Problem::new("tls.key", "certificate and key belong together"));
        }
        if self.client_certificates && !self.is_on() {
            found.push(Problem::new("tls.client_certificates", "needs a certificate of our own"));
        }
        if !self.client_ca.is_empty() && !self.client_certificates {
            found.push(Problem::new("tls.client_ca", "is of no use without client_certificates"));
        }
        found
    }
}

/// Figures for the operator's monitoring, on a listener of their own.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    /// Address and port; empty: no listener.
    pub listen: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://user:password@host/name`.
    pub url: String,
    /// Most connections of the pool (readers, on SQLite).
    pub connections: u32,
    /// PostgreSQL: so long a transaction waits for a row that another one holds, in seconds.
    pub lock_seconds: u32,
    /// PostgreSQL: so long one statement may take.
    pub statement_seconds: u32,
    /// PostgreSQL: so long a transaction may lie open with nobody saying anything.
    pub idle_seconds: u32,
    /// PostgreSQL: what has happened when a commit is acknowledged. There is no `off`: what is acknowledged is kept.
    pub synchronous_commit: SynchronousCommit,
    /// SQLite: with less room than this on the disk the node is not ready, in megabytes.
    pub least_free_mb: u32,
    /// PostgreSQL: a node whose clock differs by more than this is not ready. 0: no bound.
    pub largest_clock_difference_seconds: u32,
}

/// PostgreSQL's `synchronous_commit`, as far as it keeps a commit through a crash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SynchronousCommit {
    /// Written to this server's disk, whatever the standbys do.
    Local,
    /// And received by the synchronous standbys.
    RemoteWrite,
    /// And written to their disks.
    #[default]
    On,
    /// And to be seen there.
    RemoteApply,
}

impl SynchronousCommit {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::RemoteWrite => "remote_write",
            Self::On => "on",
            Self::RemoteApply => "remote_apply",
        }
    }
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: "sqlite:data/program.db".into(),
            connections: 8,
            lock_seconds: 5,
            statement_seconds: 20,
            idle_seconds: 20,
            synchronous_commit: SynchronousCommit::On,
            least_free_mb: 32,
            largest_clock_difference_seconds: 60,
        }
    }
}

impl Database {
    pub fn problems(&self) -> Vec<Problem> {
        let known =
            ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| self.url.starts_with(scheme));
        let mut found = Vec::new();
        if !known {
            found.push(Problem::new("database.url", "must begin with sqlite: or postgres://"));
        }
        if self.connections == 0 || self.connections > 1000 {
            found.push(Problem::new("database.connections", "must be from 1 to 1000"));
        }
        for (key, value, most) in [
            ("database.lock_seconds", self.lock_seconds, 30),
            ("database.statement_seconds", self.statement_seconds, 3600),
            ("database.idle_seconds", self.idle_seconds, 3600),
        ] {
            if value == 0 || value > most {
                found.push(Problem::new(key, format!("must be from 1 to {most}")));
            }
        }
        if self.largest_clock_difference_seconds > 3600 {
            let text = "must be from 1 to 3600, or 0 for no bound";
            found.push(Problem::new("database.largest_clock_difference_seconds", text));
        }
        found
    }

    pub fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite:")
    }

    /// The file of a SQLite database.
    pub fn file(&self) -> Option<PathBuf> {
        let path = self.url.strip_prefix("sqlite:")?;
        let path = path.strip_prefix("//").unwrap_or(path);
        Some(path.split('?').next().unwrap_or(path).into())
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    /// `smtp://host:port`, `smtp://…?tls=required` (STARTTLS) or `smtps://user@host`.
    pub smtp_url: String,
    pub from: String,
    /// Where answers go: a person. Empty: to `from`.
    pub reply_to: String,
    /// The password for the user named in `smtp_url`.
    pub password: Secret,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            smtp_url: "smtp://127.0.0.1:1025".into(),
            from: "no-reply@localhost.example".into(),
            reply_to: String::new(),
            password: Secret::default(),
        }
    }
}

impl Mail {
    pub fn problems(&self) -> Vec<Problem> {
        match crate::mail::Mailer::check(self) {
            Ok(()) => vec![],
            Err((key, text)) => vec![Problem::new(&format!("mail.{key}"), text)],
        }
    }
}

/// What leaves after the commit: mail, and what other sites are told.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Outbox {
    /// Days that what was given up is kept, for `outbox list` and `outbox retry`.
    pub given_up_days: u32,
}

impl Default for Outbox {
    fn default() -> Self {
        Self { given_up_days: 30 }
    }
}

impl Outbox {
    pub fn problems(&self) -> Vec<Problem> {
        if (1..=365).contains(&self.given_up_days) {
            vec![]
        } else {
            vec![Problem::new("outbox.given_up_days", "must be from 1 to 365")]
        }
    }

    pub fn kept(&self) -> std::time::Duration {
        std::time::Duration::from_secs(u64::from(self.given_up_days) * 24 * 3600)
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Factor over every rate limit: 1 is the published figure.
    pub scale: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { scale: 1.0 }
    }
}

impl Limits {
    pub fn problems(&self) -> Vec<Problem> {
        if self.scale.is_finite() && self.scale > 0.0 {
            vec![]
        } else {
            vec![Problem::new("limits.scale", "must be a number above 0")]
        }
    }
}

/// What the program may call over HTTP.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Outbound {
    /// Hosts (`name` or `name:port`) that may be called although they are internal addresses.
    pub allow: Vec<String>,
    /// A PEM file with a further root certificate to trust. Empty: none.
    pub extra_root: String,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Secrets {
    /// The master key; made (mode 0600) when absent. Empty: beside the SQLite database.
    /// Every node of one installation needs the same file.
    pub key_file: String,
}

impl Secrets {
    /// The key file's place: as set, or `NAME.key` beside the database, or in the working folder.
    pub fn path(&self, database: &Database, name: &str) -> PathBuf {
        if !self.key_file.is_empty() {
            return PathBuf::from(&self.key_file);
        }
        let folder = database.file().and_then(|file| file.parent().map(PathBuf::from)).unwrap_or_default();
        folder.join(format!("{name}.key"))
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    #[default]
    Json,
    Text,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    pub format: LogFormat,
    /// `error`, `warn`, `info`, `debug`, or a filter such as `info,sqlx=warn`.
    pub level: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Json, level: "info".into() }
    }
}
