//! The gates: what may happen once happens once, however many try at the same time.
use customersource::{
    association::{self, Verdict},
    seed,
};
use platform::once::Once;
use testkit::{Engine, on_both_engines};
use tokio::task::JoinSet;

use crate::{
    house::{House, people},
    race::{accept, link},
};

on_both_engines![
    a_name_is_spent_once_and_for_its_purpose_only,
    portal_rule_6_as_06_a_newer_link_of_the_same_request_replaces_the_older_and_no_other,
    the_same_seed_twice_changes_nothing,
    seed_data_that_does_not_fit_leaves_no_trace,
    inv_12_a_dump_and_the_tables_hold_no_link,
];

async fn a_name_is_spent_once_and_for_its_purpose_only(engine: Engine) {
    let house = std::sync::Arc::new(House::open(engine).await);
    let mut callers = JoinSet::new();
    for _ in 0..16 {
        let house = house.clone();
        callers.spawn(async move {
            let tx = house.portal.db.begin().await.unwrap();
            let won = Once::new("state", &["name"], house.now()).spend(&tx).await.unwrap();
            tx.commit().await.unwrap();
            won
        });
    }
    assert_eq!(callers.join_all().await.into_iter().filter(|won| *won).count(), 1);
    let tx = house.portal.db.begin().await.unwrap();
    assert!(Once::new("logout token", &["name"], house.now()).spend(&tx).await.unwrap());
}

async fn portal_rule_6_as_06_a_newer_link_of_the_same_request_replaces_the_older_and_no_other(house: House) {
    let (first, others) = (link(&house, "ann").await, link(&house, "bob").await);
    let second = link(&house, "ann").await;
    assert!(matches!(accept(&house, first, "ann").await, Verdict::Dead(_)));
    for live in [others, second] {
        let found = association::store::find_link(house.portal.db.reader(), live).await.unwrap().unwrap();
        assert_eq!(found.state, association::State::Pending);
    }
}

async fn the_same_seed_twice_changes_nothing(house: House) {
    let before = house.dump().await;
    house.seed(people()).await;
    assert_eq!(house.dump().await, before);
    assert_eq!(before["profile"].as_array().unwrap().len(), 8);
}

async fn seed_data_that_does_not_fit_leaves_no_trace(house: House) {
    let before = house.dump().await;
    for (data, told) in [
        (
            r#"{"companies": [{"external_id": "new", "name": "New"}], "profiles": [{"external_id": "x", "company": "nowhere", "first_name": "X", "last_name": "Y", "email": "x@example.com"}]}"#,
            "no company nowhere",
        ),
        (
            r#"{"entitlements": [{"company": "contoso", "plan": "gold", "starts_on": "2026-01-01", "ends_on": "2026-02-01"}]}"#,
            "no plan gold",
        ),
        (
            r#"{"profiles": [{"external_id": "x", "company": "contoso", "first_name": "X", "last_name": "Y", "email": "x@y@z"}]}"#,
            "is no e-mail address",
        ),
    ] {
        let seed = seed::Seed::parse(data).unwrap();
        let error = seed::apply(&house.portal, &seed).await.unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
    assert_eq!(house.dump().await, before);
}

async fn inv_12_a_dump_and_the_tables_hold_no_link(house: House) {
    let mut ann = house.browser();
    ann.sign_in("/signin", "ann").await;
    ann.claim("ann@contoso.example").await;
    let link = house.mail().await[0].link();
    let dump = house.dump().await.to_string();
    let secret = link.strip_prefix("/associate/").unwrap();
    for secret in [secret, ann.cookies.value("session").unwrap()] {
        assert!(!dump.contains(secret));
    }
    assert!(!dump.contains("_digest") && !dump.contains("id_token") && !dump.contains("email_mac"));
}
