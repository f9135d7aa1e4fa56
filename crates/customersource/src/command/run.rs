//! `serve`: the portal, from migrations to the last request.
use anyhow::Context as _;
use platform::{clock::Clock, random::Random, web::serve::stop_signal};

use super::{refuse_problems, start_log};
use crate::{Portal, Settings};

pub async fn serve(settings: Settings, migrate: bool) -> anyhow::Result<()> {
    refuse_problems(&settings)?;
    start_log(&settings);
    let listen = settings.server.listen.clone();
    let listener =
        std::net::TcpListener::bind(&listen).with_context(|| format!("[server] listen: {listen}"))?;
    let portal = Portal::open(settings, Clock::system(), Random::system()).await?;
    if migrate {
        portal.migrate().await?;
    }
    let pending = portal.pending_migrations().await?;
    anyhow::ensure!(
        pending.is_empty(),
        "the schema lacks {}; run `customersource migrate`",
        pending.join(", ")
    );
    portal.refresh_index().await?;
    let stop = stop_signal();
    let public_url = portal.settings.server.public_url.clone();
    tracing::info!(listen, public_url, version = env!("CARGO_PKG_VERSION"), "ready");
    crate::serve(portal, listener, stop).await?;
    tracing::info!("stopped");
    Ok(())
}
