//! FX-01, further acts: what was read before something ended is looked at again under the lock. A person's proof, their
//! yes, “this was not me”, a site's secret, its registration: none of it acts after it ended or was changed.
use std::pin::Pin;

use oidc::client::Client;
use passport::{
    account::{Account, State, acting::Acting},
    acts, client, computer,
    history::Source,
};
use platform::{db::Tx, secrets::Secret};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{
    Answer, Browser, Engine, House, Kind, PASSWORD, Rp, SECRET_ANSWER, net::Request, on_both_engines,
};
use tokio::task::JoinSet;

use crate::account::{INFORMATION, sign_up_with};

on_both_engines![
    fx_01_an_answer_that_was_proven_before_it_was_changed_opens_nothing,
    fx_01_not_me_of_a_session_that_was_ended_undoes_nothing,
    fx_01_a_yes_that_was_taken_back_in_flight_gives_nothing,
    fx_01_a_site_that_is_disabled_in_flight_is_given_nothing,
    fx_01_a_secret_that_is_replaced_in_flight_gives_nothing,
    fx_01_a_registration_in_flight_does_not_take_back_what_the_operator_did,
];

const ANN: &str = "ann@acme.test";

async fn ann(house: &House) -> Browser {
    let browser = house.browser();
    browser.join(ANN).await;
    browser
}

async fn account(house: &House) -> Account {
    passport::account::store::find_by_key(house.passport.db.reader(), ANN).await.unwrap().unwrap()
}

/// Lets what was sent come as far as it can while somebody holds the lock that it needs.
async fn settle(house: &House) {
    for _ in 0..30 {
        house.net.send(Request::get(&house.url("/help"))).await.assert_status(200);
    }
}

/// What `request` is answered, four times at once, when it was on its way while `ending` was done and kept.
async fn meanwhile<R: Future<Output = Answer> + Send + 'static>(
    house: &House,
    request: impl Fn() -> R,
    ending: impl AsyncFnOnce(&Acting),
) -> Vec<Answer> {
    let held = Acting::on(&house.passport.db, account(house).await.id).await.unwrap().unwrap();
    let mut sent = JoinSet::new();
    for _ in 0..4 {
        sent.spawn(request());
    }
    settle(house).await;
    ending(&held).await;
    held.commit().await.unwrap();
    sent.join_all().await
}

/// Somebody who knows the old answer, on a computer that the account knows, where it would count at once.
async fn fx_01_an_answer_that_was_proven_before_it_was_changed_opens_nothing(engine: Engine) {
    let house = House::with(engine, |settings| settings.passport.limits.scale = 100.0).await;
    house.leave_mail();
    sign_up_with(&house.browser(), ANN, &INFORMATION).await;
    let (owner, elsewhere) = (house.browser(), house.browser());
    owner.sign_in(ANN, PASSWORD).await;
    elsewhere.sign_in(ANN, PASSWORD).await;
    let known = computer::store::list_of_account(house.passport.db.reader(), account(&house).await.id, 9);
    let known = known.await.unwrap().into_iter().map(|known| known.digest).next().unwrap();
    for round in 0..12_u32 {
        let said = passport::account::information::Information {
            country: "United Kingdom".into(),
            postal_code: "SW1A 1AA".into(),
            birthdate: "1970-01-02".into(),
        };
        let answer =
            if round == 0 { SECRET_ANSWER.to_owned() } else { format!("answer of round {}", round - 1) };
        let mut proofs = JoinSet::new();
        for _ in 0..6 {
            let (house, said, known) = (house.clone(), said.clone(), known.clone());
            let answer = Secret::new(answer.clone());
            proofs.spawn(async move {
                let email = platform::email::EmailAddress::parse(ANN).unwrap();
                let source = Source::default();
                let prover = acts::recover::Prover { email: &email, source: &source, computer: Some(&known) };
                let (passport, now) = (&house.passport, house.clock.now());
                acts::recover::prove_by_answer(passport, now, prover, &said, &answer).await.unwrap()
            });
        }
        owner.get("/account/question").await.assert_status(200);
        let (question, answer) = (format!("Which round is {round}?"), format!("answer of round {round}"));
        let own = [("question", "own"), ("own_question", question.as_str()), ("answer", answer.as_str())];
        let done = owner.submit("#change-question-submit", &own).await;
        assert!(done.page().has("#changed"), "{done:?}");
        proofs.join_all().await;
        assert_eq!(account(&house).await.question.as_deref(), Some(question.as_str()));
        let open = house.ground.count("SELECT COUNT(*) FROM recovery WHERE state = 'open'").await;
        assert_eq!(open, 0, "round {round}: the old answer opened something after it was changed");
    }
}

async fn fx_01_not_me_of_a_session_that_was_ended_undoes_nothing(house: House) {
    house.leave_mail();
    let (owner, thief) = (ann(&house).await, house.browser());
    thief.sign_in(ANN, PASSWORD).await;
    owner.get("/account/question").await.assert_status(200);
    let own = [("question", "own"), ("own_question", "The owner's?"), ("answer", "ours alone")];
    assert!(owner.submit("#change-question-submit", &own).await.page().has("#changed"));
    thief.get("/account/history").await.assert_status(200);
    thief.click("#history a").await.assert_status(200);
    let (passport, now) = (house.passport.clone(), house.clock.now());
    let form = thief.here().page().form("#not-me-submit");
    let press = || {
        let (tab, fields) = (thief.tab(), form.fields.clone());
        let origin = house.passport.issuer().to_owned();
        async move { tab.post_from(&origin, "/account/not-me", &fields).await }
    };
    let ending = async |held: &Acting| {
        acts::sessions::end_all(&passport, held, now, held.id()).await.unwrap();
    };
    meanwhile(&house, press, ending).await;
    let account = account(&house).await;
    assert_eq!(account.state, State::Active, "nobody froze it");
    assert_eq!(account.question.as_deref(), Some("The owner's?"));
}

