//! Budgets on a real database.
use super::*;
use crate::{db::Database, testing::database};

const FIVE: Limit = Limit::new("test", 5, Duration::from_secs(60));

async fn spend_times(db: &Database, now: Moment, limit: Limit, who: &str, times: u32) -> u32 {
    let mut granted = 0;
    for _ in 0..times {
        let tx = db.begin().await.unwrap();
        granted += u32::from(spend(&tx, now, limit, who).await.unwrap());
        tx.commit().await.unwrap();
    }
    granted
}

#[tokio::test]
async fn a_budget_is_spent_once_and_comes_back_with_time() {
    let (db, _folder) = database().await;
    let start = Moment::from_unix_seconds(60_000);
    assert_eq!(spend_times(&db, start, FIVE, "ann", 8).await, 5);
    assert_eq!(spend_times(&db, start, FIVE, "ben", 1).await, 1, "somebody else's budget is untouched");
    let half_a_window_later = start + Duration::from_secs(90);
    assert_eq!(
        spend_times(&db, half_a_window_later, FIVE, "ann", 8).await,
        3,
        "the old window still counts by half"
    );
    assert_eq!(spend_times(&db, start + Duration::from_secs(600), FIVE, "ann", 8).await, 5);
}

#[tokio::test]
async fn pressing_on_does_not_lengthen_the_wait() {
    let (db, _folder) = database().await;
    let start = Moment::from_unix_seconds(60_000);
    assert_eq!(spend_times(&db, start, FIVE, "ann", 200).await, 5);
    let next_window = start + Duration::from_secs(61);
    assert_eq!(spend_times(&db, next_window + Duration::from_secs(58), FIVE, "ann", 8).await, 5);
}

#[tokio::test]
async fn what_is_given_back_can_be_spent_again_and_nothing_more() {
    let (db, _folder) = database().await;
    let start = Moment::from_unix_seconds(60_000);
    assert_eq!(spend_times(&db, start, FIVE, "ann", 5).await, 5);
    refund(db.writer(), start, FIVE, "ann").await.unwrap();
    assert_eq!(spend_times(&db, start, FIVE, "ann", 3).await, 1);
    refund(db.writer(), start, FIVE, "nobody").await.unwrap();
    assert_eq!(spend_times(&db, start, FIVE, "nobody", 9).await, 5);
}

#[tokio::test]
async fn counters_that_are_over_are_dropped() {
    let (db, _folder) = database().await;
    let start = Moment::from_unix_seconds(60_000);
    spend_times(&db, start, FIVE, "ann", 1).await;
    assert_eq!(drop_expired(db.writer(), start).await.unwrap(), 0);
    assert_eq!(drop_expired(db.writer(), start + Duration::from_secs(300)).await.unwrap(), 1);
}

#[test]
fn a_scaled_limit_is_never_nothing() {
    assert_eq!(FIVE.scaled(100.0).most, 500);
    assert_eq!(FIVE.scaled(0.01).most, 1);
}
