//! Signing in at Passport, with and without a site that waits.
use testkit::{
    Answer, House, Kind, PASSWORD,
    house::{minutes, seconds},
    on_both_engines,
};

on_both_engines![
    pp_12_one_sign_in_serves_two_sites,
    pp_05_a_passport_made_for_one_site_serves_another,
    pp_16_the_sign_in_page_takes_any_name_as_text,
    pp_20_closing_the_browser_ends_the_session,
    br_04_every_sign_in_makes_a_new_session_and_ends_the_older_one,
    br_04_a_planted_session_is_ignored,
    br_06_the_way_on_is_always_our_own,
    ac_09_a_password_is_answered_with_303,
    an_expired_form_goes_on_to_the_same_site,
    cancelling_tells_the_site,
    a_login_hint_fills_in_the_name,
    a_session_ends_when_idle_and_in_any_case_at_its_end,
    ft_10_a_clock_that_steps_back_revives_nothing,
];

async fn pp_12_one_sign_in_serves_two_sites(house: House) {
    let (web, other) = (house.client(Kind::Web).await, house.client(Kind::Other).await);
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    let asked = web.ask(&browser, |asked| asked).await;
    assert_eq!(asked.heading(), "Sign in");
    let answer = browser.fill_in_sign_in("ann@acme.test", PASSWORD).await;
    web.tokens_in(&web.redeem(&web.code_in(&answer)).await);
    let answer = other.ask(&browser, |asked| asked).await;
    other.tokens_in(&other.redeem(&other.code_in(&answer)).await);
}

async fn pp_05_a_passport_made_for_one_site_serves_another(house: House) {
    let (web, other) = (house.client(Kind::Web).await, house.client(Kind::Other).await);
    let browser = house.browser();
    web.ask(&browser, |asked| asked).await;
    browser.click("a[href^='/sign-up']").await;
    browser.submit("#sign-up-continue", &[("email", "ann@acme.test")]).await;
    browser.submit_credentials(PASSWORD).await;
    // Who came from a site types nothing twice.
    let first = browser.click("#sign-up-onward").await;
    let first = web.tokens_in(&web.redeem(&web.code_in(&first)).await);

    let elsewhere = house.browser();
    other.ask(&elsewhere, |asked| asked).await;
    let second = elsewhere.fill_in_sign_in("ann@acme.test", PASSWORD).await;
    let second = other.tokens_in(&other.redeem(&other.code_in(&second)).await);
    let subject = |token: &str| testkit::jwt::claims(token)["sub"].clone();
    assert_eq!(subject(first.id()), subject(second.id()));
}

async fn pp_16_the_sign_in_page_takes_any_name_as_text(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser.close_and_reopen();
    let page = browser.get("/sign-in").await.page();
    assert_eq!(page.attribute("#username", "type"), "text");
    assert!(!page.has("#username[readonly]"), "whatever is proposed there");
}

async fn pp_20_closing_the_browser_ends_the_session(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    // The computer is known afterwards; that signs nobody in.
    for cookie in browser.cookies().all().iter() {
        assert_eq!(cookie.until.is_some(), cookie.name.ends_with("-computer"), "{cookie:?}");
    }
    browser.close_and_reopen();
    assert!(!browser.is_signed_in().await);
}

async fn br_04_every_sign_in_makes_a_new_session_and_ends_the_older_one(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let first = browser.cookies().value("-session").unwrap().to_owned();
    browser.sign_in("ann@acme.test", PASSWORD).await;
    let second = browser.cookies().value("-session").unwrap().to_owned();
    assert_ne!(first, second);
    browser.cookies().forge("-session", &first);
    assert!(!browser.is_signed_in().await, "the older session is over");
}

