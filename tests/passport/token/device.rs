//! Devices (RFC 8628): DV-01 to DV-03, and a person at the page where the code is typed.
use oidc::{
    client::{AuthMethod, Client, GrantType},
    scope::Scopes,
};
use testkit::{Answer, Browser, House, Kind, PASSWORD, Rp, house::seconds, on_both_engines};

on_both_engines![
    a_person_types_the_code_and_the_device_gets_tokens,
    dv_01_codes_are_typed_in_any_case_and_guessing_is_throttled,
    dv_02_a_complete_address_still_shows_everything_and_needs_a_click,
    dv_02_who_is_not_signed_in_signs_in_first_and_comes_back,
    an_answer_that_is_sent_twice_is_answered_twice_alike_and_given_once,
    dv_03_polls_are_answered_as_the_document_says,
    dv_03_a_code_serves_once_and_its_own_client,
    dv_03_of_eight_polls_at_once_one_succeeds,
    what_ends_the_session_ends_what_the_device_was_promised,
    a_client_that_is_not_registered_for_devices_gets_none,
    a_device_is_checked_like_every_other_request,
    rights_beyond_the_standard_ones_are_shown_by_their_names,
    sf_07_a_device_gets_nothing_before_its_person_proved_what_the_site_demands,
];

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

fn tv(client: &mut Client) {
    client.client_id = "tv".to_owned();
    client.client_name = "Contoso TV".to_owned();
    client.token_endpoint_auth_method = AuthMethod::None;
    client.grant_types = vec![GrantType::DeviceCode, GrantType::RefreshToken];
    client.response_types = vec![];
    client.scope = Scopes::parse("openid email offline_access").unwrap();
}

async fn television(house: &House) -> Rp {
    house.client_with(Kind::Native, tv).await
}

struct Begun {
    device_code: String,
    user_code: String,
    complete: String,
}

async fn begin(tv: &Rp) -> Begun {
    let answer = tv
        .post("/oauth2/device_authorization", &[("scope", "openid email offline_access")], |call| call)
        .await;
    let told = answer.assert_status(200).json();
    assert_eq!(answer.header("cache-control"), "no-store", "AC-08");
    let text = |name: &str| told[name].as_str().unwrap().to_owned();
    assert_eq!((told["interval"].as_i64(), told["expires_in"].as_i64()), (Some(5), Some(900)));
    Begun {
        device_code: text("device_code"),
        user_code: text("user_code"),
        complete: text("verification_uri_complete"),
    }
}

async fn poll(tv: &Rp, begun: &Begun) -> Answer {
    tv.post("/oauth2/token", &[("grant_type", GRANT), ("device_code", &begun.device_code)], |call| call).await
}

async fn signed_in(house: &House) -> Browser {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser
}

async fn answer(browser: &Browser, begun: &Begun, button: &str) -> Answer {
    browser.get(&begun.complete).await.assert_status(200);
    browser.click(button).await
}

async fn a_person_types_the_code_and_the_device_gets_tokens(house: House) {
    let tv = television(&house).await;
    let begun = begin(&tv).await;
    poll(&tv, &begun).await.assert_token_error("authorization_pending");
    let browser = signed_in(&house).await;
    browser.get("/device").await.assert_status(200);
    let typed = begun.user_code.to_lowercase().replace('-', " ");
    let confirm = browser.submit("#device-continue", &[("user_code", &typed)]).await;
    assert!(confirm.page().words().contains("Contoso TV"), "{confirm:?}");
    let done = browser.click("#device-approve").await;
    assert!(done.page().has("#device-approved"), "{done:?}");
    house.clock.advance(seconds(5));
    let tokens = tv.tokens_in(&poll(&tv, &begun).await);
    house.userinfo(&tokens.access).await.assert_status(200);
    assert_eq!(testkit::jwt::claims(tokens.id())["nonce"], serde_json::Value::Null);
    let again = tv.tokens_in(&tv.refresh(tokens.refresh()).await);
    assert_ne!(again.refresh(), tokens.refresh());
}

async fn dv_01_codes_are_typed_in_any_case_and_guessing_is_throttled(house: House) {
    let tv = television(&house).await;
    let begun = begin(&tv).await;
    let letters: String = begun.user_code.chars().filter(char::is_ascii_alphabetic).collect();
    assert_eq!((letters.len(), begun.user_code.len()), (8, 9));
    assert!(letters.chars().all(|letter| "BCDFGHJKLMNPQRSTVWXZ".contains(letter)));
    let browser = signed_in(&house).await;
    let shown = browser.get(&format!("/device?user_code={}", letters.to_lowercase())).await;
    assert_eq!(shown.page().text_of("#user-code"), begun.user_code);
    for _ in 0..9 {
        let wrong = browser.get("/device?user_code=BBBB-BBBB").await;
        wrong.assert_status(422);
        assert!(wrong.page().has("#user_code-error"));
    }
    browser.get("/device?user_code=BBBB-BBBB").await.assert_status(429);
    browser.get(&begun.complete).await.assert_status(429);
    house.clock.advance(seconds(1200));
    browser.sign_in("ann@acme.test", PASSWORD).await;
    browser.get("/device?user_code=BBBB-BBBB").await.assert_status(422);
}

