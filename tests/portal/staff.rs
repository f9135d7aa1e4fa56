//! Staff: roles, recent proof, reasons, the audit, and a company that gets another administrator (CS-53).
use customersource::{
    audit::{self, Chain},
    jobs::cases,
};
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use testkit::{Engine, on_both_engines};
use tokio::task::JoinSet;

use crate::house::{Answer, Browser, House, minutes, people, person};

on_both_engines![
    as_16_staff_pages_are_for_staff_with_a_role_and_a_recent_password,
    staff_find_first_and_help_with_a_reason,
    staff_change_no_more_than_twenty_things_an_hour,
    portal_rule_16_staff_accept_nothing_for_customers,
    cs_53_nobody_becomes_administrator_by_an_address_that_one_person_of_the_staff_enters,
    cs_53_the_address_of_whom_a_case_proposes_is_part_of_what_is_decided,
    cs_53_staff_replace_a_departed_administrator_by_two_people_after_72_hours,
    cs_53_nobody_approves_what_they_opened_and_a_case_without_objectors_counts_at_once,
    cs_53_ending_the_administrators_association_first_does_not_shorten_the_notice,
    cs_53_nobody_decides_a_case_about_a_profile_of_their_own,
    a_case_is_called_off_before_its_time_and_one_for_a_removed_person_comes_to_nothing,
    cs_05_staff_plan_a_window_and_call_it_off,
    the_audit_is_one_unbroken_chain_however_many_write_and_nothing_in_it_changes,
];

async fn staffed(engine: Engine) -> House {
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

async fn on_duty<'a>(house: &'a House, who: &str) -> Browser<'a> {
    let mut browser = house.browser();
    assert_eq!(browser.sign_in("/staff", who).await.leads_to(), "/staff");
    browser.get("/staff").await;
    browser
}

/// The id of the company with this external id.
async fn company(house: &House, name: &str) -> String {
    let dump = house.dump().await;
    let all = dump["organization"].as_array().unwrap();
    all.iter().find(|row| row["external_id"] == name).unwrap()["id"].as_str().unwrap().to_owned()
}

