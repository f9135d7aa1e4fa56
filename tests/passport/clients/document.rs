//! Clients that are known by the address of a document about them: only where that is wanted, and never trusted.
use std::{
    net::{Ipv4Addr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{Json, Router, extract::State, http::StatusCode, response::IntoResponse as _, routing::get};
use platform::{clock::Clock, config, web::tls::Tls};
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::{
    Engine, House,
    house::{days, minutes},
    net::Request,
    on_both_engines,
    rp::Rp,
};

on_both_engines![
    a_document_makes_a_public_client_that_people_are_asked_about,
    a_document_is_read_again_after_ten_minutes_and_serves_a_day_while_its_site_is_away,
    what_an_operator_gave_to_a_document_stays_when_it_is_read_again,
    what_an_operator_set_of_its_own_words_stays_as_well,
    a_document_with_keys_proves_itself_with_them,
    a_document_on_this_computer_takes_any_port_and_its_person_is_warned,
    without_the_setting_nothing_is_fetched,
    fx_12_a_visitor_has_few_documents_fetched_and_a_refusal_writes_nothing,
    a_document_that_lies_about_itself_is_no_client,
];

/// A site with a certificate of its own, and a document.
struct Site {
    id: String,
    root: String,
    document: Arc<std::sync::Mutex<Option<Value>>>,
    read: Arc<AtomicUsize>,
    _folder: TempDir,
}

type Shared = (Arc<std::sync::Mutex<Option<Value>>>, Arc<AtomicUsize>);

async fn answer(State((document, read)): State<Shared>) -> axum::response::Response {
    read.fetch_add(1, Ordering::SeqCst);
    match document.lock().unwrap().clone() {
        Some(document) => Json(document).into_response(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

impl Site {
    fn open() -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        std::fs::write(path("own.pem"), certificate.pem()).unwrap();
        std::fs::write(path("own.key"), key.serialize_pem()).unwrap();
        let settings =
            config::Tls { certificate: path("own.pem"), key: path("own.key"), ..config::Tls::default() };
        let tls = Tls::open(&settings, Clock::system()).unwrap().unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let id = format!("https://localhost:{}/client.json", listener.local_addr().unwrap().port());
        let shared = Shared::default();
        let app = Router::new().route("/client.json", get(answer)).with_state(shared.clone());
        let server = axum_server::from_tcp(listener).unwrap().acceptor(tls.acceptor());
        tokio::spawn(server.serve(app.into_make_service()));
        let (document, read) = shared;
        let site = Self { root: path("own.pem"), id, document, read, _folder: folder };
        site.says(json!({"client_id": site.id, "client_name": "Document App", "redirect_uris": ["https://app.test/cb"]}));
        site
    }

    fn says(&self, document: Value) {
        *self.document.lock().unwrap() = Some(document);
    }

    fn is_away(&self) {
        *self.document.lock().unwrap() = None;
    }

    fn was_read(&self) -> usize {
        self.read.load(Ordering::SeqCst)
    }

    async fn house(&self, engine: Engine) -> House {
        House::with(engine, |settings| {
            settings.passport.registration.client_id_metadata_documents = true;
            settings.passport.outbound.extra_root.clone_from(&self.root);
        })
        .await
    }

    fn rp(&self, house: &House) -> Rp {
        house.site(&self.id, None, "https://app.test/cb")
    }
}

async fn a_document_makes_a_public_client_that_people_are_asked_about(engine: Engine) {
    let site = Site::open();
    let house = site.house(engine).await;
    let rp = site.rp(&house);
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let asked = rp.ask(&browser, |asked| asked).await;
    assert!(asked.page().has("#consent-approve") && asked.text().contains("Document App"), "{asked:?}");
    let tokens = rp.tokens_in(&rp.redeem(&rp.code_in(&browser.click("#consent-approve").await)).await);
    house.userinfo(&tokens.access).await.assert_status(200);
    let unproven =
        |asked: testkit::Parameters| asked.without("code_challenge").without("code_challenge_method");
    // Nobody vouched for it: it is not told by way of the person.
    rp.ask(&browser, unproven).await.assert_stays_here();
    rp.ask(&browser, |asked| asked.with("redirect_uri", "https://app.test/other")).await.assert_stays_here();
    assert_eq!(site.was_read(), 1);
    let metadata = house.net.send(Request::get(&house.url("/.well-known/openid-configuration"))).await.json();
    assert_eq!(metadata["client_id_metadata_document_supported"], true);
}

async fn a_document_is_read_again_after_ten_minutes_and_serves_a_day_while_its_site_is_away(engine: Engine) {
    let site = Site::open();
    let house = site.house(engine).await;
    let rp = site.rp(&house);
    let browser = house.browser();
    let known = async || rp.ask(&browser, |asked| asked).await.heading() == "Sign in";
    assert!(known().await && known().await);
    assert_eq!(site.was_read(), 1);
    house.clock.advance(minutes(10));
    assert!(known().await);
    assert_eq!(site.was_read(), 2);
    site.is_away();
    house.clock.advance(minutes(60 * 23));
    assert!(known().await);
    house.clock.advance(minutes(61));
    assert!(!known().await, "a day later it is nobody");
    house.clock.advance(days(2));
    passport::jobs::sweep(&house.passport).await.unwrap();
    let reader = house.passport.db.reader();
    assert!(passport::client::store::find(reader, &site.id).await.unwrap().is_none(), "and swept away");
}

async fn what_an_operator_gave_to_a_document_stays_when_it_is_read_again(engine: Engine) {
    let site = Site::open();
    let house = site.house(engine).await;
    let (rp, browser) = (site.rp(&house), house.browser());
    rp.ask(&browser, |asked| asked).await;
    let (db, events) = (&house.passport.db, Some("https://app.test/events".to_owned()));
    let find = async || passport::client::store::find(db.reader(), &site.id).await.unwrap().unwrap();
    let mut known = find().await;
    known.client.security_events_uri = events.clone();
    known.client.verified_email_only = true;
    let tx = db.begin().await.unwrap();
    passport::client::store::set(&tx, house.clock.now(), &known).await.unwrap();
    tx.commit().await.unwrap();
    site.says(json!({
        "client_id": site.id, "client_name": "Another Name", "redirect_uris": ["https://app.test/cb"],
        "security_events_uri": "https://evil.test/", "verified_email_only": false, "trusted": true,
    }));
    house.clock.advance(minutes(10));
    rp.ask(&browser, |asked| asked).await;
    let client = find().await.client;
    assert_eq!((site.was_read(), client.client_name.as_str()), (2, "Another Name"));
    assert_eq!((client.security_events_uri, client.verified_email_only), (events, true));
    assert!(!client.trusted);
}

async fn what_an_operator_set_of_its_own_words_stays_as_well(engine: Engine) {
    let site = Site::open();
    let house = site.house(engine).await;
    let (rp, browser) = (site.rp(&house), house.browser());
    rp.ask(&browser, |asked| asked).await;
    let db = &house.passport.db;
    let find = async || passport::client::store::find(db.reader(), &site.id).await.unwrap().unwrap();
    let mut known = find().await;
    known.client.scope = oidc::scope::Scopes::parse("openid").unwrap();
    known.client.held = vec!["scope".to_owned(), "logo_uri".to_owned()];
    let tx = db.begin().await.unwrap();
    passport::client::store::set(&tx, house.clock.now(), &known).await.unwrap();
    tx.commit().await.unwrap();
    let says = |more: Value| {
        let mut document = json!({
            "client_id": site.id, "client_name": "Another Name", "redirect_uris": ["https://app.test/cb"],
            "scope": "openid email phone", "logo_uri": "https://app.test/logo.png", "held": [],
        });
        document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        site.says(document);
        house.clock.advance(minutes(10));
    };
    says(json!({}));
    rp.ask(&browser, |asked| asked).await;
    let client = find().await.client;
    assert_eq!(
        (client.client_name.as_str(), client.scope.to_string()),
        ("Another Name", "openid".to_owned())
    );
    assert_eq!((client.logo_uri, client.held), (None, vec!["scope".to_owned(), "logo_uri".to_owned()]));
}

async fn a_document_with_keys_proves_itself_with_them(engine: Engine) {
    let site = Site::open();
    let house = site.house(engine).await;
    let signer = testkit::signer::Signer::new(oidc::jws::SigningAlgorithm::ES256);
    site.says(json!({
        "client_id": site.id, "client_name": "Signing App", "redirect_uris": ["https://app.test/cb"],
        "token_endpoint_auth_method": "private_key_jwt", "jwks": signer.jwks(),
    }));
    let (rp, browser) = (site.rp(&house), house.browser());
    browser.join("ann@acme.test").await;
    rp.ask(&browser, |asked| asked).await.assert_status(200);
    let code = rp.code_in(&browser.click("#consent-approve").await);
    rp.redeem(&code).await.assert_token_error("invalid_client");
    let assertion = signer.assertion(&house, &site.id, |_, _| ());
    let redeemed = rp.redeem_with(&code, |call| call.unauthorized().asserted(assertion)).await;
    house.userinfo(&rp.tokens_in(&redeemed).access).await.assert_status(200);
}

async fn a_document_on_this_computer_takes_any_port_and_its_person_is_warned(engine: Engine) {
    let site = Site::open();
    let house = site.house(engine).await;
    site.says(
        json!({"client_id": site.id, "client_name": "Agent", "redirect_uris": ["http://localhost/cb"]}),
    );
    let (rp, browser) = (site.rp(&house), house.browser());
    browser.join("ann@acme.test").await;
    for uri in
        ["http://127.0.0.1:4711/cb", "http://localhost.evil.test:4711/cb", "http://localhost:4711/other"]
    {
        rp.ask(&browser, |asked| asked.with("redirect_uri", uri)).await.assert_stays_here();
    }
    let asked = rp.ask(&browser, |asked| asked.with("redirect_uri", "http://localhost:4711/cb")).await;
    assert!(
        asked.page().has("#consent-agent") && asked.text().contains("which calls itself Agent"),
        "{asked:?}"
    );
    let answer = browser.click("#consent-approve").await;
    assert!(answer.location().as_str().starts_with("http://localhost:4711/cb?code="), "{answer:?}");
}

async fn without_the_setting_nothing_is_fetched(engine: Engine) {
    let site = Site::open();
    let house =
        House::with(engine, |settings| settings.passport.outbound.extra_root.clone_from(&site.root)).await;
    site.rp(&house).ask(&house.browser(), |asked| asked).await.assert_stays_here();
    assert_eq!(site.was_read(), 0);
}

async fn a_document_that_lies_about_itself_is_no_client(engine: Engine) {
    let site = Site::open();
    let house = site.house(engine).await;
    for (name, value) in [
        ("client_id", json!("https://other.test/client.json")),
        ("client_secret", json!("hush")),
        ("token_endpoint_auth_method", json!("client_secret_post")),
        ("redirect_uris", json!(["javascript:alert(1)"])),
        ("jwks_uri", json!("https://10.0.0.1/keys")),
    ] {
        let mut document = json!({"client_id": site.id, "redirect_uris": ["https://app.test/cb"]});
        document[name] = value;
        site.says(document);
        site.rp(&house).ask(&house.browser(), |asked| asked).await.assert_stays_here();
    }
    assert_eq!(site.was_read(), 5);
}

async fn fx_12_a_visitor_has_few_documents_fetched_and_a_refusal_writes_nothing(engine: Engine) {
    let site = Site::open();
    let house = House::with(engine, |settings| {
        settings.passport.registration.client_id_metadata_documents = true;
        settings.passport.outbound.extra_root.clone_from(&site.root);
        settings.passport.server.trusted_proxies = vec!["127.0.0.1".to_owned()];
        settings.passport.limits.scale = 0.1;
    })
    .await;
    let ask = async |id: String, from: &str| {
        let browser = house.browser().saying(&[("x-forwarded-for", from)]);
        house.site(&id, None, "https://app.test/cb").ask(&browser, |asked| asked).await
    };
    for number in 0..6 {
        // Another host each time, so that no limit of one host is met.
        ask(format!("https://site{number}.invalid/client.json"), "198.51.100.1").await.assert_stays_here();
    }
    let counters = "SELECT COUNT(*) FROM budget";
    let before = house.ground.count(counters).await;
    for number in 6..9 {
        let refused = ask(format!("https://site{number}.invalid/client.json"), "198.51.100.2").await;
        assert!(refused.text().contains("temporarily_unavailable"), "{refused:?}");
    }
    assert!(ask(site.id.clone(), "198.51.100.3").await.text().contains("temporarily_unavailable"));
    assert_eq!(house.ground.count(counters).await, before, "a refusal writes nothing");
    assert_eq!(site.was_read(), 0);
    assert_eq!(ask(site.id.clone(), "203.0.113.1").await.heading(), "Sign in");
    // What was read serves everybody, also those who have spent theirs.
    assert_eq!(ask(site.id.clone(), "198.51.100.3").await.heading(), "Sign in");
}
