//! `passport client add`: one command makes a site known and prints what its developer needs.
use std::{io::Write, path::PathBuf};

use anyhow::Context as _;
use clap::{Args, builder::PossibleValuesParser};
use oidc::{
    client::{ApplicationType, AuthMethod, Client, GrantType, Profile},
    jws::SigningAlgorithm,
    scope::{OFFLINE_ACCESS, Scopes},
};
use platform::{
    secrets::Secret,
    security_event::{By, Event, Note},
};
use serde::Serialize;
use url::Url;

use super::{
    super::{keys::algorithm, print_json},
    change,
    kind::Kind,
    recipe::{self, Recipe, Values},
};

use crate::{
    acts::register::register,
    client::{self},
    state::Passport,
};

#[derive(Args)]
pub struct Add {
    /// The site's address, such as https://app.example; the same as --url.
    #[arg(value_name = "ADDRESS", value_parser = site_address, conflicts_with = "url")]
    address: Option<String>,
    /// The name that people see; with --for, that of the recipe when absent.
    #[arg(long, required_unless_present = "recipe")]
    name: Option<String>,
    /// What sort of site it is; sets everything that such a site needs.
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// The site's address, such as https://app.example: redirect URIs follow from it.
    #[arg(long, value_parser = site_address)]
    url: Option<String>,
    /// What the site is or is built with: registers what that needs, and prints its configuration. `passport client
    /// recipes` says which there are.
    #[arg(long = "for", value_name = "RECIPE", hide_possible_values = true,
        value_parser = PossibleValuesParser::new(recipe::names()))]
    recipe: Option<String>,
    /// Where answers may go, byte for byte. Give it once for each.
    #[arg(long = "redirect-uri", num_args = 1..)]
    redirect_uris: Vec<String>,
    /// The client id; made when absent.
    #[arg(long)]
    id: Option<String>,
    /// The client secret, at least 26 characters; made when absent.
    #[arg(long)]
    secret: Option<String>,
    /// Where a person may return to after signing out.
    #[arg(long = "post-logout-redirect-uri", num_args = 1..)]
    post_logout_redirect_uris: Vec<String>,
    /// Where the site is told that a session ended.
    #[arg(long)]
    backchannel_logout_uri: Option<String>,
    /// Where the site is told that an account was closed, disabled or enabled.
    #[arg(long)]
    security_events_uri: Option<String>,
    /// A page of the site that signs the browser out when it is loaded.
    #[arg(long)]
    frontchannel_logout_uri: Option<String>,
    /// Where a sign-in at the site may be started by others.
    #[arg(long)]
    initiate_login_uri: Option<String>,
    /// Where the site publishes its public keys.
    #[arg(long)]
    jwks_uri: Option<String>,
    /// A file with the site's public keys (a JWK Set).
    #[arg(long, value_name = "FILE.json")]
    jwks: Option<PathBuf>,
    /// none (public), client_secret_basic, client_secret_post, client_secret for either of these, client_secret_jwt,
    /// private_key_jwt, tls_client_auth, self_signed_tls_client_auth.
    #[arg(long, value_parser = auth_method)]
    auth_method: Option<AuthMethod>,
    /// authorization_code, refresh_token, client_credentials, implicit, or a registered URN.
    #[arg(long = "grant-type", value_parser = grant_type, num_args = 1..)]
    grant_types: Vec<GrantType>,
    /// What the site may ask for; openid, profile and email without it.
    #[arg(long = "scope", num_args = 1..)]
    scopes: Vec<String>,
    /// RS256 (what most libraries expect), ES256 or EdDSA.
    #[arg(long, value_parser = algorithm)]
    id_token_alg: Option<SigningAlgorithm>,
    /// Accept requests without PKCE, for older libraries. Public clients always need it.
    #[arg(long)]
    no_pkce: bool,
    /// A site of the house: no consent page.
    #[arg(long)]
    trusted: bool,
    /// Show it on the public page of participating sites.
    #[arg(long)]
    listed: bool,
    /// An installed program: loopback and private-use redirect URIs.
    #[arg(long)]
    native: bool,
    /// Any other member of the metadata: NAME=VALUE, NAME+=VALUE for one more of a list.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    changes: Vec<String>,
    #[arg(long)]
    json: bool,
}

