//! Consent: remembered, asked again when more is wanted, withdrawn with all that hangs on it (BR-17, RT-06).
use testkit::{Browser, House, Kind, Rp, on_both_engines};

on_both_engines![
    br_17_a_yes_is_remembered_for_as_much_and_asked_again_for_more,
    br_17_a_public_site_is_asked_about_every_time,
    prompt_consent_shows_the_page_again,
    br_17_a_yes_gives_nothing_of_somebody_who_was_not_asked,
    br_17_a_page_for_whoever_is_behind_is_not_answered_by_whoever_is_in_front,
    rt_06_a_withdrawn_site_loses_its_grants_and_is_asked_about_again,
    rt_06_sign_out_everywhere_ends_offline_access_too,
    a_withdrawal_touches_nobody_else,
    the_sites_used_are_shown_with_what_they_received,
    the_listed_sites_are_public_and_the_others_are_not,
];

async fn allow(site: &Rp, browser: &Browser, scope: &str) -> testkit::rp::Tokens {
    site.ask(browser, |asked| asked.with("scope", scope).with("prompt", "consent")).await;
    let answer = browser.click("#consent-approve").await;
    site.tokens_in(&site.redeem(&site.code_in(&answer)).await)
}

async fn br_17_a_yes_is_remembered_for_as_much_and_asked_again_for_more(house: House) {
    let evil = house.client(Kind::Evil).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    allow(&evil, &browser, "openid email").await;
    for less in ["openid email", "openid"] {
        let silent = evil.ask(&browser, |asked| asked.with("scope", less).with("prompt", "none")).await;
        evil.code_in(&silent);
    }
    for more in ["openid profile", "openid email offline_access"] {
        let silent = evil.ask(&browser, |asked| asked.with("scope", more).with("prompt", "none")).await;
        // A page is needed for offline access, or it is left out (OIDC Core §11).
        if more.contains("profile") {
            evil.assert_told(&silent, "consent_required");
        }
    }
    let claims = r#"{"userinfo":{"phone_number":null}}"#;
    let single = evil.ask(&browser, |asked| asked.with("claims", claims).with("prompt", "none")).await;
    evil.assert_told(&single, "consent_required");
    allow(&evil, &browser, "openid profile").await;
    let both =
        evil.ask(&browser, |asked| asked.with("scope", "openid email profile").with("prompt", "none")).await;
    evil.code_in(&both);
}

async fn br_17_a_public_site_is_asked_about_every_time(house: House) {
    let spa = house.client_with(Kind::Spa, |client| client.trusted = false).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    allow(&spa, &browser, "openid email").await;
    let asked = spa.ask(&browser, |asked| asked.with("scope", "openid email")).await;
    assert!(asked.page().has("#consent-approve"), "{asked:?}");
}

async fn prompt_consent_shows_the_page_again(house: House) {
    let (evil, web) = (house.client(Kind::Evil).await, house.client(Kind::Web).await);
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    allow(&evil, &browser, "openid email").await;
    for site in [&evil, &web] {
        let asked =
            site.ask(&browser, |asked| asked.with("scope", "openid email").with("prompt", "consent")).await;
        assert!(asked.page().has("#consent-approve"), "{asked:?}");
    }
}

/// Ben allowed the site long ago; the page that is answered now asked Ann.
async fn br_17_a_yes_gives_nothing_of_somebody_who_was_not_asked(house: House) {
    let evil = house.client(Kind::Evil).await;
    let browser = house.browser();
    browser.join("ben@acme.test").await;
    allow(&evil, &browser, "openid email").await;
    browser.sign_out().await;
    browser.join("ann@acme.test").await;
    let page = browser.tab();
    let asked = evil.ask(&page, |asked| asked.with("scope", "openid email")).await;
    assert!(asked.page().words().contains("ann@acme.test"), "{asked:?}");
    browser.sign_out().await;
    browser.sign_in("ben@acme.test", testkit::PASSWORD).await;
    for _ in 0..2 {
        let again = page.click("#consent-approve").await;
        again.assert_status(200);
        let words = again.page().words();
        assert!(words.contains("about ben@acme.test") && !words.contains("ann@acme.test"), "{again:?}");
        // Whoever of them is there, a page of the other gives nothing.
        browser.sign_out().await;
        browser.sign_in("ann@acme.test", testkit::PASSWORD).await;
        let again = page.click("#consent-approve").await;
        assert!(again.page().words().contains("about ann@acme.test"), "{again:?}");
        browser.sign_out().await;
        browser.sign_in("ben@acme.test", testkit::PASSWORD).await;
    }
    page.click("#consent-approve").await;
    let answer = page.click("#consent-approve").await;
    let tokens = evil.tokens_in(&evil.redeem(&evil.code_in(&answer)).await);
    assert_eq!(house.userinfo(&tokens.access).await.json()["email"], "ben@acme.test");
}