/// The id of the newest case.
async fn newest_case(house: &House) -> String {
    house.dump().await["admin_case"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned()
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
    assert!(again.leads_to().contains("prompt=login&max_age=0"), "{}", again.leads_to());
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

async fn open_case(house: &House, sue: &mut Browser<'_>, person: &str, replaces: bool) -> String {
    let id = company(house, "contoso").await;
    let profile = house.profile(person).await;
    let mut fields = vec![
        ("profile", profile.as_str()),
        ("asked_by", "Ann Lee, by telephone"),
        ("evidence", "Invoice 4711; called back the Bill-To number"),
    ];
    if replaces {
        fields.push(("replaces", "on"));
    }
    let page = format!("/staff/companies/{id}");
    let opened = sue.fill_in(&page, &format!("{page}/case"), &fields).await;
    match opened.status {
        303 => opened.leads_to().to_owned(),
        status => format!("{status} {}", opened.text()),
    }
}

/// What support sends to give somebody another address.
async fn mend(house: &House, sue: &mut Browser<'_>, who: &str, email: &str) -> Answer {
    let path = format!("/staff/people/{}/address", house.profile(who).await);
    let version = house.current(who).await.version.to_string();
    let fields =
        [("email", email), ("reason", "She called"), ("version", version.as_str()), ("invite", "on")];
    sue.fill_in(&path, &path, &fields).await
}

async fn cs_53_nobody_becomes_administrator_by_an_address_that_one_person_of_the_staff_enters(
    engine: Engine,
) {
    let house = staffed(engine).await;
    house
        .seed(json!({"profiles": [{"external_id": "fay", "company": "fabrikam", "first_name": "Fay",
            "last_name": "Lee", "email": "fay@fabrikam.example", "administrator": true}]}))
        .await;
    let mut sue = on_duty(&house, "sue").await;
    // Of nobody's profile the rights go with the former address; a case by two gives them back.
    for (who, at) in [("boss", "bo@evil.example"), ("fay", "fay@evil.example")] {
        assert!(mend(&house, &mut sue, who, at).await.leads_to().ends_with("?done=done"));
        let link = house.mail().await.iter().find(|mail| mail.to == at).unwrap().link();
        house.browser().accept(&link, who).await.leads_to();
        assert!(!house.current(who).await.is_admin, "{who}");
    }
    // Who has theirs, or had it lately, keeps it.
    let house = staffed(engine).await;
    let (mut boss, mut sue) = (house.browser(), on_duty(&house, "sue").await);
    boss.administer().await;
    for _ in 0..2 {
        let refused = mend(&house, &mut sue, "boss", "bo@evil.example").await;
        refused.shows(409, "open a case");
        refused.shows(409, "She called");
        assert_eq!(house.current("boss").await.email, "boss@contoso.example");
        let page = format!("/staff/people/{}", house.profile("boss").await);
        sue.get(&page).await;
        sue.post(&format!("{page}/end"), &[("reason", "She called")]).await;
    }
    assert_eq!(house.count("association", "revoked").await, 1);
}

async fn cs_53_the_address_of_whom_a_case_proposes_is_part_of_what_is_decided(engine: Engine) {
    let house = staffed(engine).await;
    let mut boss = house.browser();
    boss.administer().await;
    let mut sue = on_duty(&house, "sue").await;
    assert!(open_case(&house, &mut sue, "ann", false).await.ends_with("?done=done"));
    let mut al = on_duty(&house, "al").await;
    al.get("/staff/cases").await.shows(200, "Ann Lee (Ann@Contoso.example)");
    mend(&house, &mut sue, "ann", "sue@evil.example").await.shows(409, "Refuse the case first");
    assert_eq!(house.current("ann").await.email, "Ann@Contoso.example");
    // An administrator may, and then who approves looks again.
    let page = format!("/account/professionals/{}", house.profile("ann").await);
    let version = house.current("ann").await.version.to_string();
    let mut fields = person("Ann", "ann.lee@contoso.example");
    fields.push(("version", &version));
    boss.fill_in(&page, &page, &fields).await.leads_to();
    let approve = format!("/staff/cases/{}/approve", newest_case(&house).await);
    al.post(&approve, &[("reason", "Evidence is good")]).await.shows(409, "");
    assert_eq!(house.count("admin_case", "open").await, 1);
}

async fn cs_53_staff_replace_a_departed_administrator_by_two_people_after_72_hours(engine: Engine) {
    let house = staffed(engine).await;
    let (mut boss, mut ann) = (house.browser(), house.browser());
    boss.administer().await;
    ann.associate("ann", "ann@contoso.example").await;
    let mut sue = on_duty(&house, "sue").await;
    assert!(open_case(&house, &mut sue, "ann", true).await.ends_with("?done=done"));
    let second = open_case(&house, &mut sue, "three-1", false).await;
    assert!(second.starts_with("409") && second.contains("already has a running case"), "{second}");
    let case = newest_case(&house).await;
    let approve = format!("/staff/cases/{case}/approve");
    let reason = [("reason", "Evidence is good")];
    sue.get("/staff/cases").await.shows(200, "Waiting for approval");
    sue.post(&approve, &reason).await.shows(403, "Only for staff");
    assert!(house.mail().await.is_empty());

    let mut al = on_duty(&house, "al").await;
    al.get("/staff/cases").await.shows(200, "Invoice 4711");
    assert!(al.post(&approve, &reason).await.leads_to().ends_with("?done=done"));
    assert!(al.post(&approve, &reason).await.leads_to().ends_with("?done=done"), "sent twice");
    al.post(&approve, &[("reason", "Once more")]).await.shows(409, "This has changed in the meantime");
    let told = house.mail().await;
    assert_eq!((told.len(), told[0].to.as_str()), (1, "boss@contoso.example"));
    assert!(told[0].text.contains("November 21, 2026, 16:26 UTC"), "{}", told[0].text);
    cases::once(&house.portal).await.unwrap();
    ann.get("/account/professionals").await.shows(403, "Only for administrators");

    house.clock.advance(minutes(72 * 60));
    cases::once(&house.portal).await.unwrap();
    cases::once(&house.portal).await.unwrap();
    let told: Vec<(String, String)> =
        house.mail().await.into_iter().map(|mail| (mail.to.clone(), mail.subject.clone())).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.iter().any(|(to, subject)| to == "boss@contoso.example" && subject.contains("no longer")));
    assert!(told.iter().any(|(to, subject)| to == "Ann@Contoso.example" && subject.contains("you are an")));
    ann.sign_in("/account", "ann").await;
    ann.get("/account/professionals").await.shows(200, "Our CustomerSource Accounts");
    boss.sign_in("/account", "boss").await;
    boss.get("/account/professionals").await.shows(403, "Only for administrators");
    for (action, times) in [("case.opened", 1), ("case.approved", 1), ("case.effective", 1)] {
        assert_eq!(house.deeds(action).await, times, "{action}");
    }
}

async fn cs_53_nobody_approves_what_they_opened_and_a_case_without_objectors_counts_at_once(engine: Engine) {
    let house = staffed(engine).await;
    let mut al = on_duty(&house, "al").await;
    assert!(open_case(&house, &mut al, "ann", false).await.ends_with("?done=done"));
    let case = newest_case(&house).await;
    let reason = [("reason", "I say so")];
    al.get("/staff/cases").await;
    let own = al.post(&format!("/staff/cases/{case}/approve"), &reason).await;
    own.shows(409, "Somebody else must approve what you opened");
    own.shows(409, ">I say so</textarea>");
    assert_eq!(house.count("admin_case", "open").await, 1);
    house.seed(json!({"staff": [{"subject": "amy", "name": "Amy", "role": "approver"}]})).await;
    let mut amy = on_duty(&house, "amy").await;
    amy.get("/staff/cases").await;
    amy.post(&format!("/staff/cases/{case}/approve"), &reason).await.leads_to();
    assert_eq!(house.count("admin_case", "effective").await, 1, "no associated administrator could object");
    let dump = house.dump().await;
    let ann = dump["profile"].as_array().unwrap().iter().find(|row| row["external_id"] == "ann").unwrap();
    assert_eq!(ann["admin_source"], "support");
    house.mail().await;
}

async fn cs_53_ending_the_administrators_association_first_does_not_shorten_the_notice(engine: Engine) {
    let house = staffed(engine).await;
    let mut boss = house.browser();
    boss.administer().await;
    let (mut sue, mut al) = (on_duty(&house, "sue").await, on_duty(&house, "al").await);
    let page = format!("/staff/people/{}", house.profile("boss").await);
    let ended = sue.fill_in(&page, &format!("{page}/end"), &[("reason", "Gone, they say")]).await;
    assert!(ended.leads_to().ends_with("?done=done"), "{}", ended.leads_to());
    assert!(open_case(&house, &mut sue, "ann", false).await.ends_with("?done=done"));
    let approve = format!("/staff/cases/{}/approve", newest_case(&house).await);
    al.get("/staff/cases").await;
    al.post(&approve, &[("reason", "Evidence is good")]).await.leads_to();
    assert_eq!(house.count("admin_case", "approved").await, 1, "72 hours, as if they still sat here");
    house.clock.advance(minutes(72 * 60));
    cases::once(&house.portal).await.unwrap();
    assert_eq!(house.count("admin_case", "effective").await, 1);
    house.mail().await;
}

async fn cs_53_nobody_decides_a_case_about_a_profile_of_their_own(engine: Engine) {
    let house = staffed(engine).await;
    let mut amy = house.browser();
    amy.associate("amy", "ann@contoso.example").await;
    house.seed(json!({"staff": [{"subject": "amy", "name": "Amy", "role": "approver"}]})).await;
    let (mut sue, mut amy) = (on_duty(&house, "sue").await, on_duty(&house, "amy").await);
    let own = open_case(&house, &mut amy, "ann", false).await;
    assert!(own.starts_with("409") && own.contains("This case is about a profile"), "{own}");
    assert_eq!(house.count("admin_case", "open").await, 0);
    assert!(open_case(&house, &mut sue, "ann", false).await.ends_with("?done=done"));
    let approve = format!("/staff/cases/{}/approve", newest_case(&house).await);
    let reason = [("reason", "It is me")];
    amy.get("/staff/cases").await;
    let own = amy.post(&approve, &reason).await;
    own.shows(409, "This case is about a profile");
    // Nor a week after it was ended.
    let page = format!("/staff/people/{}", house.profile("ann").await);
    let ended = sue.fill_in(&page, &format!("{page}/end"), &[("reason", "To try it")]).await;
    assert!(ended.leads_to().ends_with("?done=done"));
    let mut amy = on_duty(&house, "amy").await;
    amy.get("/staff/cases").await;
    amy.post(&approve, &reason).await.shows(409, "This case is about a profile");
    assert_eq!(house.count("admin_case", "open").await, 1);
    house.mail().await;
}

async fn a_case_is_called_off_before_its_time_and_one_for_a_removed_person_comes_to_nothing(engine: Engine) {
    let house = staffed(engine).await;
    let mut boss = house.browser();
    boss.administer().await;
    let (mut sue, mut al) = (on_duty(&house, "sue").await, on_duty(&house, "al").await);
    let reason = [("reason", "The administrator objected")];
    open_case(&house, &mut sue, "ann", false).await;
    let case = newest_case(&house).await;
    al.get("/staff/cases").await;
    al.post(&format!("/staff/cases/{case}/approve"), &reason).await.leads_to();
    sue.get("/staff/cases").await;
    sue.post(&format!("/staff/cases/{case}/refuse"), &reason).await.leads_to();
    house.clock.advance(minutes(72 * 60));
    cases::once(&house.portal).await.unwrap();
    assert_eq!(house.deeds("case.effective").await, 0);

    let (mut sue, mut al) = (on_duty(&house, "sue").await, on_duty(&house, "al").await);
    open_case(&house, &mut sue, "ann", false).await;
    let case = newest_case(&house).await;
    al.get("/staff/cases").await;
    al.post(&format!("/staff/cases/{case}/approve"), &reason).await.leads_to();
    let mut data = people();
    data["profiles"][0]["state"] = "removed".into();
    house.seed(data).await;
    house.clock.advance(minutes(72 * 60));
    cases::once(&house.portal).await.unwrap();
    assert_eq!(house.count("admin_case", "refused").await, 2);
    house.mail().await;
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
    late.shows(404, "Page not found");
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
