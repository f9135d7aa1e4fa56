//! Who is in, decided at every request from the rows of now (CS-02, CS-30, AS-12, AS-13, INV-7).
use testkit::{
    Town,
    house::minutes,
    on_both_engines,
    town::{LEA, PAT, TRI},
};

on_both_engines![
    as_12_a_plan_that_ends_closes_at_once_and_a_renewed_one_opens_at_once,
    a_lapsed_plan_stops_the_visit_and_not_the_association,
    as_13_only_ones_own_profile_can_be_chosen,
    inv_7_a_removed_profile_is_out_at_the_next_request,
    as_14_the_address_of_a_passport_opens_nothing,
    cs_33_a_session_ends_when_idle_and_in_any_case_after_eight_hours,
];

fn until(day: &str) -> String {
    format!(
        r#"{{"entitlements":[{{"company":"acme","plan":"service","starts_on":"2026-01-01","ends_on":"{day}"}}]}}"#
    )
}

async fn as_12_a_plan_that_ends_closes_at_once_and_a_renewed_one_opens_at_once(town: Town) {
    let browser = town.browser();
    browser.associate(&town, "pat@mail.test", PAT).await;
    let home = async || browser.get(&town.portal_url("/")).await.page().text_of("h1");
    let open = home().await;
    town.seed(&until("2026-11-22")).await;
    assert_eq!(home().await, open, "the last day counts");
    town.seed(&until("2026-11-21")).await;
    assert_eq!(home().await, open, "and a day of grace after it");
    town.seed(&until("2026-11-20")).await;
    let locked = home().await;
    assert_ne!(locked, open);
    assert!(browser.here().page().has(".lockbox"));
    town.seed(&until("2026-12-31")).await;
    assert_eq!(home().await, open, "renewed, without signing in again");
}

async fn a_lapsed_plan_stops_the_visit_and_not_the_association(town: Town) {
    let browser = town.browser();
    browser.associate(&town, "lea@mail.test", LEA).await;
    let locked = browser.click("#go-on").await;
    assert!(locked.page().has(".lockbox"), "{locked:?}");
    assert!(locked.page().words().contains("Service Plan"), "it names the plan: {}", locked.page().words());
}

async fn as_13_only_ones_own_profile_can_be_chosen(town: Town) {
    town.browser().associate(&town, "pat@mail.test", PAT).await;
    let browser = town.browser();
    browser.join("tri@private.test").await;
    browser.enter().await;
    browser.claim(TRI).await;
    for link in town.postbox(TRI).links().await {
        if browser.get(&link).await.page().has("#sign-in-submit") {
            browser.fill_in_sign_in("tri@private.test", testkit::PASSWORD).await;
        }
        browser.click("#associate").await;
    }
    let chooser = browser.get(&town.portal_url("/choose")).await;
    let own = chooser.page().attributes("button.pick", "value");
    let form = chooser.page().form("button.pick").fields.without("profile");
    drop(chooser);
    for foreign in ["00000000-0000-0000-0000-000000000000", "1", "", "' OR 1=1--"] {
        let refused = browser
            .post_from(
                &town.portal_url(""),
                &town.portal_url("/choose"),
                &form.clone().with("profile", foreign),
            )
            .await;
        assert_eq!(refused.status, 404, "{foreign}: {refused:?}");
    }
    let kept = form.with("profile", &own[1]);
    browser.post_from(&town.portal_url(""), &town.portal_url("/choose"), &kept).await.assert_status(200);
    assert_eq!(browser.get(&town.portal_url("/")).await.url.path(), "/");
}

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
