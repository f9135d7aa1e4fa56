//! `acr_values`, an essential `acr`, what a site requires, and what tokens tell later (OIDC Core §5.5.1.1, RFC 9470).
use oidc::{authorize::context::Context, client::Client};
use passport::{acts::register, client::store};
use serde_json::{Value, json};
use testkit::{
    House, Kind, PASSWORD, Parameters, Rp,
    house::{days, minutes},
    jwt, on_both_engines,
};

use super::{ANN, enter, first_step, join_with_phone, set_up};

on_both_engines![
    sf_07_an_essential_context_leads_to_setting_up_and_on_to_the_site,
    sf_07_a_site_can_require_two_factors_of_everybody,
    a_wish_is_followed_as_far_as_the_person_can,
    sf_07_silently_a_demand_is_refused_and_a_wish_is_left,
    what_is_not_offered_is_refused_at_once,
    sf_08_a_refresh_tells_what_was_true_at_the_sign_in,
    sf_08_an_automatic_sign_in_keeps_what_was_proven,
    a_fresh_proof_is_of_both_factors,
    sf_08_userinfo_says_what_would_be_strong_enough,
    whoever_wants_no_second_step_goes_back_to_the_site,
    sf_07_more_is_asked_of_the_person_whom_the_site_means,
    sf_12_what_a_program_without_methods_renews_was_proven_by_a_password,
    sf_13_an_installation_can_require_two_factors_of_everybody,
];

const MFA: &str = Context::MultiFactor.as_str();

fn essential(asked: Parameters) -> Parameters {
    let claims = json!({"id_token": {"acr": {"essential": true, "values": [MFA]}}});
    asked.with("claims", claims.to_string())
}

fn wish(asked: Parameters) -> Parameters {
    asked.with("acr_values", format!("phr {MFA}"))
}

fn claims(tokens: &testkit::rp::Tokens) -> Value {
    jwt::claims(tokens.id())
}

async fn strict(house: &House) -> Rp {
    house.client_with(Kind::Other, |client| client.require_acr = Some(MFA.to_owned())).await
}

async fn sf_07_an_essential_context_leads_to_setting_up_and_on_to_the_site(house: House) {
    let (web, browser) = (house.client(Kind::Web).await, house.browser());
    browser.join(ANN).await;
    let asked = web.ask(&browser, essential).await;
    assert!(asked.page().has("#authenticator-wanted"), "{asked:?}");
    let phone = testkit::Phone { secret: asked.page().text_of("#authenticator-secret") };
    browser.submit("#authenticator-submit", &[("code", &phone.code(house.clock.now()))]).await;
    let done = browser.click("#recovery-codes-onward").await;
    let claims = claims(&web.tokens_in(&web.redeem(&web.code_in(&done)).await));
    assert_eq!((&claims["acr"], &claims["amr"]), (&json!(MFA), &json!(["mfa", "otp", "pwd"])));
    house.leave_mail();
}

async fn sf_07_a_site_can_require_two_factors_of_everybody(house: House) {
    let (web, owner) = (strict(&house).await, house.browser());
    let (phone, _) = join_with_phone(&house, &owner, ANN).await;
    let browser = house.browser();
    web.ask(&browser, |asked| asked).await;
    browser.fill_in_sign_in(ANN, PASSWORD).await;
    let done = enter(&browser, &phone.code(house.clock.now())).await;
    assert_eq!(claims(&web.tokens_in(&web.redeem(&web.code_in(&done)).await))["acr"], MFA);
    let ben = house.browser();
    ben.join("ben@acme.test").await;
    let asked = web.ask(&ben, |asked| asked).await;
    assert!(asked.page().has("#authenticator-wanted"), "{asked:?}");
    house.leave_mail();
}

async fn a_wish_is_followed_as_far_as_the_person_can(house: House) {
    let (web, browser) = (house.client(Kind::Web).await, house.browser());
    browser.join(ANN).await;
    let answer = web.ask(&browser, wish).await;
    let told = claims(&web.tokens_in(&web.redeem(&web.code_in(&answer)).await));
    assert_eq!(told["acr"], Context::PasswordProtected.as_str(), "what is true, and no page in between");
    let elsewhere = house.browser();
    elsewhere.sign_in(ANN, PASSWORD).await;
    let (phone, _) = set_up(&house, &elsewhere, ANN).await;
    assert_eq!(web.ask(&browser, wish).await.heading(), "Second step");
    let done = enter(&browser, &phone.code(house.clock.now())).await;
    assert_eq!(claims(&web.tokens_in(&web.redeem(&web.code_in(&done)).await))["acr"], MFA);
}

