//! Serving: every route, and the jobs beside them, until it is told to stop.
use std::net::TcpListener;

use axum::{Router, middleware::from_fn_with_state};
use platform::{
    Fault, nodes,
    web::{
        Trouble,
        openapi::Surface,
        serve::{self, Health},
        tls::Tls,
    },
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{endpoints, jobs, routes, state::Passport, visitor};

/// What is published of Passport; `/openapi.json` describes what machines call.
pub const SURFACE: Surface = Surface {
    json: include_str!("../../../deploy/surface.json"),
    program: "passport",
    machines: &[
        "machine",
        "client",
        "access token",
        "registration access token",
        "client that may supply billing facts",
        "operator",
    ],
};

/// Every route of Passport.
pub fn router(passport: &Passport) -> Router {
    let scripts = from_fn_with_state(passport.clone(), endpoints::cors::around);
    let endpoints = routes::machines(passport).layer(scripts);
    let arrive = from_fn_with_state(passport.clone(), visitor::automatic::arrive);
    let described = platform::web::openapi::router(&passport.settings.server, &SURFACE);
    let people = Router::new().merge(routes::on_the_way(passport)).merge(routes::people()).merge(described);
    let head = from_fn_with_state(passport.clone(), visitor::head);
    people
        .route_layer(arrive)
        .fallback(|| async { Trouble::not_found() })
        .layer(head)
        .merge(endpoints)
        .with_state(passport.clone())
}

/// Serves Passport on `listener`, with its jobs, until `stop`; ends when all is written down.
pub async fn run_on(passport: Passport, listener: TcpListener, stop: CancellationToken) -> Result<(), Fault> {
    let tasks = TaskTracker::new();
    tasks.spawn(jobs::worker(&passport).run(stop.clone()));
    tasks.spawn(jobs::sweep_until(passport.clone(), stop.clone()));
    tasks.spawn(jobs::end_lapsed_until(passport.clone(), stop.clone()));
    let public_url = passport.settings.server.public_url.clone();
    tasks.spawn(nodes::run(passport.db.clone(), passport.clock.clone(), public_url, stop.clone()));
    let metrics = passport.settings.metrics.listen.clone();
    if !metrics.is_empty() {
        let listener =
            TcpListener::bind(&metrics).map_err(|error| Fault::unavailable(format!("{metrics}: {error}")))?;
        tasks.spawn(serve::run_metrics(listener, passport.site.clone(), passport.db.clone(), stop.clone()));
    }
    let health = Health::new(passport.db.clone());
    let tls = Tls::open(&passport.settings.tls, passport.clock.clone()).map_err(Fault::unavailable)?;
    let routes = router(&passport);
    let served = serve::run_tls(listener, tls, &passport.site, &health, routes, stop.clone()).await;
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    served?;
    passport.db.clone().close().await
}