/// A hint brings Ann forward while Ben is in front: her page is hers, and not his once she has left.
async fn br_17_a_page_for_whoever_is_behind_is_not_answered_by_whoever_is_in_front(house: House) {
    let evil = house.client(Kind::Evil).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let page = browser.tab();
    evil.ask(&page, |asked| asked.with("scope", "openid email")).await;
    browser.join("ben@acme.test").await;
    allow(&evil, &browser, "openid email").await;
    let again = page.click("#consent-approve").await;
    assert!(again.page().words().contains("ann@acme.test"), "{again:?}");
    let elsewhere = house.browser();
    elsewhere.sign_in("ann@acme.test", testkit::PASSWORD).await;
    elsewhere.get("/account/sessions").await;
    elsewhere.submit("#sign-out-everywhere", &[]).await;
    let answer = page.click("#consent-approve").await;
    assert!(answer.page().words().contains("about ben@acme.test"), "{answer:?}");
}

async fn rt_06_a_withdrawn_site_loses_its_grants_and_is_asked_about_again(house: House) {
    let evil = house.client(Kind::Evil).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let tokens = allow(&evil, &browser, "openid email offline_access").await;
    house.userinfo(&tokens.access).await.assert_status(200);
    browser.get("/account/sites").await;
    let page = browser.submit("button[name=client]", &[]).await;
    assert!(!page.page().has("button[name=client]"), "{page:?}");
    house.userinfo(&tokens.access).await.assert_status(401);
    let refused = evil.refresh(tokens.refresh()).await;
    assert_eq!((refused.status, refused.json()["error"].as_str()), (400, Some("invalid_grant")));
    let asked = evil.ask(&browser, |asked| asked.with("scope", "openid email")).await;
    assert!(asked.page().has("#consent-approve"));
}

async fn rt_06_sign_out_everywhere_ends_offline_access_too(house: House) {
    let web = house.client(Kind::Web).await;
    let (browser, elsewhere) = (house.browser(), house.browser());
    browser.join("ann@acme.test").await;
    elsewhere.sign_in("ann@acme.test", testkit::PASSWORD).await;
    let tokens = web.tokens(&elsewhere).await;
    browser.get("/account/sessions").await;
    assert_eq!(browser.here().page().all("#sessions tbody tr").len(), 2);
    browser.submit("#sign-out-everywhere", &[]).await;
    assert!(!browser.is_signed_in().await && !elsewhere.is_signed_in().await);
    web.refresh(tokens.refresh()).await.assert_status(400);
}

async fn a_withdrawal_touches_nobody_else(house: House) {
    let (evil, web) = (house.client(Kind::Evil).await, house.client(Kind::Web).await);
    let (ann, ben) = (house.browser(), house.browser());
    ann.join("ann@acme.test").await;
    ben.join("ben@acme.test").await;
    allow(&evil, &ann, "openid email").await;
    let (bens, web_tokens) =
        (allow(&evil, &ben, "openid email offline_access").await, web.tokens(&ann).await);
    ann.get("/account/sites").await;
    ann.submit("button[name=client][value=evil]", &[]).await;
    house.userinfo(&bens.access).await.assert_status(200);
    house.userinfo(&web_tokens.access).await.assert_status(200);
    ann.post("/account/sites", &[("client", "evil")]).await.assert_status(403);
}

async fn the_sites_used_are_shown_with_what_they_received(house: House) {
    let (evil, web) = (house.client(Kind::Evil).await, house.client(Kind::Web).await);
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    assert!(browser.get("/account/sites").await.page().has(".empty"));
    allow(&evil, &browser, "openid email").await;
    web.code(&browser.tab()).await;
    let page = browser.get("/account/sites").await.page();
    let all = page.all(".site-used");
    assert_eq!(all.len(), 2, "{all:?}");
    let evils = all.iter().find(|text| text.contains("The evil site")).unwrap();
    assert!(
        evils.contains("ann@acme.test")
            && evils.contains("You agreed")
            && evils.contains("November 22, 2026")
    );
    let webs = all.iter().find(|text| text.contains("The web site")).unwrap();
    assert!(webs.contains("nothing except that it is you") && webs.contains("not asked"), "{webs}");
}

async fn the_listed_sites_are_public_and_the_others_are_not(house: House) {
    house.client(Kind::Web).await;
    house
        .client_with(Kind::Other, |client| {
            client.listed = true;
            client.client_uri = Some("https://rp2.test/".into());
        })
        .await;
    let browser = house.browser();
    let home = browser.get("/").await;
    assert!(home.page().all("nav.side a").contains(&"Participating sites".to_owned()), "PP-01");
    assert!(home.page().all("nav.side a").contains(&"Sign Up".to_owned()), "PP-01");
    assert!(home.page().all("nav.side a").contains(&"Account Services".to_owned()), "PP-23");
    let page = browser.get("/sites").await.page();
    assert_eq!(page.all("#sites a"), ["The other site"]);
    assert_eq!(page.attribute("#sites a", "href"), "https://rp2.test/");
}
