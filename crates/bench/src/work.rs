//! What a provider is asked for, one piece at a time, every answer looked at; it does not know how often.
use anyhow::{Result, bail, ensure};
use clap::ValueEnum;

use crate::{
    provider::{Dialect, RESOURCE},
    visitor::{SignedIn, Visitor, form},
    wire::Answer,
};

/// The works of the table, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Work {
    Discovery,
    Jwks,
    ClientCredentials,
    ClientCredentialsJwt,
    CodeFlow,
    Refresh,
    Userinfo,
    Introspection,
    PasswordSignIn,
    /// Not one piece of work but a question of its own: [`crate::storm`].
    Storm,
}

impl Work {
    /// Everything that the table of rates has a line for.
    pub const RATED: [Self; 9] = [
        Self::Discovery,
        Self::Jwks,
        Self::ClientCredentials,
        Self::ClientCredentialsJwt,
        Self::CodeFlow,
        Self::Refresh,
        Self::Userinfo,
        Self::Introspection,
        Self::PasswordSignIn,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Jwks => "JWKS",
            Self::ClientCredentials => "client_credentials, opaque",
            Self::ClientCredentialsJwt => "client_credentials, JWT",
            Self::CodeFlow => "code flow with a session",
            Self::Refresh => "refresh with rotation",
            Self::Userinfo => "UserInfo",
            Self::Introspection => "introspection",
            Self::PasswordSignIn => "password sign-in",
            Self::Storm => "storm",
        }
    }

    /// Whether it depends on how tokens are signed.
    pub fn signs(self) -> bool {
        matches!(self, Self::ClientCredentialsJwt | Self::CodeFlow | Self::Refresh)
    }

    fn needs_session(self) -> bool {
        matches!(self, Self::CodeFlow | Self::Refresh | Self::Userinfo | Self::Introspection)
    }

    /// What a visitor needs before the clock runs.
    pub async fn prepare(self, visitor: &mut Visitor) -> Result<()> {
        if self.needs_session() { visitor.must_sign_in().await } else { Ok(()) }
    }

    /// One piece of it.
    pub async fn once(self, visitor: &mut Visitor) -> Result<()> {
        match self {
            Self::Discovery => {
                let answer = visitor.get("/.well-known/openid-configuration", None).await?;
                holds(&answer, "\"token_endpoint\"")
            }
            Self::Jwks => {
                let answer = visitor.get(visitor.provider.jwks(), None).await?;
                holds(&answer, "\"keys\"")
            }
            Self::ClientCredentials => {
                let body = form(&[("grant_type", "client_credentials")]);
                let answer = visitor.post(visitor.provider.token(), &body).await?;
                holds(&answer, "\"access_token\"")
            }
            Self::ClientCredentialsJwt => {
                let mut fields = vec![("grant_type", "client_credentials"), ("resource", RESOURCE)];
                if visitor.provider.dialect == Dialect::NodeOidcProvider {
                    fields.push(("scope", "api"));
                }
                let answer = visitor.post(visitor.provider.token(), &form(&fields)).await?;
                // A JWT: its first part is Base64 of `{"`.
                holds(&answer, "\"access_token\":\"eyJ")
            }
            Self::CodeFlow => visitor.code_flow().await,
            Self::Refresh => visitor.refresh().await,
            Self::Userinfo => {
                let bearer = format!("Bearer {}", visitor.access);
                let answer = visitor.get(visitor.provider.userinfo(), Some(&bearer)).await?;
                holds(&answer, "\"sub\"")
            }
            Self::Introspection => {
                let body = form(&[("token", &visitor.access)]);
                let answer = visitor.post(visitor.provider.introspect(), &body).await?;
                holds(&answer, "\"active\":true")
            }
            Self::PasswordSignIn => match visitor.sign_in().await? {
                SignedIn::Yes => Ok(()),
                SignedIn::Later(_) => bail!("turned away: too many wait"),
            },
            Self::Storm => bail!("a storm is not one piece of work"),
        }
    }
}

fn holds(answer: &Answer, what: &str) -> Result<()> {
    let found = answer.body.windows(what.len()).any(|window| window == what.as_bytes());
    ensure!(answer.status == 200 && found, "not what was asked for: {}", answer.told());
    Ok(())
}
