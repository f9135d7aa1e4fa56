//! Two factors where the portal asks for them: of staff, and of administrators of companies (`[portal] staff_acr`,
//! `administrators_acr`).
use customersource::config::TWO_FACTORS;
use serde_json::json;
use testkit::{
    Browser, Engine, Phone, Town,
    house::{minutes, seconds},
    on_both_engines,
};

on_both_engines![
    sf_09_staff_prove_two_factors_on_the_way_and_others_are_not_asked,
    sf_09_a_form_of_the_staff_waits_for_the_second_factor,
    sf_11_a_re_proof_asks_for_nothing_but_what_is_missing,
];

const SUE: &str = "sue@house.example";

async fn town(engine: Engine) -> Town {
    let demanded = || TWO_FACTORS.map(str::to_owned).to_vec();
    let town = Town::with(engine, |_| {}, |settings| settings.portal.staff_acr = demanded()).await;
    town.leave_mail();
    town
}

/// Somebody of the staff, signed in at the portal by a password alone.
async fn sue(town: &Town) -> Browser {
    let browser = town.browser();
    browser.join(SUE).await;
    let found = passport::account::store::find_by_key(town.passport.db.reader(), SUE).await.unwrap().unwrap();
    let staff = json!({"staff": [{"subject": found.id, "name": "Sue", "role": "support"}]});
    town.seed(&staff.to_string()).await;
    browser.get(&town.portal_url("/signin?next=%2Fgo-back")).await.assert_status(200);
    browser
}

async fn sf_09_staff_prove_two_factors_on_the_way_and_others_are_not_asked(engine: Engine) {
    let town = town(engine).await;
    let browser = sue(&town).await;
    let asked = browser.get(&town.portal_url("/staff")).await;
    assert!(asked.page().has("#authenticator-wanted"), "{asked:?}");
    let phone = Phone { secret: asked.page().text_of("#authenticator-secret") };
    browser.submit("#authenticator-submit", &[("code", &phone.code(town.clock.now()))]).await;
    let there = browser.click("#recovery-codes-onward").await;
    assert_eq!((there.status, there.url.path()), (200, "/staff"), "{there:?}");

    // Elsewhere both are proven at once, and nothing is asked twice.
    town.clock.advance(seconds(30));
    let other = town.browser();
    other.get(&town.portal_url("/staff")).await;
    other.fill_in_sign_in(SUE, testkit::PASSWORD).await;
    let there = other.submit("#second-submit", &[("code", &phone.code(town.clock.now()))]).await;
    assert_eq!((there.status, there.url.path()), (200, "/staff"), "{there:?}");

    let ben = town.browser();
    ben.join("ben@home.example").await;
    let there = ben.get(&town.portal_url("/signin?next=%2Fgo-back")).await;
    assert_eq!(there.url.path(), "/go-back", "a visitor needs no more than a password");
}

async fn sf_09_a_form_of_the_staff_waits_for_the_second_factor(engine: Engine) {
    let town = town(engine).await;
    let browser = sue(&town).await;
    browser.set_up_second_step(town.clock.now()).await;
    let token =
        browser.get(&town.portal_url("/associate")).await.page().attribute("[name=form_token]", "value");
    let form = [("form_token", token.as_str()), ("reason", "a long reason")];
    let kept = browser.post(&town.portal_url("/staff/maintenance"), &form).await;
    kept.shows(403, "More than a password is needed here");
    let prove = browser.get(&town.portal_url("/signin?next=%2Fgo-back&stronger=staff")).await;
    assert!(!prove.page().has("#second-submit"), "proven at Passport already: {prove:?}");
    town.clock.advance(minutes(1));
    browser.get(&town.portal_url("/staff")).await.assert_status(200);
}

async fn sf_11_a_re_proof_asks_for_nothing_but_what_is_missing(engine: Engine) {
    let town = town(engine).await;
    let browser = sue(&town).await;
    let (phone, _) = browser.set_up_second_step(town.clock.now()).await;
    browser.get(&town.portal_url("/staff")).await.assert_status(200);
    let prove = town.portal_url("/signin?next=%2Fgo-back&stronger=staff&fresh=1");
    // Proven a moment ago: nothing is missing.
    town.clock.advance(minutes(1));
    let back = browser.get(&prove).await;
    assert_eq!(back.url.path(), "/go-back", "{back:?}");
    // Too long ago: both are, and the person is known.
    town.clock.advance(minutes(6));
    let asked = browser.get(&prove).await;
    assert!(asked.page().has("#password"), "{asked:?}");
    browser.submit("#sign-in-submit", &[("password", testkit::PASSWORD)]).await;
    let back = browser.submit("#second-submit", &[("code", &phone.code(town.clock.now()))]).await;
    assert_eq!(back.url.path(), "/go-back", "{back:?}");
    browser.get(&town.portal_url("/staff")).await.assert_status(200);
}
