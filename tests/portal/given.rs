//! A button of the staff that was given no reason: its page comes back, with the words in their box and why.
use customersource::admin_case::{CaseId, entity};
use sea_orm::EntityTrait as _;
use testkit::{Engine, on_both_engines};

use crate::{
    authority::window,
    exchange::{ask, lively, on_duty},
    house::{Browser, House, minutes},
};

on_both_engines![
    whoever_helps_gets_the_page_back_with_what_was_given_as_a_reason,
    a_case_comes_back_with_the_reason_that_was_given_for_it,
    cases_are_turned_to_the_oldest_and_back,
    what_two_of_the_staff_do_is_done_once_and_the_later_gets_the_reason_back,
    an_invitation_that_cannot_be_sent_yet_or_was_withdrawn_gives_the_reason_back,
];

const WHY: &str = "Enter a reason of 3 to 1000 characters";

const REASON: [(&str, &str); 1] = [("reason", "Nobody at the number")];

/// What stands in the box of this id, where its page says that something is wrong with it.
fn in_box<'a>(page: &'a str, id: &str) -> Option<&'a str> {
    assert!(page.contains(&format!("<a href=\"#{id}\">{WHY}</a>")), "{id}: {page}");
    let rest = page.split_once(&format!("<textarea id=\"{id}\""))?.1;
    let (tag, rest) = rest.split_once('>')?;
    assert!(tag.contains(&format!("aria-invalid=\"true\" aria-describedby=\"{id}-error\"")), "{tag}");
    rest.split("</textarea>").next()
}

async fn id_of(house: &House, table: &str) -> String {
    house.dump().await[table][0]["id"].as_str().unwrap().to_owned()
}

async fn whoever_helps_gets_the_page_back_with_what_was_given_as_a_reason(engine: Engine) {
    let house = lively(engine).await;
    let mut ann = house.browser();
    let thread = ask(&mut ann).await;
    let id = thread.rsplit('/').next().unwrap().to_owned();
    let mut sue = on_duty(&house, "sue").await;
    let person = format!("/staff/people/{}", house.profile("ann").await);
    for (path, at) in [("invite", "reason-invite"), ("end", "reason-end")] {
        sue.get(&person).await;
        let back = sue.post(&format!("{person}/{path}"), &[("reason", "no")]).await;
        assert_eq!((back.status, in_box(back.text(), at)), (422, Some("no")));
        assert_eq!(back.text().matches(">no</textarea>").count(), 1, "in no other box");
    }
    let page = format!("/staff/newsgroups?thread={id}");
    sue.get(&page).await;
    let back = sue.post(&format!("/staff/threads/{id}"), &[("so", "yes"), ("reason", "no")]).await;
    assert_eq!((back.status, in_box(back.text(), "reason-thread")), (422, Some("no")));
    assert!(back.text().contains("<details open>"), "{back:?}");
    let post = id_of(&house, "post").await;
    sue.get(&page).await;
    let back = sue.post(&format!("/staff/posts/{post}"), &[("so", "yes"), ("reason", "no")]).await;
    assert_eq!((back.status, in_box(back.text(), &format!("reason-{post}"))), (422, Some("no")));
    assert_eq!(house.deeds("post.hidden").await + house.deeds("thread.closed").await, 0);
    house.mail().await;
}

/// A case that waits for a second person; answers its name.
async fn opened(house: &House, sue: &mut Browser<'_>) -> String {
    let dump = house.dump().await;
    let mut companies = dump["organization"].as_array().unwrap().iter();
    let company = &companies.find(|row| row["external_id"] == "contoso").unwrap()["id"];
    let page = format!("/staff/companies/{}", company.as_str().unwrap());
    let ann = house.profile("ann").await;
    let fields = [("profile", ann.as_str()), ("asked_by", "Ann, by telephone"), ("evidence", "Invoice 4711")];
    sue.get(&page).await;
    assert!(sue.post(&format!("{page}/case"), &fields).await.leads_to().ends_with("done=done"));
    id_of(house, "admin_case").await
}

async fn a_case_comes_back_with_the_reason_that_was_given_for_it(engine: Engine) {
    let house = lively(engine).await;
    let mut sue = on_duty(&house, "sue").await;
    let case = opened(&house, &mut sue).await;
    sue.get("/staff/cases").await;
    let back = sue.post(&format!("/staff/cases/{case}/refuse"), &[("reason", "no")]).await;
    assert_eq!((back.status, in_box(back.text(), &format!("refuse-{case}"))), (422, Some("no")));
    // Another member of the staff refused it meanwhile: nothing is done, and the words are there.
    sue.get("/staff/cases").await;
    let refuse = format!("/staff/cases/{case}/refuse");
    let mut beside = window(&house, &sue, house.first_node());
    assert!(beside.post(&refuse, &REASON).await.leads_to().ends_with("done=done"));
    let late = sue.post(&refuse, &[("reason", "Called, and nobody knew")]).await;
    late.shows(409, "Called, and nobody knew");
    house.mail().await;
}

