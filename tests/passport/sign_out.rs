//! Signing out: at Passport, and where a site asks for it (BR-05, BR-07, BR-08, PP-22).
use testkit::{
    Browser, House, Kind, PASSWORD, Parameters, Rp, house::days, jwt, net::Request, on_both_engines,
};

on_both_engines![
    sign_out_ends_the_session_and_its_cookie_is_worth_nothing,
    a_site_with_a_good_hint_gets_the_person_back,
    br_07_without_a_hint_the_person_is_asked_and_stays_here,
    br_07_an_unregistered_address_is_never_gone_to,
    br_07_a_picture_cannot_sign_anybody_out,
    br_08_an_expired_hint_of_ours_serves,
    br_08_a_strange_hint_asks_first,
    a_hint_of_another_persons_session_asks_first,
    a_no_changes_nothing,
    nobody_signed_in_is_no_trouble,
    sign_out_by_post_is_the_same,
];

const BACK: &str = "https://rp1.test/bye";

async fn site(house: &House) -> Rp {
    house.client_with(Kind::Web, |client| client.post_logout_redirect_uris = vec![BACK.into()]).await
}

async fn ask(browser: &Browser, fields: &[(&str, &str)]) -> testkit::Answer {
    let query = Parameters::of(fields).encoded();
    browser.follow(&format!("{}/oauth2/end-session?{query}", issuer(browser)), "https://rp1.test").await
}

fn issuer(browser: &Browser) -> String {
    browser.here().url.origin().ascii_serialization()
}

async fn sign_out_ends_the_session_and_its_cookie_is_worth_nothing(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let kept = browser.cookies().value("-session").unwrap().to_owned();
    let page = browser.sign_out().await;
    assert!(page.page().has("#signed-out"), "{page:?}");
    assert_eq!(browser.cookies().value("-session"), None);
    browser.sign_in("ann@acme.test", PASSWORD).await;
    browser.cookies().forge("-session", &kept);
    assert!(!browser.is_signed_in().await, "BR-05");
}

async fn a_site_with_a_good_hint_gets_the_person_back(house: House) {
    let web = site(&house).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser.get("/").await;
    let tokens = web.tokens_in(&web.redeem(&web.code(&browser.tab()).await).await);
    let fields = [("id_token_hint", tokens.id()), ("post_logout_redirect_uri", BACK), ("state", "a b&c")];
    let answer = ask(&browser, &fields).await;
    assert_eq!(answer.location().as_str(), "https://rp1.test/bye?state=a%20b%26c");
    assert!(!browser.is_signed_in().await);
    house.userinfo(&tokens.access).await.assert_status(401);
    web.assert_told(&web.ask(&browser, |asked| asked.with("prompt", "none")).await, "login_required");
}

async fn br_07_without_a_hint_the_person_is_asked_and_stays_here(house: House) {
    site(&house).await;
    let browser = house.browser();
    for fields in
        [vec![], vec![("state", "x")], vec![("client_id", "web"), ("post_logout_redirect_uri", BACK)]]
    {
        browser.join(&format!("ann{}@acme.test", fields.len())).await;
        let asked = ask(&browser, &fields).await;
        assert!(asked.page().has("#logout-yes") && asked.header("location").is_empty(), "{asked:?}");
        assert!(browser.is_signed_in().await, "not before the answer");
        browser.click("#logout-yes").await;
        assert!(!browser.is_signed_in().await);
    }
}

async fn br_07_an_unregistered_address_is_never_gone_to(house: House) {
    let web = site(&house).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let hint = web.tokens(&browser.tab()).await.id().to_owned();
    for uri in [
        "https://evil.test/",
        "https://rp1.test/bye?x=1",
        "https://rp1.test/bye/",
        "//evil.test",
        "javascript:1",
    ] {
        for fields in [
            vec![("post_logout_redirect_uri", uri)],
            vec![("id_token_hint", &hint), ("post_logout_redirect_uri", uri)],
        ] {
            let asked = ask(&browser, &fields).await;
            assert!(
                asked.header("location").is_empty() && asked.page().has("#logout-yes"),
                "{uri}: {asked:?}"
            );
        }
    }
    let answer = browser.click("#logout-yes").await;
    assert!(answer.page().has("#signed-out"), "{answer:?}");
    let fields = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", "https://evil.test/")];
    assert!(ask(&browser, &fields).await.page().has("#signed-out"), "signed out already");
}

