//! Passport: a standalone OpenID Connect provider. Knows nothing of the portal.
//!
//! Doors (know axum, know no SQL): [`endpoints`] for machines, [`pages`] for people, [`jobs`] for time,
//! [`command`] for the operator; [`visitor`] says who asks. Rooms (know no axum):
//! [`account`], [`session`], [`automatic`], [`computer`], [`consent`], [`closing`], [`history`], [`link`],
//! [`notice`], [`recovery`], [`billing`], [`client`], [`grant`], [`pushed`], [`device`], [`once`], [`key`].
//! Allowed arrows between rooms: session → account, automatic, grant; automatic → account, session, history;
//! consent → grant, history; closing → account, session, grant, history; grant → account, client, session ids;
//! client → account ids; device → grant, session; notice → account, history, link; recovery → account, billing,
//! history, link, notice; billing → account, notice; `account::acting`, `account::actions`, `account::arrival` and
//! `account::ended` → whatever hangs on an account.
pub mod account;
pub mod automatic;
pub mod billing;
pub mod channel;
pub mod client;
pub mod closing;
pub mod command;
pub mod computer;
pub mod config;
pub mod consent;
pub mod device;
pub mod endpoints;
pub mod grant;
pub mod history;
pub mod jobs;
pub mod key;
pub mod link;
pub mod name_claim;
pub mod notice;
pub mod once;
pub mod pages;
pub mod pushed;
pub mod recovery;
pub mod response;
pub mod seed;
pub mod session;
pub mod state;
pub mod texts;
pub mod visitor;

use std::net::TcpListener;

use axum::{Router, middleware::from_fn_with_state};
use platform::{
    Fault,
    web::{
        Trouble,
        serve::{self, Health},
        tls::Tls,
    },
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use config::Settings;
pub use state::Passport;

/// How long after a form the same one may come once more: some browsers send it twice when the connection breaks, and
/// show what the second one is answered (decision 0030).
pub const TWICE: std::time::Duration = std::time::Duration::from_secs(120);

/// Every route of Passport.
pub fn router(passport: &Passport) -> Router {
    let scripts = from_fn_with_state(passport.clone(), endpoints::cors::around);
    let endpoints = endpoints::router(passport).layer(scripts);
    let arrive = from_fn_with_state(passport.clone(), visitor::automatic::arrive);
    let described = platform::web::openapi::router(&passport.settings.server, "passport");
    let all = Router::new().merge(endpoints).merge(pages::router()).merge(described);
    let head = from_fn_with_state(passport.clone(), visitor::head);
    all.route_layer(arrive)
        .fallback(|| async { Trouble::not_found() })
        .layer(head)
        .with_state(passport.clone())
}

/// Serves Passport on `listener`, with its jobs, until `stop`; ends when all is written down.
pub async fn run_on(passport: Passport, listener: TcpListener, stop: CancellationToken) -> Result<(), Fault> {
    let tasks = TaskTracker::new();
    tasks.spawn(jobs::worker(&passport).run(stop.clone()));
    tasks.spawn(jobs::sweep_until(passport.clone(), stop.clone()));
    tasks.spawn(jobs::end_lapsed_until(passport.clone(), stop.clone()));
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
