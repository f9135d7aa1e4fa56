//! Association links: bound to the Passport that asked, single, dead when what they are for is gone (AS-01 to AS-07).
use testkit::{
    Answer, Browser, PASSWORD, Town,
    house::{days, minutes},
    net::Request,
    on_both_engines,
    town::{LEA, PAT, TRI},
};

on_both_engines![
    as_01_another_passport_is_told_so_and_the_right_one_still_succeeds,
    as_02_nothing_happens_before_the_button,
    as_03_a_link_dies_with_what_it_is_for,
    as_04_a_used_link_is_used,
    as_06_a_newer_link_replaces_the_older_one,
    as_07_nothing_but_the_link_opens_anything,
    em_01_no_header_chooses_where_a_letter_leads,
    em_04_a_scanner_fetches_the_link_first_and_the_person_succeeds,
    en_04_nobody_learns_whose_address_it_is,
    a_link_expires_after_a_day,
    br_03_the_button_cannot_be_pressed_from_elsewhere,
];

/// Signs up, enters, claims an address: the link in the mail.
async fn link_for(town: &Town, browser: &Browser, email: &str, address: &str) -> String {
    browser.join(email).await;
    browser.enter().await;
    browser.claim(address).await;
    town.postbox(address).links().await.remove(0)
}

async fn as_01_another_passport_is_told_so_and_the_right_one_still_succeeds(town: Town) {
    let (pat, mallory) = (town.browser(), town.browser());
    let link = link_for(&town, &pat, "pat@mail.test", PAT).await;
    mallory.sign_up("mallory@evil.test").await;
    let refused = mallory.open_link(&link, "mallory@evil.test").await;
    assert_eq!(refused.status, 403);
    assert!(refused.page().words().contains("mallory@evil.test") && refused.page().has("#another-passport"));
    let posted = mallory.post(&town.portal_url("/associate/confirm"), &[]).await;
    assert_ne!(posted.status, 200, "{posted:?}");
    assert_eq!(town.associations().await, 0);
    mallory.get(&town.portal_url("/associate/confirm")).await;
    let asked = mallory.click("#another-passport").await;
    assert!(asked.page().has("#password"), "the way to the right one: {asked:?}");
    let confirm = mallory.fill_in_sign_in("pat@mail.test", PASSWORD).await;
    assert!(confirm.page().words().contains("Pat Powell"), "{confirm:?}");
    mallory.click("#associate").await;
    assert_eq!(town.associations().await, 1);
}

async fn as_02_nothing_happens_before_the_button(town: Town) {
    let browser = town.browser();
    let link = link_for(&town, &browser, "pat@mail.test", PAT).await;
    let confirm = town.browser();
    confirm.open_link(&link, "pat@mail.test").await;
    confirm.get(&town.portal_url("/associate/confirm")).await;
    assert_eq!(town.associations().await, 0);
    assert_eq!(confirm.get(&town.portal_url("/")).await.url.path(), "/associate", "not associated yet");
    confirm.get(&town.portal_url("/associate/confirm")).await;
    confirm.click("#associate").await;
    assert_eq!(town.associations().await, 1);
}

