//! Who is in, decided at every request from the rows of now (CS-02, CS-30, AS-12, AS-13, INV-7): who gets in, and for how
//! long.
use serde_json::json;
use testkit::{Town, house::minutes, on_both_engines, town::PAT};

use crate::house::{House, people};

on_both_engines![
    as_13_only_ones_own_profile_can_be_chosen,
    inv_7_a_removed_profile_is_out_at_the_next_request,
    as_14_the_address_of_a_passport_opens_nothing,
    cs_33_a_session_ends_when_idle_and_in_any_case_after_eight_hours,
    cs_06_cs_07_everybody_sees_home_faq_and_help_and_nothing_else,
    cs_02_as_12_a_plan_that_ends_closes_after_its_day_of_grace_and_a_renewed_one_opens_at_once,
    a_lapsed_plan_does_not_stop_the_association_but_the_visit,
    the_proposed_email_asks_for_what_is_missing_and_nothing_else,
    cs_04_a_partner_comes_in_without_a_plan,
    inv_7_a_removed_profile_or_a_closed_company_is_out_at_the_next_request,
    br_03_every_post_wants_our_own_form,
];

async fn inv_7_a_removed_profile_is_out_at_the_next_request(town: Town) {
    let browser = town.browser();
    browser.associate(&town, "pat@mail.test", PAT).await;
    assert_eq!(browser.get(&town.portal_url("/")).await.url.path(), "/");
    town.seed(r#"{"profiles":[{"external_id":"pat","company":"acme","first_name":"Pat","last_name":"Powell","email":"pat@acme.test","state":"removed"}]}"#).await;
    assert!(
        browser.get(&town.portal_url("/")).await.page().has("#sign-in"),
        "the visit ended with the profile"
    );
    assert_eq!(
        browser.get(&town.portal_url("/account")).await.url.path(),
        "/associate",
        "Passport knows them still"
    );
    assert_eq!(town.associations().await, 0);
    town.leave_mail();
}

async fn as_14_the_address_of_a_passport_opens_nothing(town: Town) {
    let browser = town.browser();
    // A Passport may carry the very address that stands in a profile: only the mailbox proves anything.
    browser.join(PAT).await;
    let landed = browser.enter().await;
    assert_eq!(landed.url.path(), "/associate");
    assert_eq!(town.associations().await, 0);
}

async fn cs_33_a_session_ends_when_idle_and_in_any_case_after_eight_hours(town: Town) {
    let browser = town.browser();
    browser.associate(&town, "pat@mail.test", PAT).await;
    let is_in = async || !browser.get(&town.portal_url("/")).await.page().has("#sign-in");
    for _ in 0..3 {
        town.clock.advance(minutes(29));
        assert!(is_in().await);
    }
    town.clock.advance(minutes(30));
    assert!(!is_in().await, "idle for half an hour");
    browser.enter().await;
    for _ in 0..19 {
        town.clock.advance(minutes(25));
        assert!(is_in().await);
    }
    town.clock.advance(minutes(5));
    assert!(!is_in().await, "eight hours are over");
}

async fn cs_06_cs_07_everybody_sees_home_faq_and_help_and_nothing_else(house: House) {
    let mut browser = house.browser();
    browser.get("/").await.shows(200, "The content of this site is locked");
    browser.get("/faq").await.shows(200, "<ol class=\"steps\">");
    browser.get("/help").await.shows(200, "you need four things");
    for path in
        ["/account", "/associate", "/associate/sent", "/associate/confirm", "/associate/done", "/choose"]
    {
        assert!(browser.get(path).await.leads_to().starts_with("/signin?next="), "{path}");
    }
    let posted = browser.post("/associate", &[("email", "x@example.com")]).await;
    posted.shows(403, "You are signed out");
}

async fn cs_02_as_12_a_plan_that_ends_closes_after_its_day_of_grace_and_a_renewed_one_opens_at_once(
    house: House,
) {
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

async fn the_proposed_email_asks_for_what_is_missing_and_nothing_else(house: House) {
    let person = |id: &str, administrator: bool| {
        json!({"external_id": id, "company": "lapsed", "first_name": id, "last_name": "Lee",
            "email": format!("{id}@lapsed.example"), "administrator": administrator})
    };
    house.seed(json!({"profiles": [person("lena", true), person("liv", false)]})).await;
    let mut lena = house.browser();
    lena.associate("lena", "lena@lapsed.example").await;
    let why = lena.get("/why").await;
    why.shows(200, "has no plan that is current");
    why.shows(200, "The Microsoft Dynamics partner of your company");
    assert!(!why.text().contains("send me an invitation"), "she has a profile and an association");
    let mut liv = house.browser();
    liv.associate("liv", "liv@lapsed.example").await;
    let why = liv.get("/why").await;
    why.shows(200, "has no plan that is current");
    why.shows(200, "mailto:lena@lapsed.example?");
    let mut new = house.browser();
    new.sign_in("/why", "new").await;
    let why = new.get("/why").await;
    why.shows(200, "send me an invitation");
    assert!(!why.text().contains("no plan that is current"), "nobody knows yet");
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    assert!(!ann.get("/why").await.page().has("pre"), "nothing is missing");
    house.mail().await;
}

async fn a_lapsed_plan_does_not_stop_the_association_but_the_visit(house: House) {
    let mut late = house.browser();
    late.associate("late", "late@example.com").await;
    let locked = late.get("/").await;
    locked.shows(403, "Your company’s plan “Basic Service” ended on December 31, 2025.");
    assert!(locked.page().has(".lockbox"), "{locked:?}");
}

async fn cs_04_a_partner_comes_in_without_a_plan(house: House) {
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    pat.get("/").await.shows(200, "None needed");
}

async fn inv_7_a_removed_profile_or_a_closed_company_is_out_at_the_next_request(house: House) {
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
    assert_eq!(ann.get("/").await.leads_to(), "/associate");
    house.mail().await;
    ann.claim("ann@contoso.example").await;
    let link = house.mail().await[0].link();
    ann.accept(&link, "ann").await.leads_to();
    ann.get("/").await.shows(200, "Contoso Ltda");
    house
        .seed(json!({"companies": [{"external_id": "contoso", "name": "Contoso Ltda", "state": "closed"}]}))
        .await;
    ann.get("/").await.shows(200, "The content of this site is locked");
    assert!(ann.get("/account").await.leads_to().starts_with("/signin"));
}

async fn as_13_only_ones_own_profile_can_be_chosen(house: House) {
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    let anns = house.dump().await["association"][0]["id"].as_str().unwrap().to_owned();
    let mut tri = house.browser();
    tri.associate("tri", "three@example.com").await;
    tri.get("/choose").await;
    for wrong in [anns.as_str(), "00000000-0000-0000-0000-000000000000", "x", ""] {
        assert_eq!(tri.post("/choose", &[("profile", wrong)]).await.status, 404, "{wrong}");
    }
    assert_eq!(tri.get("/").await.leads_to(), "/choose");
    let own = tri.get("/choose").await.page().attributes("button.pick", "value");
    assert!(!own.contains(&anns));
    tri.post("/choose", &[("profile", &own[1])]).await.leads_to();
    assert_eq!(tri.get("/").await.status, 200);
}

async fn br_03_every_post_wants_our_own_form(house: House) {
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    for path in ["/sign-out", "/associate/confirm", "/choose"] {
        ann.form_token = "wrong".into();
        ann.post(path, &[("profile", "x")]).await.shows(403, "This page was open too long");
    }
    let foreign = axum::http::Request::post("/sign-out")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", "https://evil.example");
    assert_eq!(ann.send(foreign, "a=b").await.status, 403);
    ann.get("/").await.shows(200, "Contoso Ltda");
}
