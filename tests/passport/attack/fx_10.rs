//! FX-10: a row that is locked by somebody who says nothing takes down its own account and nobody else.
use testkit::{Engine, House, PASSWORD, house::minutes, net::Request, on_both_engines};
use tokio::task::JoinSet;

on_both_engines![fx_10_one_locked_row_takes_only_its_own_accounts_requests_down];

async fn fx_10_one_locked_row_takes_only_its_own_accounts_requests_down(engine: Engine) {
    let house = House::with(engine, |settings| settings.passport.database.lock_seconds = 2).await;
    house.browser().join("ann@acme.test").await;
    house.browser().join("ben@acme.test").await;
    if engine == Engine::Sqlite {
        // No rows are locked here: one writer after another. A transaction that lies about makes all wait, for a while.
        let silent = house.passport.db.begin().await.unwrap();
        let browser = house.browser();
        browser.get("/sign-in").await;
        let refused = browser.fill_in_sign_in("ann@acme.test", PASSWORD).await;
        assert!(refused.status == 503 && !refused.header("retry-after").is_empty(), "{refused:?}");
        drop(silent);
        browser.sign_in("ann@acme.test", PASSWORD).await;
        return;
    }
    let reader = house.passport.db.reader();
    let ann = passport::account::store::find_by_key(reader, "ann@acme.test").await.unwrap().unwrap();
    let silent = passport::account::acting::Acting::on(&house.passport.db, ann.id).await.unwrap().unwrap();

    let mut waiting = JoinSet::new();
    for _ in 0..10 {
        let browser = house.browser();
        browser.get("/sign-in").await.assert_status(200);
        waiting.spawn(async move { browser.fill_in_sign_in("ann@acme.test", PASSWORD).await });
    }
    for _ in 0..6 {
        house.browser().sign_in("ben@acme.test", PASSWORD).await;
    }
    for answer in waiting.join_all().await {
        assert!(answer.status == 503 && !answer.header("retry-after").is_empty(), "{answer:?}");
    }
    house.net.send(Request::get(&house.url("/readyz"))).await.assert_status(200);
    drop(silent);
    house.clock.advance(minutes(16));
    house.browser().sign_in("ann@acme.test", PASSWORD).await;
}