async fn br_07_a_picture_cannot_sign_anybody_out(house: House) {
    let web = site(&house).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let hint = web.tokens(&browser.tab()).await.id().to_owned();
    let url =
        house.url(&format!("/oauth2/end-session?{}", Parameters::of(&[("id_token_hint", &hint)]).encoded()));
    let cookies = browser.cookies().header(&browser.here().url, house.clock.now()).unwrap();
    for destination in ["image", "iframe", "empty", "script"] {
        let request = Request::get(&url)
            .header("cookie", &cookies)
            .header("sec-fetch-dest", destination)
            .header("sec-fetch-mode", "no-cors")
            .header("sec-fetch-site", "cross-site");
        house.net.send(request).await.assert_status(200);
        assert!(browser.is_signed_in().await, "{destination}");
    }
}

async fn br_08_an_expired_hint_of_ours_serves(house: House) {
    let web = site(&house).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let hint = web.tokens(&browser.tab()).await.id().to_owned();
    house.clock.advance(testkit::house::minutes(90));
    assert!(browser.is_signed_in().await);
    let answer = ask(&browser, &[("id_token_hint", &hint), ("post_logout_redirect_uri", BACK)]).await;
    assert_eq!(answer.location().as_str(), BACK);
    house.clock.advance(days(3));
    let answer = ask(&browser, &[("id_token_hint", &hint), ("post_logout_redirect_uri", BACK)]).await;
    assert_eq!(answer.location().as_str(), BACK, "nobody is signed in any more, and nothing is asked");
}

async fn br_08_a_strange_hint_asks_first(house: House) {
    let web = site(&house).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let own = web.tokens(&browser.tab()).await.id().to_owned();
    let unsigned = jwt::forged(&own, |header, _| header["alg"] = "none".into());
    let bare = format!("{}.", unsigned.rsplit_once('.').unwrap().0);
    let hs256 = jwt::forged(&own, |header, _| header["alg"] = "HS256".into());
    let other_key = jwt::forged(&own, |header, _| header["kid"] = "../../../dev/null".into());
    for hint in [unsigned.as_str(), &bare, &hs256, &other_key, "nonsense", ""] {
        let asked = ask(&browser, &[("id_token_hint", hint), ("post_logout_redirect_uri", BACK)]).await;
        assert!(asked.header("location").is_empty() && asked.page().has("#logout-yes"), "{hint}: {asked:?}");
    }
    assert!(browser.is_signed_in().await);
    browser.click("#logout-yes").await;
    assert!(browser.here().page().has("#signed-out"), "and even then there is no way to the address");
}

async fn a_hint_of_another_persons_session_asks_first(house: House) {
    let web = site(&house).await;
    let (ann, ben) = (house.browser(), house.browser());
    ann.join("ann@acme.test").await;
    ben.join("ben@acme.test").await;
    let hint = web.tokens(&ann.tab()).await.id().to_owned();
    let asked = ask(&ben, &[("id_token_hint", &hint), ("post_logout_redirect_uri", BACK)]).await;
    assert!(asked.page().has("#logout-yes"));
    assert!(ann.is_signed_in().await && ben.is_signed_in().await);
}

async fn a_no_changes_nothing(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    ask(&browser, &[]).await;
    browser.click("#logout-no").await.assert_status(200);
    assert!(browser.is_signed_in().await);
}

async fn nobody_signed_in_is_no_trouble(house: House) {
    let web = site(&house).await;
    let browser = house.browser();
    browser.get("/").await;
    assert!(ask(&browser, &[]).await.page().has("#signed-out"));
    let twice = [("state", "a"), ("state", "b")];
    assert_eq!(ask(&browser, &twice).await.status, 400);
    drop(web);
}

async fn sign_out_by_post_is_the_same(house: House) {
    let web = site(&house).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let tokens = web.tokens(&browser.tab()).await;
    let fields = Parameters::of(&[("id_token_hint", tokens.id()), ("post_logout_redirect_uri", BACK)]);
    let answer = browser.post_from("https://rp1.test", "/oauth2/end-session", &fields).await;
    assert_eq!(answer.location().as_str(), BACK);
    assert!(!browser.is_signed_in().await);
}
