//! Cases take effect when their time comes, whoever is awake.
use std::time::Duration;

use platform::{
    Fault,
    timed::{self, Next},
};
use tokio_util::sync::CancellationToken;

use crate::{Portal, admin_case};

const EVERY: Duration = Duration::from_secs(60);

pub async fn run(portal: Portal, stop: CancellationToken) {
    let round = |portal: Portal| async move { once(&portal).await.map(|()| Next::InTime) };
    timed::run("cases", EVERY, portal, stop, round).await;
}

/// Every case that is due, each in a transaction of its own; any number of nodes may do this at once.
pub async fn once(portal: &Portal) -> Result<(), Fault> {
    let now = portal.clock.now();
    for case in admin_case::store::list_due(portal.db.reader(), now).await? {
        let tx = portal.db.begin().await?;
        admin_case::actions::effect(&tx, now, &portal.desk(), &case).await?;
        tx.commit().await?;
    }
    Ok(())
}
