//! Rights of the staff and of administrators by how strongly their visit was proven (`[portal] staff_acr`,
//! `administrators_acr`).
use axum::http::Request;
use customersource::{
    acting::{Acting, Refusal},
    association,
    config::TWO_FACTORS,
    profile::Administrator,
    strength::Demand,
};
use testkit::{Engine, on_both_engines};

use crate::{
    house::{Browser, House, minutes},
    resources,
};

on_both_engines![
    sf_09_staff_with_a_password_alone_write_and_see_no_more_than_others,
    sf_09_an_administrator_with_a_password_alone_administers_nothing,
    sf_09_whoever_wrote_meanwhile_with_a_weaker_visit_wrote_nothing,
    sf_10_a_company_asks_its_people_for_a_second_step_from_a_day_on,
    sf_10_a_company_changes_its_mind_no_more_often_than_people_are_written_to,
    sf_10_whoever_cannot_prove_it_asks_nobody_for_it,
    sf_11_programs_are_told_what_would_do,
];

const PAGE: &str = "/account/second-step";
const GROUP: &str = "/newsgroups/announcements";
const STRONG: &str = TWO_FACTORS[2];

/// The demonstration's content, and two factors for whoever has rights.
async fn strict(engine: Engine) -> House {
    let house = House::open_with(engine, |settings| {
        settings.portal.staff_acr = TWO_FACTORS.map(str::to_owned).to_vec();
        settings.portal.administrators_acr = TWO_FACTORS.map(str::to_owned).to_vec();
    })
    .await;
    resources::stock(&house).await;
    house
}

/// How the provider says people are proven from now on.
fn proves(house: &House, acr: &'static str) {
    house.provider.bend(move |claims| claims["acr"] = acr.into());
}

/// Proves at the provider what this path asks for.
async fn step_up(browser: &mut Browser<'_>, path: &str, sub: &str) {
    proves(browser.house, STRONG);
    let asked = browser.get(path).await;
    let asked = browser.get(asked.leads_to()).await;
    assert!(asked.leads_to().contains("acr_values=phrh+phr+"), "RFC 9470 §4: {asked:?}");
    assert!(asked.leads_to().contains("multi-factor"), "{asked:?}");
    assert_eq!(browser.prove(&asked, sub).await.leads_to(), path);
}

async fn sf_09_staff_with_a_password_alone_write_and_see_no_more_than_others(engine: Engine) {
    let house = strict(engine).await;
    proves(&house, "urn:password");
    let mut sue = house.browser();
    sue.associate("sue", "Ann@Contoso.example").await;
    house.employ("sue", "support").await;

    let post = [("subject", "House news"), ("body", "We moved.")];
    let page = format!("{GROUP}/new");
    let stronger = "/signin?next=%2Fnewsgroups%2Fannouncements%2Fnew&stronger=staff";
    assert_eq!(sue.get(&page).await.leads_to(), stronger);
    sue.get("/associate").await;
    sue.post(&page, &post).await.shows(403, "More than a password is needed here");
    assert!(!sue.get(GROUP).await.text().contains("House news"), "nothing was written");

    step_up(&mut sue, &page, "sue").await;
    sue.get(&page).await.assert_status(200);
    let thread = sue.post(&page, &post).await.leads_to().to_owned();
    sue.get(&thread).await.shows(200, "We moved.");

    // A role that was taken goes with the next form.
    let tx = house.portal.db.begin().await.unwrap();
    let subject = customersource::rp::Subject { iss: house.provider.issuer.clone(), sub: "sue".into() };
    let mac = &house.portal.audit_mac;
    assert!(customersource::staff::actions::remove(&tx, house.now(), mac, &subject).await.unwrap());
    tx.commit().await.unwrap();
    sue.post(&page, &post).await.shows(403, "Only staff can post here");
    sue.get(&page).await.shows(403, "Only staff can post here");
}

