//! Ready configurations: what is pasted into the site's own. Each is one file of `recipes/`: a head that says what the
//! site needs of its registration and what it was seen to do, `+++`, and the text with the site's own values.
use anyhow::Context as _;
use oidc::{
    client::{AuthMethod, Client, GrantType, TokenFormat},
    scope::Scopes,
};
use serde::{Deserialize, Serialize};

use super::kind::Kind;

mod literal;
mod values;

pub use values::Values;

/// Every file of `recipes/`, by name.
static FILES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/recipes.rs"));

/// What is known of a site's software. URIs name the site's address as `{URL}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    title: String,
    /// Where the text goes.
    into: String,
    syntax: literal::Syntax,
    kind: Kind,
    redirect: Vec<String>,
    #[serde(default)]
    post_logout: Vec<String>,
    backchannel: Option<String>,
    security_events: Option<String>,
    /// What it asks for, `offline_access` included; as the kind does when absent.
    scope: Option<Scopes>,
    auth: Option<AuthMethod>,
    token_format: Option<TokenFormat>,
    grants: Option<Vec<GrantType>>,
    /// Its people are named by their address: one that nobody proved is not given to it.
    #[serde(default)]
    verified_email_only: bool,
    #[serde(default)]
    resources: Vec<String>,
    #[serde(default)]
    serves: Vec<String>,
    /// The version that was seen to work, and when; absent where nobody ran it.
    proven: Option<String>,
    date: Option<String>,
    #[serde(default)]
    works: Vec<Works>,
    /// What it cannot do, and what its owner has to know.
    #[serde(default)]
    notes: Vec<String>,
}

/// What a site was seen to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Works {
    SignIn,
    Refresh,
    SignOut,
    BackChannel,
    SilentRenewal,
    Dpop,
    Revocation,
    DeviceGrant,
    Tokens,
}

impl Works {
    const fn in_words(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Refresh => "refresh",
            Self::SignOut => "sign-out",
            Self::BackChannel => "back-channel sign-out",
            Self::SilentRenewal => "silent renewal",
            Self::Dpop => "DPoP",
            Self::Revocation => "revocation",
            Self::DeviceGrant => "device grant",
            Self::Tokens => "tokens checked",
        }
    }
}

/// A recipe of `recipes/`.
#[derive(Debug)]
pub struct Recipe {
    pub name: &'static str,
    head: Head,
    text: &'static str,
}

/// The names of all recipes.
pub fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

/// All of them, in the order of their names.
pub fn all() -> anyhow::Result<Vec<Recipe>> {
    FILES.iter().map(|(name, file)| Recipe::read(name, file)).collect()
}

impl Recipe {
    pub fn find(name: &str) -> anyhow::Result<Self> {
        let found = FILES.iter().find(|(known, _)| *known == name);
        let (name, file) = found.with_context(|| format!("there is no recipe {name}"))?;
        Self::read(name, file)
    }

    fn read(name: &'static str, file: &'static str) -> anyhow::Result<Self> {
        let (head, text) = file.split_once("\n+++\n").with_context(|| format!("{name}: no +++"))?;
        let head = toml::from_str(head).with_context(|| name.to_owned())?;
        Ok(Self { name, head, text: text.trim_end() })
    }

    pub fn title(&self) -> &str {
        &self.head.title
    }

    pub fn kind(&self) -> Kind {
        self.head.kind
    }

    /// Where its text goes.
    pub fn into(&self) -> &str {
        &self.head.into
    }

    /// What it cannot do, and what its owner has to know.
    pub fn notes(&self) -> &[String] {
        &self.head.notes
    }

    /// With which version it was seen to do what, or that nobody saw it.
    pub fn proof(&self) -> String {
        match (&self.head.proven, &self.head.date) {
            (Some(version), Some(date)) => {
                let works: Vec<_> = self.head.works.iter().map(|works| works.in_words()).collect();
                format!("{version}, {date}: {}", works.join(", "))
            }
            _ => "not run: written after its documentation".to_owned(),
        }
    }

    /// `preset` with what a site of this software needs, at this address.
    ///
    /// # Errors
    /// Where it needs an address and has none.
    pub fn registration(&self, preset: Client, address: Option<&str>) -> anyhow::Result<Client> {
        let values = Values::of_address(address);
        let each = |texts: &[String]| texts.iter().map(|text| values.expand(text)).collect::<Result<_, _>>();
        let head = &self.head;
        let one = |text: &Option<String>| text.as_ref().map(|text| values.expand(text)).transpose();
        let backchannel_logout_uri = one(&head.backchannel)?;
        Ok(Client {
            redirect_uris: each(&head.redirect)?,
            post_logout_redirect_uris: each(&head.post_logout)?,
            backchannel_logout_session_required: backchannel_logout_uri.is_some(),
            backchannel_logout_uri,
            security_events_uri: one(&head.security_events)?,
            scope: head.scope.clone().unwrap_or(preset.scope),
            token_endpoint_auth_method: head.auth.unwrap_or(preset.token_endpoint_auth_method),
            access_token_format: head.token_format.unwrap_or(preset.access_token_format),
            grant_types: head.grants.clone().unwrap_or(preset.grant_types),
            resources: each(&head.resources)?,
            serves: each(&head.serves)?,
            verified_email_only: head.verified_email_only,
            ..preset
        })
    }

    /// The configuration with a site's values.
    ///
    /// # Errors
    /// For a value that cannot be written there.
    pub fn configuration(&self, values: &Values) -> anyhow::Result<String> {
        values.fill(self.text, self.head.syntax).with_context(|| format!("the recipe for {}", self.name))
    }
}

#[cfg(test)]
mod tests;