/// An origin, perhaps with a path, without a slash at its end.
fn site_address(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    let nobody = url.username().is_empty() && url.password().is_none();
    let plain = url.query().is_none() && url.fragment().is_none();
    if !matches!(url.scheme(), "https" | "http") || !plain || !nobody {
        return Err("must be the site's address, such as https://app.example".to_owned());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn auth_method(name: &str) -> Result<AuthMethod, String> {
    AuthMethod::parse(name).ok_or_else(|| {
        let known: Vec<_> = AuthMethod::ALL.iter().map(|method| method.as_str()).collect();
        format!("{name} is none of {}", known.join(", "))
    })
}

fn grant_type(name: &str) -> Result<GrantType, String> {
    GrantType::parse(name).ok_or_else(|| {
        let known: Vec<_> = GrantType::ALL.iter().map(|grant| grant.as_str()).collect();
        format!("{name} is none of {}", known.join(", "))
    })
}

/// What is printed: the registration, and where the site finds us.
#[derive(Serialize)]
struct Added<'a> {
    issuer: &'a str,
    client_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    discovery: String,
    metadata: &'a Client,
    #[serde(skip_serializing_if = "Option::is_none")]
    configuration: Option<Configuration>,
}

/// What is pasted into the site's own configuration, and what its owner has to know.
#[derive(Serialize)]
struct Configuration {
    title: String,
    into: String,
    proof: String,
    text: String,
    notes: Vec<String>,
}

impl Add {
    pub async fn run(self, passport: &Passport, out: &mut impl Write) -> anyhow::Result<()> {
        let (json, secret) = (self.json, self.secret.clone().map(Secret::new));
        let (recipe, address) = (self.recipe()?, self.address());
        let client = self.client(passport.settings.protocol.profile)?;
        client::addresses::check_addresses(&passport.clients, &client)
            .await
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        let tx = passport.db.begin().await?;
        let (client, secret) =
            match register(&tx, passport.clock.now(), &passport.clients, client, secret, false).await? {
                Ok(registered) => registered,
                Err(refusal) => anyhow::bail!("{refusal}"),
            };
        tx.tell(Note::of(Event::ClientAdded).client(&client.client_id).by(By::Operator));
        let secret = secret.as_ref().map(Secret::expose);
        let values =
            Values::of_site(passport.issuer(), address.as_deref(), &client, secret, passport.random.token());
        let added = Added {
            issuer: passport.issuer(),
            client_id: &client.client_id,
            client_secret: secret,
            discovery: format!("{}/.well-known/openid-configuration", passport.issuer()),
            metadata: &client,
            configuration: recipe.map(|recipe| Configuration::of(&recipe, &values)).transpose()?,
        };
        // Whatever cannot be written down for the site is not registered either.
        tx.commit().await?;
        if json { print_json(out, &added) } else { added.print(out) }
    }

    fn recipe(&self) -> anyhow::Result<Option<Recipe>> {
        self.recipe.as_deref().map(Recipe::find).transpose()
    }

    /// Where the site stands: as it was said, else where its first answer goes.
    fn address(&self) -> Option<String> {
        let of_redirect = || {
            let url = Url::parse(self.redirect_uris.first()?).ok()?;
            matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
        };
        self.url.clone().or_else(|| self.address.clone()).or_else(of_redirect)
    }

    /// The metadata: of the kind, then of the recipe or the address, then what was said in particular.
    fn client(self, server: Profile) -> anyhow::Result<Client> {
        let (recipe, address) = (self.recipe()?, self.address());
        anyhow::ensure!(
            recipe.is_none() || server == Profile::Default,
            "no recipe speaks [protocol] profile = \"{}\": leave --for out",
            server.as_str()
        );
        let kind = self.kind.or_else(|| recipe.as_ref().map(Recipe::kind));
        let kind = kind.or((server != Profile::Default).then_some(Kind::Web));
        let preset = match kind {
            None => Client::default(),
            Some(kind) => kind.metadata_under(server).with_context(|| {
                let name = server.as_str();
                format!("[protocol] profile = \"{name}\" takes no site that cannot prove itself with a key: choose --kind web or service")
            })?,
        };
        let preset = match &recipe {
            Some(recipe) => recipe.registration(preset, address.as_deref())?,
            None => kind.unwrap_or(Kind::Web).at(preset, self.url.as_deref().or(self.address.as_deref())),
        };
        let grant_types = if self.grant_types.is_empty() { preset.grant_types } else { self.grant_types };
        let mut scope = match self.scopes.as_slice() {
            [] => preset.scope,
            scopes => {
                Scopes::parse(&scopes.join(" ")).map_err(|error| anyhow::anyhow!("--scope: {error}"))?
            }
        };
        // A site registered for refresh tokens may ask for them.
        if grant_types.contains(&GrantType::RefreshToken) {
            scope = scope.union(&Scopes::parse(OFFLINE_ACCESS).map_err(|error| anyhow::anyhow!("{error}"))?);
        }
        let said = |list: Vec<String>, preset| if list.is_empty() { preset } else { list };
        let title = recipe.as_ref().map(|recipe| recipe.title().to_owned());
        let client = Client {
            client_id: self.id.unwrap_or_default(),
            client_name: self.name.or(title).unwrap_or_default(),
            application_type: if self.native { ApplicationType::Native } else { preset.application_type },
            redirect_uris: said(self.redirect_uris, preset.redirect_uris),
            post_logout_redirect_uris: said(self.post_logout_redirect_uris, preset.post_logout_redirect_uris),
            backchannel_logout_session_required: self.backchannel_logout_uri.is_some()
                || preset.backchannel_logout_session_required,
            backchannel_logout_uri: self.backchannel_logout_uri.or(preset.backchannel_logout_uri),
            security_events_uri: self.security_events_uri.or(preset.security_events_uri),
            frontchannel_logout_session_required: self.frontchannel_logout_uri.is_some(),
            frontchannel_logout_uri: self.frontchannel_logout_uri,
            initiate_login_uri: self.initiate_login_uri,
            jwks_uri: self.jwks_uri,
            jwks: self.jwks.map(key_set).transpose()?,
            grant_types,
            scope,
            token_endpoint_auth_method: self.auth_method.unwrap_or(preset.token_endpoint_auth_method),
            id_token_signed_response_alg: self.id_token_alg.unwrap_or(preset.id_token_signed_response_alg),
            require_pkce: preset.require_pkce && !self.no_pkce,
            trusted: self.trusted,
            listed: self.listed,
            client_uri: self.url.or(self.address).map(|url| format!("{url}/")),
            ..preset
        };
        change::apply(&client, &self.changes)
    }
}

impl Configuration {
    fn of(recipe: &Recipe, values: &Values) -> anyhow::Result<Self> {
        Ok(Self {
            title: recipe.title().to_owned(),
            into: recipe.into().to_owned(),
            proof: recipe.proof(),
            text: recipe.configuration(values)?,
            notes: recipe.notes().to_vec(),
        })
    }
}

fn key_set(file: PathBuf) -> anyhow::Result<serde_json::Value> {
    let name = file.display();
    let text = std::fs::read_to_string(&file).with_context(|| format!("{name}"))?;
    serde_json::from_str(&text).with_context(|| format!("{name}"))
}

impl Added<'_> {
    fn print(&self, out: &mut impl Write) -> anyhow::Result<()> {
        writeln!(out, "issuer         {}", self.issuer)?;
        writeln!(out, "discovery      {}", self.discovery)?;
        writeln!(out, "client_id      {}", self.client_id)?;
        if let Some(secret) = self.client_secret {
            writeln!(out, "client_secret  {secret}    (shown this once)")?;
        }
        for uri in &self.metadata.redirect_uris {
            writeln!(out, "redirect_uri   {uri}")?;
        }
        if !self.metadata.needs_pkce() && self.metadata.may_use(GrantType::AuthorizationCode) {
            writeln!(out, "Warning: PKCE is off for this site; turn it on when its library can do it.")?;
        }
        if let Some(configuration) = &self.configuration {
            let Configuration { title, into, proof, text, notes } = configuration;
            writeln!(out, "\n{title} ({proof}). For {into}:\n\n{text}\n")?;
            for note in notes {
                writeln!(out, "Note: {note}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
