//! Front-channel logout (Front-Channel Logout 1.0 §2–3): every site of the session is loaded, and nobody else is.
use oidc::client::Client;
use testkit::{Answer, Browser, House, Kind, Parameters, Rp, jwt, on_both_engines};

on_both_engines![
    oidcc_frontchannel_rp_initiated_logout,
    our_own_sign_out_loads_the_sites_too,
    only_the_sites_of_this_session_are_loaded,
    a_site_that_needs_no_session_is_told_none,
    without_such_sites_no_page_has_frames,
];

const BACK: &str = "https://rp1.test/bye";

fn told_in_front(client: &mut Client) {
    let origin = url::Url::parse(&client.redirect_uris[0]).unwrap().origin().ascii_serialization();
    client.frontchannel_logout_uri = Some(format!("{origin}/out?tenant=1"));
    client.frontchannel_logout_session_required = true;
    client.post_logout_redirect_uris = vec![BACK.into()];
}

fn frames(answer: &Answer) -> Vec<String> {
    answer.page().attributes("iframe", "src")
}

fn frame_policy(answer: &Answer) -> String {
    let policy = answer.header("content-security-policy");
    policy.split("; ").find(|part| part.starts_with("frame-src")).unwrap_or_default().to_owned()
}

async fn signed_in(house: &House, sites: &[&Rp]) -> (Browser, String) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let mut hint = String::new();
    for site in sites {
        hint = site.tokens(&browser.tab()).await.id().to_owned();
    }
    (browser, hint)
}

async fn oidcc_frontchannel_rp_initiated_logout(house: House) {
    let web = house.client_with(Kind::Web, told_in_front).await;
    let (browser, hint) = signed_in(&house, &[&web]).await;
    let sid = jwt::claims(&hint)["sid"].as_str().unwrap().to_owned();
    let fields = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BACK), ("state", "a b")];
    let url = house.url(&format!("/oauth2/end-session?{}", Parameters::of(&fields).encoded()));
    let answer = browser.follow(&url, "https://rp1.test").await;
    answer.assert_status(200);
    let issuer: String = url::form_urlencoded::byte_serialize(house.passport.issuer().as_bytes()).collect();
    assert_eq!(frames(&answer), [format!("https://rp1.test/out?tenant=1&iss={issuer}&sid={sid}")]);
    assert_eq!(frame_policy(&answer), "frame-src https://rp1.test");
    let page = answer.page();
    assert_eq!(
        page.attribute("meta[http-equiv=refresh]", "content"),
        "3;url=https://rp1.test/bye?state=a%20b"
    );
    assert_eq!(page.attribute("#signed-out-continue", "href"), "https://rp1.test/bye?state=a%20b");
    assert!(page.has("#signed-out") && !browser.is_signed_in().await);
    web.assert_told(&web.ask(&browser, |asked| asked.with("prompt", "none")).await, "login_required");
}

async fn our_own_sign_out_loads_the_sites_too(house: House) {
    let web = house.client_with(Kind::Web, told_in_front).await;
    let other = house.client_with(Kind::Other, told_in_front).await;
    let (browser, _) = signed_in(&house, &[&web, &other]).await;
    let answer = browser.sign_out().await;
    assert_eq!(frames(&answer).len(), 2, "{answer:?}");
    assert_eq!(frame_policy(&answer), "frame-src https://rp1.test https://rp2.test");
    assert!(answer.page().has("#signed-out") && !answer.page().has("meta[http-equiv=refresh]"));
    assert!(!browser.is_signed_in().await);
}

async fn only_the_sites_of_this_session_are_loaded(house: House) {
    let web = house.client_with(Kind::Web, told_in_front).await;
    let other = house.client_with(Kind::Other, told_in_front).await;
    let (browser, _) = signed_in(&house, &[&web]).await;
    let elsewhere = house.browser();
    elsewhere.sign_in("ann@acme.test", testkit::PASSWORD).await;
    other.tokens(&elsewhere).await;
    let answer = browser.sign_out().await;
    assert!(frames(&answer).iter().all(|frame| frame.starts_with("https://rp1.test/")), "{answer:?}");
    assert_eq!(frames(&answer).len(), 1);
}

async fn a_site_that_needs_no_session_is_told_none(house: House) {
    let web = house
        .client_with(Kind::Web, |client| {
            told_in_front(client);
            client.frontchannel_logout_session_required = false;
        })
        .await;
    let (browser, _) = signed_in(&house, &[&web]).await;
    assert_eq!(frames(&browser.sign_out().await), ["https://rp1.test/out?tenant=1"]);
}

async fn without_such_sites_no_page_has_frames(house: House) {
    let web = house.client(Kind::Web).await;
    let (browser, _) = signed_in(&house, &[&web]).await;
    let answer = browser.sign_out().await;
    assert!(frames(&answer).is_empty() && frame_policy(&answer).is_empty(), "{answer:?}");
    assert_eq!(answer.url.path(), "/signed-out");
}
