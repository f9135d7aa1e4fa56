//! Newsgroups and newsletters, and what staff write and look after.
use axum::http::Request;
use customersource::content;
use serde_json::json;
use testkit::{Engine, on_both_engines};

use crate::house::{Browser, House, minutes};

on_both_engines![
    somebody_asks_another_answers_and_who_asked_gets_a_mail,
    nobody_writes_where_they_may_not_and_nobody_too_much,
    moderators_hide_a_post_close_a_thread_and_say_why,
    cs_48_a_removed_person_writes_and_gets_nothing_more_and_what_they_wrote_stays,
    an_issue_goes_once_to_whoever_subscribed_and_may_read_it,
    editors_write_publish_and_withdraw_and_two_at_once_are_told,
];

/// The demonstration's content, staff, and a fabrikam plan that lasts.
pub async fn lively(engine: Engine) -> House {
    let house = House::open(engine).await;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/demo/data/content");
    let read = content::read(&folder).unwrap();
    let (portal, tx) = (&house.portal, house.portal.db.begin().await.unwrap());
    content::actions::apply(&tx, house.now(), &portal.random, &portal.audit_mac, &read).await.unwrap();
    tx.commit().await.unwrap();
    house
        .seed(json!({"staff": [
            {"subject": "ed", "name": "Ed", "role": "editor"},
            {"subject": "eva", "name": "Eva", "role": "editor"},
            {"subject": "sue", "name": "Sue", "role": "support"},
        ]}))
        .await;
    house
}

pub async fn on_duty<'a>(house: &'a House, who: &str) -> Browser<'a> {
    let mut browser = house.browser();
    assert_eq!(browser.sign_in("/staff/newsgroups", who).await.leads_to(), "/staff/newsgroups");
    browser.get("/staff/newsgroups").await;
    browser
}

const ASKED: [(&str, &str); 3] = [
    ("subject", "Posting to a <closed> year"),
    ("body", "How is *that* done?\n\n<script>alert(1)</script>"),
    ("watch", "1"),
];

/// Ann asks in the newsgroup; answers the address of her thread.
pub async fn ask(ann: &mut Browser<'_>) -> String {
    ann.associate("ann", "Ann@Contoso.example").await;
    ann.get("/newsgroups/gp").await.shows(200, "Nobody has asked yet");
    let posted = ann.fill_in("/newsgroups/gp/new", "/newsgroups/gp/new", &ASKED).await;
    posted.leads_to().to_owned()
}

/// The one address of a mail that stops such mails.
fn stop_of(text: &str) -> String {
    let at = text.find("/unsubscribe/").unwrap();
    text[at..].split_whitespace().next().unwrap().to_owned()
}

