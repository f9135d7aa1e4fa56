//! What arrives twice is done once: the second of two equal forms is answered like the first.
use serde_json::json;
use testkit::{Engine, on_both_engines};

use crate::{
    exchange::{ask, lively, on_duty},
    house::{Answer, Browser, House, cookie, minutes},
};

on_both_engines![
    a_thread_and_a_reply_that_arrive_twice_stand_there_once,
    two_replies_at_the_same_moment_are_one,
    a_person_who_is_added_twice_is_one_person_with_one_invitation,
    a_case_that_is_opened_twice_is_one,
    a_window_and_an_article_that_arrive_twice_are_one,
    a_save_that_arrives_twice_is_answered_twice_alike,
    saving_what_is_saved_writes_nothing,
    a_form_on_somebody_of_a_former_company_says_that_somebody_else_is_signed_in,
    a_passport_has_so_many_visits_and_a_further_one_ends_the_oldest,
    a_form_that_is_sent_during_maintenance_is_told_until_when_and_kept,
    whoever_reads_does_not_wait_for_who_writes,
    a_case_that_is_refused_shows_its_form_again_and_says_where,
    a_case_for_somebody_who_was_removed_meanwhile_keeps_its_evidence_and_says_so,
    an_editor_who_meets_another_sees_what_is_saved_and_decides_by_saving_again,
    a_text_that_is_too_long_is_told_at_the_text,
];

/// Presses the same button of the same page two times.
async fn twice(browser: &mut Browser<'_>, page: &str, path: &str, fields: &[(&str, &str)]) -> String {
    browser.get(page).await;
    let first = browser.post(path, fields).await;
    let second = browser.post(path, fields).await;
    assert_eq!(first.leads_to(), second.leads_to());
    first.leads_to().to_owned()
}

async fn rows(house: &House, table: &str) -> usize {
    house.dump().await[table].as_array().unwrap().len()
}

async fn a_thread_and_a_reply_that_arrive_twice_stand_there_once(engine: Engine) {
    let house = lively(engine).await;
    let mut ann = house.browser();
    let thread = ask(&mut ann).await;
    let (threads, posts) = (rows(&house, "thread").await, rows(&house, "post").await);
    let asked = [("subject", "Once"), ("body", "Only once, please.")];
    let new = twice(&mut ann, "/newsgroups/gp/new", "/newsgroups/gp/new", &asked).await;
    assert_ne!(new, thread);
    let answered = [("body", "This, too.")];
    let post = twice(&mut ann, &thread, &format!("{thread}/reply"), &answered).await;
    assert!(post.contains("#post-"), "{post}");
    assert_eq!((rows(&house, "thread").await, rows(&house, "post").await), (threads + 1, posts + 2));
    // Gone back and written anew is something else, and so is the same from a fresh page.
    ann.post(&format!("{thread}/reply"), &[("body", "And that.")]).await.leads_to();
    ann.get(&thread).await;
    ann.post(&format!("{thread}/reply"), &answered).await.leads_to();
    assert_eq!(rows(&house, "post").await, posts + 4);
}

async fn two_replies_at_the_same_moment_are_one(engine: Engine) {
    let house = lively(engine).await;
    let mut ann = house.browser();
    let thread = ask(&mut ann).await;
    let posts = rows(&house, "post").await;
    ann.get(&thread).await;
    let mut beside = house.browser_at(house.node().await);
    beside.cookies.clone_from(&ann.cookies);
    beside.show(&ann);
    let path = format!("{thread}/reply");
    let (one, other): (Answer, Answer) =
        tokio::join!(ann.post(&path, &[("body", "Now.")]), beside.post(&path, &[("body", "Now.")]));
    assert_eq!(one.leads_to(), other.leads_to());
    assert_eq!(rows(&house, "post").await, posts + 1);
}

