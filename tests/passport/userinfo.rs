//! UserInfo: what a scope releases, to whom, and for how long (IN-06, JW-07).
use testkit::{House, Kind, Parameters, house::seconds, jwt, net::Request, on_both_engines};

on_both_engines![
    a_scope_releases_its_claims_and_no_others,
    get_and_post_and_a_token_in_the_body_all_serve,
    in_06_a_token_in_the_query_is_refused,
    in_06_a_token_without_openid_is_not_enough,
    jw_07_no_other_token_is_a_bearer_token,
    a_token_ends_with_its_time,
    a_challenge_says_what_is_wrong,
];

async fn a_scope_releases_its_claims_and_no_others(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("Ann@acme.test").await;
    let mut subject = None;
    for (scope, expected) in [
        ("openid", vec!["sub"]),
        ("openid email", vec!["email", "email_verified", "sub"]),
        ("openid profile", vec!["birthdate", "locale", "name", "sub", "updated_at"]),
    ] {
        let asked = web.ask(&browser, |asked| asked.with("scope", scope)).await;
        let tokens = web.tokens_in(&web.redeem(&web.code_in(&asked)).await);
        let answer = house.userinfo(&tokens.access).await;
        assert_eq!(answer.header("content-type"), "application/json");
        let person = answer.assert_status(200).json();
        let mut names: Vec<_> = person.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, expected, "{scope}");
        assert_eq!(person["sub"], jwt::claims(tokens.id())["sub"]);
        assert_eq!(subject.get_or_insert_with(|| person["sub"].clone()), &person["sub"]);
        if scope.contains("email") {
            assert_eq!(
                (&person["email"], &person["email_verified"]),
                (&"Ann@acme.test".into(), &false.into()),
                "PP-06"
            );
        }
    }
}

async fn get_and_post_and_a_token_in_the_body_all_serve(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let token = web.tokens(&browser).await.access;
    let endpoint = house.url("/oauth2/userinfo");
    let bearer = format!("bearer {token}");
    let post = Request::new("POST".parse().unwrap(), &endpoint).header("authorization", &bearer);
    let body = Request::post(&endpoint, &Parameters::of(&[("access_token", &token)]));
    let both = body.clone().header("authorization", &bearer);
    house.net.send(Request::get(&endpoint).header("authorization", &bearer)).await.assert_status(200);
    house.net.send(post).await.assert_status(200);
    house.net.send(body).await.assert_status(200);
    house.net.send(both).await.assert_status(400);
}

async fn in_06_a_token_in_the_query_is_refused(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let token = web.tokens(&browser).await.access;
    let url = house.url(&format!("/oauth2/userinfo?access_token={token}"));
    house.net.send(Request::get(&url)).await.assert_status(400);
    let both = Request::get(&url).header("authorization", format!("Bearer {token}"));
    house.net.send(both).await.assert_status(400);
}

async fn in_06_a_token_without_openid_is_not_enough(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let asked = web.ask(&browser, |asked| asked.with("scope", "email")).await;
    let answer = web.redeem(&web.code_in(&asked)).await;
    assert!(answer.json()["id_token"].is_null());
    let refused = house.userinfo(&web.tokens_in(&answer).access).await;
    insta::allow_duplicates! {
        insta::assert_snapshot!(refused.wire(&["www-authenticate"]), @r#"
        403
        www-authenticate: Bearer error="insufficient_scope", error_description="The access token was not granted the scope openid.", scope="openid"
        {"error":"insufficient_scope"}
        "#);
    }
}

async fn jw_07_no_other_token_is_a_bearer_token(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let tokens = web.tokens(&browser).await;
    let changed = tokens.access.replacen(|c: char| c.is_ascii_lowercase(), "A", 1);
    let unsigned = jwt::forged(tokens.id(), |header, _| header["alg"] = "none".into());
    let huge = "A".repeat(10_000);
    for wrong in [tokens.id(), &unsigned, tokens.refresh(), &changed, "x", "a.b.c", "' OR 1=1--", &huge] {
        house.userinfo(wrong).await.assert_status(401);
    }
    house.userinfo(&tokens.access).await.assert_status(200);
}

async fn a_token_ends_with_its_time(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let tokens = web.tokens(&browser).await;
    house.clock.advance(seconds(599));
    house.userinfo(&tokens.access).await.assert_status(200);
    house.clock.advance(seconds(1));
    house.userinfo(&tokens.access).await.assert_status(401);
}

async fn a_challenge_says_what_is_wrong(house: House) {
    let none = house.net.send(Request::get(&house.url("/oauth2/userinfo"))).await;
    assert_eq!((none.status, none.header("www-authenticate")), (401, "Bearer"));
    let wrong = house.userinfo("nothing").await;
    insta::allow_duplicates! {
        insta::assert_snapshot!(wrong.wire(&["www-authenticate"]), @r#"
        401
        www-authenticate: Bearer error="invalid_token", error_description="The access token is not valid here, or no longer."
        {"error":"invalid_token"}
        "#);
    }
    for header in ["Basic eDp5", "Bearer", "Bearer ", "Bearer a b"] {
        let request = Request::get(&house.url("/oauth2/userinfo")).header("authorization", header);
        house.net.send(request).await.assert_status(401);
    }
    let two = Request::get(&house.url("/oauth2/userinfo"))
        .header("authorization", "Bearer a")
        .header("authorization", "Bearer b");
    house.net.send(two).await.assert_status(400);
}
