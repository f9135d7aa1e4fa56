//! Issues of a newsletter: for whom they are, and how they leave to many.
use std::collections::HashSet;

use customersource::{newsletter, worker};
use mailbox::{Fault, Step};
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use testkit::{Engine, on_both_engines};

use crate::{
    exchange::{lively, on_duty},
    house::{House, minutes},
};

on_both_engines![
    what_a_newsletter_asks_of_its_readers_holds_for_its_issues_too,
    letters_to_many_are_written_as_the_mail_server_takes_them_and_reach_each_reader_once,
];

async fn run(house: &House, sql: &str) {
    let tx = house.portal.db.begin().await.unwrap();
    assert_eq!(tx.execute_unprepared(sql).await.unwrap().rows_affected(), 1, "{sql}");
    tx.commit().await.unwrap();
}

async fn what_a_newsletter_asks_of_its_readers_holds_for_its_issues_too(engine: Engine) {
    let house = lively(engine).await;
    let (path, found) = ("/newsletters/customersource-news/november-2026", "/resources?q=%22new+dates%22");
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    ann.get("/newsletters").await;
    ann.post("/newsletters/customersource-news", &[("subscribe", "1")]).await.leads_to();
    ann.get(path).await.shows(200, "two new dates");
    ann.get(found).await.shows(200, path);

    // The issue itself stays for everybody.
    run(
        &house,
        "UPDATE newsletter SET rule = '{\"kinds\":[\"employee\"]}' WHERE slug = 'customersource-news'",
    )
    .await;
    let locked = ann.get(path).await;
    locked.shows(403, "Not meant for your profile");
    assert!(!locked.text().contains("two new dates"));
    locked.shows(403, "If that is a mistake, write to");
    assert!(
        !locked.text().contains("know about the plan") && !locked.text().contains("renew or change the plan")
    );
    assert!(!ann.get(found).await.text().contains(path), "the search");
    let mut ed = on_duty(&house, "ed").await;
    ed.get("/staff/content").await;
    let dump = house.dump().await;
    let issues = dump["resource"].as_array().unwrap();
    let issue = issues.iter().find(|row| row["slug"] == "november-2026").unwrap();
    let send = format!("/staff/content/{}/send", issue["id"].as_str().unwrap());
    ed.post(&send, &[("reason", "It is November")]).await.leads_to();
    assert!(house.mail().await.is_empty(), "the letters");

    run(&house, "UPDATE newsletter SET rule = '{}' WHERE slug = 'customersource-news'").await;
    ann.get(path).await.shows(200, "two new dates");
}

/// The demonstration's newsletter, sent by its editor.
async fn send(house: &House) {
    let mut ed = on_duty(house, "ed").await;
    ed.get("/staff/content").await;
    let dump = house.dump().await;
    let issues = dump["resource"].as_array().unwrap();
    let issue = issues.iter().find(|row| row["slug"] == "november-2026").unwrap();
    let path = format!("/staff/content/{}/send", issue["id"].as_str().unwrap());
    ed.post(&path, &[("reason", "It is November")]).await.leads_to();
}

async fn letters_to_many_are_written_as_the_mail_server_takes_them_and_reach_each_reader_once(
    engine: Engine,
) {
    const READERS: usize = 1_500;
    let house = lively(engine).await;
    let reader = |number| {
        json!({"external_id": format!("reader-{number}"), "company": "fabrikam", "first_name": "Rea",
               "last_name": "Der", "email": format!("reader-{number}@fabrikam.example")})
    };
    let readers: Vec<_> = (0..READERS).map(reader).collect();
    house.seed(json!({ "profiles": readers })).await;
    let tx = house.portal.db.begin().await.unwrap();
    let letter = newsletter::store::find_slug(&tx, "customersource-news").await.unwrap().unwrap();
    for row in house.dump().await["profile"].as_array().unwrap() {
        if row["external_id"].as_str().is_some_and(|id| id.starts_with("reader-")) {
            let profile = row["id"].as_str().unwrap().parse().unwrap();
            newsletter::store::subscribe(&tx, house.now(), letter.id, profile).await.unwrap();
        }
    }
    tx.commit().await.unwrap();

    // While the mail server takes nothing, no more is written than it takes in a moment.
    house.mail_fails(Fault::Says(Step::Recipient, "450 4.7.1 Come back later"));
    send(&house).await;
    let waiting = async || platform::outbox::waiting(house.portal.db.reader()).await.unwrap().0;
    for _ in 0..3 {
        worker(&house.portal).drain().await.unwrap();
        assert!((1_000..=1_250).contains(&waiting().await), "{}", waiting().await);
        house.clock.advance(minutes(1));
    }
    house.mail_fails(None);
    let mut reached = Vec::new();
    while waiting().await > 0 {
        house.clock.advance(minutes(6));
        reached.extend(house.mail().await.into_iter().map(|mail| mail.to));
    }
    let each: HashSet<_> = reached.iter().collect();
    assert_eq!((reached.len(), each.len()), (READERS, READERS));
}
