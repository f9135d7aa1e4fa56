//! Newsletters and their issues as editors make them, and how mails to many fare.
use customersource::worker;
use mailbox::{Fault, Step};
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use testkit::{Engine, on_both_engines};

use super::{id, lively, on_duty, with};
use crate::house::{Browser, House, minutes};

on_both_engines![
    a_newsletter_is_made_its_issue_written_sent_and_counted,
    what_a_mail_server_says_about_us_pauses_no_reader,
    who_sends_an_issue_sends_the_one_that_the_page_showed,
    mails_that_come_back_three_times_pause_a_subscription_until_its_reader_resumes,
    who_wants_no_bulk_mail_gets_letters_and_no_newsletters,
];

async fn a_newsletter_is_made_its_issue_written_sent_and_counted(engine: Engine) {
    let house = lively(engine).await;
    let mut ed = on_duty(&house, "ed").await;
    let fields = [
        ("slug", "tips"),
        ("language", "en-US"),
        ("name", "Tips"),
        ("about", "Every week."),
        ("kinds", "partner"),
        ("state", "open"),
        ("reason", "Partners asked"),
    ];
    let page = ed
        .fill_in("/staff/newsletters/new", "/staff/newsletters/new", &fields)
        .await
        .leads_to()
        .replace("?done=done", "");
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    pat.get("/newsletters").await.shows(200, "Tips");
    pat.post("/newsletters/tips", &[("subscribe", "1")]).await.leads_to();
    ed.get("/staff/newsletters").await.shows(200, "/staff/content/new?newsletter=tips");
    let begun = ed.get("/staff/content/new?newsletter=tips").await;
    begun.shows(200, "<option value=\"tips\" selected>");
    begun.shows(200, "name=\"kinds\" value=\"partner\"");
    let issue = [
        ("section", "newsletter"),
        ("newsletter", "tips"),
        ("slug", "first"),
        ("state", "published"),
        ("kinds", "partner"),
        ("title_en", "The first tip"),
        ("summary_en", "Look twice."),
        ("reason", "First issue"),
    ];
    ed.post("/staff/content/new", &issue).await.leads_to();
    let send = format!("/staff/content/{}/send", id(&house, "resource", "first").await);
    ed.get("/staff/content").await;
    assert!(ed.post(&send, &[("reason", "It is Monday")]).await.leads_to().ends_with("done=done"));
    let mail = house.mail().await;
    assert_eq!(mail.len(), 1);
    ed.get("/staff/content").await.shows(200, "1 sent, 0 refused, 0 unsubscribed");
    let stop = mail[0].text.split_whitespace().find(|word| word.contains("/unsubscribe/")).unwrap();
    let stop = stop[stop.find("/unsubscribe/").unwrap()..].to_owned();
    let mut anybody = house.browser();
    anybody.get(&stop).await.shows(200, "Tips");
    for _ in 0..2 {
        anybody.post(&stop, &[]).await.shows(200, "no more e-mails");
    }
    ed.get("/staff/content").await.shows(200, "1 sent, 0 refused, 1 unsubscribed");

    let closed = with(&fields, &[("state", "closed"), ("revision", "1")]);
    ed.post(&page, &closed).await.leads_to();
    pat.get("/newsletters").await.shows(200, "No new issues");
    pat.get("/newsletters/tips/first").await.shows(200, "Look twice.");
    pat.post("/newsletters/tips", &[("subscribe", "1")]).await.shows(409, "This newsletter is closed");
    ed.post("/staff/content/new", &with(&issue, &[("slug", "second")])).await.leads_to();
    let send = format!("/staff/content/{}/send", id(&house, "resource", "second").await);
    ed.get("/staff/content").await;
    ed.post(&send, &[("reason", "It is Monday")]).await.shows(409, "This newsletter is closed");
    assert_eq!((house.deeds("newsletter.added").await, house.deeds("newsletter.saved").await), (1, 1));
}

/// Publishes and sends an issue of the demonstration's newsletter.
async fn send_issue(house: &House, ed: &mut Browser<'_>, slug: &'static str) {
    let issue = [
        ("section", "newsletter"),
        ("newsletter", "customersource-news"),
        ("slug", slug),
        ("state", "published"),
        ("title_en", "News"),
        ("reason", "The next issue"),
    ];
    ed.fill_in("/staff/content/new", "/staff/content/new", &issue).await.leads_to();
    let send = format!("/staff/content/{}/send", id(house, "resource", slug).await);
    ed.get("/staff/content").await;
    ed.post(&send, &[("reason", "It is Monday")]).await.leads_to();
    worker(&house.portal).drain().await.unwrap();
}

async fn what_a_mail_server_says_about_us_pauses_no_reader(engine: Engine) {
    for reply in ["554 5.7.1 Blocked using a list", "550 5.7.1 Policy", "552 5.2.2 Mailbox full"] {
        let house = lively(engine).await;
        let mut ann = house.browser();
        ann.associate("ann", "Ann@Contoso.example").await;
        ann.get("/newsletters").await;
        ann.post("/newsletters/customersource-news", &[("subscribe", "1")]).await.leads_to();
        let mut ed = on_duty(&house, "ed").await;
        house.mail_fails(Fault::Says(Step::Recipient, reply));
        for slug in ["one", "two", "three", "four"] {
            send_issue(&house, &mut ed, slug).await;
        }
        let page = ann.get("/newsletters").await;
        assert!(page.text().contains("Subscribed") && !page.text().contains("Paused"), "{reply}");
        house.mail_fails(None);
        house.clock.advance(minutes(6));
        assert_eq!(house.mail().await.len(), 4, "{reply}: they leave once that is mended");
    }
}

