//! Refresh tokens: rotated at every use, one family a grant, dead with whatever they stand on (RT-01 to RT-08).
use testkit::{
    House, Kind, PASSWORD,
    house::{days, seconds},
    jwt, on_both_engines,
};
use tokio::task::JoinSet;

on_both_engines![
    a_refresh_gives_new_tokens_of_the_same_person,
    rt_01_a_rotated_token_kills_its_family,
    rt_02_a_client_may_lose_an_answer_for_a_few_seconds,
    rt_03_of_parallel_refreshes_all_win_and_there_is_one_family,
    rt_03_a_site_without_grace_loses_its_family_by_parallel_refreshes,
    rt_03_parallel_refreshes_of_a_public_client_stay_one_family,
    rt_04_another_client_gets_nothing_and_does_no_harm,
    rt_05_a_scope_may_shrink_but_not_grow,
    rt_06_a_disabled_person_is_refreshed_no_more,
    rt_06_offline_access_outlives_the_session_and_other_grants_do_not,
    rt_07_rotation_does_not_lengthen_a_grants_life,
    rt_08_a_scope_that_was_taken_away_ends_offline_sessions,
];

async fn a_refresh_gives_new_tokens_of_the_same_person(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let first = web.tokens(&browser).await;
    house.clock.advance(seconds(300));
    let second = web.tokens_in(&web.refresh(first.refresh()).await);
    house.userinfo(&second.access).await.assert_status(200);
    house.userinfo(&first.access).await.assert_status(200);
    let (before, after) = (jwt::claims(first.id()), jwt::claims(second.id()));
    for claim in ["iss", "sub", "aud", "auth_time", "sid"] {
        assert_eq!(before[claim], after[claim], "{claim}");
    }
    assert!(after["nonce"].is_null(), "a nonce belongs to its request: {after}");
    assert_ne!(first.refresh, second.refresh);
}

async fn rt_01_a_rotated_token_kills_its_family(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let first = web.tokens(&browser).await;
    let second = web.tokens_in(&web.refresh(first.refresh()).await);
    let third = web.tokens_in(&web.refresh(second.refresh()).await);
    web.refresh(first.refresh()).await.assert_token_error("invalid_grant");
    web.refresh(third.refresh()).await.assert_token_error("invalid_grant");
    for access in [&first.access, &second.access, &third.access] {
        house.userinfo(access).await.assert_status(401);
    }
    web.tokens(&browser).await;
}

async fn rt_02_a_client_may_lose_an_answer_for_a_few_seconds(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    for site in [house.client(Kind::Spa).await, house.client(Kind::Web).await] {
        let first = site.tokens(&browser).await;
        let second = site.tokens_in(&site.refresh(first.refresh()).await);
        house.clock.advance(seconds(4));
        let again = site.tokens_in(&site.refresh(first.refresh()).await);
        assert_eq!(again.refresh, second.refresh, "the same family, the same newest token");
        house.userinfo(&again.access).await.assert_status(200);
        house.clock.advance(seconds(1));
        site.refresh(first.refresh()).await.assert_token_error("invalid_grant");
        site.refresh(second.refresh()).await.assert_token_error("invalid_grant");
    }
}

async fn rt_03_of_parallel_refreshes_all_win_and_there_is_one_family(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    for parallel in [2, 8] {
        let first = web.tokens(&browser).await;
        let answers = at_once(&web, first.refresh(), parallel).await;
        let mut newest: Vec<_> =
            answers.iter().map(|answer| web.tokens_in(answer).refresh().to_owned()).collect();
        newest.dedup();
        assert_eq!(newest.len(), 1, "one family");
        web.tokens_in(&web.refresh(&newest[0]).await);
    }
}

async fn at_once(site: &testkit::Rp, token: &str, parallel: usize) -> Vec<testkit::Answer> {
    let mut all = JoinSet::new();
    for _ in 0..parallel {
        let (site, token) = (site.clone(), token.to_owned());
        all.spawn(async move { site.refresh(&token).await });
    }
    all.join_all().await
}

async fn rt_03_a_site_without_grace_loses_its_family_by_parallel_refreshes(house: House) {
    let web = house.client_with(Kind::Web, |client| client.refresh_grace = false).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let first = web.tokens(&browser).await;
    let answers = at_once(&web, first.refresh(), 8).await;
    let (good, bad): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!((good.len(), bad.len()), (1, 7), "{answers:?}");
    for answer in bad {
        answer.assert_token_error("invalid_grant");
    }
    // The loser looked like a thief: the family is dead.
    web.refresh(web.tokens_in(good[0]).refresh()).await.assert_token_error("invalid_grant");
}

