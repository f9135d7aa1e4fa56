//! FX-02, FT-02: a disk that is full for a while. What people were told is kept; what is not kept was refused.
use testkit::{Browser, Engine, House, PASSWORD, net::Request};

/// Signs up; whether it was promised. A refusal has to be 503 with a time to come back.
async fn is_promised(browser: &Browser, house: &House, email: &str) -> bool {
    browser.get(&house.url("/sign-up")).await.assert_status(200);
    let asked = browser.submit("#sign-up-continue", &[("email", email)]).await;
    let done = if asked.status == 200 { browser.submit_credentials(PASSWORD).await } else { asked };
    assert!([200, 503].contains(&done.status), "{done:?}");
    assert!(done.status == 200 || !done.header("retry-after").is_empty(), "{done:?}");
    done.status == 200 && done.page().has("#signed-up")
}

#[tokio::test(flavor = "multi_thread")]
async fn fx_02_no_passport_is_promised_that_is_not_kept() {
    let house = House::with(Engine::Sqlite, |settings| settings.passport.limits.scale = 1000.0).await;
    house.leave_mail();
    let kept = "SELECT COUNT(*) FROM account";
    house.passport.db.bound_pages(1).await;
    let (mut promised, mut refused, mut number) = (0, 0, 0);
    while refused < 4 {
        number += 1;
        assert!(number < 400, "the file still grows");
        match is_promised(&house.browser(), &house, &format!("full{number}@acme.test")).await {
            true => promised += 1,
            false => refused += 1,
        }
    }
    assert_eq!(house.ground.count(kept).await, promised, "promised and not kept while the disk was full");
    let ready = house.net.send(Request::get(&house.url("/readyz"))).await;
    assert_eq!((ready.status, ready.text()), (503, "{\"status\":\"database not writable\"}"));
    assert!(house.passport.db.troubles().replaced() >= 4);

    house.passport.db.bound_pages(0).await;
    for number in 0..5 {
        assert!(is_promised(&house.browser(), &house, &format!("after{number}@acme.test")).await);
        promised += 1;
        assert_eq!(house.ground.count(kept).await, promised, "promised and not kept after space was back");
    }
    house.net.send(Request::get(&house.url("/readyz"))).await.assert_status(200);
    let beside = house.second_node().await;
    let browser = house.browser();
    browser.go_through(&beside);
    browser.sign_in("after4@acme.test", PASSWORD).await;
}
