//! Both programs from an empty folder, as an operator would set them up, and what they must not leave behind; or
//! Passport alone, where a story moves the clock.
use std::{path::Path, time::Duration};

use demo::mailbox::Mailbox;
use platform::clock::Clock;
use tempfile::TempDir;
use testkit::{Engine, House, engine::Template};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, sleep},
};

use crate::{
    PASSWORD,
    balancer::Balancer,
    post::{Letter, Post},
    program::{Program, command, free_port},
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
    portal: Option<Program>,
    balancer: Option<Balancer>,
    /// The settings file that commands of Passport are given.
    config: String,
    /// The same for commands of the portal.
    portal_config: String,
    _folder: TempDir,
    _turn: SemaphorePermit<'static>,
}

/// Passport in this process, on a clock that the story moves; its letters go out when they are looked for.
pub struct Alone {
    pub house: House,
    pub addresses: Addresses,
    _turn: SemaphorePermit<'static>,
}

impl Alone {
    pub async fn open() -> Self {
        let turn = turn().await;
        let house = House::open(Engine::Sqlite).await;
        house.leave_mail();
        let passport = house.passport.issuer().to_owned();
        let post = Post::Mailbox(house.mailbox.clone());
        Self { house, addresses: Addresses { portal: passport.clone(), passport, post }, _turn: turn }
    }

    /// The address of a page.
    pub fn at(&self, path: &str) -> String {
        self.house.url(path)
    }

    /// Every letter that was sent.
    pub async fn letters(&self) -> Vec<Letter> {
        self.house.deliver().await;
        self.house.mailbox.messages().iter().map(|message| Letter::of(message)).collect()
    }

    /// The `n`th letter to `address`, counted from 1.
    pub async fn letter(&self, n: usize, address: &str) -> Letter {
        self.house.deliver().await;
        self.addresses.post.letters(n, address).await.remove(n - 1)
    }
}

/// Waits for a turn; there are two at a time.
pub async fn turn() -> SemaphorePermit<'static> {
    TURNS.acquire().await.unwrap()
}

impl World {
    /// Both programs on `engine`, with the demonstration's companies.
    pub async fn open(engine: Engine) -> Self {
        Self::with_nodes(engine, 1).await
    }

    /// The same with so many nodes of Passport behind one address.
    pub async fn with_nodes(engine: Engine, count: usize) -> Self {
        let turn = turn().await;
        let folder = tempfile::tempdir().unwrap();
        let smtp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let clock = Clock::system();
        let mailbox = Mailbox::open(smtp, move || clock.now().unix_seconds()).unwrap();
        let ports: Vec<u16> = (0..count).map(|_| free_port()).collect();
        let balancer = if count > 1 { Some(Balancer::open(&ports).await) } else { None };
        let address = |port: u16| format!("http://localhost:{port}");
        let portal_port = free_port();
        let addresses = Addresses {
            passport: address(balancer.as_ref().map_or(ports[0], Balancer::port)),
            portal: address(portal_port),
            post: Post::Mailbox(mailbox.clone()),
        };
        let settings = Settings { folder: folder.path(), addresses: &addresses, mailbox: &mailbox };

        let database = settings.database(engine, &PASSPORT, "passport").await;
        let configs: Vec<String> =
            ports.iter().map(|port| settings.write_passport(*port, &database)).collect();
        let secret = register_portal(&configs[0], &addresses).await;
        let database = settings.database(engine, &PORTAL, "customersource").await;
        let config = settings.write_portal(portal_port, &database, &secret);
        let seed = folder.path().join("portal.json");
        std::fs::write(&seed, demo::people::PORTAL).unwrap();
        command("customersource", &["seed", seed.to_str().unwrap(), "--config", &config], "").await;

        let mut nodes = Vec::new();
        for (config, port) in configs.iter().zip(&ports) {
            let log = folder.path().join(format!("passport-{port}.log"));
            let mut node = Program::start("passport", &["serve", "--config", config], log);
            node.answers(&format!("http://127.0.0.1:{port}/readyz")).await;
            nodes.push(node);
        }
        let log = folder.path().join("customersource.log");
        let mut portal = Program::start("customersource", &["serve", "--config", &config], log);
        portal.answers(&format!("{}/readyz", addresses.portal)).await;
        Self {
            addresses,
            mailbox,
            nodes,
            portal: Some(portal),
            balancer,
            config: configs[0].clone(),
            portal_config: config,
            _folder: folder,
            _turn: turn,
        }
    }

