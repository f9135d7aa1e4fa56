//! The way back from Passport: only an answer to what this browser asked, from whom it asked (MX-02, MX-04, MX-06).
use testkit::{Answer, Browser, PASSWORD, Town, on_both_engines, town::PAT};
use url::Url;

on_both_engines![
    mx_02_an_answer_that_names_another_issuer_or_none_is_refused,
    mx_04_a_state_of_another_browser_is_refused,
    mx_04_an_answer_is_good_once,
    an_answer_that_is_sent_twice_is_answered_twice_alike,
    the_ninth_tab_drops_the_oldest_attempt_alone,
    mx_06_two_tabs_sign_in_side_by_side,
    mx_06_swapped_answers_fail,
    pk_06_an_attackers_code_in_the_victims_callback_gives_no_session,
    a_person_who_cancels_is_told_how_to_go_on,
    br_06_the_portal_leads_to_its_own_pages_only,
];

const CALLBACK: &str = "/signin/callback";

/// Begins a sign-in and stops before the portal hears the answer: the answer's address.
async fn answer_for(town: &Town, browser: &Browser) -> Url {
    browser.get_until(&town.portal_url("/signin"), CALLBACK).await.location()
}

fn with(url: &Url, name: &str, value: Option<&str>) -> String {
    let mut changed = url.clone();
    let kept = url
        .query_pairs()
        .filter(|(known, _)| known != name)
        .chain(value.map(|value| (name.into(), value.into())));
    changed.query_pairs_mut().clear().extend_pairs(kept);
    changed.into()
}

async fn is_out(town: &Town, browser: &Browser, answer: &Answer) {
    assert!((400..500).contains(&answer.status), "{answer:?}");
    assert!(browser.tab().get(&town.portal_url("/")).await.page().has("#sign-in"), "{answer:?}");
}

/// How many codes have been redeemed: a refused answer asks for no token.
async fn redeemed(town: &Town) -> i64 {
    town.ground.count("SELECT COUNT(*) FROM grants WHERE state <> 'code'").await
}

async fn mx_02_an_answer_that_names_another_issuer_or_none_is_refused(town: Town) {
    let browser = town.browser();
    browser.join("pat@mail.test").await;
    for iss in
        [Some("https://evil.test"), Some(""), Some(format!("{}/", town.passport.issuer()).as_str()), None]
    {
        let answer = answer_for(&town, &browser).await;
        let refused = browser.get(&with(&answer, "iss", iss)).await;
        is_out(&town, &browser, &refused).await;
    }
    assert_eq!(redeemed(&town).await, 0, "and no code was sent anywhere");
    let answer = answer_for(&town, &browser).await;
    assert_eq!(browser.get(answer.as_str()).await.url.path(), "/associate");
}

async fn mx_04_a_state_of_another_browser_is_refused(town: Town) {
    let (browser, mallory) = (town.browser(), town.browser());
    mallory.join("mallory@evil.test").await;
    let hers = answer_for(&town, &mallory).await;
    let refused = browser.get(hers.as_str()).await;
    is_out(&town, &browser, &refused).await;
    browser.join("pat@mail.test").await;
    let own = answer_for(&town, &browser).await;
    for changed in [with(&own, "state", None), with(&own, "state", Some("x")), with(&own, "code", None)] {
        let refused = browser.get(&changed).await;
        is_out(&town, &browser, &refused).await;
    }
    assert_eq!(redeemed(&town).await, 0);
}

async fn mx_04_an_answer_is_good_once(town: Town) {
    let browser = town.browser();
    browser.join("pat@mail.test").await;
    let answer = answer_for(&town, &browser).await;
    let before = browser.cookies().clone();
    // The state is spent by whatever comes first, so that a good code behind it opens nothing.
    let first = with(&answer, "code", None) + "&error=access_denied";
    let told = browser.get(&first).await;
    is_out(&town, &browser, &told).await;
    // Even with the cookies of before.
    *browser.cookies() = before;
    let refused = browser.get(answer.as_str()).await;
    is_out(&town, &browser, &refused).await;
    assert_eq!(redeemed(&town).await, 0);
}

