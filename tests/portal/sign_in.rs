//! Signing in: what the portal asks the provider, and what it does not believe.
use std::time::Duration;

use serde_json::json;
use testkit::on_both_engines;

use crate::{
    house::{Browser, House, cookie, minutes},
    provider::Person,
};

on_both_engines![
    the_cookie_is_a_browser_session_cookie_and_the_attempt_is_gone_afterwards,
    br_04_every_sign_in_gives_a_new_session_and_ends_the_old_one,
    mx_04_a_state_of_another_browser_or_none_gives_nothing_and_no_token_request,
    mx_04_a_state_is_good_once_even_when_the_cookie_comes_back,
    an_attempt_of_more_than_ten_minutes_is_over,
    mx_06_two_tabs_sign_in_side_by_side,
    mx_02_an_answer_of_another_issuer_or_of_none_is_refused_before_any_token_request,
    an_error_of_the_provider_becomes_a_page_that_repeats_nothing,
    mx_05_an_id_token_that_does_not_hold_gives_no_session,
    mx_05_a_signature_that_does_not_hold_gives_no_session,
    mx_05_userinfo_is_always_asked_and_must_speak_of_the_same_person,
    new_keys_of_the_provider_are_fetched_once_when_the_old_ones_do_not_fit,
    mx_03_a_provider_that_calls_itself_otherwise_is_not_used,
    inv_10_a_provider_that_is_away_is_503_and_back_without_a_restart,
    cs_18_a_link_is_not_confirmed_by_a_sign_in_from_before_it_was_opened,
    portal_rule_4_a_session_that_somebody_planted_confirms_nothing,
    br_06_the_way_back_leads_to_this_site_only,
];

/// Signs in with whatever the provider was told to say; answers what follows the callback.
async fn attempt(browser: &mut Browser<'_>) -> testkit::Answer {
    let answer = browser.get("/signin?next=/account").await;
    let now = browser.house.now();
    let person = Person { sub: "ann", auth_time: Some(now), now };
    let back = browser.house.provider.sign_in(answer.leads_to(), &person);
    browser.get(&back).await
}

fn has_session(browser: &Browser<'_>) -> bool {
    browser.cookies.value("session").is_some()
}