async fn a_person_who_is_added_twice_is_one_person_with_one_invitation(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let path = "/account/professionals/new";
    let nia =
        [("first_name", "Nia"), ("last_name", "Sá"), ("email", "nia@contoso.example"), ("invite", "on")];
    let at = twice(&mut boss, path, path, &nia).await;
    assert!(at.ends_with("done=added-invited"), "{at}");
    assert_eq!((house.deeds("profile.added").await, house.mail().await.len()), (1, 1));
    house.employ("sam", "support").await;
    let mut sam = house.browser();
    sam.sign_in("/staff/mail", "sam").await;
    let path = format!("/staff/companies/{}/people/new", house.current("ann").await.company);
    let noa = [
        ("first_name", "Noa"),
        ("last_name", "Li"),
        ("email", "noa@contoso.example"),
        ("reason", "She called"),
    ];
    twice(&mut sam, &path, &path, &noa).await;
    assert_eq!(house.deeds("profile.added").await, 2);
}

async fn a_case_that_is_opened_twice_is_one(engine: Engine) {
    let house = lively(engine).await;
    let mut sue = on_duty(&house, "sue").await;
    let page = format!("/staff/companies/{}", house.current("ann").await.company);
    let ann = house.profile("ann").await;
    let fields = [("profile", ann.as_str()), ("asked_by", "Ann, by telephone"), ("evidence", "Invoice 4711")];
    let at = twice(&mut sue, &page, &format!("{page}/case"), &fields).await;
    assert!(at.ends_with("done=done"), "{at}");
    assert_eq!(house.deeds("case.opened").await, 1);
    let case = house.dump().await["admin_case"][0]["id"].as_str().unwrap().to_owned();
    let why = [("reason", "Nobody at the number")];
    let at = twice(&mut sue, "/staff/cases", &format!("/staff/cases/{case}/refuse"), &why).await;
    assert!(at.ends_with("done=done"), "{at}");
    assert_eq!(house.deeds("case.refused").await, 1);
    house.mail().await;
}

async fn a_window_and_an_article_that_arrive_twice_are_one(engine: Engine) {
    let house = lively(engine).await;
    let mut ed = on_duty(&house, "ed").await;
    let window = [
        ("starts_at", "2026-12-18T16:00"),
        ("ends_at", "2026-12-18T18:00"),
        ("message", "New servers."),
        ("reason", "Moving house"),
    ];
    twice(&mut ed, "/staff/maintenance", "/staff/maintenance", &window).await;
    assert_eq!((rows(&house, "maintenance").await, house.deeds("maintenance.planned").await), (1, 1));
    let article = [
        ("section", "self_help"),
        ("slug", "once-only"),
        ("title_en", "Once"),
        ("body_en", "Only once."),
        ("state", "draft"),
        ("reason", "A question that many ask"),
    ];
    let at = twice(&mut ed, "/staff/content/new", "/staff/content/new", &article).await;
    assert!(at.ends_with("?done=done"), "{at}");
}

