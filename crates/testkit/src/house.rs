//! A house: Passport on its own listener, with one clock, one mailbox and a fresh database; the portal beside it
//! when [`crate::town`] asks for it.
use std::{
    net::TcpListener,
    ops::Deref,
    sync::{Arc, OnceLock},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use mailbox::Mailbox;
use passport::Passport;
use platform::{
    clock::{Clock, Moment},
    outbox,
    random::Random,
    secrets::Keyring,
    web::{
        Site,
        serve::{self, Health},
    },
};
use tokio_util::sync::CancellationToken;

use crate::{
    Browser, Engine,
    engine::{Ground, Template},
    neighbour::{Neighbour, failures},
    net::Net,
    postbox::Postbox,
};

/// When every house begins: 2026-11-22 12:00:00 UTC.
pub(crate) const BEGINNING: Moment = Moment::from_unix_seconds(1_795_348_800);
/// The one line of a house's key file.
pub const MASTER: [u8; 32] = *b"the same for every house of test";

static PASSPORT: Template = Template::new("passport");

/// What a house is opened with, before it is opened.
pub struct Settings {
    pub passport: passport::Settings,
}

/// A running house. Clones share it; the last one closes it, and fails the test if something was left undone.
#[derive(Clone)]
pub struct House(Arc<Inner>);

pub struct Inner {
    pub clock: Clock,
    pub mailbox: Mailbox,
    pub passport: Passport,
    /// Where Passport's rows are.
    pub ground: Ground,
    pub net: Net,
    pub engine: Engine,
    /// The portal, once a town was built around this house.
    pub(crate) portal: OnceLock<Neighbour>,
    settings: passport::Settings,
    pub(crate) random: Random,
    pub(crate) stop: CancellationToken,
    nodes: std::sync::Mutex<Vec<Site>>,
    may_leave_mail: std::sync::atomic::AtomicBool,
}

impl Deref for House {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// A further process of the same installation: the same database, the same keys, the same name.
pub struct Node {
    pub passport: Passport,
    pub(crate) origin: String,
    pub(crate) port: u16,
}

impl Node {
    /// Where it listens on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl House {
    pub async fn open(engine: Engine) -> Self {
        Self::with(engine, |_| {}).await
    }

    /// Opens a house whose settings were changed first.
    pub async fn with(engine: Engine, change: impl FnOnce(&mut Settings)) -> Self {
        start_log();
        let clock = Clock::settable(BEGINNING);
        let smtp = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port for mail");
        let now = clock.clone();
        let mailbox = Mailbox::open(smtp, move || now.now().unix_seconds()).expect("the mailbox opens");
        let listener = free_listener();
        let mut settings = Settings { passport: quick(&mailbox, port(&listener)) };
        change(&mut settings);
        let ground = PASSPORT.copy(engine, lay_passport).await;
        let mut settings = settings.passport;
        settings.database.url.clone_from(&ground.url);
        let random = Random::seeded(7);
        let passport = open_passport(&settings, &clock, &random, &[MASTER]).await;
        let net = Net::new(clock.clone());
        net.know(passport.issuer(), "https://passport.test");
        let stop = CancellationToken::new();
        serve_passport(&passport, listener, &stop);
        Self(Arc::new(Inner {
            portal: OnceLock::new(),
            nodes: vec![passport.site.clone()].into(),
            clock,
            mailbox,
            passport,
            ground,
            net,
            engine,
            settings,
            random,
            stop,
            may_leave_mail: false.into(),
        }))
    }

    /// A browser that was never used.
    pub fn browser(&self) -> Browser {
        let portal = self.portal.get().map_or("", |neighbour| &neighbour.portal.settings.server.public_url);
        Browser::new(self.net.clone(), self.passport.issuer(), portal)
    }

    /// Starts another node beside the first.
    pub async fn second_node(&self) -> Node {
        self.node_with(&[MASTER]).await
    }

    /// Starts another node with these lines in its key file.
    pub async fn node_with(&self, lines: &[[u8; 32]]) -> Node {
        self.node_on(&self.ground, lines).await
    }

    /// Starts a node of the same settings on another database.
    pub async fn node_on(&self, ground: &Ground, lines: &[[u8; 32]]) -> Node {
        let listener = free_listener();
        let port = port(&listener);
        let mut settings = self.settings.clone();
        settings.database.url.clone_from(&ground.url);
        let passport = open_passport(&settings, &self.clock, &self.random, lines).await;
        serve_passport(&passport, listener, &self.stop);
        self.nodes.lock().unwrap().push(passport.site.clone());
        Node { origin: self.passport.issuer().to_owned(), passport, port }
    }

    /// The issuer with a path behind it.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.passport.issuer())
    }

    /// The whole name of one of Passport's cookies.
    pub fn cookie(&self, name: &str) -> String {
        platform::web::visit::cookie_name(&self.passport.site, name).to_string()
    }

    /// Carries out every job that is due now, and what comes of it.
    pub async fn deliver(&self) {
        let passport = passport::jobs::worker(&self.passport);
        let portal = self.portal.get().map(|neighbour| customersource::worker(&neighbour.portal));
        loop {
            let mut done = passport.drain().await.expect("the outbox can be read");
            if let Some(portal) = &portal {
                done += portal.drain().await.expect("the outbox can be read");
            }
            if done == 0 {
                return;
            }
        }
    }

    /// Carries out Passport's jobs alone, once.
    pub async fn deliver_from_passport(&self) {
        passport::jobs::worker(&self.passport).drain().await.expect("the outbox can be read");
    }

    /// The letters to one address.
    pub fn postbox(&self, address: &str) -> Postbox {
        Postbox::new(self.clone(), address)
    }

    /// Letters and jobs that nobody looks at are what this test is about.
    pub fn leave_mail(&self) {
        self.may_leave_mail.store(true, std::sync::atomic::Ordering::SeqCst);
    }

    /// How many jobs wait for their time.
    pub async fn jobs_waiting(&self) -> i64 {
        outbox::waiting(self.passport.db.reader()).await.expect("the outbox can be read").0
    }
}

impl Inner {
    /// What the test left undone, in words.
    async fn loose_ends(&self) -> Vec<String> {
        let mut ends = Vec::new();
        ends.extend(self.nodes.lock().unwrap().iter().flat_map(failures));
        ends.extend(self.portal.get().into_iter().flat_map(Neighbour::failures));
        if self.may_leave_mail.load(std::sync::atomic::Ordering::SeqCst) {
            return ends;
        }
        let unread = self.mailbox.unread();
        ends.extend(
            unread.iter().map(|letter| format!("unread: {:?} to {:?}", letter.subject, letter.envelope_to)),
        );
        let portal = self.portal.get().map(|neighbour| &neighbour.portal.db);
        for db in [Some(&self.passport.db), portal].into_iter().flatten() {
            match outbox::waiting(db.reader()).await {
                Ok((0, _)) => {}
                Ok((waiting, _)) => {
                    ends.push(format!("{waiting} jobs are pending: read the mail, or call deliver()"));
                }
                Err(fault) => ends.push(format!("the outbox cannot be read: {fault}")),
            }
        }
        ends
    }

    async fn close(&self) -> Vec<String> {
        let ends = self.loose_ends().await;
        self.stop.cancel();
        // The database may be away: then there is nothing to close.
        let _ = self.passport.db.clone().close().await;
        self.ground.clear().await;
        if let Some(neighbour) = self.portal.get() {
            neighbour.close().await;
        }
        ends
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let ends = tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(self.close()));
        if !std::thread::panicking() {
            assert!(ends.is_empty(), "the house closes with loose ends:\n{}", ends.join("\n"));
        }
    }
}

