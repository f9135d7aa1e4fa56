//! Newsgroups, newsletters and dates of courses as editors make them, and how mails to many fare.
use customersource::{content, worker};
use sea_orm::ConnectionTrait as _;
use serde_json::json;

use crate::house::{Browser, House, minutes};

/// The demonstration's content and staff.
async fn lively() -> House {
    let house = House::open().await;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo/data/content");
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

async fn on_duty<'a>(house: &'a House, who: &str) -> Browser<'a> {
    let mut browser = house.browser();
    assert_eq!(browser.sign_in("/staff/newsgroups", who).await.location(), "/staff/newsgroups");
    browser.get("/staff/newsgroups").await;
    browser
}

/// The fields, some of them otherwise.
fn with<'a>(fields: &[(&'a str, &'a str)], changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let stays = |(name, _): &&(&str, &str)| changes.iter().all(|(other, _)| other != name);
    fields.iter().filter(stays).chain(changes).copied().collect()
}

async fn id(house: &House, table: &str, slug: &str) -> String {
    let dump = house.dump().await;
    let all = dump[table].as_array().unwrap();
    all.iter().find(|row| row["slug"] == slug).unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_newsgroup_is_made_changed_and_closed_and_what_was_written_stays_readable() {
    let house = lively().await;
    let mut ed = on_duty(&house, "ed").await;
    let new = "/staff/newsgroups/new";
    let fields = [
        ("slug", "nav"),
        ("language", "en-US"),
        ("name", "Dynamics <NAV>"),
        ("about", "Questions."),
        ("state", "open"),
        ("reason", "Was asked for"),
    ];
    ed.get("/staff/newsgroups").await.shows(200, "New newsgroup");
    ed.get(new).await.shows(200, "New newsgroup");
    for (change, said) in [
        (("slug", "N A V"), "Enter a name of lowercase letters"),
        (("slug", "gp"), "This name is taken"),
        (("name", ""), "Enter a name of one line"),
        (("language", "xx"), "Choose a language"),
        (("kinds", "friend"), "Enter customer, partner"),
        (("reason", ""), "Enter a reason of 3 to 1000 characters"),
    ] {
        ed.post(new, &with(&fields, &[change])).await.shows(422, said);
    }
    let page = ed.post(new, &fields).await.location().replace("?done=done", "");
    assert_eq!(page, format!("/staff/newsgroups/{}", id(&house, "newsgroup", "nav").await));
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    ann.get("/newsgroups").await.shows(200, "Dynamics &#60;NAV&#62;");
    let asked = [("subject", "Upgrading"), ("body", "How?")];
    let thread =
        ann.fill_in("/newsgroups/nav/new", "/newsgroups/nav/new", &asked).await.location().to_owned();

    // Two at once: the second is told, and nothing of the first is lost.
    let mut eva = on_duty(&house, "eva").await;
    let partners = with(&fields, &[("kinds", "partner"), ("revision", "1"), ("name", "NAV for partners")]);
    eva.post(&page, &partners).await.location();
    let late = ed.post(&page, &with(&fields, &[("name", "Other words"), ("revision", "1")])).await;
    late.shows(409, "Somebody else changed this in the meantime");
    late.shows(409, "Other words");
    ed.get(&page).await.shows(200, "NAV for partners");
    ann.get("/newsgroups/nav").await.shows(403, "Not meant for your profile");
    ann.get(&thread).await.shows(403, "Not meant for your profile");

    let closed = with(&fields, &[("state", "closed"), ("revision", "2"), ("name", "NAV")]);
    ed.post(&page, &closed).await.location();
    ann.get("/newsgroups/nav").await.shows(200, "This newsgroup is closed");
    ann.get(&thread).await.shows(200, "How?");
    assert!(!ann.get(&thread).await.body.contains("id=\"reply\""));
    ann.post(&format!("{thread}/reply"), &[("body", "x")]).await.shows(403, "This newsgroup is closed");
    ann.post("/newsgroups/nav/new", &asked).await.shows(403, "This newsgroup is closed");
    ann.get("/resources?q=upgraded").await.shows(200, &thread);
    assert_eq!((house.deeds("newsgroup.added").await, house.deeds("newsgroup.saved").await), (1, 2));

    let mut sue = on_duty(&house, "sue").await;
    for path in [new, page.as_str(), "/staff/newsletters", "/staff/newsletters/new"] {
        sue.get(path).await.shows(403, "Only for staff");
    }
    sue.post(&page, &fields).await.shows(403, "Only for staff");
    assert_eq!(ed.get("/staff/newsgroups/x").await.status.as_u16(), 404);
}

#[tokio::test]
async fn a_newsletter_is_made_its_issue_written_sent_and_counted() {
    let house = lively().await;
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
        .location()
        .replace("?done=done", "");
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    pat.get("/newsletters").await.shows(200, "Tips");
    pat.post("/newsletters/tips", &[("subscribe", "1")]).await.location();
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
    ed.post("/staff/content/new", &issue).await.location();
    let send = format!("/staff/content/{}/send", id(&house, "resource", "first").await);
    ed.get("/staff/content").await;
    assert!(ed.post(&send, &[("reason", "It is Monday")]).await.location().ends_with("done=done"));
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
    ed.post(&page, &closed).await.location();
    pat.get("/newsletters").await.shows(200, "No new issues");
    pat.get("/newsletters/tips/first").await.shows(200, "Look twice.");
    pat.post("/newsletters/tips", &[("subscribe", "1")]).await.shows(409, "This newsletter is closed");
    ed.post("/staff/content/new", &with(&issue, &[("slug", "second")])).await.location();
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
    ed.fill_in("/staff/content/new", "/staff/content/new", &issue).await.location();
    let send = format!("/staff/content/{}/send", id(house, "resource", slug).await);
    ed.get("/staff/content").await;
    ed.post(&send, &[("reason", "It is Monday")]).await.location();
    worker(&house.portal).drain().await.unwrap();
}

#[tokio::test]
async fn what_a_mail_server_says_about_us_pauses_no_reader() {
    for reply in
        ["RCPT 554 5.7.1 Blocked using a list", "RCPT 550 5.7.1 Policy", "RCPT 552 5.2.2 Mailbox full"]
    {
        let house = lively().await;
        let mut ann = house.browser();
        ann.associate("ann", "Ann@Contoso.example").await;
        ann.get("/newsletters").await;
        ann.post("/newsletters/customersource-news", &[("subscribe", "1")]).await.location();
        let mut ed = on_duty(&house, "ed").await;
        house.refuse(reply);
        for slug in ["one", "two", "three", "four"] {
            send_issue(&house, &mut ed, slug).await;
        }
        let page = ann.get("/newsletters").await;
        assert!(page.body.contains("Subscribed") && !page.body.contains("Paused"), "{reply}");
        house.refuse("");
        house.clock.advance(minutes(6));
        assert_eq!(house.mail().await.len(), 4, "{reply}: they leave once that is mended");
    }
}

#[tokio::test]
async fn who_sends_an_issue_sends_the_one_that_the_page_showed() {
    let house = lively().await;
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
    assert!(ed.post(&send, &[("reason", "It is November")]).await.location().ends_with("done=done"));
}

#[tokio::test]
async fn who_takes_a_seat_takes_the_one_that_the_page_showed() {
    let house = lively().await;
    let path = "/resources/training/month-end-closing";
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    let enrolled = || async { house.dump().await["enrolment"].as_array().unwrap().len() };
    let move_it = |place: &'static str| {
        let house = &house;
        async move {
            let tx = house.portal.db.begin().await.unwrap();
            tx.execute_unprepared(&format!("UPDATE course_date SET place = '{place}'")).await.unwrap();
            tx.commit().await.unwrap();
        }
    };
    let page = ann.get(path).await;
    let date = page.body.split("name=\"date\" value=\"").nth(1).unwrap()[..36].to_owned();
    for (act, had) in [("enrol", 0), ("cancel", 1)] {
        ann.get(path).await;
        move_it(if had == 0 { "Recife" } else { "Olinda" }).await;
        let stale = ann.post(&format!("{path}/{act}"), &[("date", &date)]).await;
        assert_eq!(stale.location(), format!("{path}?done=changed"));
        assert_eq!(enrolled().await, had);
        ann.get(stale.location()).await.shows(200, "This date was changed after the page was shown");
        let done = ann.post(&format!("{path}/{act}"), &[("date", &date)]).await;
        assert!(!done.location().ends_with("changed"));
        assert_eq!(enrolled().await, 1 - had);
    }
}