async fn sf_09_an_administrator_with_a_password_alone_administers_nothing(engine: Engine) {
    const LIST: &str = "/account/professionals";
    const GUIDE: &str = "/resources/documentation/administrators-guide";
    let house = strict(engine).await;
    proves(&house, STRONG);
    let mut boss = house.browser();
    boss.administer().await;
    let sub = "boss";
    boss.get(LIST).await.assert_status(200);
    boss.get(GUIDE).await.shows(200, "former member");
    boss.get("/").await.shows(200, "Open invitations");

    proves(&house, "urn:password");
    boss.sign_in("/signin?fresh=1&next=%2Faccount", sub).await;
    assert_eq!(
        boss.get(LIST).await.leads_to(),
        "/signin?next=%2Faccount%2Fprofessionals&stronger=administrator"
    );
    let asked = boss.get(GUIDE).await;
    assert!(asked.leads_to().ends_with("&stronger=administrator"), "{asked:?}");
    boss.get("/resources/documentation").await.shows(200, "Guide for administrators");
    boss.get("/resources?q=former%20member").await.shows(200, "Nothing found");
    assert!(!boss.get("/").await.text().contains("Open invitations"));
    boss.get("/associate").await;
    boss.post("/account/professionals/new", &[("first_name", "Eve")])
        .await
        .shows(403, "More than a password is needed here");

    step_up(&mut boss, LIST, sub).await;
    boss.get(LIST).await.assert_status(200);
    boss.get(GUIDE).await.shows(200, "former member");
}

async fn sf_09_whoever_wrote_meanwhile_with_a_weaker_visit_wrote_nothing(engine: Engine) {
    let house = strict(engine).await;
    proves(&house, STRONG);
    let mut boss = house.browser();
    boss.administer().await;
    let sub = "boss";
    let subject = customersource::rp::Subject { iss: house.provider.issuer.clone(), sub: sub.into() };
    // A visit whose proof says nothing of its strength, with all that an administrator has besides.
    let visit = house.visit(&subject).await;
    let profile = house.current("boss").await;
    let current =
        association::store::find_current(house.portal.db.reader(), profile.id).await.unwrap().unwrap();
    let by = (current.id, &Administrator::by_letter(&profile).unwrap());
    let refused = Acting::administrator(&house.portal, house.now(), &visit, by, None).await;
    assert!(matches!(refused, Err(Refusal::TooWeak(Demand::Administrator))));
}

/// Contoso's administrator, proven by two factors.
async fn strong_boss(house: &House) -> Browser<'_> {
    proves(house, STRONG);
    let mut boss = house.browser();
    boss.administer().await;
    boss
}

async fn sf_10_a_company_asks_its_people_for_a_second_step_from_a_day_on(engine: Engine) {
    let house = House::open_with(engine, |settings| settings.portal.in_session_switch = true).await;
    proves(&house, "urn:password");
    let (mut ann, mut tri) = (house.browser(), house.browser());
    ann.associate("ann", "Ann@Contoso.example").await;
    tri.associate("tri", "three@example.com").await;
    ann.get(PAGE).await.shows(403, "Only for administrators");
    let mut boss = strong_boss(&house).await;
    boss.get(PAGE).await.shows(200, "In 7 days: November 25, 2026");
    for wrong in ["", "0", "8", "-7", "all"] {
        boss.post(PAGE, &[("days", wrong)]).await.shows(422, "Choose one of the days");
    }
    assert_eq!(boss.post(PAGE, &[("days", "7")]).await.leads_to(), "/account/second-step?done=second-step");
    boss.get(PAGE).await.shows(200, "From November 25, 2026 on your company asks");
    assert_eq!(house.deeds("company.second_step").await, 1);
    let told = house.mail().await;
    let asks =
        |mail: &&crate::house::Mail| mail.subject.contains("asks for a second step from November 25, 2026");
    assert!(
        told.iter().filter(asks).count() >= 3,
        "{:?}",
        told.iter().map(|mail| &mail.subject).collect::<Vec<_>>()
    );

    // Until then it is said, and nothing is closed.
    ann.get("/account").await.shows(200, "From November 25, 2026 on Contoso Ltda asks");
    assert!(
        !boss.get("/account").await.text().contains("second-step-ahead"),
        "who has proven it needs no word"
    );

    house.clock.advance(minutes(7 * 24 * 60));
    proves(&house, "urn:password");
    ann.sign_in("/account", "ann").await;
    let stronger = "/signin?next=%2Faccount&stronger=company";
    assert_eq!(ann.get("/account").await.leads_to(), stronger);
    assert_eq!(ann.get("/resources").await.leads_to(), "/signin?next=%2Fresources&stronger=company");
    ann.get("/associate").await;
    ann.post("/account/leave", &[]).await.shows(403, "More than a password is needed here");
    step_up(&mut ann, "/account", "ann").await;
    ann.get("/account").await.shows(200, "Ann Lee");

    // Another company of theirs is open, and the way there.
    proves(&house, "urn:password");
    tri.sign_in("/choose", "tri").await;
    let chooser = tri.get("/choose").await;
    let tri_lee = crate::others::choice(chooser.text(), "Tri Lee");
    tri.post("/choose", &[("profile", &tri_lee)]).await;
    assert_eq!(tri.get("/account").await.leads_to(), stronger);
    let trio = crate::others::choice(tri.get("/switch").await.text(), "Trio Lee");
    assert_eq!(tri.post("/switch", &[("profile", &trio)]).await.leads_to(), "/");
    tri.get("/account").await.shows(200, "Trio Lee");

    // Not any more: a password is enough again.
    proves(&house, STRONG);
    boss.sign_in(PAGE, "boss").await;
    boss.get(PAGE).await.shows(200, "Your company has asked for a second step since November 25, 2026");
    assert_eq!(
        boss.post(PAGE, &[("wish", "stop")]).await.leads_to(),
        "/account/second-step?done=no-second-step"
    );
    assert_eq!(house.deeds("company.second_step_ended").await, 1);
    proves(&house, "urn:password");
    ann.sign_in("/signin?fresh=1&next=%2Faccount", "ann").await;
    ann.get("/account").await.shows(200, "Ann Lee");
    assert!(house.mail().await.iter().any(|mail| mail.subject.contains("asks for no second step any more")));
}

