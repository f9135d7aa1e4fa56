//! Guesses in a row, everywhere at once, and what the owner is told of sign-ins that may not be theirs.
use oidc::{
    client::{AuthMethod, GrantType},
    scope::Scopes,
};
use testkit::{
    Answer, Browser, Engine, House, Kind, PASSWORD,
    house::{days, minutes},
    net::Request,
    on_both_engines,
};

on_both_engines![
    after_a_hundred_guesses_in_a_row_new_computers_wait_twice_as_long_each_time,
    a_full_gauge_slows_every_block_down_and_shuts_nobody_out,
    a_refused_guess_writes_nothing,
    a_sign_in_on_a_new_computer_is_told_and_can_be_undone,
    a_shared_sign_in_on_a_known_computer_is_not_told,
    a_device_is_told_and_stands_among_the_sites,
    a_stranger_cannot_starve_the_owner_of_reset_letters,
    a_form_that_comes_twice_is_answered_twice_alike,
    a_password_is_the_same_from_every_keyboard,
    addresses_that_look_alike_do_not_register_beside_each_other,
];

const ANN: &str = "ann@acme.test";
const OTHER: &str = "ann@home.test";
const NEW: &str = "nine blue lanterns hum";

async fn attempt(browser: &Browser, password: &str) -> Answer {
    browser.get("/sign-in").await;
    browser.fill_in_sign_in(ANN, password).await
}

async fn after_a_hundred_guesses_in_a_row_new_computers_wait_twice_as_long_each_time(engine: Engine) {
    let house = House::with(engine, |settings| settings.passport.guessing.in_a_row = 20).await;
    let owner = house.browser();
    owner.join(ANN).await;
    owner.sign_out().await;
    let stranger = house.browser();
    for number in 0..20 {
        attempt(&stranger, &format!("wrong {number}")).await.assert_status(422);
        house.clock.advance(minutes(5));
    }
    let letter = house.postbox(ANN).letter().await;
    assert!(letter.subject == "Many wrong passwords" && letter.text.contains("20 times"), "{}", letter.text);
    // The right one during the wait is refused like a wrong one; a known computer is not concerned.
    attempt(&stranger, PASSWORD).await.assert_status(422);
    owner.sign_in(ANN, PASSWORD).await;
    house.clock.advance(minutes(60));
    attempt(&stranger, "wrong again").await.assert_status(422);
    house.clock.advance(minutes(119));
    attempt(&stranger, PASSWORD).await.assert_status(422);
    house.clock.advance(minutes(1));
    attempt(&stranger, PASSWORD).await.assert_status(200);
    assert!(stranger.is_signed_in().await, "a right one ends the row");
    attempt(&house.browser(), "wrong").await.assert_status(422);
    house.browser().sign_in(ANN, PASSWORD).await;
    assert_eq!(house.postbox(ANN).letters().await.len(), 1, "told once");
}

async fn a_full_gauge_slows_every_block_down_and_shuts_nobody_out(engine: Engine) {
    let house = House::with(engine, |settings| {
        settings.passport.guessing.everywhere = 15;
        settings.passport.server.trusted_proxies = vec!["127.0.0.1".into()];
    })
    .await;
    house.browser().sign_up(ANN).await;
    let from = async |block: usize, email: &str, password: &str| {
        let browser = house.browser();
        browser.get("/sign-in").await;
        let form = browser.here().page().form("#sign-in-submit");
        let form = form.filled(&[("username", email), ("password", password)]);
        let cookies = browser.cookies().header(&browser.here().url, house.clock.now()).unwrap();
        let request = Request::post(&house.url("/sign-in"), &form.fields)
            .header("cookie", cookies)
            .header("x-forwarded-for", format!("198.51.{block}.7"));
        house.net.send(request).await.status
    };
    for number in 0..30 {
        assert_eq!(from(number, &format!("nobody{number}@acme.test"), "wrong").await, 422);
    }
    // Everywhere is used up; a block that did nothing still gets in.
    assert_eq!(from(200, ANN, PASSWORD).await, 303);
    // A block has a tenth of its sixty.
    for number in 0..6 {
        assert_eq!(from(201, &format!("other{number}@acme.test"), "wrong").await, 422);
    }
    assert_eq!(from(201, ANN, PASSWORD).await, 422);
    assert_eq!(from(202, ANN, PASSWORD).await, 303);
}

async fn a_refused_guess_writes_nothing(house: House) {
    house.browser().sign_up(ANN).await;
    let stranger = house.browser();
    for number in 0..10 {
        attempt(&stranger, &format!("wrong {number}")).await.assert_status(422);
    }
    let rows = async || {
        let sql = "SELECT CAST(1000000 * COUNT(*) + SUM(used + used_before) AS BIGINT) AS number FROM budget";
        house.ground.count(sql).await
    };
    let before = rows().await;
    for number in 0..5 {
        attempt(&stranger, &format!("more {number}")).await.assert_status(422);
    }
    assert_eq!(rows().await, before);
}

