//! The portal in a test: on a listener and a database of its own, beside Passport or beside whatever a test says is one.
use std::{net::TcpListener, sync::Mutex};

use customersource::Portal;
use platform::{
    clock::Clock,
    random::Random,
    secrets::Keyring,
    web::{
        Site,
        serve::{self, Health},
    },
};
use tokio_util::sync::CancellationToken;

use crate::{
    Engine,
    engine::{Ground, Template},
    house::{BEGINNING, MASTER, free_listener, port},
};

static PORTAL: Template = Template::new("customersource");

/// A running portal and where its rows are.
pub struct Neighbour {
    pub portal: Portal,
    pub ground: Ground,
    /// Where it listens on 127.0.0.1, whatever its public address is.
    pub port: u16,
    nodes: Mutex<Vec<Site>>,
    stop: CancellationToken,
}

/// A portal before it is opened: its settings may still be changed.
pub struct Plot {
    pub settings: customersource::Settings,
    listener: TcpListener,
    ground: Ground,
}

impl Plot {
    /// A listener, and an empty database with the schema.
    pub async fn new(engine: Engine) -> Self {
        let listener = free_listener();
        let ground = PORTAL.copy(engine, lay).await;
        let mut settings = customersource::Settings::default();
        settings.server.listen = format!("127.0.0.1:{}", port(&listener));
        settings.database.url.clone_from(&ground.url);
        settings.database.connections = 4;
        // Staff of the tests have a password; those of `second_factors` more.
        settings.portal.staff_acr = vec![];
        // The clock of a house stands where the test puts it.
        settings.database.largest_clock_difference_seconds = 0;
        Self { settings, listener, ground }
    }

    pub fn port(&self) -> u16 {
        port(&self.listener)
    }

    /// Opens the portal and serves it until `stop`.
    pub async fn build(self, clock: &Clock, random: &Random, stop: &CancellationToken) -> Neighbour {
        let (port, ground) = (self.port(), self.ground);
        let portal = open(self.settings, clock, random).await;
        serve(&portal, self.listener, stop);
        let nodes = vec![portal.site.clone()].into();
        Neighbour { portal, ground, port, nodes, stop: stop.clone() }
    }
}

impl Neighbour {
    /// Starts another node beside this one: the same database, the same keys, the same name. Answers its port.
    pub async fn second_node(&self, clock: &Clock, random: &Random) -> u16 {
        let listener = free_listener();
        let port = port(&listener);
        let portal = open(self.portal.settings.clone(), clock, random).await;
        serve(&portal, listener, &self.stop);
        self.nodes.lock().unwrap().push(portal.site.clone());
        port
    }

    /// What was answered with 500.
    pub fn failures(&self) -> Vec<String> {
        self.nodes.lock().unwrap().iter().flat_map(failures).collect()
    }

    /// To be called last: the rows are gone.
    pub async fn close(&self) {
        // The database may be away: then there is nothing to close.
        let _ = self.portal.db.clone().close().await;
        self.ground.clear().await;
    }
}

/// What a node answered with 500.
pub(crate) fn failures(site: &Site) -> Vec<String> {
    let figures = site.figures.text();
    let failed =
        figures.lines().filter(|line| line.starts_with("http_requests") && line.contains("status=\"500\""));
    failed.map(|line| format!("answered with 500: {line}")).collect()
}

async fn open(settings: customersource::Settings, clock: &Clock, random: &Random) -> Portal {
    let problems = platform::config::Settings::problems(&settings);
    assert!(problems.is_empty(), "settings that no operator could use: {problems:?}");
    let keyring = Keyring::from_bytes(MASTER);
    Portal::with_keyring(settings, clock.clone(), random.clone(), keyring).await.expect("the portal opens")
}

async fn lay(url: String) {
    let mut settings = customersource::Settings::default();
    settings.database.url = url;
    let portal = open(settings, &Clock::settable(BEGINNING), &Random::seeded(1)).await;
    portal.migrate().await.expect("the schema is laid");
    portal.db.clone().close().await.expect("the template is closed");
}

fn serve(portal: &Portal, listener: TcpListener, stop: &CancellationToken) {
    let (portal, stop) = (portal.clone(), stop.clone());
    tokio::spawn(async move {
        let health = Health::new(portal.db.clone());
        let routes = customersource::router(&portal);
        serve::run(listener, &portal.site, &health, routes, stop).await.expect("the portal serves");
    });
}
