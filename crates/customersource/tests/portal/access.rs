//! Who gets in, and for how long.
use serde_json::json;

use crate::house::{House, minutes, people};

#[tokio::test]
async fn cs_06_cs_07_everybody_sees_home_faq_and_help_and_nothing_else() {
    let house = House::open().await;
    let mut browser = house.browser();
    browser.get("/").await.shows(200, "The content of this site is locked");
    browser.get("/faq").await.shows(200, "<ol class=\"steps\">");
    browser.get("/help").await.shows(200, "you need four things");
    for path in
        ["/account", "/associate", "/associate/sent", "/associate/confirm", "/associate/done", "/choose"]
    {
        assert!(browser.get(path).await.location().starts_with("/signin?next="), "{path}");
    }
    let posted = browser.post("/associate", &[("email", "x@example.com")]).await;
    posted.shows(403, "You are signed out");
}

#[tokio::test]
async fn cs_02_as_12_a_plan_that_ends_closes_after_its_day_of_grace_and_a_renewed_one_opens_at_once() {
    let house = House::open().await;
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    // The plan's last day is today; midnight is not far, and a day of grace follows it (2026-11-20T00:00Z).
    ann.get("/").await.shows(200, "Basic Service, until November 18, 2026");
    house.clock.advance(minutes(31 * 60 + 30));
    ann.sign_in("/account", "ann").await;
    ann.get("/").await.shows(200, "Basic Service, until November 18, 2026");
    house.clock.advance(minutes(4));
    let locked = ann.get("/").await;
    locked.shows(403, "Your company’s plan “Basic Service” ended on November 18, 2026.");
    locked.shows(403, "Bo Boss");
    ann.get("/account").await.shows(200, "Ann@Contoso.example");

    let mut data = people();
    data["entitlements"][0]["ends_on"] = "2027-11-18".into();
    house.seed(data).await;
    ann.get("/").await.shows(200, "Basic Service, until November 18, 2027");
}

#[tokio::test]
async fn a_lapsed_plan_does_not_stop_the_association_but_the_visit() {
    let house = House::open().await;
    let mut late = house.browser();
    late.associate("late", "late@example.com").await;
    late.get("/").await.shows(403, "Your company’s plan “Basic Service” ended on December 31, 2025.");
}

#[tokio::test]
async fn cs_04_a_partner_comes_in_without_a_plan() {
    let house = House::open().await;
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    pat.get("/").await.shows(200, "None needed");
}

#[tokio::test]
async fn inv_7_a_removed_profile_or_a_closed_company_is_out_at_the_next_request() {
    let house = House::open().await;
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    ann.get("/").await.shows(200, "Contoso Ltda");
    let mut data = people();
    data["profiles"][0]["state"] = "removed".into();
    house.seed(data).await;
    ann.get("/").await.shows(200, "The content of this site is locked");
    // Coming back is no way back: who returns proves it anew.
    house.seed(people()).await;
    ann.sign_in("/account", "ann").await;
    assert_eq!(ann.get("/").await.location(), "/associate");
    house.mail().await;
    ann.claim("ann@contoso.example").await;
    let link = house.mail().await[0].link();
    ann.accept(&link, "ann").await.location();
    ann.get("/").await.shows(200, "Contoso Ltda");
    house
        .seed(json!({"companies": [{"external_id": "contoso", "name": "Contoso Ltda", "state": "closed"}]}))
        .await;
    ann.get("/").await.shows(200, "The content of this site is locked");
    assert!(ann.get("/account").await.location().starts_with("/signin"));
}

#[tokio::test]
async fn cs_33_a_session_ends_when_idle_and_in_any_case_after_eight_hours() {
    let house = House::open().await;
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    house.clock.advance(minutes(29));
    pat.get("/").await.shows(200, "Partner GmbH");
    house.clock.advance(minutes(30));
    pat.get("/").await.shows(200, "The content of this site is locked");

    pat.sign_in("/account", "pat").await;
    for _ in 0..19 {
        house.clock.advance(minutes(25));
        assert_eq!(pat.get("/account").await.status, 200);
    }
    house.clock.advance(minutes(25));
    assert!(pat.get("/account").await.location().starts_with("/signin"));
}

#[tokio::test]
async fn as_13_only_ones_own_profile_can_be_chosen() {
    let house = House::open().await;
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    let anns = house.dump().await["association"][0]["id"].as_str().unwrap().to_owned();
    let mut tri = house.browser();
    tri.associate("tri", "three@example.com").await;
    tri.get("/choose").await;
    for wrong in [anns.as_str(), "00000000-0000-0000-0000-000000000000", "x", ""] {
        assert_eq!(tri.post("/choose", &[("profile", wrong)]).await.status, 404, "{wrong}");
    }
    assert_eq!(tri.get("/").await.location(), "/choose");
}

#[tokio::test]
async fn br_03_every_post_wants_our_own_form() {
    let house = House::open().await;
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    for path in ["/sign-out", "/associate/confirm", "/choose"] {
        ann.form_token = "wrong".into();
        ann.post(path, &[("profile", "x")]).await.shows(403, "This page was open too long");
    }
    let foreign = http::Request::post("/sign-out")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", "https://evil.example");
    assert_eq!(ann.send(foreign, axum::body::Body::from("a=b")).await.status, 403);
    ann.get("/").await.shows(200, "Contoso Ltda");
}