async fn a_save_that_arrives_twice_is_answered_twice_alike(engine: Engine) {
    let house = lively(engine).await;
    house.employ("sam", "support").await;
    let mut boss = house.browser();
    boss.administer().await;
    let own =
        [("first_name", "Bob"), ("last_name", "Boss"), ("email", "boss@contoso.example"), ("version", "1")];
    let version = house.current("boss").await.version.to_string();
    let own = own.map(|(name, value)| (name, if name == "version" { version.as_str() } else { value }));
    twice(&mut boss, "/account/profile", "/account/profile", &own).await;
    let ann = house.profile("ann").await;
    let person = format!("/account/professionals/{ann}");
    let version = house.current("ann").await.version.to_string();
    let fields = [
        ("first_name", "Anne"),
        ("last_name", "Lee"),
        ("email", "Ann@Contoso.example"),
        ("version", &*version),
    ];
    twice(&mut boss, &person, &person, &fields).await;
    let mut sam = house.browser();
    sam.sign_in("/staff/mail", "sam").await;
    let address = format!("/staff/people/{ann}/address");
    let version = house.current("ann").await.version.to_string();
    let fields = [("email", "anne@contoso.example"), ("reason", "She called"), ("version", &*version)];
    twice(&mut sam, &address, &address, &fields).await;
    let mut ed = on_duty(&house, "ed").await;
    let fields =
        [("slug", "nav"), ("language", "en-US"), ("name", "NAV"), ("state", "open"), ("reason", "Asked for")];
    let made = twice(&mut ed, "/staff/newsgroups/new", "/staff/newsgroups/new", &fields).await;
    let page = made.replace("?done=done", "");
    let again = [&fields[..], &[("revision", "1"), ("about", "Questions")]].concat();
    twice(&mut ed, &page, &page, &again).await;
    for (deed, times) in [("profile.saved", 3), ("newsgroup.added", 1), ("newsgroup.saved", 1)] {
        assert_eq!(house.deeds(deed).await, times, "{deed}");
    }
}

async fn saving_what_is_saved_writes_nothing(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let ann = format!("/account/professionals/{}", house.profile("ann").await);
    let before = (house.current("boss").await.version, house.current("ann").await.version);
    let (own_version, her_version) = (before.0.to_string(), before.1.to_string());
    let own = [("first_name", "Bo"), ("last_name", "Boss"), ("email", "boss@contoso.example")];
    let own = [&own[..], &[("version", own_version.as_str())]].concat();
    boss.fill_in("/account/profile", "/account/profile", &own).await.leads_to();
    let hers = [("first_name", "Ann"), ("last_name", "Lee"), ("email", "Ann@Contoso.example")];
    let hers = [&hers[..], &[("version", her_version.as_str())]].concat();
    assert!(boss.fill_in(&ann, &ann, &hers).await.leads_to().ends_with("done=saved"));
    assert_eq!(house.deeds("profile.saved").await, 0);
    assert_eq!((house.current("boss").await.version, house.current("ann").await.version), before);
    // An invitation beside it is sent all the same.
    let invites = [&hers[..], &[("invite", "on")]].concat();
    assert!(boss.fill_in(&ann, &ann, &invites).await.leads_to().ends_with("done=saved-invited"));
    assert_eq!(house.mail().await.len(), 1);
}

async fn a_form_on_somebody_of_a_former_company_says_that_somebody_else_is_signed_in(house: House) {
    house.seed(json!({"profiles": [{"external_id": "head", "company": "fabrikam", "first_name": "Fa", "last_name": "Head",
        "email": "head@fabrikam.example", "bill_to": true}]})).await;
    let mut boss = house.browser();
    boss.administer().await;
    let ann = format!("/account/professionals/{}", house.profile("ann").await);
    let mut shown = house.browser();
    shown.cookies.clone_from(&boss.cookies);
    shown.get(&ann).await;
    let mut beside = house.browser();
    beside.cookies.clone_from(&boss.cookies);
    beside.cookies.forget(&cookie("session"));
    beside.associate("head", "head@fabrikam.example").await;
    boss.cookies.clone_from(&beside.cookies);
    let typed = [("first_name", "Anna Maria"), ("last_name", "Lee"), ("email", "ann@contoso.example")];
    boss.show(&shown);
    let refused = boss.post(&ann, &typed).await;
    refused.shows(409, "Anna Maria</textarea>");
    for act in ["invite", "withdraw", "end", "remove"] {
        boss.show(&shown);
        let refused = boss.post(&format!("{ann}/{act}"), &[("from", "/account/professionals")]).await;
        assert_eq!(refused.status, 409, "{act}: {}", refused.text());
    }
    // Nobody's page is no page still.
    boss.get("/account/professionals").await;
    assert_eq!(boss.get(&ann).await.status, 404);
    assert_eq!(house.deeds("profile.saved").await, 0);
}