async fn telling(engine: Engine) -> House {
    House::with(engine, |settings| settings.passport.session.tell_new_computers = true).await
}

async fn a_sign_in_on_a_new_computer_is_told_and_can_be_undone(engine: Engine) {
    let house = telling(engine).await;
    let owner = house.browser();
    owner.join(ANN).await;
    assert!(house.postbox(ANN).letters().await.is_empty(), "the first computer of an account is not new");
    owner.sign_out().await;
    owner.sign_in(ANN, PASSWORD).await;
    assert!(house.postbox(ANN).letters().await.is_empty(), "nor is a known one");
    let thief = house.browser();
    thief.sign_in(ANN, PASSWORD).await;
    let letter = house.postbox(ANN).letter().await;
    assert_eq!(letter.subject, "Sign-in on a new computer");
    assert!(letter.text.contains("127.0.0.0/24"), "{}", letter.text);
    let reader = house.browser();
    reader.get(&house.postbox(ANN).link().await).await.assert_status(200);
    assert_eq!(reader.click("#link-confirm").await.heading(), "Your Passport is frozen");
    assert!(!thief.is_signed_in().await && !owner.is_signed_in().await);
    assert_eq!(house.postbox(ANN).letters().await.len(), 2);
}

async fn a_shared_sign_in_on_a_known_computer_is_not_told(engine: Engine) {
    let house = telling(engine).await;
    let owner = house.browser();
    owner.join(ANN).await;
    owner.sign_out().await;
    let shared = async |browser: &Browser| {
        browser.get("/sign-in").await;
        let fields = [("username", ANN), ("password", PASSWORD), ("shared", "yes")];
        browser.submit("#sign-in-submit", &fields).await.assert_status(200);
    };
    shared(&owner).await;
    assert!(house.postbox(ANN).letters().await.is_empty());
    // Elsewhere it is told, and not more often than a person reads.
    for _ in 0..7 {
        shared(&house.browser()).await;
    }
    assert_eq!(house.postbox(ANN).letters().await.len(), 5);
}

async fn a_device_is_told_and_stands_among_the_sites(engine: Engine) {
    let house = telling(engine).await;
    let tv = house
        .client_with(Kind::Native, |client| {
            client.client_id = "tv".to_owned();
            client.client_name = "Contoso TV".to_owned();
            client.token_endpoint_auth_method = AuthMethod::None;
            client.grant_types = vec![GrantType::DeviceCode, GrantType::RefreshToken];
            client.response_types = vec![];
            client.scope = Scopes::parse("openid email offline_access").unwrap();
        })
        .await;
    let owner = house.browser();
    owner.join(ANN).await;
    let begun = tv.post("/oauth2/device_authorization", &[("scope", "openid email")], |call| call).await;
    let code = begun.json()["user_code"].as_str().unwrap().to_owned();
    owner.get(&format!("/device?user_code={code}")).await.assert_status(200);
    owner.click("#device-approve").await.assert_status(200);
    let letter = house.postbox(ANN).letter().await;
    assert_eq!(letter.subject, "A device was signed in");
    let sites = owner.get("/account/sites").await;
    assert!(sites.page().words().contains("Contoso TV"), "{sites:?}");
    let history = owner.get("/account/history").await.page();
    assert!(history.words().contains("Contoso TV"));
}

async fn a_stranger_cannot_starve_the_owner_of_reset_letters(house: House) {
    house.leave_mail();
    let owner = house.browser();
    owner.join(ANN).await;
    let (db, now) = (&house.passport.db, house.clock.now());
    let found = passport::account::store::find_by_key(db.reader(), ANN).await.unwrap().unwrap();
    let tx = passport::account::acting::Acting::on(&house.passport.db, found.id).await.unwrap().unwrap();
    let alternate = passport::account::Alternate { address: OTHER.into(), verified: true };
    passport::account::store::set_alternate(&tx, found.id, Some(alternate)).await.unwrap();
    tx.commit().await.unwrap();
    assert!(now <= house.clock.now());
    let ask = async |browser: &Browser| {
        browser.get("/recover").await.assert_status(200);
        browser.submit("#recover-continue", &[("email", ANN)]).await.assert_status(200);
        browser.submit("#recover-way-submit", &[("way", "alternate")]).await
    };
    ask(&owner).await;
    let first = house.postbox(OTHER).links().await.remove(0);
    for _ in 0..8 {
        let told = ask(&house.browser()).await;
        assert!(told.page().has("#recover-sent") && !told.page().has("#recover-nothing-sent"), "{told:?}");
    }
    assert_eq!(house.postbox(OTHER).letters().await.len(), 6);
    house.browser().get(&first).await.assert_status(200);
    // Known computers have letters of their own, and the signed-in owner is told when those are used up.
    for _ in 0..4 {
        assert!(!ask(&owner).await.page().has("#recover-nothing-sent"));
    }
    assert_eq!(house.postbox(OTHER).letters().await.len(), 10);
    assert!(ask(&owner).await.page().has("#recover-nothing-sent"));
    owner.sign_out().await;
    assert!(!ask(&owner).await.page().has("#recover-nothing-sent"));
    // In Account Services as well.
    house.clock.advance(days(1));
    owner.sign_in(ANN, PASSWORD).await;
    for number in 0..6 {
        owner.get("/account/alternate-email").await;
        let told = owner.submit("#alternate-submit", &[("new_email", "ann@third.test")]).await;
        assert_eq!(told.page().has("#sent"), number < 5, "{told:?}");
    }
}

