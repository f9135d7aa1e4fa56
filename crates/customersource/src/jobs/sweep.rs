//! Removing what is over. Nothing depends on it: every time limit is checked where it counts.
use std::time::Duration;

use platform::{Fault, limits, outbox};
use tokio_util::sync::CancellationToken;

use crate::{Portal, association, claim, gate, resource, session};

const EVERY: Duration = Duration::from_secs(600);

pub async fn run(portal: Portal, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        if let Err(fault) = once(&portal).await {
            tracing::warn!(error = %fault, "Sweeping did not succeed; trying again later");
        }
    }
}

/// One round.
pub async fn once(portal: &Portal) -> Result<(), Fault> {
    let now = portal.clock.now();
    let tx = portal.db.begin().await?;
    session::store::drop_expired(&tx, now).await?;
    gate::store::drop_expired(&tx, now).await?;
    claim::store::drop_before(&tx, now - claim::KEPT).await?;
    association::store::set_expired(&tx, now).await?;
    limits::drop_expired(&tx, now).await?;
    outbox::drop_given_up(&tx, now - portal.settings.outbox.kept()).await?;
    tx.commit().await?;
    // Apart: large files take their time.
    let tx = portal.db.begin().await?;
    resource::store::drop_idle(&tx, now - resource::IDLE).await?;
    tx.commit().await
}