async fn the_cookie_is_a_browser_session_cookie_and_the_attempt_is_gone_afterwards(house: House) {
    let mut browser = house.browser();
    let answer = attempt(&mut browser).await;
    assert_eq!(answer.leads_to(), "/account");
    let set: Vec<_> =
        answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    let session = set.iter().find(|line| line.starts_with(&format!("{}=", cookie("session")))).unwrap();
    assert!(session.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{session}");
    assert!(browser.cookies.all().iter().all(|kept| !kept.name.contains("signin")), "{:?}", browser.cookies);
}

async fn br_04_every_sign_in_gives_a_new_session_and_ends_the_old_one(house: House) {
    let mut browser = house.browser();
    attempt(&mut browser).await;
    let old = browser.cookies.clone();
    house.clock.advance(minutes(31));
    attempt(&mut browser).await;
    assert_ne!(old.value("session").unwrap(), browser.cookies.value("session").unwrap());
    let mut planted = house.browser();
    planted.keep(cookie("session"), "A".repeat(43));
    assert_eq!(attempt(&mut planted).await.leads_to(), "/account");
    assert_ne!(planted.cookies.value("session").unwrap(), "A".repeat(43));
}

async fn mx_04_a_state_of_another_browser_or_none_gives_nothing_and_no_token_request(house: House) {
    let mut ann = house.browser();
    let begun = ann.get("/signin").await;
    let now = house.now();
    let back = house.provider.sign_in(begun.leads_to(), &Person { sub: "ann", auth_time: Some(now), now });
    let mut other = house.browser();
    other.get(&back).await.shows(400, "This sign-in cannot be finished");
    for path in [
        "/signin/callback",
        "/signin/callback?code=x",
        "/signin/callback?code=x&state=y",
        &format!("{back}&state=x"),
    ] {
        assert_eq!(ann.get(path).await.status, 400, "{path}");
    }
    assert_eq!(house.provider.said.lock().unwrap().token_requests, 0);
    assert_eq!(ann.get(&back).await.leads_to(), "/", "the right browser still gets in");
}

async fn mx_04_a_state_is_good_once_even_when_the_cookie_comes_back(house: House) {
    let mut ann = house.browser();
    let begun = ann.get("/signin").await;
    let kept = ann.cookies.clone();
    let now = house.now();
    let person = Person { sub: "ann", auth_time: Some(now), now };
    let back = house.provider.sign_in(begun.leads_to(), &person);
    assert_eq!(ann.get(&back).await.leads_to(), "/");
    let mut replay = house.browser();
    replay.cookies = kept;
    // Another answer to the same attempt; the very same one is a request that was sent twice.
    assert_eq!(replay.get(&back.replace("code=code-", "code=other-")).await.status, 400);
    assert_eq!(house.provider.said.lock().unwrap().token_requests, 1);
}

async fn an_attempt_of_more_than_ten_minutes_is_over(house: House) {
    let mut ann = house.browser();
    let begun = ann.get("/signin").await;
    house.clock.advance(minutes(10));
    let now = house.now();
    let back = house.provider.sign_in(begun.leads_to(), &Person { sub: "ann", auth_time: Some(now), now });
    assert_eq!(ann.get(&back).await.status, 400);
}

async fn mx_06_two_tabs_sign_in_side_by_side(house: House) {
    let mut ann = house.browser();
    let (one, two) = (ann.get("/signin?next=/faq").await, ann.get("/signin?next=/help").await);
    let now = house.now();
    let person = Person { sub: "ann", auth_time: Some(now), now };
    let back_two = house.provider.sign_in(two.leads_to(), &person);
    let back_one = house.provider.sign_in(one.leads_to(), &person);
    assert_eq!(ann.get(&back_two).await.leads_to(), "/help");
    assert_eq!(ann.get(&back_one).await.leads_to(), "/faq");
}

async fn mx_02_an_answer_of_another_issuer_or_of_none_is_refused_before_any_token_request(house: House) {
    for error in ["", "&error=access_denied"] {
        for iss in ["", "&iss=https%3A%2F%2Fevil.example", "&iss="] {
            let mut ann = house.browser();
            let begun = ann.get("/signin").await;
            let state =
                begun.leads_to().split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
            let path = format!("/signin/callback?code=x&state={state}{iss}{error}");
            ann.get(&path).await.shows(400, "This sign-in cannot be finished");
        }
    }
    assert_eq!(house.provider.said.lock().unwrap().token_requests, 0);
}

async fn an_error_of_the_provider_becomes_a_page_that_repeats_nothing(house: House) {
    for (error, status, text) in [
        ("access_denied", 403, "You cancelled at Microsoft Passport"),
        ("<script>", 400, "We could not sign you in"),
        ("temporarily_unavailable", 503, "We are busy"),
    ] {
        let mut ann = house.browser();
        let begun = ann.get("/signin").await;
        let url = url::Url::parse(begun.leads_to()).unwrap();
        let of = |name: &str| url.query_pairs().find(|(found, _)| found == name).unwrap().1.into_owned();
        let back = house.provider.callback(&of("redirect_uri"), &[("error", error), ("state", &of("state"))]);
        let answer = ann.get(&back).await;
        answer.shows(status, text);
        assert!(!answer.text().contains("<script>"), "{}", answer.text());
        assert!(!has_session(&ann));
    }
}

async fn mx_05_an_id_token_that_does_not_hold_gives_no_session(house: House) {
    type Bend = fn(&mut serde_json::Value);
    let bends: [(&str, Bend); 13] = [
        ("wrong nonce", |claims| claims["nonce"] = "x".into()),
        ("no nonce", |claims| drop(claims.as_object_mut().unwrap().remove("nonce"))),
        ("other aud", |claims| claims["aud"] = "other".into()),
        ("aud with strangers", |claims| claims["aud"] = json!(["customersource", "other"])),
        ("other azp", |claims| claims["azp"] = "other".into()),
        ("no aud", |claims| drop(claims.as_object_mut().unwrap().remove("aud"))),
        ("expired", |claims| claims["exp"] = json!(claims["iat"].as_i64().unwrap())),
        ("no exp", |claims| drop(claims.as_object_mut().unwrap().remove("exp"))),
        ("from the future", |claims| claims["iat"] = json!(claims["iat"].as_i64().unwrap() + 3600)),
        ("no iat", |claims| drop(claims.as_object_mut().unwrap().remove("iat"))),
        ("other iss", |claims| claims["iss"] = "https://evil.example".into()),
        ("no sub", |claims| drop(claims.as_object_mut().unwrap().remove("sub"))),
        ("wrong at_hash", |claims| claims["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".into()),
    ];
    for (what, bend) in bends {
        house.provider.bend(bend);
        let mut ann = house.browser();
        let answer = attempt(&mut ann).await;
        assert_eq!(answer.status, 403, "{what}");
        assert!(!has_session(&ann), "{what}");
    }
    assert_eq!(house.provider.said.lock().unwrap().userinfo_requests, 0);
}

async fn mx_05_a_signature_that_does_not_hold_gives_no_session(house: House) {
    let headers = [
        json!({"alg": "none"}),
        json!({"alg": "HS256", "kid": "k1"}),
        json!({"alg": "RS256", "kid": "k1"}),
        json!({"alg": "EdDSA", "kid": "unknown"}),
    ];
    for header in headers {
        house.provider.set(|said| said.header = Some(header.clone()));
        let mut ann = house.browser();
        assert_eq!(attempt(&mut ann).await.status, 403, "{header}");
        assert!(!has_session(&ann), "{header}");
    }
    house.provider.set(|said| {
        said.header = Some(json!({"alg": "EdDSA", "kid": "k1"}));
        said.signs_with = 2;
    });
    assert_eq!(attempt(&mut house.browser()).await.status, 403);
}

async fn mx_05_userinfo_is_always_asked_and_must_speak_of_the_same_person(house: House) {
    assert_eq!(attempt(&mut house.browser()).await.leads_to(), "/account");
    assert_eq!(house.provider.said.lock().unwrap().userinfo_requests, 1);
    house.provider.set(|said| said.userinfo_sub = Some("mallory".into()));
    let mut ann = house.browser();
    assert_eq!(attempt(&mut ann).await.status, 403);
    assert!(!has_session(&ann));
}

async fn new_keys_of_the_provider_are_fetched_once_when_the_old_ones_do_not_fit(house: House) {
    attempt(&mut house.browser()).await;
    house.provider.set(|said| {
        said.signs_with = 2;
        said.publishes = vec![1, 2];
    });
    assert_eq!(attempt(&mut house.browser()).await.leads_to(), "/account");
    assert_eq!(house.provider.said.lock().unwrap().key_requests, 2);
    // Strangers' signatures do not make us hammer the provider.
    house.provider.set(|said| said.header = Some(json!({"alg": "EdDSA", "kid": "unknown"})));
    for _ in 0..5 {
        assert_eq!(attempt(&mut house.browser()).await.status, 403);
    }
    assert_eq!(house.provider.said.lock().unwrap().key_requests, 2);
    house.clock.advance(Duration::from_secs(6));
    attempt(&mut house.browser()).await;
    assert_eq!(house.provider.said.lock().unwrap().key_requests, 3);
}

async fn mx_03_a_provider_that_calls_itself_otherwise_is_not_used(house: House) {
    house.provider.set(|said| said.calls_itself = format!("{}/", house.provider.issuer));
    let answer = house.browser().get("/signin").await;
    answer.shows(503, "We are busy or being maintained");
    assert!(answer.headers.contains_key("retry-after"));
}

async fn inv_10_a_provider_that_is_away_is_503_and_back_without_a_restart(house: House) {
    house.provider.set(|said| said.is_down = true);
    house.browser().get("/signin").await.shows(503, "try again");
    house.provider.set(|said| said.is_down = false);
    // That it did not answer is remembered for a few seconds.
    house.clock.advance(Duration::from_secs(6));
    let mut ann = house.browser();
    let begun = ann.get("/signin").await;
    house.provider.set(|said| said.is_down = true);
    let now = house.now();
    let back = house.provider.sign_in(begun.leads_to(), &Person { sub: "ann", auth_time: Some(now), now });
    ann.get(&back).await.shows(503, "try again");
    house.provider.set(|said| said.is_down = false);
    assert_eq!(attempt(&mut ann).await.leads_to(), "/account");
}

async fn cs_18_a_link_is_not_confirmed_by_a_sign_in_from_before_it_was_opened(house: House) {
    let mut ann = house.browser();
    attempt(&mut ann).await;
    ann.claim("ann@contoso.example").await;
    let link = house.mail().await[0].link();
    for auth_time in [Some(house.now() - minutes(2)), None] {
        let opened = ann.get(&link).await;
        let person = Person { sub: "ann", auth_time, now: house.now() };
        let back = house.provider.sign_in(opened.leads_to(), &person);
        ann.get(&back).await.shows(403, "Please enter your password again");
        assert_eq!(ann.get("/associate/confirm").await.leads_to(), "/", "no link was taken over");
    }
    assert_eq!(ann.accept(&link, "ann").await.leads_to(), "/associate/done");
}

async fn portal_rule_4_a_session_that_somebody_planted_confirms_nothing(house: House) {
    let mut victim = house.browser();
    // The attacker asks for a link to the victim's profile, and signs the victim's browser in as himself.
    attempt(&mut victim).await;
    victim.claim("ann@contoso.example").await;
    let link = house.mail().await[0].link();
    assert!(victim.get(&link).await.leads_to().contains("prompt=login"), "the password is asked for");
    assert_eq!(victim.get("/associate/confirm").await.leads_to(), "/");
    assert_eq!(victim.post("/associate/confirm", &[]).await.leads_to(), "/");
    assert_eq!(house.count("association", "active").await, 0);
}

async fn br_06_the_way_back_leads_to_this_site_only(house: House) {
    for evil in ["//evil.example", "https://evil.example", "/\\evil.example", "%2F%2Fevil.example"] {
        let mut ann = house.browser();
        let begun = ann.get(&format!("/signin?next={evil}")).await;
        let now = house.now();
        let back =
            house.provider.sign_in(begun.leads_to(), &Person { sub: "ann", auth_time: Some(now), now });
        assert_eq!(ann.get(&back).await.leads_to(), "/", "{evil}");
    }
}
