//! Both programs from an empty folder, as an operator would set them up, and what they must not leave behind.
use std::{path::Path, time::Duration};

use mailbox::Mailbox;
use platform::clock::Clock;
use serde_json::Value;
use tempfile::TempDir;
use testkit::{Engine, engine::Template};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, sleep},
};

use crate::{
    PASSWORD,
    balancer::{Balancer, Spread},
    post::{Letter, Post},
    program::{Program, command, free_port},
    settings::{Settings, register_portal},
};

/// A browser, two servers and a database each: more at once only wait for one another.
static TURNS: Semaphore = Semaphore::const_new(2);
static PASSPORT: Template = Template::new("journey_passport");
static PORTAL: Template = Template::new("journey_portal");

/// What a person needs to know to begin.
#[derive(Clone)]
pub struct Addresses {
    pub passport: String,
    pub portal: String,
    pub post: Post,
}

/// The programs, running.
pub struct World {
    pub addresses: Addresses,
    pub mailbox: Mailbox,
    /// The nodes of Passport; one, unless asked for more.
    pub nodes: Vec<Program>,
    /// Those of the portal.
    pub portals: Vec<Program>,
    balancers: Vec<Balancer>,
    /// The settings file that commands of Passport are given.
    config: String,
    /// The same for commands of the portal.
    portal_config: String,
    folder: TempDir,
    _turn: SemaphorePermit<'static>,
}

/// What a world is opened with.
pub struct Setup {
    pub engine: Engine,
    /// So many nodes of Passport behind one address: browsers reach the first, the portal the second.
    pub passports: usize,
    /// So many nodes of the portal behind one address, which take turns.
    pub portals: usize,
    /// The end of the portal's settings files.
    pub portal_settings: &'static str,
}

impl Setup {
    /// One node each.
    pub fn of(engine: Engine) -> Self {
        Self { engine, passports: 1, portals: 1, portal_settings: "" }
    }
}

/// Waits for a turn; there are two at a time.
pub async fn turn() -> SemaphorePermit<'static> {
    TURNS.acquire().await.unwrap()
}

/// Free ports for so many nodes, a balancer when there are several, and the one port to call.
async fn ports(count: usize, spread: Spread) -> (Vec<u16>, Option<Balancer>, u16) {
    let ports: Vec<u16> = (0..count).map(|_| free_port()).collect();
    let balancer = if count > 1 { Some(Balancer::open(&ports, spread).await) } else { None };
    let port = balancer.as_ref().map_or(ports[0], Balancer::port);
    (ports, balancer, port)
}

/// Starts a node for each settings file, and waits until they are ready.
async fn start(name: &'static str, configs: &[String], ports: &[u16], folder: &Path) -> Vec<Program> {
    let mut nodes = Vec::new();
    for (config, port) in configs.iter().zip(ports) {
        let log = folder.join(format!("{name}-{port}.log"));
        let mut node = Program::start(name, &["serve", "--config", config], log);
        node.answers(&format!("http://127.0.0.1:{port}/readyz")).await;
        nodes.push(node);
    }
    nodes
}

impl World {
    /// Both programs on `engine`, with the demonstration's companies.
    pub async fn open(engine: Engine) -> Self {
        Self::with(Setup::of(engine)).await
    }

    /// The same, as `setup` says.
    pub async fn with(setup: Setup) -> Self {
        let turn = turn().await;
        let folder = tempfile::tempdir().unwrap();
        let smtp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let clock = Clock::system();
        let mailbox = Mailbox::open(smtp, move || clock.now().unix_seconds()).unwrap();
        let (ports_of_passport, first, passport) = ports(setup.passports, Spread::BrowsersFirst).await;
        let (ports_of_portal, second, portal) = ports(setup.portals, Spread::InTurns).await;
        let address = |port: u16| format!("http://localhost:{port}");
        let post = Post::Mailbox(mailbox.clone());
        let addresses = Addresses { passport: address(passport), portal: address(portal), post };
        let settings = Settings { folder: folder.path(), addresses: &addresses, mailbox: &mailbox };

        let database = settings.database(setup.engine, &PASSPORT, "passport").await;
        let write = |port: &u16| settings.write_passport(*port, &database);
        let configs: Vec<String> = ports_of_passport.iter().map(write).collect();
        let secret = register_portal(&configs[0], &addresses).await;
        let database = settings.database(setup.engine, &PORTAL, "customersource").await;
        let write = |port: &u16| settings.write_portal(*port, &database, &secret, setup.portal_settings);
        let portal_configs: Vec<String> = ports_of_portal.iter().map(write).collect();
        let seed = folder.path().join("portal.json");
        std::fs::write(&seed, include_str!("../../crates/demo/data/portal.json")).unwrap();
        let seed = ["seed", seed.to_str().unwrap(), "--config", &portal_configs[0]];
        command("customersource", &seed, "").await;

        let nodes = start("passport", &configs, &ports_of_passport, folder.path()).await;
        let portals = start("customersource", &portal_configs, &ports_of_portal, folder.path()).await;
        Self {
            addresses,
            mailbox,
            nodes,
            portals,
            balancers: first.into_iter().chain(second).collect(),
            config: configs[0].clone(),
            portal_config: portal_configs[0].clone(),
            folder,
            _turn: turn,
        }
    }