async fn fx_01_a_yes_that_was_taken_back_in_flight_gives_nothing(house: House) {
    house.leave_mail();
    let evil = house.client(Kind::Evil).await;
    let browser = ann(&house).await;
    evil.ask(&browser, |asked| asked).await;
    evil.code_in(&browser.click("#consent-approve").await);
    let silent = evil.authorize_url(|asked| asked.with("prompt", "none"));
    let ask = || {
        let (tab, silent) = (browser.tab(), silent.clone());
        async move { tab.get(&silent).await }
    };
    let (passport, now) = (house.passport.clone(), house.clock.now());
    let site = client::store::find(passport.db.reader(), &evil.id).await.unwrap().unwrap().client;
    let ending = async |held: &Acting| {
        let nobody = Source::default();
        let id = held.id();
        assert!(acts::give::withdraw(&passport, held, now, id, &site, &nobody).await.unwrap());
    };
    for answer in meanwhile(&house, ask, ending).await {
        evil.assert_told(&answer, "consent_required");
    }
    let live = "SELECT COUNT(*) FROM grants WHERE state <> 'revoked'";
    assert_eq!(house.ground.count(live).await, 0);
}

/// As an operator's command changes a site, in a transaction that is there already.
async fn change(house: &House, tx: &Tx, id: &str, name: &str, value: Value, new_secret: bool) {
    let before = client::store::find_locked(tx, id).await.unwrap().unwrap();
    let mut members = serde_json::to_value(&before.client).unwrap();
    members[name] = value;
    let client: Client = serde_json::from_value(members).unwrap();
    let (passport, now) = (&house.passport, house.clock.now());
    acts::register::change(tx, now, &passport.clients, &before, client, new_secret).await.unwrap().unwrap();
}

async fn fx_01_a_site_that_is_disabled_in_flight_is_given_nothing(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = ann(&house).await;
    let silent = web.authorize_url(|asked| asked.with("prompt", "none"));
    let ask = || {
        let (tab, silent) = (browser.tab(), silent.clone());
        async move { tab.get(&silent).await }
    };
    let ending =
        async |held: &Acting| change(&house, held.tx(), &web.id, "disabled", json!(true), false).await;
    for answer in meanwhile(&house, ask, ending).await {
        answer.assert_stays_here();
    }
    assert_eq!(house.ground.count("SELECT COUNT(*) FROM grants WHERE state <> 'revoked'").await, 0);
}

/// What a site asks with what it holds.
type Call = fn(Rp, String) -> Pin<Box<dyn Future<Output = Answer> + Send>>;

async fn fx_01_a_secret_that_is_replaced_in_flight_gives_nothing(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = ann(&house).await;
    let (tokens, code) = (web.tokens(&browser).await, web.code(&browser).await);
    let stolen = async |call: Call, what: String| {
        let press = || call(web.clone(), what.clone());
        let ending = async |held: &Acting| {
            change(&house, held.tx(), &web.id, "client_name", json!("Web"), true).await;
        };
        for answer in meanwhile(&house, press, ending).await {
            answer.assert_token_error("invalid_client");
        }
    };
    stolen(|web, token| Box::pin(async move { web.refresh(&token).await }), tokens.refresh().to_owned())
        .await;
    let tx = house.passport.db.begin().await.unwrap();
    // The secret of before again, for the other half.
    let before = client::store::find_locked(&tx, &web.id).await.unwrap().unwrap();
    let (mut back, secret) = ((*before).clone(), web.secret.as_deref().unwrap());
    back.secret_digest = Some(platform::secrets::digest(secret.as_bytes()).to_vec());
    client::store::set(&tx, house.clock.now(), &back).await.unwrap();
    tx.commit().await.unwrap();
    stolen(|web, code| Box::pin(async move { web.redeem(&code).await }), code).await;
}

async fn fx_01_a_registration_in_flight_does_not_take_back_what_the_operator_did(engine: Engine) {
    let mode = passport::config::RegistrationMode::Open;
    let house = House::with(engine, |settings| settings.passport.registration.mode = mode).await;
    let mut body = json!({"redirect_uris": ["https://rp1.test/cb"]});
    let url = house.url("/oauth2/register");
    let send = |method: Method, url: &str, token: Option<&str>, body: &Value| {
        let mut request = Request::new(method, url).header("content-type", "application/json");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        request.body = body.to_string().into_bytes();
        let house = house.clone();
        async move { house.net.send(request).await }
    };
    let told = send(Method::POST, &url, None, &body).await.assert_status(201).json();
    let text = |name: &str| told[name].as_str().unwrap().to_owned();
    let (id, token, url) =
        (text("client_id"), text("registration_access_token"), text("registration_client_uri"));
    body["client_id"] = json!(id);
    let tx = house.passport.db.begin().await.unwrap();
    change(&house, &tx, &id, "disabled", json!(true), false).await;
    let mut puts = JoinSet::new();
    for _ in 0..4 {
        puts.spawn(send(Method::PUT, &url, Some(&token), &body));
    }
    settle(&house).await;
    tx.commit().await.unwrap();
    for answer in puts.join_all().await {
        answer.assert_status(401);
    }
    let now = client::store::find(house.passport.db.reader(), &id).await.unwrap().unwrap();
    assert!(now.client.disabled, "the operator disabled it");
}
