//! Third-party-initiated login (OIDC Core §4), and sign-out by a frame (OIDC Front-Channel Logout).
use axum::http::Request;
use testkit::on_both_engines;

use crate::house::{Answer, Browser, House};

on_both_engines![
    a_link_from_elsewhere_signs_in_and_leads_to_its_page,
    a_form_from_elsewhere_does_the_same,
    another_issuer_is_refused_and_another_site_is_no_target,
    a_frame_of_the_provider_ends_the_session_that_it_names_and_no_other,
    fx_14_a_frame_with_a_control_character_is_refused_at_the_door,
];

fn query(fields: &[(&str, &str)]) -> String {
    serde_html_form::to_string(fields).unwrap()
}

async fn initiated(browser: &mut Browser<'_>, fields: &[(&str, &str)]) -> Answer {
    browser.get(&format!("/signin/initiate?{}", query(fields))).await
}

async fn a_link_from_elsewhere_signs_in_and_leads_to_its_page(house: House) {
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    pat.close();
    let target = format!("{}/account?a=b", house.portal.settings.server.public_url);
    let fields = [
        ("iss", house.provider.issuer.as_str()),
        ("login_hint", "pat@p.example"),
        ("target_link_uri", &target),
    ];
    let begun = initiated(&mut pat, &fields).await;
    assert!(begun.leads_to().starts_with(&house.provider.issuer));
    assert!(begun.leads_to().contains("login_hint=pat%40p.example"), "{}", begun.leads_to());
    let path = format!("/signin/initiate?{}", query(&fields));
    assert_eq!(pat.sign_in(&path, "pat").await.leads_to(), "/account?a=b");
    assert_eq!(initiated(&mut pat, &fields).await.leads_to(), "/account?a=b", "signed in already");
}

async fn a_form_from_elsewhere_does_the_same(house: House) {
    let body = query(&[("iss", &house.provider.issuer)]);
    let request = Request::post("/signin/initiate")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "cross-site")
        .header("origin", "https://elsewhere.example");
    let begun = house.browser().send(request, body).await;
    assert!(begun.leads_to().starts_with(&house.provider.issuer));
}

async fn another_issuer_is_refused_and_another_site_is_no_target(house: House) {
    let mut browser = house.browser();
    for iss in ["https://evil.example", "", &format!("{}/", house.provider.issuer)] {
        initiated(&mut browser, &[("iss", iss)]).await.shows(400, "");
    }
    initiated(&mut browser, &[]).await.shows(400, "");
    let issuer = house.provider.issuer.clone();
    for target in ["https://evil.example/account", "//evil.example", "javascript:alert(1)", "/account"] {
        let fields = [("iss", issuer.as_str()), ("target_link_uri", target)];
        let path = format!("/signin/initiate?{}", query(&fields));
        let mut browser = house.browser();
        assert_eq!(browser.sign_in(&path, "pat").await.leads_to(), "/", "{target}");
    }
}

async fn a_frame_of_the_provider_ends_the_session_that_it_names_and_no_other(house: House) {
    let (mut pat, mut ann) = (house.browser(), house.browser());
    pat.sign_in("/account", "pat").await;
    ann.sign_in("/account", "ann").await;
    let frame = async |fields: &[(&str, &str)]| {
        house.browser().get(&format!("/frontchannel-logout?{}", query(fields))).await
    };
    let iss = house.provider.issuer.as_str();
    for fields in [vec![], vec![("iss", iss)], vec![("sid", "sid-of-pat")], vec![("iss", iss), ("sid", "")]] {
        frame(&fields).await.shows(400, "");
    }
    frame(&[("iss", "https://evil.example"), ("sid", "sid-of-pat")]).await.shows(400, "");
    assert_eq!(frame(&[("iss", iss), ("sid", "unknown")]).await.status, 200);
    assert!(
        !pat.get("/account").await.headers.contains_key("location") || {
            !pat.get("/account").await.leads_to().starts_with("/signin")
        }
    );
    let answer = frame(&[("iss", iss), ("sid", "sid-of-pat")]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers["clear-site-data"], "\"cache\"", "Back shows nothing that was kept");
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    assert_eq!(policy, format!("default-src 'none'; frame-ancestors {iss}"));
    assert!(!answer.headers.contains_key("x-frame-options"));
    assert!(pat.get("/account").await.leads_to().starts_with("/signin"));
    let still = ann.get("/account").await;
    assert!(still.status != 303 || !still.leads_to().starts_with("/signin"));
}

async fn fx_14_a_frame_with_a_control_character_is_refused_at_the_door(house: House) {
    let iss = query(&[("iss", house.provider.issuer.as_str())]);
    for sid in ["%00", "a%1Bb"] {
        let answer = house.browser().get(&format!("/frontchannel-logout?{iss}&sid={sid}")).await;
        assert_eq!(answer.status, 400, "{sid}");
    }
}