async fn a_form_that_comes_twice_is_answered_twice_alike(house: House) {
    house.leave_mail();
    let browser = house.browser();
    browser.get("/sign-up").await;
    browser.submit("#sign-up-continue", &[("email", ANN)]).await.assert_status(200);
    let (tab, elsewhere) = (browser.tab(), browser.tab());
    let (one, other) = tokio::join!(browser.submit_credentials(PASSWORD), tab.submit_credentials(PASSWORD));
    assert!(one.page().has("#signed-up") && other.page().has("#signed-up"), "{one:?}\n{other:?}");
    // With another password it is somebody else's.
    let refused = elsewhere.submit_credentials("another password of mine");
    assert!(!refused.await.page().has("#signed-up"));
    // A reset, sent twice.
    let (db, browser) = (&house.passport.db, house.browser());
    let found = passport::account::store::find_by_key(db.reader(), ANN).await.unwrap().unwrap();
    let tx = passport::account::acting::Acting::on(&house.passport.db, found.id).await.unwrap().unwrap();
    let alternate = passport::account::Alternate { address: OTHER.into(), verified: true };
    passport::account::store::set_alternate(&tx, found.id, Some(alternate)).await.unwrap();
    tx.commit().await.unwrap();
    browser.get("/recover").await;
    browser.submit("#recover-continue", &[("email", ANN)]).await;
    browser.submit("#recover-way-submit", &[("way", "alternate")]).await;
    browser.get(&house.postbox(OTHER).links().await.remove(0)).await;
    browser.click("#link-confirm").await.assert_status(200);
    let (first, second, third) = (browser.tab(), browser.tab(), browser.tab());
    let set = async |tab: &Browser, password: &str| {
        tab.submit("#recover-password-submit", &[("password", password)]).await
    };
    let line = browser.cookies().header(&browser.here().url, house.clock.now()).unwrap();
    assert!(set(&first, NEW).await.page().has("#recover-done"));
    for cookie in line.split("; ").filter(|cookie| cookie.contains("recovery")) {
        let line = format!("{cookie}; Path=/; HttpOnly; SameSite=Lax");
        browser.cookies().take(&browser.here().url, &line, house.clock.now());
    }
    assert!(set(&second, NEW).await.page().has("#recover-done"), "the same once more");
    assert!(set(&third, "another password of mine").await.page().has("#recover-over"));
    house.browser().sign_in(ANN, NEW).await;
}

async fn a_password_is_the_same_from_every_keyboard(house: House) {
    let (composed, decomposed) = ("Caf\u{e9} am See im M\u{e4}rz", "Cafe\u{301} am\u{a0}See im Ma\u{308}rz");
    let browser = house.browser();
    browser.get("/sign-up").await;
    browser.submit("#sign-up-continue", &[("email", ANN)]).await;
    assert!(browser.submit_credentials(decomposed).await.page().has("#signed-up"));
    house.browser().sign_in(ANN, composed).await;
    house.browser().sign_in(ANN, decomposed).await;
    attempt(&house.browser(), "Cafe am See im Marz").await.assert_status(422);
}

async fn addresses_that_look_alike_do_not_register_beside_each_other(house: House) {
    let browser = house.browser();
    browser.sign_up(ANN).await;
    for invisible in
        ['\u{34f}', '\u{61c}', '\u{115f}', '\u{180e}', '\u{2800}', '\u{3164}', '\u{fe0f}', '\u{e0061}']
    {
        browser.get("/sign-up").await;
        let typed = format!("an{invisible}n@acme.test");
        let refused = browser.submit("#sign-up-continue", &[("email", &typed)]).await;
        assert_eq!(refused.status, 422, "{:x}", u32::from(invisible));
    }
}
