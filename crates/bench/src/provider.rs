//! Where a provider has what, and as whom it is asked; it knows no request.
use std::net::SocketAddr;

use anyhow::Result;
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::wire;

/// Where answers of an authorization go; nobody listens there.
pub const REDIRECT_URI: &str = "http://localhost:9/callback";
/// The secret of every client.
pub const SECRET: &str = "a-secret-for-measuring-only-and-no-more";
/// The person, and their password.
pub const EMAIL: &str = "bench@example.test";
pub const PASSWORD: &str = "seven green kettles sing";
/// What JWT access tokens are for.
pub const RESOURCE: &str = "https://api.bench.test";

/// Which program it is: paths and forms differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Passport,
    NodeOidcProvider,
}

/// With what ID tokens are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Rs256,
    Es256,
}

impl Algorithm {
    pub const ALL: [Self; 2] = [Self::Rs256, Self::Es256];

    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }

    /// The client whose tokens are signed with it.
    pub fn client(self) -> &'static str {
        match self {
            Self::Rs256 => "bench-rs256",
            Self::Es256 => "bench-es256",
        }
    }
}

/// A provider as one client sees it.
#[derive(Clone, Debug)]
pub struct Provider {
    pub dialect: Dialect,
    /// The issuer, without a slash at its end.
    pub base: String,
    pub address: SocketAddr,
    pub algorithm: Algorithm,
    /// How the client says who it is, for the header `authorization`.
    pub basic: String,
}

impl Provider {
    /// Refuses whatever is not on this machine.
    pub fn new(dialect: Dialect, base: &str, algorithm: Algorithm) -> Result<Self> {
        let address = wire::loopback(base)?;
        let basic = format!("Basic {}", STANDARD.encode(format!("{}:{SECRET}", algorithm.client())));
        Ok(Self { dialect, base: base.to_owned(), address, algorithm, basic })
    }

    pub fn host(&self) -> &str {
        self.base.split("//").nth(1).unwrap_or_default()
    }

    fn either(&self, passport: &'static str, node: &'static str) -> &'static str {
        match self.dialect {
            Dialect::Passport => passport,
            Dialect::NodeOidcProvider => node,
        }
    }

    pub fn jwks(&self) -> &'static str {
        self.either("/oauth2/jwks", "/jwks")
    }

    pub fn authorize(&self) -> &'static str {
        self.either("/oauth2/authorize", "/auth")
    }

    pub fn token(&self) -> &'static str {
        self.either("/oauth2/token", "/token")
    }

    pub fn userinfo(&self) -> &'static str {
        self.either("/oauth2/userinfo", "/me")
    }

    pub fn introspect(&self) -> &'static str {
        self.either("/oauth2/introspect", "/token/introspection")
    }
}