    /// A Passport that was made before the story begins; its password is [`PASSWORD`].
    pub async fn has_passport(&self, email: &str) {
        self.passport(&["account", "add", "--email", email, "--password-stdin", "--json"], PASSWORD).await;
    }

    /// Runs a command of Passport on this world's database.
    pub async fn passport(&self, arguments: &[&str], input: &str) -> String {
        command("passport", &[arguments, &["--config", &self.config]].concat(), input).await
    }

    /// Runs a command of the portal on this world's database.
    pub async fn portal(&self, arguments: &[&str], input: &str) -> String {
        command("customersource", &[arguments, &["--config", &self.portal_config]].concat(), input).await
    }

    /// Both programs end in good order and come back on the same data.
    pub async fn restarts(&mut self) {
        let portal = self.portal.as_mut().unwrap();
        for node in &mut self.nodes {
            node.restart().await;
        }
        portal.restart().await;
        for node in &mut self.nodes {
            node.answers(&format!("{}/readyz", self.addresses.passport)).await;
        }
        portal.answers(&format!("{}/readyz", self.addresses.portal)).await;
    }

    /// Waits until the portal has answered so, such as `POST /backchannel-logout 200`.
    pub async fn portal_answers(&self, line: &str) {
        let portal = self.portal.as_ref().unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        while !portal.answered().iter().any(|answered| answered == line) {
            assert!(Instant::now() < deadline, "{line} is not among {:?}", portal.answered());
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Ends both programs and looks at what they leave behind: no fault in a log, and no secret.
    pub async fn close(mut self) {
        let mut programs: Vec<Program> = self.nodes.drain(..).collect();
        programs.extend(self.portal.take());
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
        drop(self.balancer.take());
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
        assert!(self.portal.is_none() || std::thread::panicking(), "end the story with world.close()");
    }
}

/// Registers the portal as any site is registered, and returns its secret.
async fn register_portal(config: &str, addresses: &Addresses) -> String {
    command("passport", &["migrate", "--config", config], "").await;
    let at = |path: &str| format!("{}{path}", addresses.portal);
    let printed = command(
        "passport",
        &[
            "client",
            "add",
            "--name",
            "CustomerSource",
            "--id",
            "customersource",
            "--redirect-uri",
            &at("/signin/callback"),
            "--post-logout-redirect-uri",
            &at("/signed-out"),
            "--backchannel-logout-uri",
            &at("/backchannel-logout"),
            "--trusted",
            "--json",
            "--config",
            config,
        ],
        "",
    )
    .await;
    let added: serde_json::Value = serde_json::from_str(&printed).unwrap();
    added["client_secret"].as_str().unwrap().to_owned()
}

/// What the settings files are written from.
struct Settings<'a> {
    folder: &'a Path,
    addresses: &'a Addresses,
    mailbox: &'a Mailbox,
}

impl Settings<'_> {
    async fn database(&self, engine: Engine, template: &Template, half: &str) -> String {
        match engine {
            Engine::Sqlite => format!("sqlite:{}", self.folder.join(format!("{half}.db")).display()),
            Engine::Postgres => template.copy(engine, async |_| ()).await.url.clone(),
        }
    }

    fn shared(&self, port: u16, public_url: &str, database: &str, half: &str) -> String {
        let (smtp, folder) = (self.mailbox.smtp_address(), self.folder.display());
        format!(
            "[server]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"{public_url}\"\n\
             [database]\nurl = \"{database}\"\n\
             [secrets]\nkey_file = \"{folder}/{half}.key\"\n\
             [mail]\nsmtp_url = \"smtp://{smtp}\"\nfrom = \"no-reply@{half}.example\"\n"
        )
    }

    fn write_passport(&self, port: u16, database: &str) -> String {
        let portal = self.addresses.portal.trim_start_matches("http://");
        let text = self.shared(port, &self.addresses.passport, database, "passport");
        let text = format!("{text}[outbound]\nallow = [\"{portal}\"]\n");
        self.write(&format!("passport-{port}.toml"), &text)
    }

    fn write_portal(&self, port: u16, database: &str, secret: &str) -> String {
        let text = self.shared(port, &self.addresses.portal, database, "customersource");
        let issuer = &self.addresses.passport;
        let text = format!(
            "{text}[passport]\nissuer = \"{issuer}\"\nclient_id = \"customersource\"\nclient_secret = \"{secret}\"\n"
        );
        self.write("customersource.toml", &text)
    }

    fn write(&self, name: &str, text: &str) -> String {
        let file = self.folder.join(name);
        std::fs::write(&file, text).unwrap();
        file.display().to_string()
    }
}
