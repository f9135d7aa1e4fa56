//! What a browser remembers, and several people in it: PP-11 to PP-16, RM-01, BR-04, `prompt=select_account`.
use super::sign_in_with;
use testkit::{Answer, House, Kind, PASSWORD, house::minutes, jwt, on_both_engines};

on_both_engines![
    pp_11_no_page_of_account_services_names_another_account,
    pp_13_a_fresh_browser_is_not_signed_in_after_signing_up,
    pp_14_an_account_used_on_this_browser_is_in_the_drop_down,
    pp_15_a_fresh_account_is_not_in_the_drop_down_until_it_signed_in,
    pp_16_the_name_can_always_be_typed,
    choosing_a_name_gives_the_form_with_it_fixed,
    at_most_ten_accounts_are_offered,
    an_account_is_removed_from_this_computer_and_from_no_other,
    rm_01_an_edited_cookie_or_handle_gives_nothing_and_tells_nothing,
    br_04_the_computers_cookie_is_new_after_every_sign_in,
    two_people_in_one_browser_are_both_signed_in,
    select_account_offers_everybody_and_asks_no_password,
    select_account_leads_to_the_password_of_whoever_is_not_signed_in,
    br_04_choosing_another_account_makes_its_older_cookie_worthless,
    a_hint_picks_the_right_one_of_two,
    sign_out_ends_everybody_in_this_browser,
    a_consent_is_of_the_person_whom_the_page_named,
];

async fn pp_11_no_page_of_account_services_names_another_account(house: House) {
    let browser = house.browser();
    browser.join("ben@acme.test").await;
    browser.join("ann@acme.test").await;
    for page in ["", "/information", "/sessions", "/sites", "/language", "/export", "/close"] {
        let shown = browser.get(&format!("/account{page}")).await;
        shown.assert_status(200);
        assert!(!shown.text().contains("ben@"), "{page}");
        assert!(shown.text().contains("ann@acme.test"), "{page}");
    }
    browser.get("/account/export").await;
    let file = browser.submit("#export-download", &[]).await;
    assert!(file.text().contains("ann@acme.test") && !file.text().contains("ben@"), "{file:?}");
}

async fn pp_13_a_fresh_browser_is_not_signed_in_after_signing_up(house: House) {
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    assert!(browser.cookies().value("-session").is_none() && browser.cookies().value("-computer").is_none());
    browser.close_and_reopen();
    assert!(!browser.is_signed_in().await);
}

fn offered(page: &Answer) -> Vec<String> {
    page.page().all("#account option")
}

async fn pp_14_an_account_used_on_this_browser_is_in_the_drop_down(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser.sign_out().await;
    house.clock.advance(minutes(1));
    browser.join("ben@acme.test").await;
    browser.close_and_reopen();
    let page = browser.get("/sign-in").await;
    assert_eq!(offered(&page), ["ben@acme.test", "ann@acme.test"], "the last used first");
    assert!(offered(&house.browser().get("/sign-in").await).is_empty(), "in no other browser");
}

async fn pp_15_a_fresh_account_is_not_in_the_drop_down_until_it_signed_in(house: House) {
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    let page = browser.get("/sign-in").await;
    assert!(!page.text().contains("ann@acme.test"));
    browser.fill_in_sign_in("ann@acme.test", PASSWORD).await;
    browser.sign_out().await;
    assert_eq!(offered(&browser.get("/sign-in").await), ["ann@acme.test"]);
}

async fn pp_16_the_name_can_always_be_typed(house: House) {
    let browser = house.browser();
    assert!(browser.get("/sign-in").await.page().has("#username:not([readonly])"));
    browser.sign_up("ben@acme.test").await;
    browser.join("ann@acme.test").await;
    browser.close_and_reopen();
    let page = browser.get("/sign-in").await.page();
    assert!(page.has("#account") && page.has("#username:not([readonly])") && page.has("#use-other-account"));
    drop(page);
    let other = browser.click("#use-other-account").await;
    assert_eq!(other.page().attribute("#username", "value"), "");
    browser.fill_in_sign_in("ben@acme.test", PASSWORD).await;
    assert!(browser.is_signed_in().await);
}

