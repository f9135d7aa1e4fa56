//! Transactions that meet: the one that PostgreSQL ends is carried out again, once for all in the frame.
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Bytes, extract::State, routing::post};
use platform::{
    limits::{Limit, spend},
    web::{
        Trouble,
        serve::{self, Health},
    },
};
use testkit::{
    Engine, House, Parameters,
    net::{Net, Request},
    on_both_engines,
};
use tokio::sync::Barrier;
use tokio_util::sync::CancellationToken;

on_both_engines![
    a_deadlock_is_carried_out_again_with_its_body_and_nobody_sees_it,
    what_was_partly_kept_is_not_carried_out_again,
];

#[derive(Clone)]
struct Meeting {
    house: House,
    met: Arc<Barrier>,
    begun: Arc<AtomicUsize>,
    keeps_something_first: bool,
}

/// Spends two budgets, in the order that the body says, and meets the other in between.
async fn spend_two(State(meeting): State<Meeting>, body: Bytes) -> Result<String, Trouble> {
    let (db, now) = (&meeting.house.passport.db, meeting.house.clock.now());
    let limit = Limit::new("meeting", 1000, Duration::from_secs(60));
    let is_first_try = meeting.begun.fetch_add(1, Ordering::SeqCst) < 2;
    if meeting.keeps_something_first {
        let tx = db.begin().await?;
        spend(&tx, now, limit, "counted").await?;
        tx.commit().await?;
    }
    let mut order = ["one", "two"];
    if &body[..] == b"order=backwards" {
        order.reverse();
    }
    let tx = db.begin().await?;
    spend(&tx, now, limit, order[0]).await?;
    if is_first_try {
        meeting.met.wait().await;
    }
    spend(&tx, now, limit, order[1]).await?;
    tx.commit().await?;
    Ok(order.concat())
}

async fn meet(house: &House, keeps_something_first: bool) -> (Vec<u16>, usize) {
    let meeting = Meeting {
        house: house.clone(),
        met: Arc::new(Barrier::new(2)),
        begun: Arc::default(),
        keeps_something_first,
    };
    let begun = Arc::clone(&meeting.begun);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://127.0.0.1:{}/meet", listener.local_addr().unwrap().port());
    let routes = Router::new().route("/meet", post(spend_two)).with_state(meeting);
    let (site, health) = (house.passport.site.clone(), Health::new(house.passport.db.clone()));
    let stop = CancellationToken::new();
    let served = tokio::spawn({
        let stop = stop.clone();
        async move { serve::run(listener, &site, &health, routes, stop).await.unwrap() }
    });
    let net: &Net = &house.net;
    let one = net.send(Request::post(&url, &Parameters::of(&[("order", "straight")])));
    let other = net.send(Request::post(&url, &Parameters::of(&[("order", "backwards")])));
    let (one, other) = tokio::join!(one, other);
    for answer in [&one, &other] {
        assert!(answer.status == 200 || !answer.header("retry-after").is_empty(), "{answer:?}");
    }
    stop.cancel();
    served.await.unwrap();
    let mut statuses = vec![one.status, other.status];
    statuses.sort_unstable();
    (statuses, begun.load(Ordering::SeqCst))
}

async fn a_deadlock_is_carried_out_again_with_its_body_and_nobody_sees_it(house: House) {
    if house.engine == Engine::Sqlite {
        // One writer: nothing to meet. What is asked in turn is simply done.
        let tx = house.passport.db.begin().await.unwrap();
        return tx.commit().await.unwrap();
    }
    assert_eq!(meet(&house, false).await, (vec![200, 200], 3));
    assert_eq!(house.ground.count("SELECT CAST(SUM(used) AS BIGINT) FROM budget WHERE used = 2").await, 4);
}

async fn what_was_partly_kept_is_not_carried_out_again(house: House) {
    if house.engine == Engine::Sqlite {
        let tx = house.passport.db.begin().await.unwrap();
        return tx.commit().await.unwrap();
    }
    assert_eq!(meet(&house, true).await, (vec![200, 503], 2));
}