async fn rt_03_parallel_refreshes_of_a_public_client_stay_one_family(house: House) {
    let spa = house.client(Kind::Spa).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let first = spa.tokens(&browser).await;
    let mut all = JoinSet::new();
    for _ in 0..8 {
        let (spa, token) = (spa.clone(), first.refresh().to_owned());
        all.spawn(async move { spa.refresh(&token).await });
    }
    let mut newest: Vec<_> =
        all.join_all().await.iter().map(|answer| spa.tokens_in(answer).refresh().to_owned()).collect();
    newest.dedup();
    assert_eq!(newest.len(), 1, "one family");
    spa.tokens_in(&spa.refresh(&newest[0]).await);
}

async fn rt_04_another_client_gets_nothing_and_does_no_harm(house: House) {
    let (web, other) = (house.client(Kind::Web).await, house.client(Kind::Other).await);
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let tokens = web.tokens(&browser).await;
    other.refresh(tokens.refresh()).await.assert_token_error("invalid_grant");
    house.userinfo(&tokens.access).await.assert_status(200);
    web.tokens_in(&web.refresh(tokens.refresh()).await);
}

async fn rt_05_a_scope_may_shrink_but_not_grow(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let asked = web.ask(&browser, |asked| asked.with("scope", "openid email offline_access")).await;
    let tokens = web.tokens_in(&web.redeem(&web.code_in(&asked)).await);
    let wider = web.refresh_with(tokens.refresh(), |call| call.with("scope", "openid profile")).await;
    wider.assert_token_error("invalid_scope");
    let narrow = web.refresh_with(tokens.refresh(), |call| call.with("scope", "openid")).await;
    assert_eq!(narrow.json()["scope"], "openid");
    let narrow = web.tokens_in(&narrow);
    assert!(house.userinfo(&narrow.access).await.json()["email"].is_null());
    let whole = web.tokens_in(&web.refresh(narrow.refresh()).await);
    assert_eq!(house.userinfo(&whole.access).await.json()["email"], "ann@acme.test");
}

async fn rt_06_a_disabled_person_is_refreshed_no_more(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let tokens = web.tokens(&browser).await;
    let reader = house.passport.db.reader();
    let account = passport::account::store::find_by_key(reader, "ann@acme.test").await.unwrap().unwrap();
    passport::acts::disable::disable(&house.passport, house.clock.now(), account.id).await.unwrap();
    web.refresh(tokens.refresh()).await.assert_token_error("invalid_grant");
    house.userinfo(&tokens.access).await.assert_status(401);
}

async fn rt_06_offline_access_outlives_the_session_and_other_grants_do_not(house: House) {
    let (web, other) = (house.client(Kind::Web).await, house.client(Kind::Other).await);
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let offline = web.tokens(&browser).await;
    let online = other.tokens_in(&other.redeem(&other.code(&browser).await).await);
    browser.sign_out().await;
    house.userinfo(&online.access).await.assert_status(401);
    web.tokens_in(&web.refresh(offline.refresh()).await);
    browser.sign_in("ann@acme.test", PASSWORD).await;
}

async fn rt_07_rotation_does_not_lengthen_a_grants_life(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let mut tokens = web.tokens(&browser).await;
    for _ in 0..29 {
        house.clock.advance(days(1));
        tokens = web.tokens_in(&web.refresh(tokens.refresh()).await);
    }
    house.clock.advance(days(1) - seconds(120));
    let last = web.refresh(tokens.refresh()).await;
    assert_eq!(last.json()["expires_in"], 120, "it shrinks towards the end");
    let last = web.tokens_in(&last);
    house.clock.advance(seconds(120));
    house.userinfo(&last.access).await.assert_status(401);
    web.refresh(last.refresh()).await.assert_token_error("invalid_grant");
}

async fn rt_08_a_scope_that_was_taken_away_ends_offline_sessions(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let tokens = web.tokens(&browser).await;
    let poorer = oidc::scope::Scopes::parse("openid email").unwrap();
    let web = house.client_with(Kind::Web, |client| client.scope = poorer).await;
    web.refresh(tokens.refresh()).await.assert_token_error("invalid_grant");
    house.userinfo(&tokens.access).await.assert_status(401);
}
