//! Newsgroups, newsletters and dates of courses as editors make them.
use testkit::{Engine, on_both_engines};

use crate::{
    exchange::{lively, on_duty},
    house::{House, minutes},
};

mod dates;
mod newsletters;

on_both_engines![
    a_newsgroup_is_made_changed_and_closed_and_what_was_written_stays_readable,
    a_thousand_threads_and_a_long_thread_are_read_page_by_page,
    the_navigation_marks_where_a_page_lies,
    a_region_or_product_that_no_company_has_is_told_beside_its_field,
];

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

async fn a_newsgroup_is_made_changed_and_closed_and_what_was_written_stays_readable(engine: Engine) {
    let house = lively(engine).await;
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
    let page = ed.post(new, &fields).await.leads_to().replace("?done=done", "");
    assert_eq!(page, format!("/staff/newsgroups/{}", id(&house, "newsgroup", "nav").await));
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    ann.get("/newsgroups").await.shows(200, "Dynamics &#60;NAV&#62;");
    let asked = [("subject", "Upgrading"), ("body", "How?")];
    let thread =
        ann.fill_in("/newsgroups/nav/new", "/newsgroups/nav/new", &asked).await.leads_to().to_owned();

    // Two at once: the second is told, and nothing of the first is lost.
    let mut eva = on_duty(&house, "eva").await;
    let partners = with(&fields, &[("kinds", "partner"), ("revision", "1"), ("name", "NAV for partners")]);
    eva.post(&page, &partners).await.leads_to();
    let late = ed.post(&page, &with(&fields, &[("name", "Other words"), ("revision", "1")])).await;
    late.shows(409, "Somebody else changed this in the meantime");
    late.shows(409, "Other words");
    ed.get(&page).await.shows(200, "NAV for partners");
    ann.get("/newsgroups/nav").await.shows(403, "Not meant for your profile");
    ann.get(&thread).await.shows(403, "Not meant for your profile");

    let closed = with(&fields, &[("state", "closed"), ("revision", "2"), ("name", "NAV")]);
    ed.post(&page, &closed).await.leads_to();
    ann.get("/newsgroups/nav").await.shows(200, "This newsgroup is closed");
    ann.get(&thread).await.shows(200, "How?");
    assert!(!ann.get(&thread).await.text().contains("id=\"reply\""));
    ann.post(&format!("{thread}/reply"), &[("body", "x")]).await.shows(403, "This newsgroup is closed");
    ann.post("/newsgroups/nav/new", &asked).await.shows(403, "This newsgroup is closed");
    ann.get("/resources?q=upgraded").await.shows(200, &thread);
    assert_eq!((house.deeds("newsgroup.added").await, house.deeds("newsgroup.saved").await), (1, 2));

    let mut sue = on_duty(&house, "sue").await;
    for path in [new, page.as_str(), "/staff/newsletters", "/staff/newsletters/new"] {
        sue.get(path).await.shows(403, "Only for staff");
    }
    sue.post(&page, &fields).await.shows(403, "Only for staff");
    assert_eq!(ed.get("/staff/newsgroups/x").await.status, 404);
}