    /// A Passport that was made before the story begins; its password is [`PASSWORD`].
    pub async fn has_passport(&self, email: &str) {
        self.passport(&["account", "add", "--email", email, "--password-stdin", "--json"], PASSWORD).await;
    }

    /// The same, with an address that is known to be the person's own.
    pub async fn has_verified_passport(&self, email: &str) {
        let claims = self.folder.path().join("claims.json");
        std::fs::write(&claims, r#"{"email_verified":true}"#).unwrap();
        let add =
            ["account", "add", "--email", email, "--password-stdin", "--claims", claims.to_str().unwrap()];
        self.passport(&add, PASSWORD).await;
    }

    /// The alternate address of somebody's account is proven, by the operator's word; so it counts at once.
    pub async fn alternate_is_proven(&self, email: &str, alternate: &str) {
        let seed = serde_json::json!({ "accounts": [{
            "email": email, "password": PASSWORD, "alternate_email": alternate, "alternate_email_verified": true,
        }] });
        let file = self.folder.path().join("alternate.json");
        std::fs::write(&file, seed.to_string()).unwrap();
        self.passport(&["seed", file.to_str().unwrap()], "").await;
    }

    /// Runs a command of Passport on this world's database.
    pub async fn passport(&self, arguments: &[&str], input: &str) -> String {
        command("passport", &[arguments, &["--config", &self.config]].concat(), input).await
    }

    /// Runs a command of the portal on this world's database.
    pub async fn portal(&self, arguments: &[&str], input: &str) -> String {
        command("customersource", &[arguments, &["--config", &self.portal_config]].concat(), input).await
    }

    /// Has the portal take in a table, as an operator does it; `what` is `companies`, `profiles` or `plans`.
    pub async fn imports(&self, what: &str, table: &str) {
        let file = self.folder.path().join(format!("{what}.csv"));
        std::fs::write(&file, table).unwrap();
        self.portal(&["import", what, file.to_str().unwrap(), "--source", "seed", "--let-go", "1"], "").await;
    }

    /// Has the portal know more companies and people, in the format of `customersource seed`.
    pub async fn seeds(&self, seed: &Value) {
        let file = self.folder.path().join("more.json");
        std::fs::write(&file, seed.to_string()).unwrap();
        self.portal(&["seed", file.to_str().unwrap()], "").await;
    }

    /// The rows of one of the portal's tables.
    pub async fn rows(&self, table: &str) -> Vec<Value> {
        let dump: Value = serde_json::from_str(&self.portal(&["dump"], "").await).unwrap();
        dump[table].as_array().unwrap().clone()
    }

    /// The letters to `address` that have come so far, oldest first.
    pub fn letters_to(&self, address: &str) -> Vec<Letter> {
        self.mailbox.to(address).iter().rev().map(|message| Letter::of(message)).collect()
    }

    /// Both programs end in good order and come back on the same data.
    pub async fn restarts(&mut self) {
        for node in self.nodes.iter_mut().chain(&mut self.portals) {
            node.restart().await;
        }
        let Addresses { passport, portal, .. } = &self.addresses;
        for (nodes, origin) in [(&mut self.nodes, passport), (&mut self.portals, portal)] {
            for node in nodes {
                node.answers(&format!("{origin}/readyz")).await;
            }
        }
    }

    /// Waits until the portal has answered so, such as `POST /backchannel-logout 200`.
    pub async fn portal_answers(&self, line: &str) {
        let deadline = Instant::now() + Duration::from_secs(30);
        let answered = || self.portals.iter().flat_map(Program::answered);
        while !answered().any(|answered| answered == line) {
            assert!(Instant::now() < deadline, "{line} is not among {:?}", answered().collect::<Vec<_>>());
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Ends both programs and looks at what they leave behind: no fault in a log, and no secret.
    pub async fn close(mut self) {
        let programs: Vec<Program> = self.nodes.drain(..).chain(self.portals.drain(..)).collect();
        for program in programs {
            let said = program.log();
            program.end().await;
            assert_no_faults(&said);
            assert!(!said.contains(PASSWORD), "a password stands in a log");
            for letter in self.mailbox.messages() {
                for secret in letter.links().iter().filter_map(|link| link.split("/associate/").nth(1)) {
                    assert!(!said.contains(secret), "a link stands in a log");
                }
            }
        }
        self.balancers.clear();
    }
}

fn assert_no_faults(log: &str) {
    let faults: Vec<_> = log
        .lines()
        .filter(|line| line.contains("\"level\":\"ERROR\"") || line.contains("\"status\":500"))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

impl Drop for World {
    fn drop(&mut self) {
        assert!(self.portals.is_empty() || std::thread::panicking(), "end the story with world.close()");
    }
}
