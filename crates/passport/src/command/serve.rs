//! `passport serve`.
use std::{net::TcpListener, process::ExitCode};

use anyhow::Context as _;
use clap::Args;
use platform::web::serve;

use super::open;
use crate::{config::Settings, serve::run_on};

#[derive(Args)]
pub struct Serve {
    /// Do not touch the schema; refuse to start when it is behind.
    #[arg(long)]
    no_migrate: bool,
}

impl Serve {
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        let listen = settings.server.listen.clone();
        let passport = open(settings).await?;
        if self.no_migrate {
            let pending =
                migrations::pending::<migrations::passport::Migrator>(&passport.db.ground()).await?;
            anyhow::ensure!(
                pending.is_empty(),
                "the schema is behind: run `passport migrate` ({})",
                pending.join(", ")
            );
        } else {
            passport.migrate().await.context("bringing the schema up to date")?;
        }
        passport
            .keys
            .current(&passport.db, passport.clock.now())
            .await
            .context("reading the signing keys")?;
        if passport.site.public_url.scheme() == "http" {
            tracing::warn!("Serving http on this machine only; people elsewhere need https");
        }
        let listener = TcpListener::bind(&listen).with_context(|| format!("listening on {listen}"))?;
        let stop = serve::stop_signal();
        tracing::info!(address = %listener.local_addr()?, issuer = passport.issuer(), "passport is ready");
        run_on(passport, listener, stop).await?;
        Ok(ExitCode::SUCCESS)
    }
}