async fn dv_02_a_complete_address_still_shows_everything_and_needs_a_click(house: House) {
    let tv = television(&house).await;
    let begun = begin(&tv).await;
    let browser = signed_in(&house).await;
    let page = browser.get(&begun.complete).await;
    let words = page.page().words();
    for shown in ["Contoso TV", &begun.user_code, "ann@acme.test", "Only continue if you started this"] {
        assert!(words.contains(shown), "{shown}: {words}");
    }
    poll(&tv, &begun).await.assert_token_error("authorization_pending");
    // The answer is a form of ours, from this browser (BR-03).
    let fields = testkit::Parameters::of(&[("user_code", &begun.user_code), ("decision", "approve")]);
    browser.post_from("https://evil.test", "/device", &fields).await.assert_status(403);
    browser
        .post("/device", &[("user_code", &begun.user_code), ("decision", "approve")])
        .await
        .assert_status(403);
    house.clock.advance(seconds(5));
    poll(&tv, &begun).await.assert_token_error("authorization_pending");
    // A client of the house is asked about as well: there is no consent page to skip here.
    let trusted = house.client_with(Kind::Native, |client| {
        tv_trusted(client);
    });
    let begun = begin(&trusted.await).await;
    assert!(browser.get(&begun.complete).await.page().has("#device-approve"));
}

fn tv_trusted(client: &mut Client) {
    tv(client);
    client.client_id = "tv2".to_owned();
    client.trusted = true;
}

async fn dv_02_who_is_not_signed_in_signs_in_first_and_comes_back(house: House) {
    let tv = television(&house).await;
    let begun = begin(&tv).await;
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    let asked = browser.get(&begun.complete).await;
    assert_eq!(asked.heading(), "Sign in");
    let confirm = browser.fill_in_sign_in("ann@acme.test", PASSWORD).await;
    assert_eq!(confirm.page().text_of("#user-code"), begun.user_code);
    let done = browser.click("#device-approve").await;
    assert!(done.page().has("#device-approved"), "{done:?}");
    tv.tokens_in(&poll(&tv, &begun).await);
}

/// Decision 0030: one after the other, and at once.
async fn an_answer_that_is_sent_twice_is_answered_twice_alike_and_given_once(house: House) {
    let tv = television(&house).await;
    let browser = signed_in(&house).await;
    let approvals = "SELECT COUNT(*) FROM device_request WHERE state = 'approved'";
    for (button, done) in [("#device-approve", "#device-approved"), ("#device-deny", "#device-denied")] {
        let (one_by_one, at_once) = (begin(&tv).await, begin(&tv).await);
        browser.get(&one_by_one.complete).await;
        let again = browser.tab();
        for tab in [&browser, &again] {
            let answer = tab.click(button).await;
            assert!(answer.assert_status(200).page().has(done), "{button}: {answer:?}");
        }
        browser.get(&at_once.complete).await;
        let [first, second] = [browser.tab(), browser.tab()];
        let (first, second) = tokio::join!(first.click(button), second.click(button));
        for answer in [first, second] {
            assert!(answer.assert_status(200).page().has(done), "{button}: {answer:?}");
        }
        browser.get(&at_once.complete).await.assert_status(422);
        // Looking codes up is budgeted.
        house.clock.advance(seconds(1200));
    }
    assert_eq!(house.ground.count(approvals).await, 2);
}

async fn dv_03_polls_are_answered_as_the_document_says(house: House) {
    let tv = television(&house).await;
    let begun = begin(&tv).await;
    poll(&tv, &begun).await.assert_token_error("authorization_pending");
    house.clock.advance(seconds(3));
    poll(&tv, &begun).await.assert_token_error("slow_down");
    house.clock.advance(seconds(6));
    poll(&tv, &begun).await.assert_token_error("slow_down");
    house.clock.advance(seconds(20));
    poll(&tv, &begun).await.assert_token_error("authorization_pending");
    let browser = signed_in(&house).await;
    let denied = answer(&browser, &begun, "#device-deny").await;
    assert!(denied.page().has("#device-denied"), "{denied:?}");
    poll(&tv, &begun).await.assert_token_error("access_denied");
    let late = begin(&tv).await;
    house.clock.advance(seconds(900));
    poll(&tv, &late).await.assert_token_error("expired_token");
    let unknown = Begun { device_code: "nonsense".to_owned(), ..late };
    poll(&tv, &unknown).await.assert_token_error("invalid_grant");
    tv.post("/oauth2/token", &[("grant_type", GRANT)], |call| call)
        .await
        .assert_token_error("invalid_request");
}