async fn choosing_a_name_gives_the_form_with_it_fixed(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ben@acme.test").await;
    browser.sign_out().await;
    house.clock.advance(minutes(1));
    browser.join("ann@acme.test").await;
    browser.sign_out().await;
    let page = web.ask(&browser, |asked| asked).await.page();
    let ben = page.attributes("#account option", "value")[1].clone();
    drop(page);
    let chosen = browser.submit("#choose-account", &[("account", &ben)]).await;
    assert_eq!(chosen.page().attribute("#username[readonly]", "value"), "ben@acme.test");
    assert_eq!(chosen.page().text_of("#use-other-account"), "Not you?");
    let wrong = browser.submit("#sign-in-submit", &[("password", "wrong password")]).await;
    assert!(wrong.page().has("#username[readonly]"), "{wrong:?}");
    let answer = browser.submit("#sign-in-submit", &[("password", PASSWORD)]).await;
    web.tokens_in(&web.redeem(&web.code_in(&answer)).await);
}

async fn at_most_ten_accounts_are_offered(house: House) {
    house.leave_mail();
    let browser = house.browser();
    for number in 0..12 {
        browser.join(&format!("p{number}@acme.test")).await;
        house.clock.advance(minutes(20));
    }
    let page = browser.get("/sign-in").await;
    let offered = offered(&page);
    assert_eq!(
        (offered.len(), offered[0].as_str(), offered[9].as_str()),
        (10, "p11@acme.test", "p2@acme.test")
    );
    assert!(browser.cookies().value("-session").unwrap().len() < 1_000, "and no cookie grows without end");
}

async fn an_account_is_removed_from_this_computer_and_from_no_other(house: House) {
    let (browser, elsewhere) = (house.browser(), house.browser());
    browser.join("ann@acme.test").await;
    elsewhere.sign_in("ann@acme.test", PASSWORD).await;
    elsewhere.get("/sign-in").await;
    let page = elsewhere.submit("#remove-account", &[]).await;
    assert!(offered(&page).is_empty() && !elsewhere.is_signed_in().await, "{page:?}");
    assert!(browser.is_signed_in().await);
    assert_eq!(offered(&browser.get("/sign-in").await), ["ann@acme.test"]);
}

async fn rm_01_an_edited_cookie_or_handle_gives_nothing_and_tells_nothing(house: House) {
    let (ann, mallory) = (house.browser(), house.browser());
    ann.join("ann@acme.test").await;
    let handle = ann.get("/sign-in").await.page().attributes("#account option", "value")[0].clone();
    let account = passport::account::store::find_by_key(house.passport.db.reader(), "ann@acme.test").await;
    let id = account.unwrap().unwrap().id.to_string();
    mallory.join("mallory@evil.test").await;
    mallory.sign_out().await;
    let plain = |answer: &Answer| {
        let page = answer.page();
        assert!(!answer.text().contains("ann@"), "{answer:?}");
        (answer.status, page.words(), page.has("#username[readonly]"))
    };
    let nobody = plain(&mallory.get("/sign-in?account=nonsense").await);
    for named in [handle.as_str(), &id, "ann@acme.test"] {
        let named: String = url::form_urlencoded::byte_serialize(named.as_bytes()).collect();
        assert_eq!(plain(&mallory.get(&format!("/sign-in?account={named}")).await), nobody);
    }
    mallory.get("/sign-in").await;
    mallory.submit("#remove-account", &[("account", &handle)]).await.assert_status(200);
    assert_eq!(offered(&ann.get("/sign-in").await), ["ann@acme.test"], "nor is anything removed");
    let own = mallory.cookies().value("-computer").unwrap().to_owned();
    for forged in [id.as_str(), "ann@acme.test", &own.to_lowercase(), &own.chars().rev().collect::<String>()]
    {
        mallory.cookies().forge("-computer", forged);
        let page = mallory.get("/sign-in").await;
        assert!(offered(&page).is_empty() && !mallory.is_signed_in().await, "{forged}");
    }
}

async fn br_04_the_computers_cookie_is_new_after_every_sign_in(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let planted = browser.cookies().value("-computer").unwrap().to_owned();
    browser.join("ben@acme.test").await;
    browser.sign_out().await;
    assert_eq!(offered(&browser.get("/sign-in").await).len(), 2, "both are still known");
    browser.cookies().forge("-computer", &planted);
    assert!(offered(&browser.get("/sign-in").await).is_empty(), "an older cookie is worth nothing");
}

async fn two_people_in_one_browser_are_both_signed_in(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let ann = web.tokens(&browser.tab()).await;
    browser.join("ben@acme.test").await;
    let ben = web.tokens(&browser.tab()).await;
    assert_ne!(jwt::claims(ann.id())["sub"], jwt::claims(ben.id())["sub"]);
    house.userinfo(&ann.access).await.assert_status(200);
    let page = browser.get("/sign-in/choose").await.page();
    assert_eq!(page.all("button[name=session] strong"), ["ben@acme.test", "ann@acme.test"]);
    drop(page);
    browser.submit("li:nth-child(2) button[name=session]", &[]).await;
    assert!(browser.get("/account").await.page().text_of(".who").contains("ann@acme.test"));
}