async fn sf_07_silently_a_demand_is_refused_and_a_wish_is_left(house: House) {
    let (web, strict, browser) = (house.client(Kind::Web).await, strict(&house).await, house.browser());
    browser.join(ANN).await;
    let silent = |asked: Parameters| asked.with("prompt", "none");
    let unmet = "unmet_authentication_requirements";
    web.assert_told(&web.ask(&browser, |asked| essential(silent(asked))).await, unmet);
    strict.assert_told(&strict.ask(&browser, silent).await, unmet);
    web.code_in(&web.ask(&browser, |asked| wish(silent(asked))).await);
    let elsewhere = house.browser();
    elsewhere.sign_in(ANN, PASSWORD).await;
    set_up(&house, &elsewhere, ANN).await;
    for answer in [web.ask(&browser, |asked| essential(silent(asked))).await, web.ask(&browser, silent).await]
    {
        web.assert_told(&answer, "login_required");
    }
    // Where it was proven, nobody need be asked.
    web.code_in(&web.ask(&elsewhere, |asked| essential(silent(asked))).await);
}

async fn what_is_not_offered_is_refused_at_once(house: House) {
    let (web, browser) = (house.client(Kind::Web).await, house.browser());
    let hardware = json!({"id_token": {"acr": {"essential": true, "value": "phrh"}}}).to_string();
    let answer = web.ask(&browser, |asked| asked.with("claims", hardware)).await;
    web.assert_told(&answer, "unmet_authentication_requirements");
    let unknown = Client {
        require_acr: Some("telepathy".to_owned()),
        redirect_uris: vec!["https://rp1.test/cb".to_owned()],
        ..Default::default()
    };
    assert!(unknown.validate().iter().any(|error| error.field == "require_acr"), "registration refuses it");
}

async fn sf_08_a_refresh_tells_what_was_true_at_the_sign_in(house: House) {
    let (web, browser) = (house.client(Kind::Web).await, house.browser());
    join_with_phone(&house, &browser, ANN).await;
    let answer = web.ask(&browser, |asked| asked.with("scope", "openid offline_access")).await;
    let tokens = web.tokens_in(&web.redeem(&web.code_in(&answer)).await);
    house.clock.advance(days(1));
    let refreshed = web.tokens_in(&web.refresh(tokens.refresh()).await);
    for name in ["acr", "amr", "auth_time"] {
        assert_eq!(claims(&refreshed)[name], claims(&tokens)[name], "{name}");
    }
    for token in [refreshed.access.as_str(), refreshed.refresh()] {
        assert_eq!(web.introspect(token).await["acr"], MFA);
    }
}

async fn sf_08_an_automatic_sign_in_keeps_what_was_proven(house: House) {
    let (web, owner, browser) = (house.client(Kind::Web).await, house.browser(), house.browser());
    let (phone, _) = join_with_phone(&house, &owner, ANN).await;
    browser.get("/sign-in").await;
    let fields = [("username", ANN), ("password", PASSWORD), ("automatic", "on")];
    browser.submit("#sign-in-submit", &fields).await;
    enter(&browser, &phone.code(house.clock.now())).await.assert_status(200);
    let proven = claims(&web.tokens(&browser).await);
    browser.close_and_reopen();
    house.clock.advance(days(3));
    let later = claims(&web.tokens_in(&web.redeem(&web.code_in(&web.ask(&browser, essential).await)).await));
    for name in ["acr", "amr", "auth_time"] {
        assert_eq!(later[name], proven[name], "{name}");
    }
    house.leave_mail();
}

async fn a_fresh_proof_is_of_both_factors(house: House) {
    let (web, browser) = (house.client(Kind::Web).await, house.browser());
    let (phone, _) = join_with_phone(&house, &browser, ANN).await;
    house.clock.advance(minutes(30));
    assert_eq!(web.ask(&browser, |asked| asked.with("max_age", "600")).await.heading(), "Sign in");
    let asked = browser.fill_in_sign_in(ANN, PASSWORD).await;
    assert_eq!(asked.heading(), "Second step");
    let done = enter(&browser, &phone.code(house.clock.now())).await;
    let told = claims(&web.tokens_in(&web.redeem(&web.code_in(&done)).await));
    assert_eq!(told["auth_time"], house.clock.now().unix_seconds());
    assert_eq!(told["acr"], MFA);
    first_step(&house.browser(), ANN).await;
}

async fn sf_08_userinfo_says_what_would_be_strong_enough(house: House) {
    let (web, browser) = (house.client(Kind::Web).await, house.browser());
    browser.join(ANN).await;
    let tokens = web.tokens(&browser).await;
    house.userinfo(&tokens.access).await.assert_status(200);
    // It is demanded from now on: what was issued before is not strong enough.
    let (passport, tx) = (&house.passport, house.passport.db.begin().await.unwrap());
    let before = store::find_locked(&tx, &web.id).await.unwrap().unwrap();
    let client = Client { require_acr: Some(MFA.to_owned()), ..before.client.clone() };
    let now = house.clock.now();
    register::change(&tx, now, &passport.clients, &before, client, false).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let refused = house.userinfo(&tokens.access).await;
    let challenge = refused.assert_status(401).header("www-authenticate").to_owned();
    assert!(challenge.contains("error=\"insufficient_user_authentication\""), "{challenge}");
    assert!(challenge.ends_with(&format!("acr_values=\"{MFA}\"")), "{challenge}");
}

