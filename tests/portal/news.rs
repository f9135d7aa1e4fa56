//! What waits on the home page, and how it is asked for; and what was done, in words.
use axum::http::Request;
use customersource::content;
use serde_json::json;
use testkit::{Engine, asked::asked, on_both_engines};

use crate::{
    house::{House, minutes, person},
    invitations::invite,
};

on_both_engines![
    home_shows_what_waits_in_six_questions_and_says_kindly_when_nothing_does,
    updates_are_those_of_the_companys_products_and_of_its_plan,
    the_audit_is_turned_both_ways,
    the_audit_names_who_did_what_to_whom_and_is_narrowed_down,
    staff_without_a_profile_land_on_their_own_first_page,
];

async fn stocked(engine: Engine) -> House {
    let house = House::open(engine).await;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/demo/data/content");
    let read = content::read(&folder).unwrap();
    let portal = &house.portal;
    let tx = portal.db.begin().await.unwrap();
    content::actions::apply(&tx, house.now(), &portal.random, &portal.audit_mac, &read).await.unwrap();
    tx.commit().await.unwrap();
    house
}

async fn home_shows_what_waits_in_six_questions_and_says_kindly_when_nothing_does(engine: Engine) {
    let house = stocked(engine).await;
    let mut boss = house.browser();
    boss.administer().await;
    let page = boss.get("/").await;
    for text in ["Year-end update 2026", "no seat in a course", "read everything", "No invitation is waiting"]
    {
        page.shows(200, text);
    }
    // A thread that somebody else began is unread until it was opened.
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    ann.get("/newsgroups/gp/new").await;
    let post = [("subject", "Closed year"), ("body", "How do I post to it?")];
    let thread = ann.post("/newsgroups/gp/new", &post).await.leads_to().to_owned();
    let thread = thread.split(['?', '#']).next().unwrap().to_owned();
    assert!(!ann.get("/").await.text().contains("Closed year"), "whoever wrote it has read it");
    boss.get("/").await.shows(200, &format!("<a href=\"{thread}\">Closed year</a>"));
    boss.get(&thread).await.shows(200, "How do I post to it?");
    assert!(!boss.get("/").await.text().contains("Closed year"));
    house.clock.advance(minutes(1));
    ann.get(&thread).await;
    ann.post(&format!("{thread}/reply"), &[("body", "Nobody?")]).await;
    boss.get("/").await.shows(200, "Closed year");

    // Invitations are their administrators' business.
    invite(&house, &mut boss, "three-1").await;
    boss.get("/")
        .await
        .shows(200, "Tri Lee</a> <span class=\"hint\">can be accepted until November 25, 2026");
    assert!(!ann.get("/").await.text().contains("Open invitations"));

    let (portal, request) = (&house.portal, boss.request(Request::get("/"), ""));
    let (status, asked) = asked(&portal.site, customersource::router(portal), request).await;
    assert_eq!(status, 200);
    assert!((1..=6).contains(&asked.reads.len()), "{asked:?}");
    house.mail().await;
}

async fn updates_are_those_of_the_companys_products_and_of_its_plan(engine: Engine) {
    let house = stocked(engine).await;
    let company = |products: &str| json!({"companies": [{"external_id": "contoso", "name": "Contoso Ltda", "products": [products]}]});
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    house.seed(company("NAV")).await;
    assert!(!ann.get("/").await.text().contains("Year-end update 2026"));
    house.seed(company("gp")).await;
    ann.get("/").await.shows(200, "Year-end update 2026");
    ann.language = "pt-BR";
    ann.get("/").await.shows(200, "Atualizações recentes");
}

/// How many lines a page has, and whether it leads to newer ones.
fn page_of(page: &str) -> (usize, bool) {
    (page.matches("<tr><th scope=\"row\"").count(), page.contains("rel=\"prev\""))
}

