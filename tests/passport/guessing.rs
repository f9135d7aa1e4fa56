//! Who exists is nobody's to learn, and nobody guesses for long (EN-01, EN-02, BF-01, BF-04, PW-01 to
//! PW-03, INV-5).
use passport::acts::disable::disable;
use testkit::{Answer, Browser, Engine, House, PASSWORD, house::minutes, on_both_engines};

on_both_engines![
    en_01_unknown_wrong_disabled_and_throttled_look_the_same,
    en_02_a_silent_sign_up_says_the_same_and_writes_to_the_owner,
    bf_01_ten_guesses_are_all_whatever_the_spelling,
    bf_04_one_try_at_many_accounts_is_throttled_by_address,
    pw_01_long_phrases_are_taken_and_common_words_refused,
    pw_02_an_overlong_password_is_refused_without_a_hash,
    pw_03_a_flood_of_sign_ins_is_told_to_come_back_and_nothing_else_waits,
];

async fn attempt(browser: &Browser, email: &str, password: &str) -> Answer {
    browser.get("/sign-in").await;
    browser.fill_in_sign_in(email, password).await
}

/// What an observer sees, without what is random or was typed.
fn seen(answer: &Answer, typed: &str) -> (u16, Vec<String>, String) {
    let mut headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
    headers.sort();
    let page = answer.page();
    (
        answer.status,
        headers,
        format!("{} {}", page.words(), page.attributes("main *", "id").join(" ")).replace(typed, ""),
    )
}

async fn en_01_unknown_wrong_disabled_and_throttled_look_the_same(house: House) {
    let browser = house.browser();
    for email in ["known@acme.test", "shut@acme.test", "tried@acme.test"] {
        browser.sign_up(email).await;
    }
    let shut =
        passport::account::store::find_by_key(house.passport.db.reader(), "shut@acme.test").await.unwrap();
    disable(&house.passport, house.clock.now(), shut.unwrap().id).await.unwrap();
    for _ in 0..10 {
        attempt(&browser, "tried@acme.test", "wrong password").await;
    }
    let wrong = seen(&attempt(&browser, "known@acme.test", "wrong password").await, "known@acme.test");
    assert_eq!(wrong.0, 422);
    for (email, password) in [
        ("nobody@acme.test", "wrong password"),
        ("shut@acme.test", PASSWORD),
        ("tried@acme.test", "wrong password"),
        ("tried@acme.test", PASSWORD),
    ] {
        assert_eq!(seen(&attempt(&browser, email, password).await, email), wrong, "{email}");
    }
}

async fn en_02_a_silent_sign_up_says_the_same_and_writes_to_the_owner(engine: Engine) {
    let house = House::with(engine, |settings| settings.passport.sign_up.reveal_taken = false).await;
    let fresh = house.browser().sign_up("ann@acme.test").await;
    let taken = house.browser().sign_up("Ann@acme.test").await;
    assert_eq!(seen(&fresh, ""), seen(&taken, ""));
    let letter = house.postbox("ann@acme.test").letter().await;
    assert!(!letter.text.is_empty() && !letter.html.is_empty());
    house.browser().sign_in("ann@acme.test", PASSWORD).await;
}

async fn bf_01_ten_guesses_are_all_whatever_the_spelling(house: House) {
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    for spelling in
        ["ann@acme.test", "ANN@acme.test", "Ann@ACME.test", " ann@acme.test"].iter().cycle().take(10)
    {
        attempt(&browser, spelling, "wrong password").await.assert_status(422);
    }
    let right = attempt(&browser, "ann@acme.test", PASSWORD).await;
    right.assert_status(422);
    assert!(!browser.is_signed_in().await, "the right password during the pause looks like a wrong one");
    house.clock.advance(minutes(30));
    browser.sign_in("ann@acme.test", PASSWORD).await;
}

async fn bf_04_one_try_at_many_accounts_is_throttled_by_address(house: House) {
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    browser.get("/sign-in").await;
    for number in 0..60 {
        let spray = browser.tab();
        spray
            .fill_in_sign_in(&format!("guess{number}@acme.test"), "Summer2026 green")
            .await
            .assert_status(422);
    }
    attempt(&browser, "ann@acme.test", PASSWORD).await.assert_status(422);
    // A header that no proxy of ours wrote changes nothing.
    let form = browser
        .here()
        .page()
        .form("#sign-in-submit")
        .filled(&[("username", "ann@acme.test"), ("password", PASSWORD)]);
    let cookies = browser.cookies().header(&browser.here().url, house.clock.now()).unwrap();
    let spoofed = testkit::net::Request::post(&house.url("/sign-in"), &form.fields)
        .header("cookie", cookies)
        .header("x-forwarded-for", "203.0.113.77");
    house.net.send(spoofed).await.assert_status(422);
    house.clock.advance(minutes(30));
    browser.sign_in("ann@acme.test", PASSWORD).await;
}

async fn pw_01_long_phrases_are_taken_and_common_words_refused(house: House) {
    let browser = house.browser();
    let long = "Ein sehr langer Satz, ganz ohne Regeln, mit ümläuten und 密码 🔑 ".repeat(3);
    browser.get("/sign-up").await;
    browser.submit("#sign-up-continue", &[("email", "ann@acme.test")]).await;
    for refused in ["password", "12345678", "customersource", "ann@acme.test"] {
        let answer = browser.submit_credentials(refused).await;
        assert!(answer.status == 422 && answer.page().has("#password-error"), "{refused}: {answer:?}");
    }
    assert!(browser.submit_credentials(&long).await.page().has("#signed-up"));
    browser.sign_in("ann@acme.test", &long).await;
    browser.sign_out().await;
    let mut cut: String = long.chars().collect();
    cut.pop();
    cut.push('!');
    attempt(&browser, "ann@acme.test", &cut).await.assert_status(422);
}

async fn pw_02_an_overlong_password_is_refused_without_a_hash(house: House) {
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    attempt(&browser, "ann@acme.test", &"x".repeat(1_025)).await.assert_status(422);
    attempt(&browser, "ann@acme.test", &"x".repeat(1024 * 1024)).await.assert_status(413);
    browser.get("/sign-up").await;
    browser.submit("#sign-up-continue", &[("email", "ben@acme.test")]).await;
    let refused = browser.submit_credentials(&"y2z".repeat(342)).await;
    assert!(refused.status == 422 && refused.page().has("#password-error"), "{refused:?}");
}

async fn pw_03_a_flood_of_sign_ins_is_told_to_come_back_and_nothing_else_waits(engine: Engine) {
    let house = House::with(engine, |settings| {
        settings.passport.limits.scale = 1000.0;
        (settings.passport.password.parallel, settings.passport.password.waiting) = (1, 4);
    })
    .await;
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    browser.get("/sign-in").await;
    let mut flood = tokio::task::JoinSet::new();
    for number in 0..40 {
        let tab = browser.tab();
        flood.spawn(
            async move { tab.fill_in_sign_in(&format!("g{number}@acme.test"), "wrong password").await },
        );
    }
    let mut seen = std::collections::BTreeMap::<u16, u32>::new();
    while let Some(answer) = flood.join_next().await {
        let answer = answer.unwrap();
        *seen.entry(answer.status).or_default() += 1;
        assert_eq!(answer.status == 503, !answer.header("retry-after").is_empty(), "{answer:?}");
    }
    assert!(seen.keys().all(|status| [422, 503].contains(status)), "{seen:?}");
    assert!(seen.contains_key(&422) && seen.contains_key(&503), "{seen:?}");
    browser.sign_in("ann@acme.test", PASSWORD).await;
}
