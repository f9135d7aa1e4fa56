//! Removing what is over. Nothing depends on it: every time limit is checked where it counts.
use std::time::Duration;

use platform::{
    Fault, limits, outbox,
    sweep::Over,
    timed::{self, Next},
};
use tokio_util::sync::CancellationToken;

use crate::{Portal, address, association, bulk, claim, gate, mailing, resource, session};

const EVERY: Duration = Duration::from_secs(600);

pub async fn run(portal: Portal, stop: CancellationToken) {
    let round = |portal: Portal| async move { once(&portal).await.map(|()| Next::InTime) };
    timed::run("sweep", EVERY, portal, stop, round).await;
}

/// What is swept.
const SWEPT: [Over; 10] = [
    bulk::store::OVER,
    session::store::OVER,
    platform::once::OVER,
    gate::store::OVER,
    claim::store::OVER,
    association::store::OVER,
    association::store::FORGOTTEN,
    limits::OVER,
    mailing::store::OVER,
    address::store::OVER,
];

/// One round.
pub async fn once(portal: &Portal) -> Result<(), Fault> {
    let now = portal.clock.now();
    for over in SWEPT {
        over.sweep(&portal.db, now).await?;
    }
    outbox::given_up_over(portal.settings.outbox.kept()).sweep(&portal.db, now).await?;
    association::actions::settle_dropped(&portal.db, now).await?;
    let idle = now - resource::IDLE;
    for sha256 in resource::store::list_idle(portal.db.reader(), idle).await? {
        // One file's pieces at a time: they may be large.
        let tx = portal.db.begin().await?;
        resource::store::drop_idle(&tx, idle, &sha256).await?;
        tx.commit().await?;
    }
    Ok(())
}