async fn the_audit_is_turned_both_ways(house: House) {
    let many: Vec<_> = (0..120)
        .map(|number| json!({"subject": format!("s{number}"), "name": "S", "role": "support"}))
        .collect();
    house.seed(json!({ "staff": many })).await;
    let mut sue = house.browser();
    sue.sign_in("/staff/audit", "s1").await;
    let mut path = "/staff/audit?what=staff.set".to_owned();
    let mut lines = Vec::new();
    for (way, has_newer) in [("next", false), ("next", true), ("prev", true), ("prev", true), ("", false)] {
        let answer = sue.get(&path).await;
        let page = answer.text();
        let (count, newer) = page_of(page);
        lines.push(count);
        assert_eq!(newer, has_newer, "{path}");
        if let Some((before, _)) = page.split_once(&format!("\" rel=\"{way}\"")).filter(|_| !way.is_empty()) {
            path = before.rsplit('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
        }
    }
    assert_eq!(lines, [50, 50, 20, 50, 50]);
}

async fn the_audit_names_who_did_what_to_whom_and_is_narrowed_down(house: House) {
    house.seed(json!({"staff": [{"subject": "sue", "name": "Sue Field", "role": "support"}]})).await;
    let mut boss = house.browser();
    boss.administer().await;
    let path = format!("/account/professionals/{}", house.profile("ann").await);
    boss.get(&path).await;
    let mut fields = person("Anna", "ann@contoso.example");
    let version = house.current("ann").await.version.to_string();
    fields.push(("version", &version));
    boss.post(&path, &fields).await.leads_to();
    house.clock.advance(minutes(2 * 24 * 60));
    boss.sign_in("/account", "boss").await;
    invite(&house, &mut boss, "three-1").await;

    // The company's own page: names, links, what changed; nobody's numbers and no JSON.
    let page = boss.get("/account/history").await;
    page.shows(200, ">Bo Boss</a>");
    page.shows(200, &format!("<a href=\"{path}\">Anna Lee</a>"));
    page.shows(200, "First name: Ann → Anna");
    page.shows(200, "<strong>Sent an invitation</strong>");
    for machine in ["profile:", "{&quot;", "&#34;", "{\"", "https://"] {
        let told = page.text().split("<tbody>").nth(1).unwrap().split("</tbody>").next().unwrap();
        assert!(!told.contains(machine), "{machine} in {told}");
    }
    for (query, anna, invited) in [
        ("what=profile.saved", true, false),
        ("whom=Tri", false, true),
        ("who=Bo", true, true),
        ("who=Nobody", false, false),
        ("from=2026-11-20", false, true),
        ("until=2026-11-19", true, false),
        ("from=rubbish&what=rubbish", true, true),
    ] {
        let page = boss.get(&format!("/account/history?{query}")).await;
        assert_eq!(page.text().contains("Ann → Anna"), anna, "{query}");
        assert_eq!(page.text().contains("<strong>Sent an invitation</strong>"), invited, "{query}");
    }
    // A day that cannot be read is said at its box, with what was typed.
    let page = boss.get("/account/history?from=28.11.2026&until=2026-11-30").await;
    page.shows(200, "<a href=\"#from\">Enter a day like 2026-11-28");
    page.shows(200, "value=\"28.11.2026\" aria-invalid=\"true\"");
    assert!(!page.text().contains("href=\"#until\""));
    // Newer lines are a press away, as older ones are.
    let (lines, _) = page_of(boss.get("/account/history?before=1").await.text());
    assert!(lines > 1, "{lines}");
    // Another company's lines are no business of theirs, whatever they ask for.
    let fabrikam = house.current("three-3").await.company;
    let page = boss.get(&format!("/account/history?company={fabrikam}")).await;
    page.shows(200, "Ann → Anna");
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    ann.get("/account/history").await.shows(403, "Only for administrators");

    let mut sue = house.browser();
    sue.sign_in("/staff", "sue").await;
    let page = sue.get("/staff/audit?what=profile.saved&who=boss").await;
    page.shows(200, "First name: Ann → Anna");
    page.shows(200, ">Contoso Ltda</a>");
    sue.get("/staff/audit?what=staff.set").await.shows(200, "Sue Field");
    sue.get("/staff/audit?who=nobody").await.shows(200, "Nothing matches");
    house.mail().await;
}

async fn staff_without_a_profile_land_on_their_own_first_page(house: House) {
    let staff = |subject: &str, role: &str| json!({"subject": subject, "name": "S", "role": role});
    house
        .seed(json!({"staff": [staff("sue", "support"), staff("al", "approver"), staff("ed", "editor")]}))
        .await;
    for (who, first) in [("sue", "/staff"), ("al", "/staff"), ("ed", "/staff/content")] {
        let mut browser = house.browser();
        assert_eq!(browser.sign_in("/signin", who).await.leads_to(), "/");
        assert_eq!(browser.get("/").await.leads_to(), first);
        browser.get(first).await.shows(200, "<h1>");
    }
    let mut ed = house.browser();
    ed.sign_in("/signin", "ed").await;
    assert_eq!(ed.get("/staff").await.leads_to(), "/staff/content");
    let mut nobody = house.browser();
    nobody.sign_in("/signin", "nobody").await;
    assert_eq!(nobody.get("/").await.leads_to(), "/associate");
}
