//! FX-01: a thief's requests are in flight while the owner ends everything. What is issued at or after the end is
//! worth nothing, and nothing of the thief's is written.
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use passport::{account::acting::Acting, acts, recovery, sending::Sending};
use testkit::{
    Browser, Engine, House, Kind, PASSWORD, Rp, house::seconds, net::Request, on_both_engines, rp::Tokens,
};
use tokio::task::JoinSet;

on_both_engines![
    fx_01_sign_out_everywhere_leaves_a_thief_nothing,
    fx_01_a_changed_password_leaves_a_thief_nothing,
    fx_01_a_reset_leaves_a_thief_nothing,
    fx_01_a_sign_out_leaves_a_thief_nothing,
    fx_01_a_question_in_flight_does_not_overwrite_the_owners,
    fx_01_a_device_that_is_allowed_in_flight_gets_nothing,
];

const ROUNDS: usize = 12;
const THIEVES: usize = 10;
const NEW_PASSWORD: &str = "nine blue lanterns hum";
const OFFLINE: &str = "openid email offline_access";

/// Somebody with a copy of a browser's cookies, at another node where there are two.
#[derive(Clone)]
struct Thief {
    house: House,
    cookie: String,
    port: Option<u16>,
    scope: &'static str,
    /// The owner has ended everything, and was answered.
    over: Arc<AtomicBool>,
    /// How many got something.
    lucky: Arc<AtomicUsize>,
}

impl Thief {
    fn of(house: &House, browser: &Browser, port: Option<u16>, scope: &'static str) -> Self {
        let url = house.url("/oauth2/authorize").parse().unwrap();
        let cookie = browser.cookies().header(&url, house.clock.now()).expect("a cookie to steal");
        Self { house: house.clone(), cookie, port, scope, over: Arc::default(), lucky: Arc::default() }
    }

    fn sends(&self, request: Request) -> Request {
        let mut request =
            request.header("cookie", &self.cookie).header("origin", self.house.passport.issuer());
        request.port = self.port;
        request
    }

    /// Asks for codes and turns them into tokens, until the owner has ended everything and twice more.
    async fn takes(self, web: Rp) -> Vec<Tokens> {
        let (mut taken, mut more) = (Vec::new(), 2);
        while more > 0 {
            if self.over.load(Ordering::SeqCst) {
                more -= 1;
            }
            let url = web.authorize_url(|asked| asked.with("scope", self.scope).with("prompt", "none"));
            let answer = self.house.net.send(self.sends(Request::get(&url))).await;
            assert!(answer.status < 500, "{answer:?}");
            let Some(code) = answer.told("code") else { continue };
            let answer = web.redeem(&code).await;
            assert!(answer.status < 500, "{answer:?}");
            if answer.status != 200 {
                continue;
            }
            let tokens = web.tokens_in(&answer);
            if let Some(refresh) = &tokens.refresh {
                let answer = web.refresh(refresh).await;
                assert!(answer.status < 500, "{answer:?}");
                if answer.status == 200 {
                    taken.push(web.tokens_in(&answer));
                }
            }
            taken.push(tokens);
            self.lucky.fetch_add(1, Ordering::SeqCst);
        }
        taken
    }
}

/// What the owner does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Everywhere,
    Password,
    Reset,
    SignOut,
}

/// The owner ends everything while ten loops of a thief run; nothing that they took works afterwards.
async fn rounds(house: House, ending: Ending) {
    house.leave_mail();
    let web = house.client(Kind::Web).await;
    let node = match house.engine {
        Engine::Postgres => Some(house.second_node().await),
        Engine::Sqlite => None,
    };
    let port = node.as_ref().map(|node| node.port());
    // Offline access outlives a plain sign-out by design; a code does not.
    let scope = if ending == Ending::SignOut { "openid email" } else { OFFLINE };
    for round in 0..ROUNDS {
        let email = format!("r{round}@acme.test");
        let (owner, elsewhere) = (house.browser(), house.browser());
        owner.join(&email).await;
        let stolen = match ending {
            Ending::SignOut => &owner,
            _ => {
                elsewhere.sign_in(&email, PASSWORD).await;
                &elsewhere
            }
        };
        let thief = Thief::of(&house, stolen, port, scope);
        prepare(&owner, ending).await;
        let mut loops = JoinSet::new();
        for _ in 0..THIEVES {
            loops.spawn(thief.clone().takes(web.clone()));
        }
        while thief.lucky.load(Ordering::SeqCst) < THIEVES {
            tokio::task::yield_now().await;
        }
        end(&house, &owner, &email, ending).await;
        thief.over.store(true, Ordering::SeqCst);
        for tokens in loops.join_all().await.into_iter().flatten() {
            house.userinfo(&tokens.access).await.assert_status(401);
            if let Some(refresh) = &tokens.refresh {
                web.refresh(refresh).await.assert_token_error("invalid_grant");
            }
        }
    }
}

async fn prepare(owner: &Browser, ending: Ending) {
    let page = match ending {
        Ending::Everywhere => "/account/sessions",
        Ending::Password => "/account/password",
        Ending::Reset | Ending::SignOut => "/",
    };
    owner.get(page).await.assert_status(200);
}