async fn somebody_asks_another_answers_and_who_asked_gets_a_mail(engine: Engine) {
    let house = lively(engine).await;
    let (mut ann, mut pat) = (house.browser(), house.browser());
    let thread = ask(&mut ann).await;
    let shown = ann.get(&thread).await;
    shown.shows(200, "<em>that</em>");
    shown.shows(200, "&lt;script&gt;");
    assert!(
        !shown.text().contains("<script>alert") && !shown.text().contains("<closed>"),
        "{}",
        shown.text()
    );
    assert!(house.mail().await.is_empty(), "nobody is told of their own post");

    pat.associate("pat", "pat@example.com").await;
    pat.get("/newsgroups/gp").await.shows(200, "Posting to a &#60;closed&#62; year");
    pat.get("/resources?q=posting%20closed").await.shows(200, &thread);
    let replied =
        pat.fill_in(&thread, &format!("{thread}/reply"), &[("body", "Open the year *first*.")]).await;
    assert!(replied.leads_to().starts_with(&format!("{thread}#post-")));
    let mail = house.mail().await;
    assert_eq!(mail.len(), 1);
    assert_eq!(mail[0].to, "Ann@Contoso.example");
    for said in [thread.as_str(), "Pat Lee replied to", "Open the year *first*."] {
        assert!(mail[0].text.contains(said), "{}", mail[0].text);
    }
    // Mail programs put it into its thread and its list.
    let header = |name: &str| mail[0].header(name).unwrap_or_else(|| panic!("no {name}"));
    assert_eq!(header("List-Id"), "<gp.localhost>");
    assert!(header("References").ends_with("@localhost>") && header("List-Unsubscribe").starts_with("<http"));
    assert_eq!(header("In-Reply-To"), header("References").split(' ').next_back().unwrap());

    // One click in the mail ends them, without signing in, by a person or by their mail program (RFC 8058).
    let stop = stop_of(&mail[0].text);
    house.browser().get(&stop).await.shows(200, "no more e-mails about");
    pat.fill_in(&thread, &format!("{thread}/reply"), &[("body", "And close it again.")]).await.leads_to();
    assert!(house.mail().await.is_empty(), "what follows soon waits for more");
    house.clock.advance(minutes(5));
    assert_eq!(house.mail().await.len(), 1, "looking ends nothing");
    let one_click = Request::post(&stop).header("content-type", "application/x-www-form-urlencoded");
    let done = house.browser().send(one_click, "List-Unsubscribe=One-Click").await;
    done.shows(200, "You will get no more e-mails about");
    pat.fill_in(&thread, &format!("{thread}/reply"), &[("body", "Well?")]).await.leads_to();
    assert!(house.mail().await.is_empty());
    // And can be asked for again.
    ann.get(&thread).await.shows(200, "Send me e-mails about replies");
    ann.post(&format!("{thread}/watch"), &[("wish", "on")]).await.leads_to();
    ann.get(&thread).await.shows(200, "You get e-mails about replies.");
    // A reply that is being written is not thrown away for it.
    let half = ann.post(&format!("{thread}/watch"), &[("wish", "off"), ("body", "Half a reply")]).await;
    half.shows(200, "Half a reply</textarea>");
    half.shows(200, "Send me e-mails about replies");
}

async fn nobody_writes_where_they_may_not_and_nobody_too_much(engine: Engine) {
    let house = lively(engine).await;
    let mut ann = house.browser();
    let thread = ask(&mut ann).await;
    for (subject, body, said) in
        [("", "x", "Write a subject"), ("x", " ", "Write a post"), ("a\nb", "x", "Write a subject")]
    {
        ann.post("/newsgroups/gp/new", &[("subject", subject), ("body", body)]).await.shows(422, said);
    }
    ann.get("/newsgroups/announcements").await.shows(200, "There is nothing here yet");
    ann.get("/newsgroups/announcements/new").await.shows(403, "Only staff can post here");
    ann.post("/newsgroups/announcements/new", &ASKED).await.shows(403, "Only staff can post here");
    let id = thread.rsplit('/').next().unwrap();
    for path in
        [format!("/newsgroups/gp-brasil/{id}"), "/newsgroups/gp/x".into(), "/newsgroups/nothing".into()]
    {
        assert_eq!(ann.get(&path).await.status, 404, "{path}");
    }
    let mut stranger = house.browser();
    stranger.get("/").await;
    stranger.post(&format!("{thread}/reply"), &[("body", "x")]).await.shows(403, "You are signed out");
    ann.form_token = "wrong".into();
    ann.post(&format!("{thread}/reply"), &[("body", "kept words")]).await.shows(403, "kept words");
    ann.get(&thread).await;
    for number in 0..19 {
        assert_eq!(
            ann.post(&format!("{thread}/reply"), &[("body", &*format!("x{number}"))]).await.status,
            303,
            "{number}"
        );
    }
    assert_eq!(ann.post(&format!("{thread}/reply"), &[("body", "x")]).await.status, 429);
    house.clock.advance(minutes(48 * 60));
    ann.sign_in("/account", "ann").await;
    ann.get(&thread).await.shows(403, "Your current service plan");
}

