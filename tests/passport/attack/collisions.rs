//! Transactions that meet: the one that PostgreSQL ends is carried out again, once for all in the frame.
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Bytes, extract::State, routing::post};
use passport::{
    account::{acting::Acting, store},
    budget::Budget,
    link::{self, NewLink, Purpose},
};
use platform::{
    limits::{Limit, spend},
    web::{
        Trouble,
        serve::{self, Health},
    },
};
use testkit::{
    Browser, Engine, House, PASSWORD, Parameters,
    net::{Net, Request},
    on_both_engines,
};
use tokio::sync::Barrier;
use tokio_util::sync::CancellationToken;

on_both_engines![
    a_deadlock_is_carried_out_again_with_its_body_and_nobody_sees_it,
    what_was_partly_kept_is_not_carried_out_again,
    what_was_counted_before_the_collision_is_counted_once,
    of_two_who_take_an_address_at_once_one_is_told_that_it_is_taken,
];

#[derive(Clone)]
struct Meeting {
    house: House,
    met: Arc<Barrier>,
    begun: Arc<AtomicUsize>,
    first: First,
}

/// What a request keeps before it meets the other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum First {
    Nothing,
    Something,
    /// A step of its own, by the verb that counts.
    Counted,
}

/// Spends two budgets, in the order that the body says, and meets the other in between.
async fn spend_two(State(meeting): State<Meeting>, body: Bytes) -> Result<String, Trouble> {
    let (db, now) = (&meeting.house.passport.db, meeting.house.clock.now());
    let limit = Limit::new("meeting", 1000, Duration::from_secs(60));
    let is_first_try = meeting.begun.fetch_add(1, Ordering::SeqCst) < 2;
    if meeting.first == First::Counted {
        Budget::AddressChecks
            .may(&meeting.house.passport.db, &meeting.house.passport.settings, now, "block")
            .await?;
    }
    if meeting.first == First::Something {
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

async fn meet(house: &House, first: First) -> (Vec<u16>, usize) {
    let meeting =
        Meeting { house: house.clone(), met: Arc::new(Barrier::new(2)), begun: Arc::default(), first };
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
    assert_eq!(meet(&house, First::Nothing).await, (vec![200, 200], 3));
    assert_eq!(house.ground.count("SELECT CAST(SUM(used) AS BIGINT) FROM budget WHERE used = 2").await, 4);
}

async fn what_was_partly_kept_is_not_carried_out_again(house: House) {
    if house.engine == Engine::Sqlite {
        let tx = house.passport.db.begin().await.unwrap();
        return tx.commit().await.unwrap();
    }
    assert_eq!(meet(&house, First::Something).await, (vec![200, 503], 2));
}

async fn what_was_counted_before_the_collision_is_counted_once(house: House) {
    if house.engine == Engine::Sqlite {
        let tx = house.passport.db.begin().await.unwrap();
        return tx.commit().await.unwrap();
    }
    assert_eq!(meet(&house, First::Counted).await, (vec![200, 200], 3));
    // Three budgets, each of both requests: what was counted was not counted again.
    assert_eq!(house.ground.count("SELECT CAST(SUM(used) AS BIGINT) FROM budget").await, 6);
}

/// Signed in, on the page of a link that gives the account this address.
async fn about_to_take(house: &House, email: &str, wanted: &str) -> Browser {
    let browser = house.browser();
    browser.join(email).await;
    let found = store::find_by_key(house.passport.db.reader(), email).await.unwrap().unwrap();
    let tx = Acting::on(&house.passport.db, found.id).await.unwrap().unwrap();
    let lifetime = Duration::from_secs(600);
    let new = NewLink { account: found.id, purpose: Purpose::ChangeEmail, detail: wanted, lifetime };
    let path = link::make(&tx, house.clock.now(), &house.passport.random, new).await.unwrap();
    tx.commit().await.unwrap();
    browser.get(&house.url(&path)).await.assert_status(200);
    browser
}

async fn of_two_who_take_an_address_at_once_one_is_told_that_it_is_taken(house: House) {
    house.leave_mail();
    for round in 0..6 {
        let wanted = format!("wanted{round}@acme.test");
        let one = about_to_take(&house, &format!("one{round}@acme.test"), &wanted).await;
        let two = about_to_take(&house, &format!("two{round}@acme.test"), &wanted).await;
        let fresh = house.browser();
        fresh.get("/sign-up").await;
        fresh.submit("#sign-up-continue", &[("email", &wanted)]).await.assert_status(200);
        let (one, two, fresh) = tokio::join!(
            one.click("#link-confirm"),
            two.click("#link-confirm"),
            fresh.submit_credentials(PASSWORD)
        );
        let mut statuses = [one.status, two.status, fresh.status];
        statuses.sort_unstable();
        let told = [[200, 410, 410], [200, 409, 410]];
        assert!(told.contains(&statuses), "{statuses:?}");
        let named = format!("SELECT COUNT(*) FROM account WHERE email_key = '{wanted}'");
        assert_eq!(house.ground.count(&named).await, 1);
    }
}
