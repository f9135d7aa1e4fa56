//! FX-08, FT-15: hanging sites and a hanging mail server hold up nobody else, and not the order to stop.
use std::time::Duration;

use mailbox::Fault;
use passport::{jobs::worker, tell::clients};
use testkit::{Engine, House, Kind, on_both_engines, rp::Listener};
use tokio::{net::TcpListener, time::timeout};
use tokio_util::sync::CancellationToken;

on_both_engines![fx_08_neither_hanging_sites_nor_a_hanging_mail_server_hold_up_the_others_or_the_stop];

/// Long past what a healthy delivery takes, and well before the hanging ones end by themselves.
const PATIENCE: Duration = Duration::from_secs(9);

async fn fx_08_neither_hanging_sites_nor_a_hanging_mail_server_hold_up_the_others_or_the_stop(
    engine: Engine,
) {
    let house = House::with(engine, |settings| settings.passport.sign_up.reveal_taken = false).await;
    house.leave_mail();
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let account = passport::account::store::find_by_key(house.passport.db.reader(), "ann@acme.test").await;
    let account = account.unwrap().unwrap().id;
    let session = passport::session::SessionId::new(house.clock.now(), &house.passport.random);
    // Connections are taken and never answered.
    let mut hanging = Vec::new();
    let mut listeners = Vec::new();
    let mut sites = Vec::new();
    let site = async |number: usize, url: String| {
        let change = |client: &mut oidc::client::Client| {
            client.client_id = format!("site-{number}");
            client.backchannel_logout_uri = Some(url);
        };
        house.client_with(Kind::Web, change).await
    };
    for number in 0..60 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        sites.push(site(number, format!("http://{}/told", listener.local_addr().unwrap())).await);
        hanging.push(listener);
    }
    for number in 60..65 {
        let listener = Listener::open().await;
        sites.push(site(number, listener.url.clone()).await);
        listeners.push(listener);
    }
    house.browser().sign_up("ann@acme.test").await;
    let tx = house.passport.db.begin().await.unwrap();
    for _ in 0..2 {
        for site in &sites {
            let found = passport::client::store::find(&tx, &site.id).await.unwrap().unwrap();
            let now = house.clock.now();
            clients::enqueue_one(&house.passport, &tx, now, &found.client, account, session).await.unwrap();
        }
    }
    tx.commit().await.unwrap();

    house.mailbox.set_fault(Fault::Hang);
    let begin = || {
        let stop = CancellationToken::new();
        (tokio::spawn(worker(&house.passport).run(stop.clone())), stop)
    };
    let (running, stop) = begin();
    for listener in &listeners {
        timeout(PATIENCE, listener.wait_for(2)).await.expect("a healthy site is told while others hang");
    }
    stop.cancel();
    timeout(PATIENCE, running).await.expect("the order to stop is obeyed").unwrap();
    assert_eq!(
        house.ground.count("SELECT COUNT(*) FROM outbox WHERE lease_until > 0").await,
        0,
        "given back"
    );
    assert_eq!(house.jobs_waiting().await, 121, "and nothing is lost");

    house.mailbox.set_fault(Fault::None);
    let (running, stop) = begin();
    let letters = timeout(PATIENCE, house.mailbox.wait_for(1, "ann@acme.test")).await;
    assert!(letters.is_ok(), "the letter leaves while the sites hang");
    stop.cancel();
    timeout(PATIENCE, running).await.expect("the order to stop is obeyed").unwrap();
    assert_eq!(house.jobs_waiting().await, 120);
}
