//! Logs and figures: JSON lines on standard output, Prometheus text on its own listener; counts no business.
use std::sync::{Arc, atomic::Ordering};

use axum::{extract::MatchedPath, http::Method};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::{
    config::{Log, LogFormat},
    db::Database,
    outbox, security_event,
};

/// Starts logging for the whole process. A second call changes nothing (two halves may share a process).
pub fn start(log: &Log) {
    let filter = EnvFilter::try_new(&log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    // Both formats escape control characters, so a hostile header stays one line (HT-10).
    let _ = match log.format {
        LogFormat::Json => registry
            .with(
                fmt::layer()
                    .json()
                    .flatten_event(true)
                    .with_current_span(true)
                    .with_span_list(false)
                    .with_target(false),
            )
            .try_init(),
        LogFormat::Text => {
            let colours = std::io::IsTerminal::is_terminal(&std::io::stdout());
            registry.with(fmt::layer().with_target(false).with_ansi(colours)).try_init()
        }
    };
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Path {
    route: String,
}

/// The route of what leads nowhere.
pub const NO_ROUTE: &str = "(none)";

/// The method as a label.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

type Jobs = Gauge<i64, std::sync::atomic::AtomicI64>;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Told {
    event: &'static str,
}

/// The figures of one half.
#[derive(Clone)]
pub struct Figures {
    registry: Arc<Registry>,
    requests: Family<Route, Counter>,
    seconds: Family<Path, Histogram>,
    jobs_waiting: Jobs,
    jobs_overdue: Jobs,
    jobs_given_up: Jobs,
    jobs_in_trouble: Jobs,
    security_events: Family<Told, Counter>,
    database: DatabaseFigures,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct WhyNot {
    cause: &'static str,
}

/// What the database said, and refused.
#[derive(Clone, Default)]
struct DatabaseFigures {
    ready: Gauge,
    troubles: Family<WhyNot, Gauge>,
    replaced: Gauge,
    second: Gauge,
    clock_ahead: Gauge<f64, std::sync::atomic::AtomicU64>,
    free_bytes: Gauge,
    commits: Gauge,
    transactions: Gauge,
}

impl DatabaseFigures {
    fn register(&self, registry: &mut Registry) {
        registry.register("database_ready", "1 when the node can work with its database", self.ready.clone());
        registry.register("database_troubles", "Refusals of the database by cause", self.troubles.clone());
        registry.register(
            "database_connections_replaced",
            "Connections not trusted again",
            self.replaced.clone(),
        );
        let text = "Refusals of a second connection inside a transaction";
        registry.register("database_second_connections", text, self.second.clone());
        let text = "Our clock before the database's in seconds";
        registry.register("database_clock_ahead_seconds", text, self.clock_ahead.clone());
        registry.register("database_free_bytes", "Room where SQLite's file lies", self.free_bytes.clone());
        registry.register("database_commits", "Durable commits on SQLite", self.commits.clone());
        let text = "Transactions that shared them";
        registry.register("database_transactions", text, self.transactions.clone());
    }
}

impl Default for Figures {
    fn default() -> Self {
        let mut registry = Registry::default();
        let requests = Family::<Route, Counter>::default();
        let buckets =
            || Histogram::new([0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0]);
        let seconds = Family::<Path, Histogram>::new_with_constructor(buckets as fn() -> Histogram);
        let [jobs_waiting, jobs_overdue, jobs_given_up, jobs_in_trouble]: [Jobs; 4] = Default::default();
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register("http_request_seconds", "Time to the answer in seconds", seconds.clone());
        let security_events = Family::<Told, Counter>::default();
        let about = "Security events of this process";
        registry.register("security_events", about, security_events.clone());
        registry.register("outbox_waiting", "Jobs that are due", jobs_waiting.clone());
        let database = DatabaseFigures::default();
        database.register(&mut registry);
        registry.register("outbox_overdue", "Jobs that wait for over ten minutes", jobs_overdue.clone());
        registry.register("outbox_given_up", "Jobs that were given up and are kept", jobs_given_up.clone());
        let trouble = "Jobs that wait until the operator mends something: alarm above 0";
        registry.register("outbox_trouble", trouble, jobs_in_trouble.clone());
        let registry = Arc::new(registry);
        Self {
            registry,
            requests,
            seconds,
            jobs_waiting,
            jobs_overdue,
            jobs_given_up,
            jobs_in_trouble,
            database,
            security_events,
        }
    }
}

impl Figures {
    /// Counts one answer. Every label is of a closed set, whoever asks: `route` is the pattern of the path, never
    /// the path (that may hold a secret), and a method that no route has is `other`.
    pub fn answered(&self, method: &Method, route: Option<&MatchedPath>, status: u16, seconds: f64) {
        let route = route.map_or(NO_ROUTE, MatchedPath::as_str);
        let path = Path { route: route.to_owned() };
        self.requests.get_or_create(&Route { method: known(method), route: route.to_owned(), status }).inc();
        self.seconds.get_or_create(&path).observe(seconds);
    }

    pub fn set_outbox(&self, report: &outbox::Report) {
        self.jobs_waiting.set(report.waiting);
        self.jobs_overdue.set(report.overdue);
        self.jobs_given_up.set(report.given_up);
        self.jobs_in_trouble.set(report.trouble);
    }

    /// What is known of the database now.
    pub fn set_database(&self, db: &Database, is_ready: bool) {
        let (figures, troubles) = (&self.database, db.troubles());
        figures.ready.set(i64::from(is_ready));
        for (cause, count) in troubles.counts() {
            let label = WhyNot { cause: cause.name() };
            figures.troubles.get_or_create(&label).set(i64::try_from(count).unwrap_or(i64::MAX));
        }
        figures.replaced.set(i64::try_from(troubles.replaced()).unwrap_or(i64::MAX));
        figures.second.set(i64::try_from(troubles.second_connections()).unwrap_or(i64::MAX));
        let (commits, transactions) = troubles.commits();
        figures.commits.set(i64::try_from(commits).unwrap_or(i64::MAX));
        figures.transactions.set(i64::try_from(transactions).unwrap_or(i64::MAX));
        figures.clock_ahead.set(troubles.ahead() as f64 / 1000.0);
        let free = db.free_bytes().and_then(|free| i64::try_from(free).ok());
        figures.free_bytes.set(free.unwrap_or(-1));
    }

    /// The OpenMetrics text.
    pub fn text(&self) -> String {
        for (event, count) in security_event::counts() {
            let told = Told { event: event.name() };
            self.security_events.get_or_create(&told).inner().store(count, Ordering::Relaxed);
        }
        let mut text = String::new();
        if encode(&mut text, &self.registry).is_err() {
            tracing::error!("The figures could not be written");
        }
        text
    }
}