async fn sf_10_a_company_changes_its_mind_no_more_often_than_people_are_written_to(engine: Engine) {
    let house = House::open(engine).await;
    let mut boss = strong_boss(&house).await;
    boss.get(PAGE).await;
    for days in ["7", "14", "30", "7"] {
        assert!(boss.post(PAGE, &[("days", days)]).await.leads_to().ends_with("done=second-step"));
    }
    assert_eq!(boss.post(PAGE, &[("days", "7")]).await.leads_to(), PAGE, "nothing changes by it");
    boss.post(PAGE, &[("wish", "stop")]).await.assert_status(429);
    boss.get(PAGE).await.shows(200, "From November 25, 2026 on");
    house.mail().await;
}

async fn sf_10_whoever_cannot_prove_it_asks_nobody_for_it(engine: Engine) {
    let house = House::open(engine).await;
    proves(&house, "urn:password");
    let mut boss = house.browser();
    boss.administer().await;
    boss.get(PAGE).await;
    boss.post(PAGE, &[("days", "7")]).await.shows(403, "More than a password is needed here");
    assert_eq!(house.deeds("company.second_step").await, 0);
    // Where the installation knows of nothing stronger, there is no such page.
    let house = House::open_with(engine, |settings| settings.portal.companies_acr = vec![]).await;
    let mut boss = house.browser();
    boss.administer().await;
    boss.get(PAGE).await.assert_status(404);
    assert!(!boss.get("/account").await.text().contains(PAGE));
}

async fn sf_11_programs_are_told_what_would_do(engine: Engine) {
    let house = strict(engine).await;
    proves(&house, "urn:password");
    let mut sue = house.browser();
    sue.associate("sue", "Ann@Contoso.example").await;
    house.employ("sue", "support").await;
    let ask = |path: &str, accept: &str| Request::get(path).header("accept", accept);
    let told = sue.send(ask("/staff", "application/json"), "").await;
    told.assert_status(401);
    let challenge = told.header("www-authenticate");
    assert!(challenge.starts_with("Bearer error=\"insufficient_user_authentication\", "), "{challenge}");
    let values = TWO_FACTORS.join(" ");
    assert!(
        challenge.contains(&format!("acr_values=\"{values}\"")) && !challenge.contains("max_age"),
        "{challenge}"
    );
    for people in ["text/html,*/*;q=0.8", "application/xhtml+xml, text/html"] {
        assert!(sue.send(ask("/staff", people), "").await.leads_to().contains("stronger=staff"));
    }
    let script = ask("/staff", "*/*").header("sec-fetch-mode", "cors");
    assert!(sue.send(script, "").await.leads_to().contains("stronger=staff"));

    step_up(&mut sue, "/staff", "sue").await;
    sue.get("/staff/maintenance").await.assert_status(200);
    house.clock.advance(minutes(6));
    let form = Request::post("/staff/maintenance").header("accept", "application/json");
    let told = sue.send(form, "").await;
    told.assert_status(401);
    assert!(told.header("www-authenticate").contains("max_age=\"120\""), "{told:?}");
}
