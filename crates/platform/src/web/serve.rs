//! Serving: listeners, health, figures, and an end that loses nothing; knows no page.
use std::{
    net::{SocketAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use axum_server::{Handle, Server, accept::DefaultAcceptor};
use hyper_util::rt::TokioTimer;
use tokio_util::sync::CancellationToken;

use super::{Site, frame, tls::Tls};
use crate::{Fault, db::Database, outbox};

/// How long requests in flight may take to finish after the order to stop.
const GRACE: Duration = Duration::from_secs(10);

/// What readiness depends on.
#[derive(Clone)]
pub struct Health {
    db: Database,
    stopping: Arc<AtomicBool>,
}

impl Health {
    pub fn new(db: Database) -> Self {
        Self { db, stopping: Arc::default() }
    }

    /// `/healthz`: the process lives. `/readyz`: it can work; red as soon as it is told to stop.
    pub fn routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let health = self.clone();
        let ready = move || health.clone().ready();
        let alive = || async { ([(header::CONTENT_TYPE, "application/json")], "{\"status\":\"ok\"}") };
        Router::new().route("/healthz", get(alive)).route("/readyz", get(ready))
    }

    async fn ready(self) -> impl IntoResponse {
        let (status, text) = if self.stopping.load(Ordering::SeqCst) {
            (StatusCode::SERVICE_UNAVAILABLE, "{\"status\":\"stopping\"}")
        } else if self.db.is_ready().await {
            (StatusCode::OK, "{\"status\":\"ok\"}")
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, "{\"status\":\"database away\"}")
        };
        (status, [(header::CONTENT_TYPE, "application/json")], text)
    }

    fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
    }
}

/// Serves `routes` on `listener` until `stop`, then lets what is in flight finish.
pub async fn run(
    listener: TcpListener,
    site: &Site,
    health: &Health,
    routes: Router,
    stop: CancellationToken,
) -> Result<(), Fault> {
    run_tls(listener, None, site, health, routes, stop).await
}

/// The same, over TLS if there is one; its files are read again when they change.
pub async fn run_tls(
    listener: TcpListener,
    tls: Option<Tls>,
    site: &Site,
    health: &Health,
    routes: Router,
    stop: CancellationToken,
) -> Result<(), Fault> {
    let app = frame::wrap(site, routes).merge(health.routes());
    let handle = Handle::<SocketAddr>::new();
    let (watcher, health) = (handle.clone(), health.clone());
    if let Some(tls) = &tls {
        tokio::spawn(tls.clone().keep_fresh(stop.clone()));
    }
    tokio::spawn(async move {
        stop.cancelled().await;
        health.stop();
        watcher.graceful_shutdown(Some(GRACE));
    });
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let served = match tls {
        Some(tls) => tuned(listener, handle, tls.acceptor())?.serve(app).await,
        None => tuned(listener, handle, DefaultAcceptor::new())?.serve(app).await,
    };
    served.map_err(Fault::unavailable)
}

/// Serves the figures of `site` at `/metrics` on a listener of their own.
pub async fn run_metrics(
    listener: TcpListener,
    site: Site,
    db: Database,
    stop: CancellationToken,
) -> Result<(), Fault> {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let text = move || {
        let (site, db) = (site.clone(), db.clone());
        async move {
            if let Ok(report) = outbox::Report::read(db.reader(), site.clock.now()).await {
                site.figures.set_outbox(&report);
            }
            ([(header::CONTENT_TYPE, kind)], site.figures.text())
        }
    };
    let handle = Handle::<SocketAddr>::new();
    let watcher = handle.clone();
    tokio::spawn(async move {
        stop.cancelled().await;
        watcher.shutdown();
    });
    let app = Router::new().route("/metrics", get(text)).into_make_service();
    tuned(listener, handle, DefaultAcceptor::new())?.serve(app).await.map_err(Fault::unavailable)
}

fn tuned<A>(
    listener: TcpListener,
    handle: Handle<SocketAddr>,
    acceptor: A,
) -> Result<Server<SocketAddr, A>, Fault> {
    listener.set_nonblocking(true).map_err(Fault::bug)?;
    let mut server = axum_server::from_tcp(listener).map_err(Fault::bug)?.handle(handle).acceptor(acceptor);
    let mut http1 = server.http_builder().http1();
    http1.timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(20)).max_buf_size(64 * 1024);
    server
        .http_builder()
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(64)
        .max_header_list_size(32 * 1024);
    Ok(server)
}

/// Cancelled at SIGTERM or Ctrl-C.
pub fn stop_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        let interrupt = tokio::signal::ctrl_c();
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            match signal(SignalKind::terminate()) {
                Ok(mut terminate) => {
                    tokio::select! {
                        _ = interrupt => {}
                        _ = terminate.recv() => {}
                    }
                }
                Err(_) => drop(interrupt.await),
            }
        }
        #[cfg(not(unix))]
        drop(interrupt.await);
        tracing::info!("Told to stop; finishing what is in flight");
        told.cancel();
    });
    stop
}
