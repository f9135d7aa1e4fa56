//! `passport client`: registering sites in one command each.
use std::{io::Write, process::ExitCode};

use anyhow::Context as _;
use clap::Subcommand;
use oidc::client::Client;
use platform::{
    secrets::Secret,
    security_event::{By, Event, Note},
};

use super::print_json;

use crate::{
    acts::{self},
    client::{self, Registered, store},
    state::Passport,
};

mod add;
mod change;
mod kind;
mod recipe;
mod token;

#[derive(Subcommand)]
pub enum ClientCommand {
    /// Register a site; prints its id, and its secret this once.
    Add(Box<add::Add>),
    /// The software that `add --for` knows, and what each was seen to do.
    Recipes,
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
    /// Change a site's registration: NAME=VALUE, NAME+=VALUE for one more of a list, NAME= to take a member away.
    /// disabled=true ends everything issued to it; verified_email_only=true keeps unproved addresses from it.
    Set {
        id: String,
        #[arg(value_name = "NAME=VALUE")]
        changes: Vec<String>,
        /// Make a new secret, shown this once; the old one is worth nothing at once, nor is any access token that it
        /// was given.
        #[arg(long)]
        new_secret: bool,
    },
    /// Initial access tokens, for sites that register by themselves.
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Remove a site; everything issued to it ends at once.
    Remove { id: String },
}

impl ClientCommand {
    pub async fn run(self, passport: &Passport, out: &mut impl Write) -> anyhow::Result<ExitCode> {
        match self {
            Self::Add(add) => add.run(passport, out).await?,
            Self::List { json } => list(passport, json, out).await?,
            Self::Recipes => recipes(out)?,
            Self::Show { id, json } => {
                let found = store::find(passport.db.reader(), &id).await?;
                let Registered { client, .. } =
                    found.ok_or_else(|| anyhow::anyhow!("there is no client {id}"))?;
                let _ = json; // A registration is JSON in either case.
                print_json(out, &client)?;
            }
            Self::Set { id, changes, new_secret } => set(passport, &id, &changes, new_secret, out).await?,
            Self::Token(command) => command.run(passport, out).await?,
            Self::Remove { id } => {
                let tx = passport.db.begin().await?;
                anyhow::ensure!(store::drop_client(&tx, &id).await?, "there is no client {id}");
                tx.tell(Note::of(Event::ClientRemoved).client(&id).by(By::Operator));
                tx.commit().await?;
                writeln!(out, "Removed {id}; everything issued to it has ended.")?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// `passport client recipes`, which needs neither settings nor a database.
pub fn recipes(out: &mut impl Write) -> anyhow::Result<()> {
    for recipe in recipe::all()? {
        writeln!(out, "{:<23} {} ({})", recipe.name, recipe.title(), recipe.proof())?;
    }
    Ok(())
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
        writeln!(
            out,
            "No site yet. Register one: passport client add --name NAME --kind web --url https://SITE"
        )?;
    }
    Ok(())
}

async fn set(
    passport: &Passport,
    id: &str,
    changes: &[String],
    new_secret: bool,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    anyhow::ensure!(new_secret || !changes.is_empty(), "say what to change: NAME=VALUE");
    let found = store::find(passport.db.reader(), id).await?;
    let before = found.ok_or_else(|| anyhow::anyhow!("there is no client {id}"))?;
    let client = change::apply(&before.client, changes)?;
    client::addresses::check_addresses(&passport.clients, &client)
        .await
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    let tx = passport.db.begin().await?;
    let before = store::find_locked(&tx, id).await?.with_context(|| format!("there is no client {id}"))?;
    // Applied to what it is now: the site may have changed its registration meanwhile.
    let mut client = change::apply(&before.client, changes)?;
    if client::registration::store::speaks_for_itself(&tx, id).await? {
        change::hold(&mut client, changes);
    }
    let changed =
        acts::register::change(&tx, passport.clock.now(), &passport.clients, &before, client, new_secret)
            .await?;
    let secret = changed.map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
    tx.tell(Note::of(Event::ClientChanged).client(id).by(By::Operator));
    if secret.is_some() {
        tx.tell(Note::of(Event::ClientSecretChanged).client(id).by(By::Operator));
    }
    tx.commit().await?;
    writeln!(out, "Changed {id}.")?;
    if let Some(secret) = secret.as_ref().map(Secret::expose) {
        writeln!(out, "client_secret  {secret}    (shown this once)")?;
    }
    Ok(())
}