async fn whoever_wants_no_second_step_goes_back_to_the_site(house: House) {
    let (strict, browser) = (strict(&house).await, house.browser());
    browser.join(ANN).await;
    assert!(strict.ask(&browser, |asked| asked).await.page().has("#authenticator-wanted"));
    let back = browser.submit("#cancel", &[]).await;
    strict.assert_told(&back, "access_denied");
}

async fn sf_07_more_is_asked_of_the_person_whom_the_site_means(house: House) {
    let (web, browser, other) = (house.client(Kind::Web).await, house.browser(), house.browser());
    browser.join(ANN).await;
    let before = web.tokens_in(&web.redeem(&web.code(&browser).await).await);
    other.get("/sign-in").await;
    other.fill_in_sign_in(ANN, PASSWORD).await;
    let (phone, _) = set_up(&house, &other, ANN).await;
    house.browser().join("ben@acme.test").await;
    browser.get("/sign-in?account=other").await;
    browser.fill_in_sign_in("ben@acme.test", PASSWORD).await;
    browser.get("/account").await.shows(200, "ben@acme.test");
    let asked = web.ask(&browser, |asked| essential(asked).with("id_token_hint", before.id())).await;
    assert_eq!(asked.heading(), "Second step", "{asked:?}");
    let done = enter(&browser, &phone.code(house.clock.now())).await;
    let after = claims(&web.tokens_in(&web.redeem(&web.code_in(&done)).await));
    assert_eq!((&after["sub"], &after["acr"]), (&claims(&before)["sub"], &json!(MFA)));
    house.leave_mail();
}

async fn sf_12_what_a_program_without_methods_renews_was_proven_by_a_password(house: House) {
    let (web, owner, browser) = (house.client(Kind::Web).await, house.browser(), house.browser());
    let (phone, _) = join_with_phone(&house, &owner, ANN).await;
    browser.get("/sign-in").await;
    let fields = [("username", ANN), ("password", PASSWORD), ("automatic", "on")];
    browser.submit("#sign-in-submit", &fields).await;
    enter(&browser, &phone.code(house.clock.now())).await.assert_status(200);
    assert_eq!(claims(&web.tokens(&browser).await)["acr"], MFA);
    house.clock.advance(minutes(1));
    // What such a program writes when somebody gives the password again: the time of the proof, and no methods.
    let now = house.clock.now().unix_millis();
    for table in ["session", "automatic_sign_in"] {
        house.ground.execute(&format!("UPDATE {table} SET auth_time = {now}")).await;
    }
    let silent = |asked: Parameters| essential(asked).with("prompt", "none");
    web.assert_told(&web.ask(&browser, silent).await, "login_required");
    browser.close_and_reopen();
    web.assert_told(&web.ask(&browser, silent).await, "login_required");
    assert!(browser.is_signed_in().await, "signed in automatically, by a password");
    // One more proof, and it is as strong as before.
    assert_eq!(web.ask(&browser, essential).await.heading(), "Second step");
    house.clock.advance(minutes(1));
    let done = enter(&browser, &phone.code(house.clock.now())).await;
    assert_eq!(claims(&web.tokens_in(&web.redeem(&web.code_in(&done)).await))["acr"], MFA);
    house.leave_mail();
}

async fn sf_13_an_installation_can_require_two_factors_of_everybody(engine: testkit::Engine) {
    let house = House::with(engine, |settings| settings.passport.protocol.require_acr = MFA.to_owned()).await;
    let (web, browser) = (house.client(Kind::Web).await, house.browser());
    browser.join(ANN).await;
    let silent = web.ask(&browser, |asked| asked.with("prompt", "none")).await;
    web.assert_told(&silent, "unmet_authentication_requirements");
    let asked = web.ask(&browser, |asked| asked).await;
    assert!(asked.page().has("#authenticator-wanted"), "{asked:?}");
    let phone = testkit::Phone { secret: asked.page().text_of("#authenticator-secret") };
    browser.submit("#authenticator-submit", &[("code", &phone.code(house.clock.now()))]).await;
    let done = browser.click("#recovery-codes-onward").await;
    assert_eq!(claims(&web.tokens_in(&web.redeem(&web.code_in(&done)).await))["acr"], MFA);
    house.leave_mail();
}