async fn dv_03_a_code_serves_once_and_its_own_client(house: House) {
    let tv = television(&house).await;
    let other = house.client_with(Kind::Native, tv_trusted).await;
    let begun = begin(&tv).await;
    let browser = signed_in(&house).await;
    answer(&browser, &begun, "#device-approve").await;
    poll(&other, &begun).await.assert_token_error("invalid_grant");
    let tokens = tv.tokens_in(&poll(&tv, &begun).await);
    poll(&tv, &begun).await.assert_token_error("invalid_grant");
    house.userinfo(&tokens.access).await.assert_status(200);
    browser.get(&begun.complete).await.assert_status(422);
}

async fn dv_03_of_eight_polls_at_once_one_succeeds(house: House) {
    let tv = television(&house).await;
    let begun = begin(&tv).await;
    answer(&signed_in(&house).await, &begun, "#device-approve").await;
    let mut polls = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (tv, code) = (tv.clone(), begun.device_code.clone());
        polls.spawn(async move {
            tv.post("/oauth2/token", &[("grant_type", GRANT), ("device_code", &code)], |call| call)
                .await
                .status
        });
    }
    let mut answers = polls.join_all().await;
    answers.sort_unstable();
    assert_eq!(answers, [200, 400, 400, 400, 400, 400, 400, 400]);
}

async fn what_ends_the_session_ends_what_the_device_was_promised(house: House) {
    let tv = television(&house).await;
    let begun = begin(&tv).await;
    let browser = signed_in(&house).await;
    answer(&browser, &begun, "#device-approve").await;
    browser.sign_out().await;
    poll(&tv, &begun).await.assert_token_error("invalid_grant");
}

async fn a_client_that_is_not_registered_for_devices_gets_none(house: House) {
    let web = house.client(Kind::Web).await;
    let path = "/oauth2/device_authorization";
    web.post(path, &[], |call| call).await.assert_token_error("unauthorized_client");
    web.post(path, &[], |call| call.unauthorized().with("client_id", "web"))
        .await
        .assert_token_error("invalid_client");
    let tv = television(&house).await;
    tv.post(path, &[("scope", "phone")], |call| call).await.assert_token_error("invalid_scope");
    tv.post(path, &[("scope", "openid"), ("scope", "email")], |call| call)
        .await
        .assert_token_error("invalid_request");
}

async fn a_device_is_checked_like_every_other_request(house: House) {
    let tv = television(&house).await;
    let ask =
        async |fields: &[(&str, &str)]| tv.post("/oauth2/device_authorization", fields, |call| call).await;
    ask(&[("scope", "openid"), ("resource", "https://foreign.test")])
        .await
        .assert_token_error("invalid_target");
    ask(&[("scope", "openid"), ("resource", "/relative")]).await.assert_token_error("invalid_target");
    ask(&[("scope", "openid phone")]).await.assert_status(200);
    ask(&[]).await.assert_status(200);
}

async fn rights_beyond_the_standard_ones_are_shown_by_their_names(house: House) {
    let orders = |client: &mut Client| {
        tv(client);
        client.scope = Scopes::parse("openid orders.read").unwrap();
    };
    let tv = house.client_with(Kind::Native, orders).await;
    let begun = tv.post("/oauth2/device_authorization", &[], |call| call).await.json();
    let browser = signed_in(&house).await;
    let page = browser.get(begun["verification_uri_complete"].as_str().unwrap()).await;
    assert!(page.page().words().contains("orders.read"), "{page:?}");
    let widened = |client: &mut Client| client.scope = Scopes::parse("openid orders.read").unwrap();
    let evil = house.client_with(Kind::Evil, widened).await;
    let page = evil.ask(&browser, |asked| asked.with("scope", "openid orders.read unheard.of")).await;
    let words = page.page().words();
    assert!(words.contains("orders.read") && !words.contains("unheard.of"), "{words}");
    let answer = browser.click("#consent-approve").await;
    let redeemed = evil.redeem(&evil.code_in(&answer)).await;
    let access = evil.tokens_in(&redeemed).access;
    assert_eq!(evil.introspect(&access).await["scope"], "openid orders.read");
}

async fn sf_07_a_device_gets_nothing_before_its_person_proved_what_the_site_demands(house: House) {
    let demands = |client: &mut Client| {
        tv(client);
        client.require_acr = Some("https://refeds.org/profile/mfa".to_owned());
    };
    let tv = house.client_with(Kind::Native, demands).await;
    let (begun, browser) = (begin(&tv).await, signed_in(&house).await);
    assert!(!browser.get(&begun.complete).await.page().has("#device-approve"));
    browser.set_up_second_step(house.clock.now()).await;
    answer(&browser, &begun, "#device-approve").await;
    assert!(poll(&tv, &begun).await.assert_status(200).json()["access_token"].is_string());
    house.leave_mail();
}