/// With `TEST_LOG=info` (or any other filter), what the programs log is shown.
fn start_log() {
    if let Ok(level) = std::env::var("TEST_LOG") {
        platform::telemetry::start(&platform::config::Log {
            format: platform::config::LogFormat::Text,
            level,
        });
    }
}

pub(crate) fn free_listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").expect("a free port")
}

pub(crate) fn port(listener: &TcpListener) -> u16 {
    listener.local_addr().expect("a listener has an address").port()
}

/// Passport's settings for a test: the weakest hash that the configuration takes, mail to the mailbox, and sites
/// on this machine may be called.
fn quick(mailbox: &Mailbox, port: u16) -> passport::Settings {
    let mut settings = passport::Settings::default();
    settings.server.listen = format!("127.0.0.1:{port}");
    settings.server.public_url = format!("http://localhost:{port}");
    settings.mail.smtp_url = format!("smtp://{}", mailbox.smtp_address());
    settings.mail.from = "Passport <no-reply@passport.test>".into();
    settings.outbound.allow = vec!["127.0.0.1".into(), "localhost".into()];
    settings.password.memory_kib = 7_168;
    settings.password.passes = 5;
    settings.database.connections = 4;
    // The clock of a house stands where the test puts it.
    settings.database.largest_clock_difference_seconds = 0;
    // Most tests sign one person in from several browsers; those that are about it write to the person.
    settings.session.tell_new_computers = false;
    settings
}

async fn open_passport(
    settings: &passport::Settings,
    clock: &Clock,
    random: &Random,
    lines: &[[u8; 32]],
) -> Passport {
    let problems = platform::config::Settings::problems(settings);
    assert!(problems.is_empty(), "settings that no operator could use: {problems:?}");
    let lines: Vec<_> = lines.iter().map(|line| URL_SAFE_NO_PAD.encode(line)).collect();
    let keyring = Keyring::parse(&lines.join("\n")).expect("a key file of these lines");
    Passport::with_keyring(settings.clone(), clock.clone(), random.clone(), keyring)
        .await
        .expect("Passport opens")
}

async fn lay_passport(url: String) {
    let mut settings = passport::Settings::default();
    settings.database.url = url;
    let passport = open_passport(&settings, &Clock::settable(BEGINNING), &Random::seeded(1), &[MASTER]).await;
    passport.migrate().await.expect("the schema is laid");
    passport.db.clone().close().await.expect("the template is closed");
}

fn serve_passport(passport: &Passport, listener: TcpListener, stop: &CancellationToken) {
    let (passport, stop) = (passport.clone(), stop.clone());
    tokio::spawn(async move {
        let health = Health::new(passport.db.clone());
        let routes = passport::router(&passport);
        serve::run(listener, &passport.site, &health, routes, stop).await.expect("Passport serves");
    });
}

/// So many seconds.
pub const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// So many minutes.
pub const fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

/// So many hours.
pub const fn hours(count: u64) -> Duration {
    Duration::from_secs(count * 3600)
}

/// So many days.
pub const fn days(count: u64) -> Duration {
    Duration::from_secs(count * 24 * 3600)
}