async fn moderators_hide_a_post_close_a_thread_and_say_why(engine: Engine) {
    let house = lively(engine).await;
    let mut ann = house.browser();
    let thread = ask(&mut ann).await;
    let id = thread.rsplit('/').next().unwrap().to_owned();
    let mut sue = on_duty(&house, "sue").await;
    let page = format!("/staff/newsgroups?thread={id}");
    let seen = sue.get(&page).await;
    let post = seen.text().split_once("/staff/posts/").unwrap().1.split('"').next().unwrap().to_owned();
    let hide = |so| [("so", so), ("reason", "Names a customer")];
    sue.post(&format!("/staff/posts/{post}"), &[("so", "yes")])
        .await
        .shows(422, "Enter a reason of 3 to 1000 characters");
    assert!(sue.post(&format!("/staff/posts/{post}"), &hide("yes")).await.leads_to().ends_with("done=done"));
    let again = sue.post(&format!("/staff/posts/{post}"), &hide("yes")).await;
    assert!(again.leads_to().ends_with("done=done"), "sent twice: {again:?}");
    let shown = ann.get(&thread).await;
    shown.shows(200, "This post was hidden by a moderator.");
    assert!(!shown.text().contains("<em>that</em>"));
    let subject = "Posting to a";
    assert!(!shown.text().contains(subject), "the subject went with the post that began the thread");
    assert!(!ann.get("/newsgroups/gp").await.text().contains(&thread), "nobody can read any of it");
    assert!(!ann.get("/resources?q=posting%20closed").await.text().contains(&thread), "nor is it found");
    sue.post(&format!("/staff/posts/{post}"), &hide("no")).await.leads_to();
    ann.get("/resources?q=posting%20closed").await.shows(200, &thread);
    // With a reply that can be read the thread stays, without what its beginning said.
    ann.post(&format!("{thread}/reply"), &[("body", "An answer about ledgers"), ("watch", "1")])
        .await
        .leads_to();
    sue.get(&page).await;
    sue.post(&format!("/staff/posts/{post}"), &hide("yes")).await.leads_to();
    for path in ["/newsgroups/gp", &thread, "/resources?q=ledgers"] {
        let page = ann.get(path).await;
        page.shows(200, "Subject hidden by a moderator");
        assert!(!page.text().contains(subject), "{path}");
    }
    assert!(!ann.get("/resources?q=posting").await.text().contains(&thread));
    sue.get(&page).await.shows(200, subject);
    house.mail().await;
    let mut bo = house.browser();
    bo.associate("pat", "pat@example.com").await;
    bo.get(&thread).await;
    bo.post(&format!("{thread}/reply"), &[("body", "Another")]).await.leads_to();
    let told = house.mail().await;
    assert!(
        !told.is_empty()
            && told.iter().all(|mail| !mail.subject.contains(subject) && !mail.text.contains(subject))
    );
    sue.post(&format!("/staff/posts/{post}"), &hide("no")).await.leads_to();
    ann.get("/newsgroups/gp").await.shows(200, subject);

    sue.post(&format!("/staff/threads/{id}"), &hide("yes")).await.leads_to();
    ann.get(&thread).await.shows(200, "This thread is closed");
    ann.post(&format!("{thread}/reply"), &[("body", "x")]).await.shows(409, "This thread is closed");
    sue.post(&format!("/staff/threads/{id}"), &hide("no")).await.leads_to();
    assert_eq!(ann.post(&format!("{thread}/reply"), &[("body", "x")]).await.status, 303);
    for (action, times) in [("post.hidden", 2), ("post.shown", 2), ("thread.closed", 1), ("thread.opened", 1)]
    {
        assert_eq!(house.deeds(action).await, times, "{action}");
    }
    ann.get("/staff/newsgroups").await.shows(403, "Only for staff");
}