async fn br_04_a_planted_session_is_ignored(house: House) {
    let (browser, mallory) = (house.browser(), house.browser());
    mallory.join("mallory@evil.test").await;
    let planted = mallory.cookies().value("-session").unwrap().to_owned();
    browser.join("ann@acme.test").await;
    browser.sign_out().await;
    browser.sign_in("ann@acme.test", PASSWORD).await;
    assert_ne!(browser.cookies().value("-session").unwrap(), planted);
    let (id, _) = planted.split_once('.').unwrap();
    let (_, secret) = browser
        .cookies()
        .value("-session")
        .map(|own| own.to_owned())
        .unwrap()
        .split_once('.')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    browser.cookies().forge("-session", &format!("{id}.{secret}"));
    assert!(!browser.is_signed_in().await, "the id of one session with the secret of another");
}

async fn br_06_the_way_on_is_always_our_own(house: House) {
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    for next in
        ["//evil.test", "/\\evil.test", "\\/evil.test", "https:evil.test", "///evil.test", "/..//evil.test"]
    {
        let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        browser.get(&format!("/sign-in?next={next}")).await;
        let landed = browser.fill_in_sign_in("ann@acme.test", PASSWORD).await;
        assert_eq!((landed.status, landed.url.path()), (200, "/"), "{next}");
    }
    browser.get("/sign-in?next=%2Faccount").await;
    let landed = browser.fill_in_sign_in("ann@acme.test", PASSWORD).await;
    assert_eq!(landed.url.path(), "/account");
}

async fn ac_09_a_password_is_answered_with_303(house: House) {
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    browser.get("/sign-in").await;
    let answer = browser.fill_in_sign_in("ann@acme.test", PASSWORD).await;
    assert_eq!(answer.hops.iter().map(|hop| hop.status).collect::<Vec<_>>(), [303]);
}

async fn an_expired_form_goes_on_to_the_same_site(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    web.ask(&browser, |asked| asked).await;
    // The cookie that the form is bound to is gone: cleared, or the browser was closed meanwhile.
    browser.cookies().forget("-browser");
    let again = browser.fill_in_sign_in("ann@acme.test", PASSWORD).await;
    again.assert_status(403);
    assert!(again.page().has("#error-summary"));
    assert_eq!(again.page().attribute("#username", "value"), "ann@acme.test", "nothing is lost");
    let answer = browser.fill_in_sign_in("ann@acme.test", PASSWORD).await;
    web.code_in(&answer);
}

async fn cancelling_tells_the_site(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    let asked = web.ask(&browser, |asked| asked).await;
    assert!(asked.page().words().contains("The web site"), "the page says which site asks");
    web.assert_told(&browser.click("#cancel").await, "access_denied");
}

async fn a_login_hint_fills_in_the_name(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    let page = web.ask(&browser, |asked| asked.with("login_hint", "ann@acme.test")).await.page();
    assert_eq!(page.attribute("#username", "value"), "ann@acme.test");
    let hint = "\"><script>alert(1)</script>";
    let answer = web.ask(&browser, |asked| asked.with("login_hint", hint)).await;
    assert!(!answer.text().contains("<script>alert"), "BR-14");
}

async fn a_session_ends_when_idle_and_in_any_case_at_its_end(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    for _ in 0..7 {
        house.clock.advance(minutes(100));
        assert!(browser.is_signed_in().await, "used within two hours");
    }
    house.clock.advance(minutes(21));
    assert!(!browser.is_signed_in().await, "twelve hours are over");
    browser.sign_in("ann@acme.test", PASSWORD).await;
    house.clock.advance(minutes(120));
    assert!(!browser.is_signed_in().await, "idle for two hours");
}

async fn ft_10_a_clock_that_steps_back_revives_nothing(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let (spent, waiting) = (web.code(&browser).await, web.code(&browser).await);
    let tokens = web.tokens_in(&web.redeem(&spent).await);
    house.clock.advance(testkit::house::days(2));
    assert!(!browser.is_signed_in().await);
    house.userinfo(&tokens.access).await.assert_status(401);
    web.redeem(&waiting).await.assert_token_error("invalid_grant");
    house.clock.step_back(testkit::house::days(2) + seconds(60));
    web.redeem(&spent).await.assert_token_error("invalid_grant");
    house.userinfo(&tokens.access).await.assert_status(401);
    // Before its own beginning a session is at most young, never broken.
    let answer: Answer = browser.get("/").await;
    answer.assert_status(200);
}