async fn end(house: &House, owner: &Browser, email: &str, ending: Ending) {
    match ending {
        Ending::Everywhere => {
            owner.submit("#sign-out-everywhere", &[]).await.assert_status(200);
        }
        Ending::Password => {
            let fields = [("old_password", PASSWORD), ("password", NEW_PASSWORD)];
            let done = owner.submit("#change-password-submit", &fields).await;
            assert!(done.page().has("#changed"), "{done:?}");
        }
        Ending::Reset => {
            let account = account(house, email).await;
            let recovery = proven(house, &account).await;
            let (passport, now) = (&house.passport, house.clock.now());
            let password = platform::secrets::Secret::new(NEW_PASSWORD);
            let (source, sending) = (passport::history::Source::default(), Sending::of(now, None));
            let ended = acts::recover::set_password(passport, now, &recovery, password, &source, &sending);
            assert!(ended.await.unwrap().is_some());
        }
        Ending::SignOut => {
            owner.submit("form[action='/sign-out']", &[]).await.assert_status(200);
        }
    }
}

/// A proof that counts, however it was given.
async fn proven(house: &House, account: &passport::account::Account) -> recovery::Recovery {
    let (passport, now) = (&house.passport, house.clock.now());
    let tx = Acting::on(&passport.db, account.id).await.unwrap().unwrap();
    let new = recovery::store::NewRecovery {
        id: recovery::RecoveryId::new(now, &passport.random),
        account: account.id,
        way: recovery::Way::Answer,
        code: &passport.random.token(),
        wait: seconds(0),
        lasts: seconds(600),
    };
    let recovery = recovery::store::add_recovery(&tx, now, new).await.unwrap();
    tx.commit().await.unwrap();
    recovery
}

async fn account(house: &House, email: &str) -> passport::account::Account {
    let reader = house.passport.db.reader();
    passport::account::store::find_by_key(reader, email).await.unwrap().unwrap()
}

async fn fx_01_sign_out_everywhere_leaves_a_thief_nothing(house: House) {
    rounds(house, Ending::Everywhere).await;
}

async fn fx_01_a_changed_password_leaves_a_thief_nothing(house: House) {
    rounds(house, Ending::Password).await;
}

async fn fx_01_a_reset_leaves_a_thief_nothing(house: House) {
    rounds(house, Ending::Reset).await;
}

async fn fx_01_a_sign_out_leaves_a_thief_nothing(house: House) {
    rounds(house, Ending::SignOut).await;
}

async fn fx_01_a_question_in_flight_does_not_overwrite_the_owners(house: House) {
    house.leave_mail();
    let node = house.second_node().await;
    for round in 0..ROUNDS {
        let email = format!("q{round}@acme.test");
        let (owner, elsewhere) = (house.browser(), house.browser());
        owner.join(&email).await;
        elsewhere.sign_in(&email, PASSWORD).await;
        let thief = Thief::of(&house, &elsewhere, Some(node.port()), OFFLINE);
        elsewhere.get("/account/question").await.assert_status(200);
        let form = elsewhere.here().page().form("#change-question-submit");
        let form = form.filled(&[("question", "own"), ("own_question", "The thief's?"), ("answer", "mine")]);
        let mut posts = JoinSet::new();
        for _ in 0..THIEVES {
            let (thief, fields) = (thief.clone(), form.fields.clone());
            let request = Request::post(&house.url("/account/question"), &fields);
            posts.spawn(async move { thief.house.net.send(thief.sends(request)).await });
        }
        owner.get("/account/password").await.assert_status(200);
        end(&house, &owner, &email, Ending::Password).await;
        owner.get("/account/question").await.assert_status(200);
        let own = [("question", "own"), ("own_question", "The owner's?"), ("answer", "ours")];
        let done = owner.submit("#change-question-submit", &own).await;
        assert!(done.page().has("#changed"), "{done:?}");
        for answer in posts.join_all().await {
            assert!(answer.status < 500, "{answer:?}");
        }
        assert_eq!(account(&house, &email).await.question.as_deref(), Some("The owner's?"));
    }
}

async fn fx_01_a_device_that_is_allowed_in_flight_gets_nothing(house: House) {
    house.leave_mail();
    let tv = house
        .client_with(Kind::Native, |client| {
            client.client_id = "tv".to_owned();
            client.grant_types =
                vec![oidc::client::GrantType::DeviceCode, oidc::client::GrantType::RefreshToken];
            client.response_types = vec![];
        })
        .await;
    for round in 0..ROUNDS {
        let email = format!("d{round}@acme.test");
        let (owner, elsewhere) = (house.browser(), house.browser());
        owner.join(&email).await;
        elsewhere.sign_in(&email, PASSWORD).await;
        let thief = Thief::of(&house, &elsewhere, None, OFFLINE);
        prepare(&owner, Ending::Everywhere).await;
        let mut answers = JoinSet::new();
        let mut codes = Vec::new();
        // Whoever types codes is throttled: no more of them.
        house.clock.advance(seconds(600));
        for _ in 0..4 {
            let begun =
                tv.post("/oauth2/device_authorization", &[("scope", OFFLINE)], |call| call).await.json();
            let text = |name: &str| begun[name].as_str().unwrap().to_owned();
            codes.push(text("device_code"));
            elsewhere.get(&text("verification_uri_complete")).await.assert_status(200);
            let form = elsewhere.here().page().form("#device-approve");
            let request = Request::post(&house.url("/device"), &form.fields);
            let thief = thief.clone();
            answers.spawn(async move { thief.house.net.send(thief.sends(request)).await });
        }
        end(&house, &owner, &email, Ending::Everywhere).await;
        for answer in answers.join_all().await {
            assert!(answer.status < 500, "{answer:?}");
        }
        for code in codes {
            let grant = "urn:ietf:params:oauth:grant-type:device_code";
            let form = [("grant_type", grant), ("device_code", &code)];
            let answer = tv.post("/oauth2/token", &form, |call| call).await;
            assert_eq!(answer.status, 400, "{answer:?}");
        }
    }
}