#[tokio::test]
async fn mails_that_come_back_three_times_pause_a_subscription_until_its_reader_resumes() {
    let house = lively().await;
    house
        .seed(json!({"profiles": [{"external_id": "ann", "company": "contoso", "first_name": "Ann", "last_name": "Lee", "email": "Ann@Contoso.example"}]}))
        .await;
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    ann.get("/newsletters").await;
    ann.post("/newsletters/customersource-news", &[("subscribe", "1")]).await.location();
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
    assert!(!ann.get("/newsletters").await.body.contains("Paused"));
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
    ann.post("/newsletters/customersource-news", &[("subscribe", "1")]).await.location();
    ann.get("/newsletters").await.shows(200, "Subscribed");
    send_issue(&house, &mut ed, "eight").await;
    assert_eq!(house.mail().await.len(), 1);
}

#[tokio::test]
async fn who_wants_no_bulk_mail_gets_letters_and_no_newsletters() {
    let house = lively().await;
    let (mut ann, mut pat) = (house.browser(), house.browser());
    ann.associate("ann", "Ann@Contoso.example").await;
    pat.associate("pat", "pat@example.com").await;
    ann.get("/newsletters").await;
    ann.post("/newsletters/customersource-news", &[("subscribe", "1")]).await.location();
    let asked = [("subject", "A question"), ("body", "How?"), ("watch", "1")];
    let thread = ann.fill_in("/newsgroups/gp/new", "/newsgroups/gp/new", &asked).await.location().to_owned();
    let wish = |wish: serde_json::Value| json!({"profiles": [{"external_id": "ann", "company": "contoso", "first_name": "Ann", "last_name": "Lee", "email": "Ann@Contoso.example", "no_bulk_mail": wish}]});
    house.seed(wish(json!(true))).await;
    // What a file does not say stays.
    house.seed(wish(json!(null))).await;
    let mut ed = on_duty(&house, "ed").await;
    send_issue(&house, &mut ed, "one").await;
    pat.fill_in(&thread, &format!("{thread}/reply"), &[("body", "So.")]).await.location();
    assert!(house.mail().await.is_empty());
    ann.get("/newsletters").await.shows(200, "you want no bulk e-mail");
    ann.get(&thread).await.shows(200, "but get no e-mails");
    // A letter of one's own comes.
    let course = "/resources/training/month-end-closing";
    let page = ann.get(course).await;
    let date =
        page.body.split_once("name=\"date\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    ann.post(&format!("{course}/enrol"), &[("date", &date)]).await.location();
    assert_eq!(house.mail().await.len(), 1);
    house.seed(wish(json!(false))).await;
    pat.post(&format!("{thread}/reply"), &[("body", "Well?")]).await.location();
    assert_eq!(house.mail().await.len(), 1);
    assert!(!ann.get("/newsletters").await.body.contains("no bulk e-mail"));
}

#[tokio::test]
async fn dates_of_a_course_are_added_moved_and_called_off_and_who_has_a_seat_is_told() {
    let house = lively().await;
    let mut ed = on_duty(&house, "ed").await;
    let course = id(&house, "resource", "month-end-closing").await;
    let dates = format!("/staff/content/{course}/dates");
    let fields = [
        ("starts_at", "2027-03-09T12:00"),
        ("ends_at", "2027-03-09T20:00"),
        ("place", "Recife"),
        ("time_zone", "UTC"),
        ("seats", "2"),
        ("reason", "More were asked for"),
    ];
    ed.get(&dates).await.shows(200, "Add a date");
    for (change, said) in [
        (("starts_at", "2020-01-01T12:00"), "Enter a day and time in the future"),
        (("starts_at", "9 March"), "Enter a day and a time<"),
        (("ends_at", "2027-03-09T11:00"), "Enter an end after the beginning"),
        (("place", ""), "Enter a place"),
        (("seats", "0"), "Enter a number from 1"),
        (("seats", "1001"), "Enter a number from 1"),
        (("reason", ""), "Enter a reason of 3 to 1000 characters"),
    ] {
        let wrong = with(&fields, &[change]);
        let answer = ed.post(&dates, &wrong).await;
        assert_eq!(answer.status.as_u16(), 422, "{change:?}");
        answer.shows(422, said);
        assert!(!answer.body.contains("within a year"), "{change:?}");
    }
    // Clocks are put forward in Paris that night.
    let skipped =
        [("starts_at", "2027-03-28T02:30"), ("ends_at", "2027-03-28T20:00"), ("time_zone", "Europe/Paris")];
    let answer = ed.post(&dates, &with(&fields, &skipped)).await;
    answer.shows(422, "There is no such hour there on that day");
    assert!(!answer.body.contains("Enter an end after"), "{answer:?}");
    ed.post(&dates, &fields).await.location();
    ed.post(&dates, &fields).await.location();
    let other = with(&fields, &[("reason", "Still more were asked for")]);
    ed.post(&dates, &other).await.shows(422, "already has a date at this time and place");
    let dump = house.dump().await;
    let all = dump["course_date"].as_array().unwrap();
    let date = all.iter().find(|row| row["place"] == "Recife").unwrap()["id"].as_str().unwrap().to_owned();
    let path = "/resources/training/month-end-closing";
    let (mut ann, mut boss) = (house.browser(), house.browser());
    ann.associate("ann", "Ann@Contoso.example").await;
    boss.associate("boss", "boss@contoso.example").await;
    for browser in [&mut ann, &mut boss] {
        browser.get(path).await.shows(200, "Recife");
        browser.post(&format!("{path}/enrol"), &[("date", &date)]).await.location();
    }
    boss.language = "pt-BR";
    house.clock.advance(minutes(2));
    boss.get(path).await.shows(200, "Recife");
    house.mail().await;

    let one = format!("{dates}/{date}");
    ed.get(&one).await.shows(200, "value=\"2027-03-09T12:00\"");
    ed.post(&one, &with(&fields, &[("seats", "1"), ("revision", "1")]))
        .await
        .shows(422, "not below the seats taken (2)");
    ed.post(&one, &with(&fields, &[("seats", "3"), ("revision", "1")])).await.location();
    assert!(house.mail().await.is_empty(), "more seats concern nobody");
    ed.post(&one, &with(&fields, &[("seats", "4"), ("revision", "1")]))
        .await
        .shows(409, "Somebody else changed");
    let moved = with(&fields, &[("seats", "3"), ("revision", "2"), ("place", "Olinda")]);
    ed.post(&one, &moved).await.location();
    let mail = house.mail().await;
    assert_eq!(mail.len(), 2);
    assert!(mail[0].text.contains("will now be held") && mail[0].text.contains("Olinda"), "{}", mail[0].text);
    assert!(mail[1].text.contains("agora será realizado"), "{}", mail[1].text);

    ed.post(&format!("{one}/cancel"), &[]).await.shows(422, "Enter a reason of 3 to 1000 characters");
    let why = [("reason", "The teacher is ill"), ("revision", "2")];
    ed.post(&format!("{one}/cancel"), &why).await.shows(409, "Somebody else changed");
    let why = [("reason", "The teacher is ill"), ("revision", "3")];
    assert!(ed.post(&format!("{one}/cancel"), &why).await.location().ends_with("done=done"));
    let dump = house.dump().await;
    let mut dates = dump["course_date"].as_array().unwrap().iter();
    let off = dates.find(|date| !date["cancelled_at"].is_null()).unwrap();
    assert_eq!(off["revision"], 4, "calendars take what is newer");
    assert!(ed.post(&format!("{one}/cancel"), &why).await.location().ends_with("done=done"), "sent twice");
    let more = [("reason", "The teacher is away"), ("revision", "4")];
    ed.post(&format!("{one}/cancel"), &more).await.shows(409, "The teacher is away");
    house.clock.advance(minutes(5));
    let mail = house.mail().await;
    assert_eq!(mail.len(), 2);
    assert!(mail[0].subject.contains("cancelled") && !mail[0].text.contains("teacher"), "{}", mail[0].text);
    ann.get(path).await.shows(200, "Cancelled");
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    pat.get(path).await;
    assert!(pat.post(&format!("{path}/enrol"), &[("date", &date)]).await.location().ends_with("done=past"));
    assert_eq!(ed.get(&one).await.status.as_u16(), 404, "nothing changes in what is called off");
    for (action, times) in [("course.date_added", 1), ("course.date_saved", 2), ("course.date_cancelled", 1)]
    {
        assert_eq!(house.deeds(action).await, times, "{action}");
    }
    let guide = id(&house, "resource", "partner-handbook").await;
    assert_eq!(ed.get(&format!("/staff/content/{guide}/dates")).await.status.as_u16(), 404, "no course");
}

#[tokio::test]
async fn a_thousand_threads_and_a_long_thread_are_read_page_by_page() {
    use customersource::newsgroup::{Post, PostId, Thread, ThreadId, Topic, store};
    let house = lively().await;
    let (now, portal) = (house.now(), &house.portal);
    let author: customersource::profile::ProfileId = house.profile("pat").await.parse().unwrap();
    let tx = portal.db.begin().await.unwrap();
    let group = store::find_slug(&tx, "gp").await.unwrap().unwrap();
    let mut long = None;
    for number in 0..1000 {
        let id = ThreadId::new(now, &portal.random);
        // Many of them at the same moment.
        let at = now - minutes(number / 40);
        let about = Thread {
            id,
            newsgroup: group.id,
            subject: Topic::new(format!("Thread {number:04}")),
            is_locked: false,
            started_at: at,
            last_at: at,
        };
        store::add_thread(&tx, &about).await.unwrap();
        let posts = if number == 0 { 120 } else { 1 };
        for post in 0..posts {
            let at = now + minutes(post);
            let (id, parent) = (PostId::new(at, &portal.random), store::find_parent(&tx, id).await.unwrap());
            let about = Post {
                id,
                thread: about.id,
                author,
                name: None,
                body: format!("Post {post:03}"),
                is_hidden: false,
                posted_at: at,
            };
            store::add_post(&tx, &about, parent, &format!("<{id}@x>")).await.unwrap();
        }
        if number == 0 {
            long = Some(id);
        }
    }
    tx.commit().await.unwrap();
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    let (mut next, mut seen, mut pages) =
        (Some("/newsgroups/gp".to_owned()), std::collections::BTreeSet::new(), 0);
    while let Some(path) = next {
        let page = ann.get(&path).await;
        page.shows(200, "Thread ");
        for part in page.body.split(">Thread ").skip(1) {
            assert!(seen.insert(part[..4].to_owned()), "{} twice", &part[..4]);
        }
        pages += 1;
        next = page
            .body
            .split_once("\" rel=\"next\"")
            .map(|(before, _)| before.rsplit('"').next().unwrap().replace("&#38;", "&"));
    }
    assert_eq!((seen.len(), pages), (1000, 34));
    for odd in ["x", "1_x", "_", "9999999999999999999_01930000-0000-7000-8000-000000000000"] {
        ann.get(&format!("/newsgroups/gp?after={odd}")).await.shows(200, "Thread ");
    }

    let thread = format!("/newsgroups/gp/{}", long.unwrap());
    let first = ann.get(&thread).await;
    first.shows(200, "Post 049");
    assert!(!first.body.contains("Post 050") && first.body.contains("?after="));
    let turned = |page: &str, rel: &str| {
        let before = page.split_once(&format!("\" rel=\"{rel}\""))?.0;
        Some(before.rsplit('"').next().unwrap().to_owned())
    };
    let second = ann.get(&turned(&first.body, "next").unwrap()).await;
    let third = ann.get(&turned(&second.body, "next").unwrap()).await;
    third.shows(200, "Post 119");
    assert_eq!(turned(&third.body, "next"), None);
    let back = ann.get(&turned(&third.body, "prev").unwrap()).await;
    assert!(back.body.contains("Post 050") && back.body.contains("Post 099"));
    ann.get(&format!("{thread}?before=end")).await.shows(200, "Post 119");
    ann.get(&format!("{thread}?after=x")).await.shows(200, "Post 000");
    house.clock.advance(minutes(121));
    ann.sign_in("/account", "ann").await;
    ann.get(&thread).await;
    let replied = ann.post(&format!("{thread}/reply"), &[("body", "The last one.")]).await;
    assert!(replied.location().starts_with(&format!("{thread}?before=end#post-")), "{}", replied.location());
    let dump = house.dump().await;
    let posts = dump["post"].as_array().unwrap();
    let last = posts.iter().find(|post| post["body"] == "The last one.").unwrap();
    let refs: Vec<_> = last["refs"].as_str().unwrap().split(' ').collect();
    let of = |body: &str| {
        let found =
            posts.iter().find(|post| post["thread_id"] == last["thread_id"] && post["body"] == body).unwrap();
        found["message_id"].as_str().unwrap()
    };
    assert_eq!(
        (refs.len(), refs[0], refs[20]),
        (21, of("Post 000"), of("Post 119")),
        "the first and the newest"
    );

    let mut sue = on_duty(&house, "sue").await;
    let page = sue.get("/staff/newsgroups").await;
    page.shows(200, "/staff/newsgroups?before=");
    let more =
        page.body.split_once("/staff/newsgroups?before=").unwrap().1.split('"').next().unwrap().to_owned();
    sue.get(&format!("/staff/newsgroups?before={more}")).await.shows(200, "Post ");
    sue.get(&format!("/staff/newsgroups?thread={}&before=end", long.unwrap()))
        .await
        .shows(200, "The last one.");
}

#[tokio::test]
async fn the_navigation_marks_where_a_page_lies() {
    let house = lively().await;
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    let resources = |value: &str| format!("<a href=\"/resources\" aria-current=\"{value}\">");
    ann.get("/resources").await.shows(200, &resources("page"));
    let below = ann.get("/resources/documentation").await;
    below.shows(200, &resources("true"));
    assert_eq!(
        below
            .body
            .split("class=\"side\"")
            .nth(1)
            .unwrap()
            .split("</nav>")
            .next()
            .unwrap()
            .matches("aria-current")
            .count(),
        1
    );
    ann.get("/newsgroups/gp").await.shows(200, "<a href=\"/newsgroups\" aria-current=\"true\">");
    ann.get("/account/profile").await.shows(200, "aria-current");
    let mut ed = on_duty(&house, "ed").await;
    ed.get("/staff/newsletters/new")
        .await
        .shows(200, "<a href=\"/staff/newsletters\" aria-current=\"true\">");
}