async fn cs_48_a_removed_person_writes_and_gets_nothing_more_and_what_they_wrote_stays(engine: Engine) {
    let house = lively(engine).await;
    let (mut ann, mut boss, mut pat) = (house.browser(), house.browser(), house.browser());
    let thread = ask(&mut ann).await;
    ann.get("/newsletters").await;
    ann.post("/newsletters/customersource-news", &[("subscribe", "1")]).await.leads_to();
    boss.administer().await;
    let id = house.profile("ann").await;
    boss.fill_in(
        &format!("/account/professionals/{id}/remove"),
        &format!("/account/professionals/{id}/remove"),
        &[],
    )
    .await
    .leads_to();
    house.mail().await;
    ann.post(&format!("{thread}/reply"), &[("body", "x")]).await.shows(403, "You are signed out");
    pat.associate("pat", "pat@example.com").await;
    pat.get(&thread).await.shows(200, "Former member");
    pat.post(&format!("{thread}/reply"), &[("body", "Still here?")]).await.leads_to();
    assert!(house.mail().await.is_empty(), "no mail to who is gone");
    let dump = house.dump().await;
    assert_eq!(dump["newsletter_subscription"].as_array().unwrap().len(), 0);
    assert_eq!(dump["post"].as_array().unwrap().len(), 2);
}

