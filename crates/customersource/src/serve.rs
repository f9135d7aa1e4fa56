//! Running the portal: pages, jobs, sweeping and figures, until told to stop.
use std::net::TcpListener;

use platform::{
    Fault, nodes,
    web::serve::{Health, run, run_metrics},
};
use tokio_util::sync::CancellationToken;

use crate::{Portal, jobs, routes};

/// Serves the portal on `listener` until `stop`. What is in flight is finished.
pub async fn serve(portal: Portal, listener: TcpListener, stop: CancellationToken) -> Result<(), Fault> {
    let figures = match portal.settings.metrics.listen.as_str() {
        "" => None,
        address => {
            let listener = TcpListener::bind(address)
                .map_err(|error| Fault::unavailable(format!("[metrics] listen: {address}: {error}")))?;
            Some(run_metrics(listener, portal.site.clone(), portal.db.clone(), stop.clone()))
        }
    };
    let figures = figures.map(tokio::spawn);
    let work = tokio::spawn(jobs::worker(&portal).run(stop.clone()));
    let sweep = tokio::spawn(jobs::sweep::run(portal.clone(), stop.clone()));
    let refresh = tokio::spawn(jobs::refresh::run(portal.clone(), stop.clone()));
    let cases = tokio::spawn(jobs::cases::run(portal.clone(), stop.clone()));
    let bounces = tokio::spawn(jobs::bounces::run(portal.clone(), stop.clone()));
    let public_url = portal.settings.server.public_url.clone();
    let nodes = tokio::spawn(nodes::run(portal.db.clone(), portal.clock.clone(), public_url, stop.clone()));
    let health = Health::new(portal.db.clone());
    let served = run(listener, &portal.site, &health, routes::router(&portal), stop.clone()).await;
    stop.cancel();
    for task in [work, sweep, refresh, cases, bounces, nodes] {
        task.await.map_err(Fault::bug)?;
    }
    if let Some(figures) = figures {
        figures.await.map_err(Fault::bug)??;
    }
    served
}
