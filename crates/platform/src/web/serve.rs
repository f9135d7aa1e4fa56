//! Serving: listeners, health, figures, and an end that loses nothing; knows no page.
use std::{
    net::{SocketAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use axum_server::{Handle, Server, accept::DefaultAcceptor};
use hyper_util::rt::TokioTimer;
use tokio_util::sync::CancellationToken;

use super::{Site, frame, idle::Idle, tls::Tls};
use crate::{
    Fault,
    db::{Condition, Database},
    outbox,
};

/// How long requests in flight may take to finish after the order to stop.
const GRACE: Duration = Duration::from_secs(10);

/// How long a connection may go without a request.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    /// Until the head of its first request is there, and of each later one that has begun.
    pub head: Duration,
    /// With no request under way; and with no byte taken of an answer.
    pub idle: Duration,
    /// Until its TLS handshake is made.
    pub handshake: Duration,
}

const PATIENCE: Patience = Patience {
    head: Duration::from_secs(20),
    idle: Duration::from_secs(60),
    handshake: Duration::from_secs(10),
};

/// How often a node looks at its database of its own accord.
const LOOK_EVERY: Duration = Duration::from_secs(15);

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

    async fn ready(self) -> Response {
        let (status, text) = if self.stopping.load(Ordering::SeqCst) {
            (StatusCode::SERVICE_UNAVAILABLE, "stopping")
        } else {
            match self.db.condition().await {
                Condition::Ready => (StatusCode::OK, Condition::Ready.in_words()),
                trouble => (StatusCode::SERVICE_UNAVAILABLE, trouble.in_words()),
            }
        };
        let mut answer = (status, format!("{{\"status\":\"{text}\"}}")).into_response();
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if !status.is_success() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        answer
    }

    /// Looks now and then, so that a node that is not ready says so even when nobody asks.
    async fn watch(self, stop: CancellationToken) {
        let (mut before, mut clock_was_told) = (Condition::Ready, false);
        loop {
            let condition = self.db.condition().await;
            match (&before, &condition) {
                (before, now) if before == now => {}
                (_, Condition::Ready) => tracing::info!("Ready again"),
                (_, trouble) => tracing::error!(why = trouble.in_words(), "Not ready"),
            }
            before = condition;
            let clock_is_wrong = self.db.clock_is_notable();
            if clock_is_wrong && !clock_was_told {
                let ahead = self.db.troubles().ahead();
                tracing::warn!(ahead_millis = ahead, "Our clock differs from the database's: look at NTP");
            }
            clock_was_told = clock_is_wrong;
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
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
    run_patiently(listener, tls, site, health, routes, stop, PATIENCE).await
}

pub(super) async fn run_patiently(
    listener: TcpListener,
    tls: Option<Tls>,
    site: &Site,
    health: &Health,
    routes: Router,
    stop: CancellationToken,
    patience: Patience,
) -> Result<(), Fault> {
    let app = frame::wrap(site, routes).merge(health.routes());
    let handle = Handle::<SocketAddr>::new();
    let (watcher, health) = (handle.clone(), health.clone());
    if let Some(tls) = &tls {
        tokio::spawn(tls.clone().keep_fresh(stop.clone()));
    }
    tokio::spawn(health.clone().watch(stop.clone()));
    tokio::spawn(async move {
        stop.cancelled().await;
        health.stop();
        watcher.graceful_shutdown(Some(GRACE));
    });
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let served = match tls {
        Some(tls) => {
            tuned(listener, handle, tls.acceptor_within(patience.handshake), patience)?.serve(app).await
        }
        None => tuned(listener, handle, DefaultAcceptor::new(), patience)?.serve(app).await,
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
            site.figures.set_database(&db, db.is_ready().await);
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
    tuned(listener, handle, DefaultAcceptor::new(), PATIENCE)?.serve(app).await.map_err(Fault::unavailable)
}

fn tuned<A>(
    listener: TcpListener,
    handle: Handle<SocketAddr>,
    acceptor: A,
    patience: Patience,
) -> Result<Server<SocketAddr, Idle<A>>, Fault> {
    listener.set_nonblocking(true).map_err(Fault::bug)?;
    let mut server = axum_server::from_tcp(listener)
        .map_err(Fault::bug)?
        .handle(handle)
        .acceptor(Idle::new(acceptor, patience.idle))
        .first_request_timeout(patience.head)
        .accept_error_handler(not_taken());
    let mut http1 = server.http_builder().http1();
    http1.timer(TokioTimer::new()).header_read_timeout(patience.head).max_buf_size(64 * 1024);
    server
        .http_builder()
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(patience.head)
        .keep_alive_timeout(patience.head)
        .max_concurrent_streams(64)
        .max_header_list_size(32 * 1024);
    Ok(server)
}

/// Says that connections cannot be taken (no file descriptors are left, say); the server tries on, twenty times a
/// second, so that one line stands for many.
fn not_taken() -> impl Fn(Option<&SocketAddr>, &std::io::Error) + Send + Sync + 'static {
    let count = AtomicU64::new(0);
    move |peer, error| match peer {
        // A handshake that a client gave up: its own affair.
        Some(_) => tracing::debug!(%error, "A connection did not come about"),
        None => {
            let before = count.fetch_add(1, Ordering::Relaxed);
            if before.is_multiple_of(200) {
                tracing::error!(%error, times = before + 1, "Connections cannot be taken: look at the limit of open files");
            }
        }
    }
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