async fn cases_are_turned_to_the_oldest_and_back(engine: Engine) {
    let house = lively(engine).await;
    let mut sue = on_duty(&house, "sue").await;
    opened(&house, &mut sue).await;
    let db = house.portal.db.reader();
    let known = entity::Entity::find().one(db).await.unwrap().unwrap();
    let tx = house.portal.db.begin().await.unwrap();
    for number in 0..100 {
        let id = CaseId::new(house.now() + minutes(number + 1), &house.portal.random);
        let evidence = format!("Case {number}.");
        let row = entity::Model { id, evidence, state: "refused".into(), ..known.clone() };
        entity::Entity::insert(entity::ActiveModel::from(row)).exec_without_returning(&tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    let link = |page: &str, rel: &str| {
        let before = page.split_once(&format!("\" rel=\"{rel}\"")).map(|(before, _)| before)?;
        before.rsplit_once("href=\"").map(|(_, path)| path.to_owned())
    };
    let newest = sue.get("/staff/cases").await;
    newest.shows(200, "Case 99.");
    assert_eq!(link(newest.text(), "prev"), None);
    let middle = sue.get(&link(newest.text(), "next").unwrap()).await;
    middle.shows(200, "Case 49.");
    let oldest = sue.get(&link(middle.text(), "next").unwrap()).await;
    oldest.shows(200, "Invoice 4711");
    assert_eq!(link(oldest.text(), "next"), None);
    assert!(oldest.text().contains("<a href=\"/staff/cases\">First page</a>"));
    let back = sue.get(&link(oldest.text(), "prev").unwrap()).await;
    assert!(back.text().contains("Case 49.") && !back.text().contains("Case 50."), "{back:?}");
    house.mail().await;
}

async fn what_two_of_the_staff_do_is_done_once_and_the_later_gets_the_reason_back(engine: Engine) {
    let house = lively(engine).await;
    let mut ann = house.browser();
    let thread = ask(&mut ann).await;
    let thread = thread.rsplit('/').next().unwrap().to_owned();
    let post = id_of(&house, "post").await;
    let person = format!("/staff/people/{}", house.profile("ann").await);
    let mut sue = on_duty(&house, "sue").await;
    let page = format!("/staff/newsgroups?thread={thread}");
    for (page, path, so) in [
        (&page, format!("/staff/posts/{post}"), "yes"),
        (&page, format!("/staff/threads/{thread}"), "yes"),
        (&person, format!("{person}/end"), ""),
    ] {
        sue.get(page).await;
        let mut beside = window(&house, &sue, house.first_node());
        beside.get(page).await;
        let done = sue.post(&path, &[("so", so), ("reason", "It was asked for")]).await;
        assert!(done.leads_to().ends_with("done=done"), "{path}: {done:?}");
        // The same press once more is answered alike; another one finds nothing left to do.
        let again = sue.post(&path, &[("so", so), ("reason", "It was asked for")]).await;
        assert_eq!(again.leads_to(), done.leads_to());
        let late = beside.post(&path, &[("so", so), ("reason", "Nobody at the number")]).await;
        late.shows(409, "Nobody at the number</textarea>");
    }
    for deed in ["post.hidden", "thread.closed", "association.ended"] {
        assert_eq!(house.deeds(deed).await, 1, "{deed}");
    }
    house.mail().await;
}

async fn an_invitation_that_cannot_be_sent_yet_or_was_withdrawn_gives_the_reason_back(engine: Engine) {
    let house = lively(engine).await;
    let mut sue = on_duty(&house, "sue").await;
    let person = format!("/staff/people/{}", house.profile("ann").await);
    sue.get(&person).await;
    let sent = sue.post(&format!("{person}/invite"), &[("reason", "She called")]).await;
    assert!(sent.leads_to().ends_with("done=done"), "{sent:?}");
    let again = sue.post(&format!("{person}/invite"), &[("reason", "She called")]).await;
    assert_eq!(again.leads_to(), sent.leads_to());
    assert_eq!(house.mail().await.len(), 1, "pressed twice, sent once");
    sue.get(&person).await;
    let soon = sue.post(&format!("{person}/invite"), &[("reason", "She called again")]).await;
    soon.shows(409, "She called again</textarea>");
    soon.shows(409, "less than a minute ago");
    let page = sue.get(&person).await;
    let invitation = page.text().split_once("name=\"invitation\" value=\"").unwrap().1;
    let invitation = invitation.split('"').next().unwrap().to_owned();
    let mut beside = window(&house, &sue, house.first_node());
    let withdraw = format!("{person}/withdraw");
    let fields = |reason: &'static str| [("invitation", invitation.as_str()), ("reason", reason)];
    let done = sue.post(&withdraw, &fields("Wrong person")).await;
    assert!(done.leads_to().ends_with("done=done"), "{done:?}");
    assert_eq!(sue.post(&withdraw, &fields("Wrong person")).await.leads_to(), done.leads_to());
    beside.post(&withdraw, &fields("Not that one")).await.shows(409, "Not that one</textarea>");
    assert_eq!(house.deeds("invitation.withdrawn").await, 1);
}
