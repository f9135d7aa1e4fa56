//! oidcc-rp-initiated-logout, -backchannel-rp-initiated-logout and their neighbours.
use testkit::{
    Answer, Browser, House, Kind, Parameters, Rp, jwt, net::Request, on_both_engines, rp::Listener,
};

on_both_engines![
    oidcc_rp_initiated_logout_discovery_endpoint_verification,
    oidcc_rp_initiated_logout,
    oidcc_rp_initiated_logout_no_state,
    oidcc_rp_initiated_logout_modified_id_token_hint,
    oidcc_rp_initiated_logout_bad_id_token_hint,
    oidcc_rp_initiated_logout_no_id_token_hint,
    oidcc_rp_initiated_logout_no_params_only_state_no_post_logout_redirect_uri,
    oidcc_rp_initiated_logout_bad_post_logout_redirect_uri,
    oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri,
    oidcc_backchannel_logout_discovery_endpoint_verification,
    oidcc_backchannel_rp_initiated_logout,
    oidcc_frontchannel_logout_discovery_endpoint_verification,
];

const BACK: &str = "https://rp1.test/bye";

async fn at_home(house: &House) -> (Rp, Browser, String) {
    let back = |client: &mut oidc::client::Client| client.post_logout_redirect_uris = vec![BACK.into()];
    let web = house.client_with(Kind::Web, back).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let hint = web.tokens(&browser.tab()).await.id().to_owned();
    (web, browser, hint)
}

async fn leave(house: &House, browser: &Browser, fields: &[(&str, &str)]) -> Answer {
    let query = Parameters::of(fields).encoded();
    browser.follow(&house.url(&format!("/oauth2/end-session?{query}")), "https://rp1.test").await
}

async fn is_out(web: &Rp, browser: &Browser) -> bool {
    let silent = web.ask(&browser.tab(), |asked| asked.with("prompt", "none")).await;
    silent.told("error").as_deref() == Some("login_required")
}

/// Nobody is sent anywhere; the person is asked, and is out after a yes.
async fn asks_first(house: &House, web: &Rp, browser: &Browser, fields: &[(&str, &str)]) {
    let page = leave(house, browser, fields).await;
    assert!(page.page().has("#logout-yes") && page.header("location").is_empty(), "{fields:?}: {page:?}");
    assert!(!is_out(web, browser).await, "not before the answer");
    let page = browser.click("#logout-yes").await;
    assert!(page.page().has("#signed-out") && page.header("location").is_empty(), "{fields:?}: {page:?}");
    assert!(is_out(web, browser).await, "{fields:?}");
}

async fn metadata(house: &House) -> serde_json::Value {
    house.net.send(Request::get(&house.url("/.well-known/openid-configuration"))).await.json()
}

async fn oidcc_rp_initiated_logout_discovery_endpoint_verification(house: House) {
    assert_eq!(metadata(&house).await["end_session_endpoint"], house.url("/oauth2/end-session"));
}

async fn oidcc_rp_initiated_logout(house: House) {
    let (web, browser, hint) = at_home(&house).await;
    let fields = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BACK), ("state", "S-1")];
    let answer = leave(&house, &browser, &fields).await;
    assert_eq!(answer.location().as_str(), format!("{BACK}?state=S-1"), "state and nothing else");
    assert!(is_out(&web, &browser).await);
}

async fn oidcc_rp_initiated_logout_no_state(house: House) {
    let (web, browser, hint) = at_home(&house).await;
    let answer =
        leave(&house, &browser, &[("id_token_hint", &hint), ("post_logout_redirect_uri", BACK)]).await;
    assert_eq!(answer.location().as_str(), BACK);
    assert!(is_out(&web, &browser).await);
}

async fn oidcc_rp_initiated_logout_modified_id_token_hint(house: House) {
    let (web, browser, hint) = at_home(&house).await;
    let unsigned = jwt::forged(&hint, |header, _| header["alg"] = "none".into());
    asks_first(&house, &web, &browser, &[("id_token_hint", &unsigned), ("post_logout_redirect_uri", BACK)])
        .await;
}

async fn oidcc_rp_initiated_logout_bad_id_token_hint(house: House) {
    let (web, browser, hint) = at_home(&house).await;
    let foreign = jwt::forged(&hint, |_, claims| claims["sub"] = "somebody".into());
    asks_first(&house, &web, &browser, &[("id_token_hint", &foreign), ("post_logout_redirect_uri", BACK)])
        .await;
}

async fn oidcc_rp_initiated_logout_no_id_token_hint(house: House) {
    let (web, browser, _) = at_home(&house).await;
    asks_first(&house, &web, &browser, &[("post_logout_redirect_uri", BACK), ("state", "S")]).await;
}

async fn oidcc_rp_initiated_logout_no_params_only_state_no_post_logout_redirect_uri(house: House) {
    for (number, fields) in [vec![], vec![("state", "S")]].into_iter().enumerate() {
        let web = house.client(Kind::Web).await;
        let browser = house.browser();
        browser.join(&format!("ann{number}@acme.test")).await;
        asks_first(&house, &web, &browser, &fields).await;
    }
    let (web, browser, hint) = at_home(&house).await;
    let page = leave(&house, &browser, &[("id_token_hint", &hint)]).await;
    assert!(page.page().has("#signed-out"), "{page:?}");
    assert!(is_out(&web, &browser).await);
}

async fn oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(house: House) {
    let (web, browser, hint) = at_home(&house).await;
    let fields = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", "https://evil.test/bye")];
    asks_first(&house, &web, &browser, &fields).await;
}

async fn oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri(house: House) {
    let (web, browser, hint) = at_home(&house).await;
    let added = format!("{BACK}?foo=bar");
    let fields = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", added.as_str())];
    asks_first(&house, &web, &browser, &fields).await;
}

async fn oidcc_backchannel_logout_discovery_endpoint_verification(house: House) {
    let metadata = metadata(&house).await;
    assert_eq!(metadata["backchannel_logout_supported"], true);
    assert_eq!(metadata["backchannel_logout_session_supported"], true);
}

async fn oidcc_backchannel_rp_initiated_logout(house: House) {
    let listener = Listener::open().await;
    let told = |client: &mut oidc::client::Client| {
        client.post_logout_redirect_uris = vec![BACK.into()];
        client.backchannel_logout_uri = Some(listener.url.clone());
        client.backchannel_logout_session_required = true;
    };
    let web = house.client_with(Kind::Web, told).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let hint = web.tokens(&browser.tab()).await.id().to_owned();
    leave(&house, &browser, &[("id_token_hint", &hint), ("post_logout_redirect_uri", BACK)]).await;
    house.deliver_from_passport().await;
    let tokens = listener.logout_tokens();
    assert_eq!(tokens.len(), 1);
    let signed_out = house.verified(&tokens[0], jsonwebtoken::Algorithm::RS256).await;
    let signed_in = jwt::claims(&hint);
    for claim in ["iss", "aud", "sub", "sid"] {
        assert_eq!(signed_out[claim], signed_in[claim], "{claim}");
    }
    assert_eq!(signed_out.get("nonce"), None);
    assert!(signed_out["jti"].is_string() && signed_out["iat"].is_i64());
    let event = "http://schemas.openid.net/event/backchannel-logout";
    assert_eq!(signed_out["events"], serde_json::json!({ event: {} }));
}

async fn oidcc_frontchannel_logout_discovery_endpoint_verification(house: House) {
    let metadata = metadata(&house).await;
    assert_eq!(metadata["frontchannel_logout_supported"], true);
    assert_eq!(metadata["frontchannel_logout_session_supported"], true);
}