async fn an_answer_that_is_sent_twice_is_answered_twice_alike(town: Town) {
    let browser = town.browser();
    browser.join("pat@mail.test").await;
    let answer = answer_for(&town, &browser).await;
    let before = browser.cookies().clone();
    assert_eq!(browser.get(answer.as_str()).await.url.path(), "/associate");
    // The first answer went by, with its cookies.
    *browser.cookies() = before.clone();
    assert_eq!(browser.get(answer.as_str()).await.url.path(), "/associate");
    assert_eq!(redeemed(&town).await, 1, "the second asks for no token");
    // Loaded again with the session: on it goes.
    assert_eq!(browser.get(answer.as_str()).await.url.path(), "/associate");
    // Another code opens nothing, whatever cookies come back.
    *browser.cookies() = before;
    let other = browser.get(&with(&answer, "code", Some("another"))).await;
    is_out(&town, &browser, &other).await;
}

async fn the_ninth_tab_drops_the_oldest_attempt_alone(town: Town) {
    let browser = town.browser();
    browser.join("pat@mail.test").await;
    let mut answers = Vec::new();
    for _ in 0..9 {
        answers.push(answer_for(&town, &browser).await);
        town.clock.advance(testkit::house::seconds(1));
    }
    let oldest = browser.get(answers[0].as_str()).await;
    is_out(&town, &browser, &oldest).await;
    assert_eq!(browser.get(answers[1].as_str()).await.url.path(), "/associate");
}

async fn mx_06_two_tabs_sign_in_side_by_side(town: Town) {
    let browser = town.browser();
    browser.join("pat@mail.test").await;
    let other = browser.tab();
    let (first, second) = (answer_for(&town, &browser).await, answer_for(&town, &other).await);
    assert_eq!(other.get(second.as_str()).await.url.path(), "/associate");
    assert_eq!(browser.get(first.as_str()).await.url.path(), "/associate");
}

async fn mx_06_swapped_answers_fail(town: Town) {
    let browser = town.browser();
    browser.join("pat@mail.test").await;
    let (first, second) = (answer_for(&town, &browser).await, answer_for(&town, &browser).await);
    let code = |url: &Url| url.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    for (answer, code) in [(&first, code(&second)), (&second, code(&first))] {
        let refused = browser.get(&with(answer, "code", Some(&code))).await;
        is_out(&town, &browser, &refused).await;
    }
}

async fn pk_06_an_attackers_code_in_the_victims_callback_gives_no_session(town: Town) {
    let (victim, mallory) = (town.browser(), town.browser());
    victim.join("pat@mail.test").await;
    mallory.join("mallory@evil.test").await;
    let (own, hers) = (answer_for(&town, &victim).await, answer_for(&town, &mallory).await);
    let code = hers.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let refused = victim.get(&with(&own, "code", Some(&code))).await;
    is_out(&town, &victim, &refused).await;
}

async fn a_person_who_cancels_is_told_how_to_go_on(town: Town) {
    let browser = town.browser();
    browser.enter().await;
    let told = browser.click("#cancel").await;
    assert_eq!(told.status, 403);
    is_out(&town, &browser, &told).await;
    assert_eq!(browser.get(&town.portal_url("/signin")).await.page().text_of("h1"), "Sign in");
}

async fn br_06_the_portal_leads_to_its_own_pages_only(town: Town) {
    town.browser().associate(&town, "pat@mail.test", PAT).await;
    for next in ["//evil.test", "/\\evil.test", "https://evil.test/", "/%09/evil.test", "/account"] {
        let browser = town.browser();
        browser.sign_in("pat@mail.test", PASSWORD).await;
        let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        let landed = browser.get(&town.portal_url(&format!("/signin?next={next}"))).await;
        assert_eq!(landed.url.origin().ascii_serialization(), town.portal_url(""), "{next}");
        assert!(["/", "/account", "/%09/evil.test"].contains(&landed.url.path()), "{next}: {landed:?}");
    }
}