async fn an_issue_goes_once_to_whoever_subscribed_and_may_read_it(engine: Engine) {
    let house = lively(engine).await;
    let (mut ann, mut pat, mut late) = (house.browser(), house.browser(), house.browser());
    ann.associate("ann", "Ann@Contoso.example").await;
    pat.associate("pat", "pat@example.com").await;
    late.associate("late", "late@example.com").await;
    for browser in [&mut ann, &mut pat] {
        browser.get("/newsletters").await.shows(200, "CustomerSource News");
        browser.post("/newsletters/customersource-news", &[("subscribe", "1")]).await.leads_to();
        browser.get("/newsletters").await.shows(200, "Subscribed");
    }
    late.get("/newsletters").await.shows(403, "Your current service plan");
    late.post("/newsletters/customersource-news", &[("subscribe", "1")])
        .await
        .shows(403, "This is locked for you now");
    ann.get("/newsletters/customersource-news/november-2026").await.shows(200, "two new dates");
    assert_eq!(ann.get("/newsletters/noticias/november-2026").await.status, 404);

    // Pat's newsletter goes on; Ann's company has no plan on the day it is sent.
    house
        .seed(json!({"entitlements": [{"company": "contoso", "plan": "basic", "starts_on": "2026-01-01", "ends_on": "2026-11-16"}]}))
        .await;
    let mut ed = house.browser();
    assert_eq!(ed.sign_in("/staff/content", "ed").await.leads_to(), "/staff/content");
    ed.get("/staff/content").await.shows(200, "Ready for the year");
    let dump = house.dump().await;
    let issues = dump["resource"].as_array().unwrap();
    let issue =
        issues.iter().find(|row| row["slug"] == "november-2026").unwrap()["id"].as_str().unwrap().to_owned();
    let send = format!("/staff/content/{issue}/send");
    ed.post(&send, &[]).await.shows(422, "Enter a reason of 3 to 1000 characters");
    ed.get("/staff/content").await;
    assert!(ed.post(&send, &[("reason", "It is November")]).await.leads_to().ends_with("done=done"));
    ed.post(&send, &[("reason", "Once more")]).await.shows(409, "Once more</textarea>");
    let mail = house.mail().await;
    assert_eq!(mail.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["pat@example.com"]);
    assert!(
        mail[0].subject.contains("Ready for the year")
            && mail[0].text.contains("/newsletters/customersource-news/november-2026")
    );

    // The header that mail programs offer a button for.
    let stop = stop_of(&mail[0].text);
    assert_eq!(mail[0].header("List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
    let header = mail[0].header("List-Unsubscribe").unwrap();
    assert!(header.starts_with('<') && header.ends_with(&format!("{stop}>")), "{header:?}");
    house
        .browser()
        .send(Request::post(&stop), "List-Unsubscribe=One-Click")
        .await
        .shows(200, "no more e-mails");
    assert!(!pat.get("/newsletters").await.text().contains("Subscribed"));
    for wrong in ["x", &stop[13..stop.len() - 1], &format!("{}A", &stop[13..])] {
        let answer = house.browser().send(Request::post(format!("/unsubscribe/{wrong}")), "").await;
        assert_eq!(answer.status, 404, "{wrong}");
    }
}

async fn editors_write_publish_and_withdraw_and_two_at_once_are_told(engine: Engine) {
    let house = lively(engine).await;
    let mut ed = house.browser();
    ed.sign_in("/staff/content", "ed").await.leads_to();
    let fields = [
        ("section", "documentation"),
        ("slug", "opening-hours"),
        ("state", "draft"),
        ("title_en", "Opening hours"),
        ("summary_en", "When we answer."),
        ("body_en", "## Weekdays\n\nFrom 8 to 18. [Help](/help)"),
        ("title_pt", "Horário de atendimento"),
        ("summary_pt", "Quando respondemos."),
        ("reason", "Was asked for often"),
    ];
    let with = |changes: &[(&'static str, &'static str)]| {
        let mut all: Vec<_> =
            fields.into_iter().filter(|(name, _)| changes.iter().all(|(other, _)| other != name)).collect();
        all.extend(changes);
        all
    };
    let new = "/staff/content/new";
    ed.get(new).await.shows(200, "New resource");
    for (change, said) in [
        (("slug", "Opening Hours"), "Enter a name of lowercase letters"),
        (("reason", ""), "Enter a reason of 3 to 1000 characters"),
        (("title_en", "a\nb"), "Enter a title of one line"),
        (("min_rank", "gold"), "Enter a whole number"),
        (("section", "newsletter"), "Choose a newsletter for an issue"),
        (("slug", "partner-handbook"), "This name is taken"),
    ] {
        ed.post(new, &with(&[change])).await.shows(422, said);
    }
    assert!(ed.post(new, &fields).await.leads_to().ends_with("done=done"));
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    let page = "/resources/documentation/opening-hours";
    assert_eq!(ann.get(page).await.status, 404, "a draft is nobody's");
    assert!(!ann.get("/resources?q=weekdays").await.text().contains(page));

    let dump = house.dump().await;
    let all = dump["resource"].as_array().unwrap();
    let id =
        all.iter().find(|row| row["slug"] == "opening-hours").unwrap()["id"].as_str().unwrap().to_owned();
    let edit = format!("/staff/content/{id}");
    ed.get(&edit).await.shows(200, "<h2>Weekdays</h2>");
    let publish = with(&[("state", "published"), ("revision", "1"), ("reason", "Ready now")]);
    assert!(ed.post(&edit, &publish).await.leads_to().ends_with("done=done"));
    let other = with(&[("state", "published"), ("revision", "1"), ("reason", "Ready as well")]);
    ed.post(&edit, &other).await.shows(409, "Somebody else changed this in the meantime");
    ann.get(page).await.shows(200, "<h2>Weekdays</h2>");
    ann.language = "pt-BR";
    ann.get(page).await.shows(200, "Horário de atendimento");
    ann.get("/resources?q=horario").await.shows(200, page);
    ed.get(&edit).await;
    let withdraw = with(&[("state", "withdrawn"), ("revision", "2"), ("reason", "Out of date")]);
    ed.post(&edit, &withdraw).await.leads_to();
    assert_eq!(ann.get(page).await.status, 404);
    let tomorrow = with(&[
        ("state", "published"),
        ("published", "2026-11-19"),
        ("revision", "3"),
        ("reason", "From tomorrow"),
    ]);
    ed.post(&edit, &tomorrow).await.leads_to();
    assert_eq!(ann.get(page).await.status, 404, "not before its day");
    assert_eq!((house.deeds("content.added").await, house.deeds("content.saved").await), (1, 3));

    let mut sue = on_duty(&house, "sue").await;
    for path in ["/staff/content", new, edit.as_str()] {
        sue.get(path).await.shows(403, "Only for staff");
        sue.post(path, &fields).await;
    }
    assert_eq!(house.deeds("content.saved").await, 3);
    ann.get("/staff/content").await.shows(403, "Só para a equipe");
}