async fn who_sends_an_issue_sends_the_one_that_the_page_showed(engine: Engine) {
    let house = lively(engine).await;
    let mut ed = on_duty(&house, "ed").await;
    let send = format!("/staff/content/{}/send", id(&house, "resource", "november-2026").await);
    ed.get("/staff/content").await.shows(200, "Ready for the year");
    // Somebody saves it meanwhile.
    let tx = house.portal.db.begin().await.unwrap();
    let saved = "UPDATE resource SET revision = revision + 1 WHERE slug = 'november-2026'";
    tx.execute_unprepared(saved).await.unwrap();
    tx.commit().await.unwrap();
    let stale = ed.post(&send, &[("reason", "It is November")]).await;
    stale.shows(409, "It is November</textarea>");
    assert_eq!(house.deeds("newsletter.sent").await, 0);
    ed.get("/staff/content").await;
    assert!(ed.post(&send, &[("reason", "It is November")]).await.leads_to().ends_with("done=done"));
}

async fn mails_that_come_back_three_times_pause_a_subscription_until_its_reader_resumes(engine: Engine) {
    let house = lively(engine).await;
    house
        .seed(json!({"profiles": [{"external_id": "ann", "company": "contoso", "first_name": "Ann", "last_name": "Lee", "email": "Ann@Contoso.example"}]}))
        .await;
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    ann.get("/newsletters").await;
    ann.post("/newsletters/customersource-news", &[("subscribe", "1")]).await.leads_to();
    // The mailbox is gone; the association is not.
    let moved = |email: &str| json!({"profiles": [{"external_id": "ann", "company": "contoso", "first_name": "Ann", "last_name": "Lee", "email": email}]});
    house.seed(moved("nobody.here@contoso.example")).await;
    let mut ed = on_duty(&house, "ed").await;
    for slug in ["one", "two"] {
        send_issue(&house, &mut ed, slug).await;
    }
    // One that arrives in between begins the count anew.
    house.seed(moved("Ann@Contoso.example")).await;
    send_issue(&house, &mut ed, "three").await;
    house.seed(moved("nobody.here@contoso.example")).await;
    for slug in ["four", "five"] {
        send_issue(&house, &mut ed, slug).await;
    }
    assert!(!ann.get("/newsletters").await.text().contains("Paused"));
    send_issue(&house, &mut ed, "six").await;
    ann.get("/newsletters").await.shows(200, "Paused");
    ann.get("/newsletters").await.shows(200, "E-mails to you came back several times");
    ed.get("/staff/content").await.shows(200, "0 sent, 1 refused, 0 unsubscribed");
    ed.get("/staff/newsletters").await.shows(200, "1 paused");
    house.mail().await;
    house.seed(moved("Ann@Contoso.example")).await;
    let mut ed = on_duty(&house, "ed").await;
    send_issue(&house, &mut ed, "seven").await;
    assert!(house.mail().await.is_empty(), "nothing is sent while it is paused");
    ann.post("/newsletters/customersource-news", &[("subscribe", "1")]).await.leads_to();
    ann.get("/newsletters").await.shows(200, "Subscribed");
    send_issue(&house, &mut ed, "eight").await;
    assert_eq!(house.mail().await.len(), 1);
}

async fn who_wants_no_bulk_mail_gets_letters_and_no_newsletters(engine: Engine) {
    let house = lively(engine).await;
    let (mut ann, mut pat) = (house.browser(), house.browser());
    ann.associate("ann", "Ann@Contoso.example").await;
    pat.associate("pat", "pat@example.com").await;
    ann.get("/newsletters").await;
    ann.post("/newsletters/customersource-news", &[("subscribe", "1")]).await.leads_to();
    let asked = [("subject", "A question"), ("body", "How?"), ("watch", "1")];
    let thread = ann.fill_in("/newsgroups/gp/new", "/newsgroups/gp/new", &asked).await.leads_to().to_owned();
    let wish = |wish: serde_json::Value| json!({"profiles": [{"external_id": "ann", "company": "contoso", "first_name": "Ann", "last_name": "Lee", "email": "Ann@Contoso.example", "no_bulk_mail": wish}]});
    house.seed(wish(json!(true))).await;
    // What a file does not say stays.
    house.seed(wish(json!(null))).await;
    let mut ed = on_duty(&house, "ed").await;
    send_issue(&house, &mut ed, "one").await;
    pat.fill_in(&thread, &format!("{thread}/reply"), &[("body", "So.")]).await.leads_to();
    assert!(house.mail().await.is_empty());
    ann.get("/newsletters").await.shows(200, "you want no bulk e-mail");
    ann.get(&thread).await.shows(200, "but get no e-mails");
    // A letter of one's own comes.
    let course = "/resources/training/month-end-closing";
    let page = ann.get(course).await;
    let date =
        page.text().split_once("name=\"date\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    ann.post(&format!("{course}/enrol"), &[("date", &date)]).await.leads_to();
    assert_eq!(house.mail().await.len(), 1);
    house.seed(wish(json!(false))).await;
    pat.post(&format!("{thread}/reply"), &[("body", "Well?")]).await.leads_to();
    assert_eq!(house.mail().await.len(), 1);
    assert!(!ann.get("/newsletters").await.text().contains("no bulk e-mail"));
}
