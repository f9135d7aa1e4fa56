//! For whom issues of a newsletter are: for whom both are.
use sea_orm::ConnectionTrait as _;
use testkit::{Engine, on_both_engines};

use crate::{
    exchange::{lively, on_duty},
    house::House,
};

on_both_engines![what_a_newsletter_asks_of_its_readers_holds_for_its_issues_too,];

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