async fn a_passport_has_so_many_visits_and_a_further_one_ends_the_oldest(house: House) {
    let mut first = house.browser();
    first.associate("ann", "ann@contoso.example").await;
    first.get("/account").await.shows(200, "Contoso Ltda");
    house.clock.advance(minutes(1));
    let mut other = house.browser();
    other.associate("three", "three@example.com").await;
    for _ in 0..100 {
        house.browser().sign_in("/account", "ann").await;
    }
    let visits = house.dump().await["portal_session"].as_array().unwrap().clone();
    assert_eq!(visits.iter().filter(|row| row["sub"] == "ann").count(), 100);
    assert!(first.get("/account").await.leads_to().starts_with("/signin"));
    assert_eq!(other.get("/associate").await.status, 200, "nobody else's visit ends");
}

async fn a_form_that_is_sent_during_maintenance_is_told_until_when_and_kept(engine: Engine) {
    let house = lively(engine).await;
    let mut ann = house.browser();
    let thread = ask(&mut ann).await;
    let mut ed = on_duty(&house, "ed").await;
    let window = [
        ("starts_at", "2026-11-18T16:00"),
        ("ends_at", "2026-11-18T18:00"),
        ("message", "We move house."),
        ("reason", "Moving house"),
    ];
    ed.fill_in("/staff/maintenance", "/staff/maintenance", &window).await.leads_to();
    let kept = ann.post(&format!("{thread}/reply"), &[("body", "A long answer.")]).await;
    for said in [
        "Closed for maintenance",
        "18:00",
        "We move house.",
        "A long answer.</textarea>",
        "id=\"send-again\"",
    ] {
        kept.shows(503, said);
    }
    assert!(!kept.text().contains("half a minute"));
    let seconds: u64 = kept.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(seconds > 3600, "{seconds}");
}

async fn whoever_reads_does_not_wait_for_who_writes(house: House) {
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    house.clock.advance(minutes(2));
    let writes = house.portal.db.begin().await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&writes, "UPDATE portal_session SET label = label")
        .await
        .unwrap();
    let begun = std::time::Instant::now();
    ann.get("/account").await.shows(200, "Contoso Ltda");
    assert!(begun.elapsed().as_secs() < 4, "{:?}", begun.elapsed());
    drop(writes);
}

async fn a_case_that_is_refused_shows_its_form_again_and_says_where(engine: Engine) {
    let house = lively(engine).await;
    let company = house.current("ann").await.company;
    let (page, ann) = (format!("/staff/companies/{company}"), house.profile("ann").await);
    let mut sue = house.browser();
    sue.sign_in("/staff", "sue").await;
    let path = format!("{page}/case");
    let typed =
        [("profile", ann.as_str()), ("asked_by", "Ann called us"), ("evidence", "No"), ("replaces", "on")];
    let form = format!("{path}?profile={ann}");
    let refused = sue.fill_in(&form, &path, &typed).await;
    refused.shows(422, "Say what shows that they may ask");
    refused.shows(422, "value=\"Ann called us\"");
    refused.shows(422, &format!("name=\"profile\" value=\"{ann}\""));
    refused.shows(422, "name=\"replaces\" checked");
    sue.post(&path, &[("profile", &ann), ("asked_by", "")]).await.shows(422, "Say who asked, and how");
    let whole =
        [("profile", ann.as_str()), ("asked_by", "Ann called us"), ("evidence", "Invoice 0042, called back")];
    assert!(sue.fill_in(&form, &path, &whole).await.leads_to().ends_with("done=done"));
    let running = sue.fill_in(&form, &path, &whole).await;
    running.shows(409, "already has a running case");
    running.shows(409, "Invoice 0042, called back</textarea>");
    // Whom to propose is chosen on the page of the company.
    assert_eq!(sue.get(&path).await.leads_to(), page);
    let other = house.current("three-3").await.company;
    assert_eq!(sue.get(&format!("/staff/companies/{other}/case?profile={ann}")).await.status, 404);
}

