//! FX-12, what else strangers can make us keep or send: devices, proofs of keys that nobody asked for, letters to
//! people who have nothing to do with an account [INV-11].
use oidc::{client::GrantType, jws::SigningAlgorithm};
use testkit::{
    Answer, Browser, Engine, House, Kind, PASSWORD, Rp, Signer,
    house::{hours, minutes},
    on_both_engines,
};

on_both_engines![
    fx_12_devices_of_public_sites_are_budgeted_before_they_write,
    fx_12_a_proof_of_a_key_leaves_nothing_where_nothing_is_given,
    fx_12_nobody_is_written_to_all_day_about_an_account_that_is_not_theirs,
    fx_12_a_taken_address_is_not_written_to_all_day,
    fx_12_a_person_changes_only_so_much_and_loses_nothing_typed,
];

const VICTIM: &str = "vera@acme.test";

async fn device(house: &House) -> Rp {
    house
        .client_with(Kind::Native, |client| {
            client.client_id = "tv".to_owned();
            client.grant_types = vec![GrantType::DeviceCode, GrantType::AuthorizationCode];
        })
        .await
}

async fn fx_12_devices_of_public_sites_are_budgeted_before_they_write(engine: Engine) {
    let house = House::with(engine, |settings| settings.passport.limits.scale = 0.1).await;
    let tv = device(&house).await;
    let begin = async || tv.post("/oauth2/device_authorization", &[], |call| call).await;
    for _ in 0..6 {
        begin().await.assert_status(200);
    }
    for _ in 0..5 {
        let refused = begin().await;
        refused.assert_status(429);
        assert!(!refused.header("retry-after").is_empty(), "{refused:?}");
    }
    assert_eq!(
        house.ground.count("SELECT COUNT(*) FROM device_request").await,
        6,
        "a refusal writes nothing"
    );
    house.clock.advance(minutes(20));
    begin().await.assert_status(200);
}

async fn fx_12_a_proof_of_a_key_leaves_nothing_where_nothing_is_given(house: House) {
    let (spa, tv) = (house.client(Kind::Spa).await, device(&house).await);
    let key = Signer::new(SigningAlgorithm::ES256);
    let proof = || key.proof(&house, "POST", "/oauth2/token", |_, _| {});
    let begun = tv.post("/oauth2/device_authorization", &[], |call| call).await.json();
    let waiting = begun["device_code"].as_str().unwrap();
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    for _ in 0..5 {
        spa.redeem_with(&"A".repeat(64), |call| call.header("dpop", proof()))
            .await
            .assert_token_error("invalid_grant");
        let poll = [("grant_type", grant), ("device_code", waiting)];
        assert_eq!(tv.post("/oauth2/token", &poll, |call| call.header("dpop", proof())).await.status, 400);
    }
    assert_eq!(house.ground.count("SELECT COUNT(*) FROM used_once").await, 0);
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let (used, code) = (proof(), spa.code(&browser).await);
    spa.redeem_with(&code, |call| call.header("dpop", &used)).await.assert_status(200);
    let again = spa.redeem_with(&spa.code(&browser).await, |call| call.header("dpop", &used)).await;
    again.assert_token_error("invalid_dpop_proof");
}

async fn change_question(browser: &Browser, number: u32) -> Answer {
    browser.get("/account/question").await.assert_status(200);
    let question = format!("What is number {number}?");
    let own = [("question", "own"), ("own_question", question.as_str()), ("answer", "a long answer")];
    browser.submit("#change-question-submit", &own).await
}

async fn fx_12_nobody_is_written_to_all_day_about_an_account_that_is_not_theirs(house: House) {
    house.leave_mail();
    let stranger = house.browser();
    stranger.join(VICTIM).await;
    for number in 0..15 {
        assert!(change_question(&stranger, number).await.page().has("#changed"));
    }
    assert_eq!(house.postbox(VICTIM).letters().await.len(), 10);
    // To an address that was proven everything is told.
    let tx = passport::account::acting::Acting::on(&house.passport.db, {
        let found = passport::account::store::find_by_key(house.passport.db.reader(), VICTIM).await;
        found.unwrap().unwrap().id
    });
    let tx = tx.await.unwrap().unwrap();
    passport::account::store::set_email_verified(&tx, house.clock.now(), tx.id(), VICTIM).await.unwrap();
    tx.commit().await.unwrap();
    for number in 15..25 {
        assert!(change_question(&stranger, number).await.page().has("#changed"));
    }
    assert_eq!(house.postbox(VICTIM).letters().await.len(), 20);
}

async fn fx_12_a_taken_address_is_not_written_to_all_day(engine: Engine) {
    let house = House::with(engine, |settings| settings.passport.sign_up.reveal_taken = false).await;
    house.leave_mail();
    house.browser().sign_up(VICTIM).await;
    for _ in 0..12 {
        house.browser().sign_up(VICTIM).await;
    }
    assert_eq!(house.postbox(VICTIM).letters().await.len(), 5);
}

async fn fx_12_a_person_changes_only_so_much_and_loses_nothing_typed(house: House) {
    house.leave_mail();
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    for number in 0..30 {
        assert!(change_question(&browser, number).await.page().has("#changed"));
    }
    let links = || house.ground.count("SELECT COUNT(*) FROM link");
    let before = links().await;
    let refused = change_question(&browser, 30).await;
    refused.assert_status(429);
    assert!(refused.text().contains("What is number 30?"), "{refused:?}");
    assert_eq!(links().await, before, "a refusal writes nothing");
    house.clock.advance(hours(2));
    browser.sign_in("ann@acme.test", PASSWORD).await;
    assert!(change_question(&browser, 31).await.page().has("#changed"));
}
