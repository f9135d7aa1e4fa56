//! Staff: roles, recent proof, reasons, windows of maintenance, and the audit.
use customersource::audit::{self, Chain};
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use testkit::{Engine, on_both_engines};
use tokio::task::JoinSet;

use crate::house::{Browser, House, minutes};

on_both_engines![
    as_16_staff_pages_are_for_staff_with_a_role_and_a_recent_password,
    staff_find_first_and_help_with_a_reason,
    staff_change_no_more_than_twenty_things_an_hour,
    portal_rule_16_staff_accept_nothing_for_customers,
    cs_05_staff_plan_a_window_and_call_it_off,
    the_audit_is_one_unbroken_chain_however_many_write_and_nothing_in_it_changes,
];

pub async fn staffed(engine: Engine) -> House {
    let house = House::open(engine).await;
    house
        .seed(json!({"staff": [
            {"subject": "sue", "name": "Sue", "role": "support"},
            {"subject": "al", "name": "Al", "role": "approver"},
            {"subject": "ed", "name": "Ed", "role": "editor"},
        ]}))
        .await;
    house
}

pub async fn on_duty<'a>(house: &'a House, who: &str) -> Browser<'a> {
    let mut browser = house.browser();
    assert_eq!(browser.sign_in("/staff", who).await.leads_to(), "/staff");
    browser.get("/staff").await;
    browser
}

/// The id of the company with this external id.
pub async fn company(house: &House, name: &str) -> String {
    let dump = house.dump().await;
    let all = dump["organization"].as_array().unwrap();
    all.iter().find(|row| row["external_id"] == name).unwrap()["id"].as_str().unwrap().to_owned()
}

async fn as_16_staff_pages_are_for_staff_with_a_role_and_a_recent_password(engine: Engine) {
    let house = staffed(engine).await;
    for (sub, email) in [("boss", "boss@contoso.example"), ("pat", "pat@example.com")] {
        let mut browser = house.browser();
        browser.associate(sub, email).await;
        for path in ["/staff", "/staff/cases", "/staff/audit", "/staff/maintenance"] {
            browser.get(path).await.shows(403, "Only for staff");
        }
    }
    let mut sue = on_duty(&house, "sue").await;
    sue.get("/staff/audit").await.shows(200, "staff.set");
    house.clock.advance(minutes(5));
    sue.get("/staff?q=ann").await.shows(200, "Ann Lee");
    house.clock.advance(std::time::Duration::from_secs(1));
    // Whoever only reads is who they were; whoever changes something enters the password again, in another tab.
    sue.get("/staff?q=ann").await.shows(200, "Ann Lee");
    let kept = sue.post("/staff/maintenance", &[]).await;
    kept.shows(403, "Please enter your password again");
    let prove = "/signin?next=%2Fgo-back&fresh=1";
    let again = sue.get(prove).await;
    assert!(
        again.leads_to().contains("max_age=120") && !again.leads_to().contains("prompt="),
        "{}",
        again.leads_to()
    );
    assert_eq!(sue.sign_in(prove, "sue").await.leads_to(), "/go-back");
    sue.get("/go-back").await.shows(200, "You are signed in");

    // A provider that does not ask again is no proof, and no loop.
    house.clock.advance(minutes(6));
    let begun = sue.get(prove).await;
    let stale =
        crate::provider::Person { sub: "sue", auth_time: Some(house.now() - minutes(30)), now: house.now() };
    let back = house.provider.sign_in(begun.leads_to(), &stale);
    sue.get(&back).await.shows(403, "Please enter your password again");

    let mut ed = on_duty(&house, "ed").await;
    ed.get("/staff/audit").await.shows(403, "Only for staff");
    ed.get("/staff/cases").await.shows(403, "Only for staff");
    ed.get("/staff/maintenance").await.shows(200, "Maintenance windows");
    // A role that is taken counts at the next request.
    let tx = house.portal.db.begin().await.unwrap();
    let subject = customersource::rp::Subject { iss: house.provider.issuer.clone(), sub: "ed".into() };
    customersource::staff::store::remove(&tx, &subject).await.unwrap();
    tx.commit().await.unwrap();
    ed.get("/staff/maintenance").await.shows(403, "Only for staff");
}

