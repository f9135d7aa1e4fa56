//! Sites that registered by themselves and that nobody vouched for: nobody is sent there by a link to us alone, and
//! what is not used goes.
use oidc::client::Client;
use passport::{
    client::{
        registration::{InitialToken, InitialTokenId, store as tokens},
        store,
    },
    config::RegistrationMode,
};
use reqwest::Method;
use serde_json::json;
use testkit::{
    Answer, Browser, Engine, House, Kind, PASSWORD, Rp, house::days, net::Request, on_both_engines,
};

on_both_engines![
    nobody_is_sent_to_a_site_that_nobody_vouched_for_without_a_word,
    a_site_with_an_operators_token_is_answered_as_every_other,
    a_registration_that_nobody_uses_goes,
];

async fn register(house: &House, token: Option<&str>) -> Answer {
    let mut request = Request::new(Method::POST, &house.url("/oauth2/register"));
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request = request.header("content-type", "application/json");
    request.body = json!({"redirect_uris": ["https://rp1.test/cb"]}).to_string().into_bytes();
    let answer = house.net.send(request).await;
    answer.assert_status(201);
    answer
}

async fn opened(engine: Engine, mode: RegistrationMode) -> House {
    House::with(engine, |settings| settings.passport.registration.mode = mode).await
}

async fn ann(house: &House) -> Browser {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser
}

async fn nobody_is_sent_to_a_site_that_nobody_vouched_for_without_a_word(engine: Engine) {
    let house = opened(engine, RegistrationMode::Open).await;
    let rp = house.registered(&register(&house, None).await);
    let (stranger, ann) = (house.browser(), ann(&house).await);
    for browser in [&stranger, &ann] {
        let silent = rp.ask(browser, |asked| asked.with("prompt", "none")).await;
        silent.assert_stays_here();
        assert!(silent.page().has("#error-code"), "{silent:?}");
        rp.ask(browser, |asked| asked.with("scope", "nonsense")).await.assert_stays_here();
        rp.ask(browser, |asked| asked.with("response_type", "token")).await.assert_stays_here();
        rp.ask(browser, |asked| asked.with("id_token_hint", "x")).await.assert_stays_here();
        rp.ask(browser, |asked| asked.with("request", "x")).await.assert_stays_here();
    }
    // Who saw a page of ours and says no goes back, and so does who says yes.
    rp.ask(&ann, |asked| asked).await;
    rp.assert_told(&ann.click("#consent-deny").await, "access_denied");
    rp.ask(&stranger, |asked| asked).await;
    stranger.fill_in_sign_in("ann@acme.test", PASSWORD).await;
    rp.code_in(&stranger.click("#consent-approve").await);
    let silent = rp.ask(&ann, |asked| asked.with("prompt", "none")).await;
    rp.code_in(&silent);
    // An operator may vouch for it later.
    change(&house, &rp, |client| client.scope = client.scope.clone()).await;
}

async fn change(house: &House, rp: &Rp, how: impl FnOnce(&mut Client)) {
    let tx = house.passport.db.begin().await.unwrap();
    let mut found = store::find(&tx, &rp.id).await.unwrap().unwrap();
    how(&mut found.client);
    let mut members = serde_json::to_value(&found.client).unwrap();
    members["vouched"] = json!(true);
    found.client = serde_json::from_value(members).unwrap();
    store::set(&tx, house.clock.now(), &found).await.unwrap();
    tx.commit().await.unwrap();
    let silent = rp.ask(&house.browser(), |asked| asked.with("prompt", "none")).await;
    rp.assert_told(&silent, "login_required");
}

async fn a_site_with_an_operators_token_is_answered_as_every_other(engine: Engine) {
    let house = opened(engine, RegistrationMode::InitialToken).await;
    let now = house.clock.now();
    let token = InitialToken {
        id: InitialTokenId::new(now, &house.passport.random),
        note: "for a test".into(),
        uses_left: 1,
        created_at: now,
        ends_at: now + days(7),
    };
    let secret = house.passport.random.token();
    let tx = house.passport.db.begin().await.unwrap();
    tokens::add_initial_token(&tx, &token, &secret).await.unwrap();
    tx.commit().await.unwrap();
    let rp = house.registered(&register(&house, Some(&secret)).await);
    let silent = rp.ask(&house.browser(), |asked| asked.with("prompt", "none")).await;
    rp.assert_told(&silent, "login_required");
}

async fn a_registration_that_nobody_uses_goes(engine: Engine) {
    let house = opened(engine, RegistrationMode::Open).await;
    let used = house.registered(&register(&house, None).await);
    let unused = house.registered(&register(&house, None).await);
    let of_the_operator = house.client(Kind::Web).await;
    let browser = ann(&house).await;
    house.clock.advance(days(80));
    browser.sign_in("ann@acme.test", PASSWORD).await;
    house.leave_mail();
    used.ask(&browser, |asked| asked).await;
    used.code_in(&browser.click("#consent-approve").await);
    house.clock.advance(days(20));
    let kept = async || {
        passport::jobs::sweep(&house.passport).await.unwrap();
        let all = store::list_all(house.passport.db.reader()).await.unwrap();
        all.into_iter().map(|registered| registered.client.client_id).collect::<Vec<_>>()
    };
    let left = kept().await;
    assert!(!left.contains(&unused.id), "{left:?}");
    assert!(left.contains(&used.id) && left.contains(&of_the_operator.id), "{left:?}");
    house.clock.advance(days(91));
    assert_eq!(kept().await, [of_the_operator.id]);
}
