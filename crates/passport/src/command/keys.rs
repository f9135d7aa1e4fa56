//! `passport keys`: which keys there are, rotating them, and moving what is sealed to the newest line of the key file.
use std::{io::Write, process::ExitCode};

use clap::Subcommand;
use oidc::jws::SigningAlgorithm;
use platform::{former, outbox::Operator};
use serde::Serialize;

use super::print_json;

use crate::{
    account, acts,
    key::{ALGORITHMS, store},
    state::{NEEDED_OF_OLDER_LINES, Passport},
};

#[derive(Subcommand)]
pub enum Keys {
    /// Every key: published, signing, or retired and still published.
    List {
        #[arg(long)]
        json: bool,
    },
    /// Let the published next key sign from now on; the old one stays published until its tokens have run out.
    Rotate {
        /// Only this algorithm (RS256, PS256, ES256, EdDSA); all without it.
        #[arg(long, value_parser = algorithm)]
        alg: Option<SigningAlgorithm>,
        #[arg(long)]
        json: bool,
    },
    /// Seal everything with the first line of the key file, and say when the other lines can go (deploy/README.md).
    Reseal,
}

#[derive(Serialize)]
struct Line {
    kid: String,
    alg: String,
    state: String,
    created_at: String,
    active_at: Option<String>,
    retired_at: Option<String>,
}

pub fn algorithm(name: &str) -> Result<SigningAlgorithm, String> {
    SigningAlgorithm::parse(name)
        .filter(|algorithm| ALGORITHMS.contains(algorithm))
        .ok_or_else(|| format!("{name} is none of RS256, PS256, ES256, EdDSA"))
}

impl Keys {
    pub async fn run(self, passport: &Passport, out: &mut impl Write) -> anyhow::Result<ExitCode> {
        let json = match self {
            Self::Reseal => return reseal(passport, out).await,
            Self::List { json } => json,
            Self::Rotate { alg, json } => {
                let now = passport.clock.now();
                for algorithm in
                    ALGORITHMS.into_iter().filter(|known| alg.is_none_or(|wanted| wanted == *known))
                {
                    passport.keys.rotate(&passport.db, &passport.random, now, algorithm).await?;
                }
                json
            }
        };
        let rows = store::list_all(passport.db.reader()).await?;
        let lines: Vec<Line> = rows
            .into_iter()
            .map(|row| Line {
                kid: row.kid,
                alg: row.algorithm,
                state: row.state.name(),
                created_at: row.created_at.rfc3339(),
                active_at: row.active_at.map(|at| at.rfc3339()),
                retired_at: row.retired_at.map(|at| at.rfc3339()),
            })
            .collect();
        if json {
            print_json(out, &lines)?;
        } else {
            for line in &lines {
                writeln!(out, "{:<6} {:<8} {}  since {}", line.alg, line.state, line.kid, line.created_at)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Every purpose that something is sealed for, and how it comes to the first line. `tests/tidy/sealed.rs` holds this to the
/// code.
pub const SEALED: [(&str, &str); 9] = [
    ("signing key", "moved"),
    ("pairwise key", "moved"),
    ("client secret", "moved"),
    ("authenticator", "moved, those in links that undo a change too"),
    ("outbox", "moved"),
    ("former key", "kept by the first line"),
    ("pushed request", "over within minutes"),
    ("authenticator draft", "stands in a page that was not sent yet"),
    ("kept form", "stands in a page for a day"),
];

pub async fn reseal(passport: &Passport, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let (db, random, keyring) = (&passport.db, &passport.random, &passport.keyring);
    let names = keyring.names();
    let (newest, others) = names.split_first().ok_or_else(|| anyhow::anyhow!("there is no key"))?;
    writeln!(out, "first line      {newest}")?;
    writeln!(out, "signing keys    {} moved", passport.keys.reseal(db, random).await?)?;
    passport.pairwise.make_or_reseal(db, random).await?;
    writeln!(out, "pairwise key    sealed by the first line")?;
    writeln!(out, "client secrets  {} moved", acts::register::reseal(&passport.clients).await?)?;
    writeln!(
        out,
        "authenticators  {} moved",
        acts::second_step::reseal(passport, passport.clock.now()).await?
    )?;
    let (moved, unreadable) = Operator::new(keyring).reseal(db, random).await?;
    writeln!(out, "outbox          {moved} moved, {unreadable} that no line opens")?;
    let kept = former::keep(db, random, keyring, NEEDED_OF_OLDER_LINES).await?;
    writeln!(out, "kept            {kept} keys of older lines, for passwords and billing facts alone")?;
    let (passwords, answers) =
        account::store::count_older_hashes(db.reader(), &passport.hasher.key_name()).await?;
    writeln!(
        out,
        "still older     {passwords} passwords (each is renewed when its owner signs in), {answers} secret answers"
    )?;
    for (what, how) in SEALED {
        writeln!(out, "  {what:<20} {how}")?;
    }
    if unreadable > 0 {
        writeln!(out, "\nNo line may go: some other node has a line that this file lacks.")?;
        return Ok(ExitCode::FAILURE);
    }
    if !others.is_empty() {
        let days = passport.settings.tokens.refresh_days.max(passport.settings.session.automatic_days);
        writeln!(
            out,
            "\nOnce every node has this first line and was started again, the other lines ({}) can go.\n\
             A line that leaked goes at once: tokens, automatic sign-ins and requests under way that were made with it\n\
             end then; sessions and the links of e-mails go on.\n\
             Otherwise leave it for {days} days more, and nobody notices.",
            others.join(", ")
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