async fn as_03_a_link_dies_with_what_it_is_for(town: Town) {
    let profile = |email: &str, state: &str| {
        format!(
            r#"{{"profiles":[{{"external_id":"pat","company":"acme","first_name":"Pat","last_name":"Powell","email":"{email}","state":"{state}"}}]}}"#
        )
    };
    let company = |state: &str| {
        format!(r#"{{"companies":[{{"external_id":"acme","name":"Acme Tools","state":"{state}"}}]}}"#)
    };
    let browser = town.browser();
    browser.join("pat@mail.test").await;
    browser.enter().await;
    for (broken, mended) in [
        (profile("pat@elsewhere.test", "active"), profile(PAT, "active")),
        (profile(PAT, "removed"), profile(PAT, "active")),
        (company("closed"), company("active")),
    ] {
        town.clock.advance(minutes(70));
        browser.enter().await;
        if browser.here().page().has("#password") {
            browser.fill_in_sign_in("pat@mail.test", PASSWORD).await;
        }
        browser.claim(PAT).await;
        let link = town.postbox(PAT).links().await.remove(0);
        let confirm = town.browser();
        confirm.open_link(&link, "pat@mail.test").await;
        town.seed(&broken).await;
        let gone = confirm.click("#associate").await;
        assert_eq!(gone.status, 410, "{gone:?}");
        assert_eq!(town.browser().get(&link).await.status, 410);
        town.seed(&mended).await;
    }
    let told = town.postbox("pat@elsewhere.test").letters().await;
    assert_eq!(told.len(), 1, "and back again: the address in between is told that it is none any more");
    assert_eq!(town.associations().await, 0);
}

async fn as_04_a_used_link_is_used(town: Town) {
    let browser = town.browser();
    let link = link_for(&town, &browser, "pat@mail.test", PAT).await;
    browser.open_link(&link, "pat@mail.test").await;
    browser.click("#associate").await;
    let again = browser.get(&link).await;
    assert!(
        again.status == 200 && !again.page().has("#associate"),
        "its own person is told that all is well: {again:?}"
    );
    let stranger = town.browser();
    assert_eq!(stranger.get(&link).await.status, 410);
    stranger.join("mallory@evil.test").await;
    stranger.enter().await;
    assert_eq!(stranger.get(&link).await.status, 410);
    assert_eq!(town.associations().await, 1);
}

async fn as_06_a_newer_link_replaces_the_older_one(town: Town) {
    let browser = town.browser();
    let older = link_for(&town, &browser, "pat@mail.test", PAT).await;
    town.clock.advance(minutes(2));
    browser.claim(PAT).await;
    let newer = town.postbox(PAT).links().await.remove(0);
    assert_ne!(older, newer);
    let gone = town.browser().get(&older).await;
    assert_eq!(gone.status, 410);
    browser.open_link(&newer, "pat@mail.test").await;
    browser.click("#associate").await;
    assert_eq!(town.associations().await, 1);
}

async fn as_07_nothing_but_the_link_opens_anything(town: Town) {
    let browser = town.browser();
    let link = link_for(&town, &browser, "pat@mail.test", PAT).await;
    let secret = link.rsplit('/').next().unwrap();
    assert_eq!(secret.len(), 43, "256 bits");
    let swapped: String = secret.chars().rev().collect();
    for guess in [
        "",
        "pat",
        "1",
        "00000000-0000-0000-0000-000000000000",
        &swapped,
        &secret.chars().skip(1).collect::<String>(),
        &format!("{secret}A"),
        "../confirm",
    ] {
        let answer = browser.get(&town.portal_url(&format!("/associate/{guess}"))).await;
        assert!(answer.status == 404 || !answer.page().has("#associate"), "{guess}: {answer:?}");
    }
    let rows = town.neighbour().ground.count("SELECT COUNT(*) FROM invitation").await;
    assert_eq!(rows, 1);
    for path in ["/", "/associate", "/associate/sent", "/account"] {
        assert!(!browser.get(&town.portal_url(path)).await.text().contains(secret), "{path}");
    }
}

async fn em_01_no_header_chooses_where_a_letter_leads(town: Town) {
    let browser = town.browser();
    browser.join("pat@mail.test").await;
    browser.enter().await;
    let page = browser.get(&town.portal_url("/associate")).await;
    let form = page.page().form("#continue").filled(&[("email", PAT)]);
    let cookies = browser.cookies().header(&page.url, town.clock.now()).unwrap();
    let request = Request::post(&town.portal_url("/associate"), &form.fields)
        .header("cookie", cookies)
        .header("x-forwarded-host", "evil.test")
        .header("x-forwarded-proto", "https")
        .header("forwarded", "host=evil.test")
        .header("x-host", "evil.test");
    town.net.send(request).await.assert_status(303);
    let letter = town.postbox(PAT).letter().await;
    assert!(!letter.text.contains("evil.test") && !letter.html.contains("evil.test"));
    assert!(letter.text.contains(&town.portal_url("/associate/")));
}

async fn em_04_a_scanner_fetches_the_link_first_and_the_person_succeeds(town: Town) {
    let browser = town.browser();
    let link = link_for(&town, &browser, "pat@mail.test", PAT).await;
    for method in ["GET", "HEAD"].iter().cycle().take(20) {
        let answer = town.net.send(Request::new(method.parse().unwrap(), &link)).await;
        assert!(answer.status < 400, "{answer:?}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "BR-18");
    }
    browser.open_link(&link, "pat@mail.test").await;
    browser.click("#associate").await;
    assert_eq!(town.associations().await, 1);
}

/// What the page shows besides the address that was typed.
fn seen(answer: &Answer, typed: &str) -> (u16, String) {
    (answer.status, answer.page().words().replace(typed, ""))
}

async fn en_04_nobody_learns_whose_address_it_is(town: Town) {
    let browser = town.browser();
    browser.join("mallory@evil.test").await;
    browser.enter().await;
    let nobody = seen(&browser.claim("nobody@acme.test").await, "nobody@acme.test");
    for address in [PAT, TRI, LEA, "PAT@Acme.Test", "mallory@evil.test"] {
        assert_eq!(seen(&browser.claim(address).await, address), nobody, "{address}");
        town.clock.advance(minutes(1));
    }
    assert_eq!(town.postbox("PAT@Acme.Test").letters().await.len(), 0, "never to what was typed");
    assert_eq!(town.postbox("mallory@evil.test").letters().await.len(), 0);
    for address in [PAT, TRI, LEA] {
        assert!(!town.postbox(address).letters().await.is_empty(), "{address}");
    }
}

async fn a_link_expires_after_a_day(town: Town) {
    let browser = town.browser();
    let link = link_for(&town, &browser, "pat@mail.test", PAT).await;
    town.clock.advance(days(1) - minutes(1));
    assert!(town.browser().get(&link).await.page().has("#password"));
    town.clock.advance(minutes(1));
    assert_eq!(town.browser().get(&link).await.status, 410);
    town.clock.step_back(days(1));
    let confirm = town.browser();
    assert!(confirm.get(&link).await.status < 500, "a clock that steps back is no fault");
}

async fn br_03_the_button_cannot_be_pressed_from_elsewhere(town: Town) {
    let browser = town.browser();
    let link = link_for(&town, &browser, "pat@mail.test", PAT).await;
    let confirm = browser.open_link(&link, "pat@mail.test").await;
    let form = confirm.page().form("#associate");
    let url = town.portal_url("/associate/confirm");
    for origin in ["https://evil.test", "null", town.passport.issuer()] {
        browser.post_from(origin, &url, &form.fields).await.assert_status(403);
    }
    let stripped = form.fields.clone().without("form_token");
    browser.post_from(&town.portal_url(""), &url, &stripped).await.assert_status(403);
    assert_eq!(town.associations().await, 0);
    browser.post_from(&town.portal_url(""), &url, &form.fields).await.assert_status(200);
    assert_eq!(town.associations().await, 1);
}