async fn staff_find_first_and_help_with_a_reason(engine: Engine) {
    let house = staffed(engine).await;
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    let mut sue = on_duty(&house, "sue").await;
    sue.get("/staff?q=contoso").await.shows(200, "/staff/companies/");
    sue.get("/staff?q=Ann%40Contoso").await.shows(200, "/staff/people/");
    sue.get("/staff?q=ann").await.shows(200, "Ann Lee");
    sue.get("/staff?q=%25%25").await.shows(200, "Nothing found");
    let company = company(&house, "contoso").await;
    sue.get(&format!("/staff/companies/{company}")).await.shows(200, "Basic Service, January 1, 2026");
    let page = format!("/staff/people/{}", house.profile("ann").await);
    sue.get(&page).await.shows(200, "November 18, 2026");
    for unknown in ["/staff/people/x", "/staff/companies/01930000-0000-7000-8000-000000000000"] {
        sue.get(unknown).await.shows(404, "Page not found");
    }
    sue.get(&page).await;
    for bad in ["", " ", "ok"] {
        sue.post(&format!("{page}/invite"), &[("reason", bad)])
            .await
            .shows(422, "Enter a reason of 3 to 1000 characters");
    }
    assert!(house.mail().await.is_empty());
    sue.get(&page).await;
    let reason = [("reason", "Called us: cannot associate")];
    assert!(sue.post(&format!("{page}/invite"), &reason).await.leads_to().ends_with("done"));
    let mails = house.mail().await;
    assert!(mails[0].text.contains("our support invited you") && mails[0].to == "Ann@Contoso.example");
    let shown = sue.get(&page).await;
    let id = shown
        .text()
        .split("name=\"invitation\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let fields = [("reason", "Wrong person"), ("invitation", id.as_str())];
    assert!(sue.post(&format!("{page}/withdraw"), &fields).await.leads_to().ends_with("?done=done"));
    house.browser().get(&mails[0].link()).await.shows(410, "This link was withdrawn");
    assert!(sue.post(&format!("{page}/end"), &reason).await.leads_to().ends_with("?done=done"));
    assert!(ann.get("/account").await.leads_to().starts_with("/signin"));
    let dump = house.dump().await["audit"].to_string();
    for text in
        ["Called us: cannot associate", "Wrong person", "invitation.sent", "association.ended", "staff "]
    {
        assert!(dump.contains(text), "{text}");
    }
    house.mail().await;
}

async fn staff_change_no_more_than_twenty_things_an_hour(engine: Engine) {
    let house = staffed(engine).await;
    let mut sue = on_duty(&house, "sue").await;
    let page = format!("/staff/people/{}", house.profile("ann").await);
    sue.get(&page).await;
    let mut answers = Vec::new();
    for _ in 0..21 {
        answers.push(sue.post(&format!("{page}/end"), &[("reason", "because")]).await.status);
    }
    assert_eq!(answers.iter().filter(|status| **status == 409).count(), 20);
    assert_eq!(answers.last(), Some(&429));
}

async fn portal_rule_16_staff_accept_nothing_for_customers(engine: Engine) {
    let house = staffed(engine).await;
    let mut sue = on_duty(&house, "sue").await;
    sue.claim("ann@contoso.example").await;
    let link = house.mail().await[0].link();
    sue.sign_in(&link, "sue").await;
    sue.get("/associate/confirm").await.shows(403, "Not with a staff account");
    sue.get("/staff").await;
    sue.post("/associate/confirm", &[]).await.shows(403, "Not with a staff account");
    assert_eq!(house.count("association", "active").await, 0);
    assert_eq!(house.count("invitation", "pending").await, 1, "the link can still be used");
}

async fn cs_05_staff_plan_a_window_and_call_it_off(engine: Engine) {
    let house = staffed(engine).await;
    let mut ed = on_duty(&house, "ed").await;
    ed.get("/staff/maintenance").await;
    let wrong = ed.post("/staff/maintenance", &[("starts_at", "x"), ("ends_at", "2026-11-01T10:00")]).await;
    for text in ["within a year", "after the beginning", "Enter a reason of 3 to 1000 characters"] {
        wrong.shows(422, text);
    }
    let fields = [
        ("starts_at", "2026-11-18T16:00"),
        ("ends_at", "2026-11-18T18:00"),
        ("message", "New servers."),
        ("reason", "Moving house"),
    ];
    assert!(ed.post("/staff/maintenance", &fields).await.leads_to().ends_with("?done=done"));
    house.browser().get("/").await.shows(503, "New servers.");
    let shown = ed.get("/staff/maintenance").await;
    let cancel = shown.text().split("action=\"").find(|part| part.contains("/cancel\"")).unwrap();
    let cancel = cancel.split('"').next().unwrap().to_owned();
    assert!(ed.post(&cancel, &[("reason", "Done early")]).await.leads_to().ends_with("?done=done"));
    let late = ed.post(&cancel, &[("reason", "Done by somebody")]).await;
    late.shows(404, "No longer there");
    late.shows(404, "Done by somebody</textarea>");
    house.browser().get("/").await.shows(200, "The content of this site is locked");
    assert_eq!(house.deeds("maintenance.planned").await + house.deeds("maintenance.cancelled").await, 2);
}

async fn the_audit_is_one_unbroken_chain_however_many_write_and_nothing_in_it_changes(engine: Engine) {
    let house = std::sync::Arc::new(staffed(engine).await);
    // Staff, plans, and companies that need none.
    let before = house.dump().await["audit"].as_array().unwrap().len() as i64;
    let mut writers = JoinSet::new();
    for number in 0..16 {
        let house = house.clone();
        writers.spawn(async move {
            let tx = house.portal.db.begin().await.unwrap();
            let deed = audit::Deed {
                actor: audit::Actor::Operator,
                company: None,
                action: "post.hidden",
                target: format!("number:{number}"),
                detail: json!({}),
            };
            audit::store::append(&tx, house.now(), &house.portal.audit_mac, &deed).await.unwrap();
            tx.commit().await.unwrap();
        });
    }
    writers.join_all().await;
    let (db, mac) = (house.portal.db.reader(), &house.portal.audit_mac);
    let Chain::Whole { lines, head } = audit::store::verify(db, mac).await.unwrap() else { panic!("broken") };
    assert_eq!(lines, 16 + before);
    assert!(audit::store::has_link(db, &head).await.unwrap());
    assert!(!audit::store::has_link(db, &[7; 32]).await.unwrap());
    for sql in ["UPDATE audit SET actor = 'nobody' WHERE seq = 5", "DELETE FROM audit WHERE seq = 5"] {
        let error = house.portal.db.ground().execute_unprepared(sql).await.unwrap_err().to_string();
        assert!(error.contains("the audit is append-only"), "{error}");
    }
    // Whoever takes the guard away is found out all the same.
    let writer = house.portal.db.ground();
    let guards: &[&str] = if house.portal.db.is_sqlite() {
        &["DROP TRIGGER audit_unchanged"]
    } else {
        &["DROP TRIGGER audit_unchanged ON audit"]
    };
    for guard in guards {
        writer.execute_unprepared(guard).await.unwrap();
    }
    writer.execute_unprepared("UPDATE audit SET target = 'number:99' WHERE seq = 5").await.unwrap();
    assert_eq!(audit::store::verify(db, mac).await.unwrap(), Chain::Broken { seq: 5 });
}
