//! FX-05: automatic sign-ins run while their owner signs out everywhere: no deadlock, no 503, and they end. What they
//! do after a sweep.
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use testkit::{House, PASSWORD, house::days, net::Request, on_both_engines};
use tokio::task::JoinSet;

use crate::services::{join_automatically, sign_in_with};

on_both_engines![
    fx_05_automatic_sign_ins_and_sign_out_everywhere_never_wait_for_one_another,
    fx_05_parallel_first_requests_after_a_sweep_are_one_sign_in,
];

const ROUNDS: usize = 12;
const COMPUTERS: usize = 5;

async fn fx_05_automatic_sign_ins_and_sign_out_everywhere_never_wait_for_one_another(house: House) {
    house.leave_mail();
    for round in 0..ROUNDS {
        let email = format!("r{round}@acme.test");
        let owner = house.browser();
        owner.join(&email).await;
        owner.get("/account/sessions").await.assert_status(200);
        let over = Arc::new(AtomicBool::new(false));
        let mut loops = JoinSet::new();
        for _ in 0..COMPUTERS {
            let browser = house.browser();
            sign_in_with(&browser, &email, &[("automatic", "on")]).await;
            let over = Arc::clone(&over);
            loops.spawn(async move {
                while !over.load(Ordering::SeqCst) {
                    browser.close_and_reopen();
                    browser.get("/").await.assert_status(200);
                }
                browser.close_and_reopen();
                browser.is_signed_in().await
            });
        }
        // Some are in the middle of it, whatever the machine is busy with.
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        owner.submit("#sign-out-everywhere", &[]).await.assert_status(200);
        over.store(true, Ordering::SeqCst);
        assert_eq!(loops.join_all().await, [false; COMPUTERS], "round {round}");
        owner.sign_in(&email, PASSWORD).await;
    }
}

async fn fx_05_parallel_first_requests_after_a_sweep_are_one_sign_in(house: House) {
    let browser = house.browser();
    join_automatically(&browser, "ann@acme.test").await;
    for _ in 0..3 {
        browser.close_and_reopen();
        house.clock.advance(days(3));
        while passport::acts::sessions::end_lapsed(&house.passport, house.clock.now()).await.unwrap() > 0 {}
        passport::jobs::sweep(&house.passport).await.unwrap();
        let url = house.url("/").parse().unwrap();
        let cookies = browser.cookies().header(&url, house.clock.now()).unwrap();
        let mut all = JoinSet::new();
        for _ in 0..8 {
            let (net, url) = (house.net.clone(), house.url("/account"));
            let request = Request::get(&url).header("cookie", &cookies);
            all.spawn(async move { net.send(request).await });
        }
        for answer in all.join_all().await {
            answer.assert_status(200);
        }
        assert!(browser.is_signed_in().await);
    }
}
