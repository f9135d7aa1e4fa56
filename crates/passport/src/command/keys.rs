//! `passport keys`: which keys there are, and rotating them.
use std::{io::Write, process::ExitCode};

use clap::Subcommand;
use oidc::jws::SigningAlgorithm;
use serde::Serialize;

use super::print_json;
use crate::{
    key::{ALGORITHMS, store},
    state::Passport,
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
                state: row.state,
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
