//! `passport client`: registering sites in one command each.
use std::{io::Write, process::ExitCode};

use clap::{Args, Subcommand};
use oidc::{
    client::{ApplicationType, AuthMethod, Client, GrantType},
    jws::SigningAlgorithm,
    scope::{OFFLINE_ACCESS, Scopes},
};
use platform::secrets::Secret;
use serde::Serialize;

use super::{keys::algorithm, print_json};
use crate::{
    client::{
        Registered,
        actions::{Refusal, register},
        store,
    },
    state::Passport,
};

#[derive(Subcommand)]
pub enum ClientCommand {
    /// Register a site; prints its id, and its secret this once.
    Add(Box<Add>),
    /// Every registered site.
    List {
        #[arg(long)]
        json: bool,
    },
    /// One site's registration.
    Show {
        id: String,
        #[arg(long)]
        json: bool,
    },
    /// Remove a site; everything issued to it ends at once.
    Remove { id: String },
}

#[derive(Args)]
pub struct Add {
    /// The name that people see.
    #[arg(long)]
    name: String,
    /// Where answers may go, byte for byte. Give it once for each.
    #[arg(long = "redirect-uri", required = true, num_args = 1..)]
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
    /// none (public), client_secret_basic, client_secret_post, or client_secret for either way.
    #[arg(long, value_parser = auth_method, default_value = "client_secret")]
    auth_method: AuthMethod,
    /// authorization_code, refresh_token.
    #[arg(long = "grant-type", value_parser = grant_type, num_args = 1..)]
    grant_types: Vec<GrantType>,
    /// What the site may ask for; openid, profile and email without it.
    #[arg(long = "scope", num_args = 1..)]
    scopes: Vec<String>,
    /// RS256 (what most libraries expect), ES256 or EdDSA.
    #[arg(long, value_parser = algorithm, default_value = "RS256")]
    id_token_alg: SigningAlgorithm,
    /// Accept requests without PKCE, for older libraries. Public clients always need it.
    #[arg(long)]
    no_pkce: bool,
    /// A site of the house: no consent page.
    #[arg(long)]
    trusted: bool,
    /// An installed program: loopback and private-use redirect URIs.
    #[arg(long)]
    native: bool,
    #[arg(long)]
    json: bool,
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
}

impl ClientCommand {
    pub async fn run(self, passport: &Passport, out: &mut impl Write) -> anyhow::Result<ExitCode> {
        match self {
            Self::Add(add) => add.run(passport, out).await?,
            Self::List { json } => list(passport, json, out).await?,
            Self::Show { id, json } => {
                let found = store::find(passport.db.reader(), &id).await?;
                let Registered { client, .. } =
                    found.ok_or_else(|| anyhow::anyhow!("there is no client {id}"))?;
                let _ = json; // A registration is JSON in either case.
                print_json(out, &client)?;
            }
            Self::Remove { id } => {
                let tx = passport.db.begin().await?;
                anyhow::ensure!(store::drop_client(&tx, &id).await?, "there is no client {id}");
                tx.commit().await?;
                writeln!(out, "Removed {id}; everything issued to it has ended.")?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn list(passport: &Passport, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let all: Vec<Client> = store::list_all(passport.db.reader())
        .await?
        .into_iter()
        .map(|registered| registered.client)
        .collect();
    if json {
        return print_json(out, &all);
    }
    for client in &all {
        let kind = if client.is_public() { "public" } else { "confidential" };
        writeln!(out, "{:<32} {:<12} {}", client.client_id, kind, client.client_name)?;
    }
    if all.is_empty() {
        writeln!(out, "No site yet. Register one: passport client add --name NAME --redirect-uri URI")?;
    }
    Ok(())
}

impl Add {
    async fn run(self, passport: &Passport, out: &mut impl Write) -> anyhow::Result<()> {
        let json = self.json;
        let secret = self.secret.clone().map(Secret::new);
        let client = self.client()?;
        let tx = passport.db.begin().await?;
        let (client, secret) =
            match register(&tx, passport.clock.now(), passport, client, secret, false).await? {
                Ok(registered) => registered,
                Err(refusal) => anyhow::bail!("{}", in_words(&refusal)),
            };
        tx.commit().await?;
        let secret = secret.as_ref().map(Secret::expose);
        let discovery = format!("{}/.well-known/openid-configuration", passport.issuer());
        if json {
            let added = Added {
                issuer: passport.issuer(),
                client_id: &client.client_id,
                client_secret: secret,
                discovery,
                metadata: &client,
            };
            return print_json(out, &added);
        }
        writeln!(out, "issuer         {}", passport.issuer())?;
        writeln!(out, "discovery      {discovery}")?;
        writeln!(out, "client_id      {}", client.client_id)?;
        if let Some(secret) = secret {
            writeln!(out, "client_secret  {secret}    (shown this once)")?;
        }
        if !client.needs_pkce() {
            writeln!(out, "Warning: PKCE is off for this site; turn it on when its library can do it.")?;
        }
        Ok(())
    }

    fn client(self) -> anyhow::Result<Client> {
        let defaults = Client::default();
        let mut scope = match self.scopes.as_slice() {
            [] => defaults.scope,
            scopes => {
                Scopes::parse(&scopes.join(" ")).map_err(|error| anyhow::anyhow!("--scope: {error}"))?
            }
        };
        let grant_types = if self.grant_types.is_empty() { defaults.grant_types } else { self.grant_types };
        // A site registered for refresh tokens may ask for them.
        if grant_types.contains(&GrantType::RefreshToken) {
            scope = scope.union(&Scopes::parse(OFFLINE_ACCESS).map_err(|error| anyhow::anyhow!("{error}"))?);
        }
        Ok(Client {
            client_id: self.id.unwrap_or_default(),
            client_name: self.name,
            application_type: if self.native { ApplicationType::Native } else { ApplicationType::Web },
            redirect_uris: self.redirect_uris,
            post_logout_redirect_uris: self.post_logout_redirect_uris,
            backchannel_logout_session_required: self.backchannel_logout_uri.is_some(),
            backchannel_logout_uri: self.backchannel_logout_uri,
            grant_types,
            scope,
            token_endpoint_auth_method: self.auth_method,
            id_token_signed_response_alg: self.id_token_alg,
            require_pkce: !self.no_pkce,
            trusted: self.trusted,
            ..Client::default()
        })
    }
}

/// A refusal for the person at the keyboard.
pub fn in_words(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Fields(errors) => {
            let lines = errors.iter().map(|error| match &error.value {
                Some(value) => format!("{}: {value}: {}", error.field, error.problem),
                None => format!("{}: {}", error.field, error.problem),
            });
            lines.collect::<Vec<_>>().join("\n")
        }
        Refusal::Taken => "a client with this id exists; choose another, or remove it first".to_owned(),
        Refusal::ShortSecret(least) => format!("the secret must have at least {least} characters"),
    }
}