async fn a_case_for_somebody_who_was_removed_meanwhile_keeps_its_evidence_and_says_so(engine: Engine) {
    let house = lively(engine).await;
    let company = house.current("ann").await.company;
    let (path, ann) = (format!("/staff/companies/{company}/case"), house.profile("ann").await);
    let mut sue = house.browser();
    sue.sign_in("/staff", "sue").await;
    sue.get(&format!("{path}?profile={ann}")).await.shows(200, "Ann Lee");
    let mut boss = house.browser();
    boss.administer().await;
    let remove = format!("/account/professionals/{ann}/remove");
    boss.fill_in(&remove, &remove, &[]).await.leads_to();
    let typed =
        [("profile", ann.as_str()), ("asked_by", "Ann called us"), ("evidence", "Invoice 0042, called back")];
    let gone = sue.post(&path, &typed).await;
    gone.shows(409, "This person was removed");
    gone.shows(409, "Invoice 0042, called back</textarea>");
    gone.shows(409, &format!("/staff/companies/{company}\""));
    assert_eq!(house.deeds("case.opened").await, 0);
}

async fn an_editor_who_meets_another_sees_what_is_saved_and_decides_by_saving_again(engine: Engine) {
    let house = lively(engine).await;
    let mut ed = on_duty(&house, "ed").await;
    let article = |title, body, revision| {
        [
            ("section", "self_help"),
            ("slug", "once-only"),
            ("title_en", title),
            ("body_en", body),
            ("state", "draft"),
            ("reason", "A question that many ask"),
            ("revision", revision),
        ]
    };
    let first = article("Once", "Only once.", "0");
    let made = ed.fill_in("/staff/content/new", "/staff/content/new", &first).await;
    let path = made.leads_to().split('?').next().unwrap().to_owned();
    ed.fill_in(&path, &path, &article("Once", "Hers <b>now</b>.", "1")).await.leads_to();
    let met = ed.fill_in(&path, &path, &article("Twice", "Mine.", "1")).await;
    for said in [
        "Somebody else changed this",
        "What is saved now",
        "Hers &#60;b&#62;now&#60;/b&#62;.",
        "Mine.</textarea>",
    ] {
        met.shows(409, said);
    }
    met.shows(409, "name=\"revision\" value=\"2\"");
    ed.post(&path, &article("Twice", "Mine.", "2")).await.leads_to();
    ed.get(&path).await.shows(200, "Mine.</textarea>");

    let group = |name, revision| {
        [
            ("slug", "talk"),
            ("name", name),
            ("language", "en-US"),
            ("state", "open"),
            ("reason", "Asked for"),
            ("revision", revision),
        ]
    };
    let made = ed.fill_in("/staff/newsgroups/new", "/staff/newsgroups/new", &group("Talk", "0")).await;
    let path = made.leads_to().split('?').next().unwrap().to_owned();
    ed.fill_in(&path, &path, &group("Talk to all", "1")).await.leads_to();
    let met = ed.fill_in(&path, &path, &group("Chat", "1")).await;
    met.shows(409, "Talk to all");
    ed.post(&path, &group("Chat", "2")).await.leads_to();
}

async fn a_text_that_is_too_long_is_told_at_the_text(engine: Engine) {
    let house = lively(engine).await;
    let mut ed = on_duty(&house, "ed").await;
    let long = "x".repeat(200_001);
    let article = [
        ("section", "self_help"),
        ("slug", "long"),
        ("title_en", "Long"),
        ("body_en", &long),
        ("reason", "Asked for"),
    ];
    let refused = ed.fill_in("/staff/content/new", "/staff/content/new", &article).await;
    refused.shows(422, "id=\"body_en-error\"");
    assert!(!refused.text().contains("Enter a title of one line"));
}