async fn a_thousand_threads_and_a_long_thread_are_read_page_by_page(engine: Engine) {
    use customersource::newsgroup::{Post, PostId, Thread, ThreadId, Topic, store};
    let house = lively(engine).await;
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
    let beside = |page: &str, rel: &str| {
        let before = page.split_once(&format!("\" rel=\"{rel}\""))?.0;
        Some(before.rsplit('"').next().unwrap().replace("&#38;", "&"))
    };
    let mut newer = None;
    while let Some(path) = next {
        let page = ann.get(&path).await;
        page.shows(200, "Thread ");
        for part in page.text().split(">Thread ").skip(1) {
            assert!(seen.insert(part[..4].to_owned()), "{} twice", &part[..4]);
        }
        pages += 1;
        next = beside(page.text(), "next");
        newer = beside(page.text(), "prev");
    }
    assert_eq!((seen.len(), pages), (1000, 34));
    while let Some(path) = newer {
        pages -= 1;
        newer = beside(ann.get(&path).await.text(), "prev");
    }
    assert_eq!(pages, 1, "and back");
    for odd in ["x", "1_x", "_", "9999999999999999999_01930000-0000-7000-8000-000000000000"] {
        ann.get(&format!("/newsgroups/gp?after={odd}")).await.shows(200, "Thread ");
    }

    let thread = format!("/newsgroups/gp/{}", long.unwrap());
    let first = ann.get(&thread).await;
    first.shows(200, "Post 049");
    assert!(!first.text().contains("Post 050") && first.text().contains("?after="));
    let turned = |page: &str, rel: &str| {
        let before = page.split_once(&format!("\" rel=\"{rel}\""))?.0;
        Some(before.rsplit('"').next().unwrap().to_owned())
    };
    let second = ann.get(&turned(first.text(), "next").unwrap()).await;
    let third = ann.get(&turned(second.text(), "next").unwrap()).await;
    third.shows(200, "Post 119");
    assert_eq!(turned(third.text(), "next"), None);
    let back = ann.get(&turned(third.text(), "prev").unwrap()).await;
    assert!(back.text().contains("Post 050") && back.text().contains("Post 099"));
    ann.get(&format!("{thread}?before=end")).await.shows(200, "Post 119");
    ann.get(&format!("{thread}?after=x")).await.shows(200, "Post 000");
    house.clock.advance(minutes(121));
    ann.sign_in("/account", "ann").await;
    ann.get(&thread).await;
    let replied = ann.post(&format!("{thread}/reply"), &[("body", "The last one.")]).await;
    assert!(replied.leads_to().starts_with(&format!("{thread}?before=end#post-")), "{}", replied.leads_to());
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
    page.shows(200, "/staff/newsgroups?after=");
    let more =
        page.text().split_once("/staff/newsgroups?after=").unwrap().1.split('"').next().unwrap().to_owned();
    let older = sue.get(&format!("/staff/newsgroups?after={more}")).await;
    older.shows(200, "Post ");
    let newer = sue.get(&beside(older.text(), "prev").unwrap()).await;
    assert_eq!(beside(newer.text(), "next"), beside(page.text(), "next"), "the first page again");
    sue.get(&format!("/staff/newsgroups?thread={}&before=end", long.unwrap()))
        .await
        .shows(200, "The last one.");
}

async fn the_navigation_marks_where_a_page_lies(engine: Engine) {
    let house = lively(engine).await;
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    let resources = |value: &str| format!("<a href=\"/resources\" aria-current=\"{value}\">");
    ann.get("/resources").await.shows(200, &resources("page"));
    let below = ann.get("/resources/documentation").await;
    below.shows(200, &resources("true"));
    assert_eq!(
        below
            .text()
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

async fn a_region_or_product_that_no_company_has_is_told_beside_its_field(engine: Engine) {
    let house = lively(engine).await;
    let company = serde_json::json!({"external_id": "contoso", "name": "Contoso Ltda", "region": "br", "products": ["nav"]});
    house.seed(serde_json::json!({ "companies": [company] })).await;
    let mut ed = on_duty(&house, "ed").await;
    let new = ed.get("/staff/newsgroups/new").await;
    new.shows(200, "In use: br.");
    new.shows(200, "In use: nav.");
    let fields =
        [("slug", "nav"), ("language", "en-US"), ("name", "NAV"), ("state", "open"), ("reason", "Asked for")];
    let fits = with(&fields, &[("regions", "BR"), ("products", "NAV")]);
    let page = ed.post("/staff/newsgroups/new", &fits).await.leads_to().to_owned();
    assert!(!ed.get(&page).await.text().contains("No company has"));
    let strange = with(&fits, &[("regions", "BR, BRA"), ("products", "NAVY"), ("revision", "1")]);
    let page = ed.post(page.trim_end_matches("?done=done"), &strange).await.leads_to().to_owned();
    let page = ed.get(&page).await;
    page.shows(200, "No company has BRA.");
    page.shows(200, "No company has NAVY.");
}
