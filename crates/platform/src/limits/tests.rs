//! Budgets on a real database.
use super::*;
use crate::{clock::LARGEST_STEP, db::Database, testing::database};

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
    refund(&db.ground(), start, FIVE, "ann").await.unwrap();
    assert_eq!(spend_times(&db, start, FIVE, "ann", 3).await, 1);
    refund(&db.ground(), start, FIVE, "nobody").await.unwrap();
    assert_eq!(spend_times(&db, start, FIVE, "nobody", 9).await, 5);
}

#[tokio::test]
async fn counters_that_are_over_are_dropped() {
    let (db, _folder) = database().await;
    let start = Moment::from_unix_seconds(60_000);
    spend_times(&db, start, FIVE, "ann", 1).await;
    assert_eq!(OVER.sweep(&db, start + Duration::from_secs(2 * 24 * 3600)).await.unwrap(), 0, "FX-11");
    assert_eq!(OVER.sweep(&db, start + LARGEST_STEP + Duration::from_secs(300)).await.unwrap(), 1);
}

/// The counter of `who` as it is stored: slot, used, used before.
async fn stored(db: &Database, limit: Limit, who: &str) -> Option<(i64, i64, i64)> {
    let sql = "SELECT slot, used, used_before FROM budget WHERE id = $1";
    let values = [key(limit, who).into()];
    let statement = Statement::from_sql_and_values(db.reader().get_database_backend(), sql, values);
    let row = db.reader().query_one_raw(statement).await.unwrap()?;
    Some(["slot", "used", "used_before"].map(|name| row.try_get("", name).unwrap()).into())
}

#[tokio::test]
async fn fx_11_an_older_slot_does_not_overwrite_a_newer_one() {
    let (db, _folder) = database().await;
    let edge = Moment::from_unix_seconds(60_000);
    let (behind, ahead) = (edge - Duration::from_secs(15), edge + Duration::from_secs(15));
    let mut granted = 0;
    for _ in 0..20 {
        granted += spend_times(&db, behind, FIVE, "ann", 1).await;
        granted += spend_times(&db, ahead, FIVE, "ann", 1).await;
    }
    assert!(granted <= 6, "{granted}: five in the window, and one that slid out of it");
    // A start two days ahead, and back.
    let later = edge + Duration::from_secs(2 * 24 * 3600);
    spend_times(&db, later, FIVE, "ann", 5).await;
    assert_eq!(spend_times(&db, ahead, FIVE, "ann", 5).await, 0);
}

#[tokio::test]
async fn fx_12_what_is_refused_writes_nothing() {
    let (db, _folder) = database().await;
    let start = Moment::from_unix_seconds(60_000);
    spend_times(&db, start, FIVE, "ann", 5).await;
    let full = stored(&db, FIVE, "ann").await;
    assert_eq!(spend_times(&db, start, FIVE, "ann", 20).await, 0);
    assert_eq!(stored(&db, FIVE, "ann").await, full);
    assert_eq!(spend_times(&db, start + Duration::from_secs(60), FIVE, "ann", 20).await, 0);
    assert_eq!(stored(&db, FIVE, "ann").await, full, "the old window counts in full at the edge");
}

#[test]
fn a_scaled_limit_is_never_nothing() {
    assert_eq!(FIVE.scaled(100.0).most, 500);
    assert_eq!(FIVE.scaled(0.01).most, 1);
}

#[tokio::test]
async fn whoever_is_refused_is_told_when_the_next_one_goes_and_then_it_does() {
    for (begun, pauses) in [(7, vec![0; 9]), (59, vec![0; 9]), (3, vec![40; 9]), (30, vec![7; 20])] {
        let (db, _folder) = database().await;
        let mut now = Moment::from_unix_seconds(60_000 + begun);
        let mut refused = 0;
        for pause in pauses {
            now = now + Duration::from_secs(pause);
            let tx = db.begin().await.unwrap();
            let spent = spend_or_wait(&tx, now, HOURLY, "ann").await.unwrap();
            tx.commit().await.unwrap();
            let Err(full) = spent else { continue };
            refused += 1;
            assert_eq!(full.until.unix_millis() % 60_000, 0, "pages tell whole minutes");
            assert!(full.until > now && full.until <= now + Duration::from_secs(2 * 3600 + 60));
            let reader = db.reader();
            assert!(has_room(reader, full.until, HOURLY, "ann").await.unwrap(), "{begun}");
            let early = full.until - Duration::from_secs(61);
            assert!(early < now || !has_room(reader, early, HOURLY, "ann").await.unwrap(), "{begun}");
        }
        assert!(refused > 0, "{begun}");
    }
    let (db, _folder) = database().await;
    let (tx, now) = (db.begin().await.unwrap(), Moment::from_unix_seconds(60_000));
    let none = Limit { most: 0, ..HOURLY };
    assert!(spend_or_wait(&tx, now, none, "ann").await.unwrap().is_err());
}

const HOURLY: Limit = Limit::new("hourly", 5, Duration::from_secs(3600));