async fn select_account_offers_everybody_and_asks_no_password(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let ann = jwt::claims(web.tokens(&browser.tab()).await.id())["sub"].clone();
    browser.join("ben@acme.test").await;
    for place in [2, 1] {
        let asked = web.ask(&browser, |asked| asked.with("prompt", "select_account")).await;
        assert_eq!(asked.heading(), "Choose a Passport");
        assert_eq!(asked.page().all("button[name=session]").len(), 2);
        let answer = browser.submit(&format!("li:nth-child({place}) button[name=session]"), &[]).await;
        let tokens = web.tokens_in(&web.redeem(&web.code_in(&answer)).await);
        // The chosen one comes first from now on.
        assert_eq!(jwt::claims(tokens.id())["sub"], ann, "{place}");
    }
    let silent = web.ask(&browser, |asked| asked.with("prompt", "select_account none")).await;
    web.assert_told(&silent, "invalid_request");
}

async fn select_account_leads_to_the_password_of_whoever_is_not_signed_in(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser.sign_out().await;
    browser.join("ben@acme.test").await;
    web.ask(&browser, |asked| asked.with("prompt", "select_account")).await;
    let page = browser.submit("button[name=account]", &[]).await;
    assert_eq!(page.page().attribute("#username[readonly]", "value"), "ann@acme.test");
    let answer = browser.submit("#sign-in-submit", &[("password", PASSWORD)]).await;
    web.code_in(&answer);
    web.ask(&browser, |asked| asked.with("prompt", "select_account login")).await;
    assert!(browser.here().page().has("#password"), "a password is wanted: no account is merely picked");
}

async fn br_04_choosing_another_account_makes_its_older_cookie_worthless(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let older = browser.cookies().value("-session").unwrap().to_owned();
    browser.join("ben@acme.test").await;
    browser.get("/sign-in/choose").await;
    browser.submit("li:nth-child(2) button[name=session]", &[]).await;
    assert!(browser.is_signed_in().await);
    browser.cookies().forge("-session", &older);
    assert!(!browser.is_signed_in().await);
}

async fn a_hint_picks_the_right_one_of_two(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let hint = web.tokens(&browser.tab()).await.id().to_owned();
    browser.join("ben@acme.test").await;
    let silent =
        web.ask(&browser.tab(), |asked| asked.with("prompt", "none").with("id_token_hint", &hint)).await;
    let tokens = web.tokens_in(&web.redeem(&web.code_in(&silent)).await);
    assert_eq!(jwt::claims(tokens.id())["sub"], jwt::claims(&hint)["sub"]);
    let current = web.tokens(&browser.tab()).await;
    assert_ne!(jwt::claims(current.id())["sub"], jwt::claims(&hint)["sub"], "nobody was moved by that");
}

async fn sign_out_ends_everybody_in_this_browser(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let ann = web.tokens_in(&web.redeem(&web.code(&browser.tab()).await).await);
    browser.join("ben@acme.test").await;
    let ben = web.tokens_in(&web.redeem(&web.code(&browser.tab()).await).await);
    browser.sign_out().await;
    for tokens in [ann, ben] {
        house.userinfo(&tokens.access).await.assert_status(401);
    }
    assert!(browser.cookies().value("-session").is_none());
}

async fn a_consent_is_of_the_person_whom_the_page_named(house: House) {
    let evil = house.client(Kind::Evil).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let page = browser.tab();
    evil.ask(&page, |asked| asked.with("scope", "openid email")).await;
    sign_in_with(&browser, "ann@acme.test", &[]).await;
    browser.join("ben@acme.test").await;
    // Ben came in front meanwhile: Ann is asked again, and her yes is hers all the same (FX-03).
    let again = page.click("#consent-approve").await;
    assert!(
        again.page().words().contains("ann@acme.test") && again.page().has("#consent-approve"),
        "{again:?}"
    );
    let answer = page.click("#consent-approve").await;
    let tokens = evil.tokens_in(&evil.redeem(&evil.code_in(&answer)).await);
    assert_eq!(house.userinfo(&tokens.access).await.json()["email"], "ann@acme.test");
    let asked = evil.ask(&browser, |asked| asked.with("scope", "openid email")).await;
    assert!(asked.page().words().contains("ben@acme.test"), "and Ben is asked himself");
}
