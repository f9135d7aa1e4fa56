//! What sites are told of a person and of a session, and what they are not.
use serde_json::{Value, json};
use testkit::{Browser, House, Kind, PASSWORD, house::seconds, jwt, net::Request, on_both_engines};

on_both_engines![
    a_sid_stands_in_the_id_tokens_of_sites_that_are_told_of_sign_outs,
    a_hint_without_a_sid_ends_the_session_that_it_came_from,
    a_username_that_nobody_chose_is_left_out,
    a_site_may_want_addresses_only_when_they_are_verified,
    introspection_names_the_person_as_far_as_the_token_goes,
];

async fn signed_in(house: &House) -> Browser {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser
}

async fn a_sid_stands_in_the_id_tokens_of_sites_that_are_told_of_sign_outs(house: House) {
    let browser = signed_in(&house).await;
    let untold = house.client(Kind::Web).await;
    let claims = jwt::claims(untold.tokens(&browser).await.id());
    assert_eq!(claims.get("sid"), None, "{claims}");
    // Its hint still signs out at once: it names the person of this session.
    let hint = untold.tokens(&browser).await;
    let back = house.client_with(Kind::Other, |client| {
        client.backchannel_logout_uri = Some("https://rp2.test/out".into())
    });
    let back = back.await;
    assert!(jwt::claims(back.tokens(&browser).await.id())["sid"].is_string());
    let front = house.client_with(Kind::Spa, |client| {
        client.frontchannel_logout_uri = Some("https://spa.test/out".into())
    });
    let front = front.await;
    assert!(jwt::claims(front.tokens(&browser).await.id())["sid"].is_string());
    house.leave_mail();
    browser.get(&format!("/oauth2/end-session?id_token_hint={}", hint.id())).await;
    assert!(!browser.is_signed_in().await);
}

async fn a_hint_without_a_sid_ends_the_session_that_it_came_from(house: House) {
    let (web, other) = (house.client(Kind::Web).await, house.client(Kind::Other).await);
    let (browser, elsewhere) = (signed_in(&house).await, house.browser());
    let hint = web.tokens(&browser).await.id().to_owned();
    house.clock.advance(seconds(5));
    elsewhere.sign_in("ann@acme.test", PASSWORD).await;
    other.tokens(&elsewhere).await;
    // As a proxy calls it from its server: no cookies, nothing but the hint.
    let url = house.url(&format!("/oauth2/end-session?id_token_hint={hint}"));
    house.net.send(Request::get(&url)).await.assert_status(200);
    assert!(!browser.is_signed_in().await);
    assert!(elsewhere.is_signed_in().await, "another sign-in of the same person goes on");
}

async fn a_username_that_nobody_chose_is_left_out(house: House) {
    let web = house.client(Kind::Web).await;
    let tokens = web.tokens(&signed_in(&house).await).await;
    let info = house.userinfo(&tokens.access).await.json();
    assert_eq!((info.get("preferred_username"), &info["email"]), (None, &json!("ann@acme.test")));
    assert_eq!(jwt::claims(tokens.id()).get("preferred_username"), None);
}

async fn a_site_may_want_addresses_only_when_they_are_verified(house: House) {
    let web = house.client(Kind::Web).await;
    let change = |set: bool| {
        let house = house.clone();
        async move {
            let tx = house.passport.db.begin().await.unwrap();
            let mut found = passport::client::store::find(&tx, "web").await.unwrap().unwrap();
            let mut members = serde_json::to_value(&found.client).unwrap();
            members["verified_email_only"] = json!(set);
            found.client = serde_json::from_value(members).unwrap();
            passport::client::store::set(&tx, house.clock.now(), &found).await.unwrap();
            tx.commit().await.unwrap();
        }
    };
    let browser = signed_in(&house).await;
    let told = async || {
        let tokens = web.tokens(&browser).await;
        let info = house.userinfo(&tokens.access).await.json();
        (info.get("email").cloned(), jwt::claims(tokens.id()).get("email").cloned())
    };
    let address = Some(json!("ann@acme.test"));
    assert_eq!(told().await, (address.clone(), address.clone()));
    change(true).await;
    assert_eq!(told().await, (None, None), "nobody proved it yet");
    house.ground.execute("UPDATE account SET email_verified = TRUE").await;
    assert_eq!(told().await, (address.clone(), address));
}

async fn introspection_names_the_person_as_far_as_the_token_goes(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = signed_in(&house).await;
    let sub = |told: &Value| told["sub"].clone();
    let tokens = web.tokens(&browser).await;
    let told = web.introspect(&tokens.access).await;
    assert_eq!(told["username"], sub(&told), "an address that nobody proved names nobody");
    house.ground.execute("UPDATE account SET email_verified = TRUE").await;
    assert_eq!(web.introspect(&tokens.access).await["username"], "ann@acme.test");
    assert_eq!(web.introspect(tokens.refresh()).await["username"], "ann@acme.test");
    let openid = web.tokens_in(&web.redeem(&web.code(&browser).await).await);
    let told = web.introspect(&openid.access).await;
    assert_eq!(told["username"], sub(&told), "the token is not for the address");
    let unknown = house.net.send(Request::get(&house.url("/oauth2/userinfo"))).await;
    unknown.assert_status(401);
}
