//! Passport killed at whatever it does (FT-01, INV-9): what it had said yes to is there when it is back, and what it
//! had ended is over.
use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use mailbox::Mailbox;
use platform::clock::Clock;
use reqwest::{Client, StatusCode};
use serde_json::Value;
use testkit::{Engine, engine::Template};
use tokio::{net::TcpListener, task::JoinSet};

use crate::{
    http,
    post::Post,
    program::{Program, command, free_port},
    settings::Settings,
    world::{Addresses, turn},
};

const KILLS: usize = 8;
const CALLERS: usize = 8;
/// What must have been said yes to before the next kill.
const ANSWERS: usize = 40;

static DATABASE: Template = Template::new("journey_killed");

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the built programs: cargo xtask test"]
async fn ft_01_what_was_acknowledged_outlives_a_kill_on_sqlite() {
    ledger(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn ft_01_what_was_acknowledged_outlives_a_kill_on_postgresql() {
    ledger(Engine::Postgres).await;
}

/// What the program said yes to, and the tokens that it was asked to revoke: when that answer was lost, either holds.
#[derive(Default)]
struct Ledger {
    issued: Vec<String>,
    asked: BTreeSet<String>,
    revoked: BTreeSet<String>,
}

/// A site that asks for tokens and gives every third one back.
#[derive(Clone)]
struct Site {
    http: Client,
    passport: String,
    secret: String,
    ledger: Arc<Mutex<Ledger>>,
}

impl Site {
    async fn ask(&self, path: &str, form: &[(&str, &str)]) -> Option<(StatusCode, Value)> {
        let url = format!("{}{path}", self.passport);
        let call = self.http.post(url).basic_auth("robot", Some(&self.secret)).form(form);
        let answer = call.send().await.ok()?;
        let status = answer.status();
        let body = answer.bytes().await.ok()?;
        Some((status, serde_json::from_slice(&body).unwrap_or_default()))
    }

    async fn works(self, over: Arc<AtomicBool>) {
        let mut count = 0;
        while !over.load(Ordering::SeqCst) {
            let Some((StatusCode::OK, token)) =
                self.ask("/oauth2/token", &[("grant_type", "client_credentials")]).await
            else {
                continue;
            };
            let token = token["access_token"].as_str().unwrap().to_owned();
            self.ledger.lock().unwrap().issued.push(token.clone());
            count += 1;
            if count % 3 > 0 {
                continue;
            }
            self.ledger.lock().unwrap().asked.insert(token.clone());
            if let Some((StatusCode::OK, _)) = self.ask("/oauth2/revoke", &[("token", &token)]).await {
                self.ledger.lock().unwrap().revoked.insert(token);
            }
        }
    }

    fn answers(&self) -> usize {
        let ledger = self.ledger.lock().unwrap();
        ledger.issued.len() + ledger.revoked.len()
    }

    async fn balances(&self) {
        let issued = self.ledger.lock().unwrap().issued.clone();
        for token in issued {
            let (status, told) = self.ask("/oauth2/introspect", &[("token", &token)]).await.unwrap();
            assert_eq!(status, StatusCode::OK);
            let ledger = self.ledger.lock().unwrap();
            let (asked, revoked) = (ledger.asked.contains(&token), ledger.revoked.contains(&token));
            assert!(asked != revoked || told["active"] == !revoked, "revoked: {revoked}, {told}");
        }
    }
}

async fn ledger(engine: Engine) {
    let _turn = turn().await;
    let folder = tempfile::tempdir().unwrap();
    let smtp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let clock = Clock::system();
    let mailbox = Mailbox::open(smtp, move || clock.now().unix_seconds()).unwrap();
    let port = free_port();
    let at = format!("http://127.0.0.1:{port}");
    let addresses =
        Addresses { passport: at.clone(), portal: at.clone(), post: Post::Mailbox(mailbox.clone()) };
    let settings = Settings { folder: folder.path(), addresses: &addresses, mailbox: &mailbox };
    let database = settings.database(engine, &DATABASE, "killed").await;
    let config = settings.write_passport(port, &database);
    command("passport", &["migrate", "--config", &config], "").await;
    let added = command(
        "passport",
        &[
            "client", "add", "--name", "Robot", "--id", "robot", "--kind", "service", "--json", "--config",
            &config,
        ],
        "",
    )
    .await;
    let added: Value = serde_json::from_str(&added).unwrap();
    let site = Site {
        http: http::client().build().unwrap(),
        passport: at.clone(),
        secret: added["client_secret"].as_str().unwrap().to_owned(),
        ledger: Arc::default(),
    };
    let mut passport = Program::start("passport", &["serve", "--config", &config], folder.path().join("log"));
    for _ in 0..KILLS {
        passport.answers(&format!("{at}/readyz")).await;
        let over = Arc::new(AtomicBool::new(false));
        let before = site.answers();
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS {
            callers.spawn(site.clone().works(Arc::clone(&over)));
        }
        while site.answers() < before + ANSWERS {
            tokio::task::yield_now().await;
        }
        passport.is_killed_and_starts_again().await;
        over.store(true, Ordering::SeqCst);
        callers.join_all().await;
        passport.answers(&format!("{at}/readyz")).await;
        site.balances().await;
    }
    passport.end().await;
}
