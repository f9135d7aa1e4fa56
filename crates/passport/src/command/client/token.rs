//! `passport client token`: who may register a site by itself.
use std::{io::Write, time::Duration};

use clap::Subcommand;
use platform::security_event::{By, Event, Note};
use serde::Serialize;

use super::super::print_json;
use crate::{
    client::registration::{InitialToken, InitialTokenId, store},
    config::RegistrationMode,
    state::Passport,
};

#[derive(Subcommand)]
pub enum TokenCommand {
    /// Make an initial access token; it is shown this once.
    Add {
        /// How many sites may register with it.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(i32).range(1..=100_000))]
        uses: i32,
        /// How many days it is good.
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: u32,
        /// Whom it is for, in your words.
        #[arg(long, default_value = "")]
        note: String,
        #[arg(long)]
        json: bool,
    },
    /// Every initial access token, without its secret.
    List {
        #[arg(long)]
        json: bool,
    },
    /// Take an initial access token away; sites that registered with it stay.
    Revoke { id: InitialTokenId },
}

#[derive(Serialize)]
struct Shown<'a> {
    id: InitialTokenId,
    note: &'a str,
    uses_left: i32,
    ends_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
}

impl<'a> Shown<'a> {
    fn of(token: &'a InitialToken, secret: Option<&'a str>) -> Self {
        let InitialToken { id, note, uses_left, ends_at, .. } = token;
        Self { id: *id, note, uses_left: *uses_left, ends_at: ends_at.rfc3339(), token: secret }
    }
}

impl TokenCommand {
    pub async fn run(self, passport: &Passport, out: &mut impl Write) -> anyhow::Result<()> {
        match self {
            Self::Add { uses, days, note, json } => {
                let now = passport.clock.now();
                let token = InitialToken {
                    id: InitialTokenId::new(now, &passport.random),
                    note,
                    uses_left: uses,
                    created_at: now,
                    ends_at: now + Duration::from_secs(u64::from(days) * 24 * 3600),
                };
                let secret = passport.random.token();
                let tx = passport.db.begin().await?;
                store::add_initial_token(&tx, &token, &secret).await?;
                tx.tell(Note::of(Event::RegistrationToken).by(By::Operator).detail("made"));
                tx.commit().await?;
                added(passport, &Shown::of(&token, Some(&secret)), json, out)
            }
            Self::List { json } => list(passport, json, out).await,
            Self::Revoke { id } => {
                let tx = passport.db.begin().await?;
                anyhow::ensure!(store::drop_initial_token(&tx, id).await?, "there is no token {id}");
                tx.tell(Note::of(Event::RegistrationToken).by(By::Operator).detail("withdrawn"));
                tx.commit().await?;
                writeln!(out, "Revoked {id}.")?;
                Ok(())
            }
        }
    }
}

fn added(passport: &Passport, shown: &Shown<'_>, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    if json {
        return print_json(out, shown);
    }
    writeln!(out, "id     {}", shown.id)?;
    writeln!(out, "token  {}    (shown this once)", shown.token.unwrap_or_default())?;
    writeln!(out, "good for {} registrations, until {}", shown.uses_left, shown.ends_at)?;
    if passport.settings.registration.mode == RegistrationMode::Closed {
        writeln!(out, "Warning: registration is closed; set [registration] mode = \"initial_token\".")?;
    }
    Ok(())
}

async fn list(passport: &Passport, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let all = store::list_initial_tokens(passport.db.reader()).await?;
    if json {
        return print_json(out, &all.iter().map(|token| Shown::of(token, None)).collect::<Vec<_>>());
    }
    for token in &all {
        writeln!(
            out,
            "{}  {:>6} left, until {}  {}",
            token.id,
            token.uses_left,
            token.ends_at.rfc3339(),
            token.note
        )?;
    }
    Ok(())
}
