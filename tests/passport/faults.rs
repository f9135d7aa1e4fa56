//! When something that Passport needs is away: said so, survived, recovered from without a restart (FT-03 to FT-12, INV-10).
use mailbox::Fault;
use testkit::{Engine, House, Kind, PASSWORD, house::seconds, net::Request, on_both_engines, rp::Listener};
use tokio::task::JoinSet;

on_both_engines![
    ft_03_a_database_that_is_away_is_503_with_a_time_to_come_back_and_then_all_is_well,
    who_only_reads_is_let_in_while_nobody_can_write,
    ft_04_connections_that_break_are_no_fault_of_ours,
    ft_07_mail_waits_for_its_server_and_nobody_else_does,
    ft_08_a_server_that_says_later_is_asked_later_and_a_refusal_is_final,
    ft_12_a_session_made_on_one_node_works_on_the_other,
    ft_12_what_ends_on_one_node_is_over_on_the_other,
    ft_12_of_redemptions_on_two_nodes_at_once_one_succeeds,
    jobs_are_carried_out_by_one_of_two_nodes,
];

async fn ft_03_a_database_that_is_away_is_503_with_a_time_to_come_back_and_then_all_is_well(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let tokens = web.tokens(&browser).await;
    let code = web.code(&browser).await;
    let sign_in = browser.tab();
    sign_in.get("/sign-in").await;

    let outage = house.ground.take_away().await;
    let (redeemed, refreshed, asked, signed_in) = tokio::join!(
        web.redeem(&code),
        web.refresh(tokens.refresh()),
        web.ask(&browser, |asked| asked),
        sign_in.fill_in_sign_in("ann@acme.test", PASSWORD),
    );
    for answer in [&redeemed, &refreshed, &asked, &signed_in] {
        assert!(answer.status == 503 && !answer.header("retry-after").is_empty(), "{answer:?}");
    }
    assert_eq!(redeemed.json()["error"], "temporarily_unavailable");
    assert!(asked.page().has("h1") && signed_in.page().has("h1"));
    house.net.send(Request::get(&house.url("/healthz"))).await.assert_status(200);
    // SQLite still reads while another program holds the writing lock; a node that cannot write is not ready.
    let ready = house.net.send(Request::get(&house.url("/readyz"))).await;
    assert!(ready.status == 503 && !ready.header("retry-after").is_empty(), "{ready:?}");
    outage.end().await;

    house.net.send(Request::get(&house.url("/readyz"))).await.assert_status(200);
    web.tokens_in(&web.redeem(&code).await);
    web.tokens_in(&web.refresh(tokens.refresh()).await);
    browser.sign_in("ann@acme.test", PASSWORD).await;
}

async fn who_only_reads_is_let_in_while_nobody_can_write(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    // By now the visit is to be noted anew.
    house.clock.advance(seconds(120));
    let outage = house.ground.hold_writing("session").await;
    let page = browser.get("/account").await;
    assert!(page.status == 200 && page.page().words().contains("ann@acme.test"), "{page:?}");
    outage.end().await;
    browser.get("/account").await.assert_status(200);
}

async fn ft_04_connections_that_break_are_no_fault_of_ours(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    for _ in 0..5 {
        let code = web.code(&browser).await;
        let mut all = JoinSet::new();
        for _ in 0..4 {
            let (web, code) = (web.clone(), code.clone());
            all.spawn(async move { web.redeem(&code).await.status });
        }
        house.ground.cut_connections().await;
        let seen = all.join_all().await;
        assert!(seen.iter().filter(|status| **status == 200).count() <= 1, "{seen:?}");
        assert!(seen.iter().all(|status| [200, 400, 503].contains(status)), "{seen:?}");
        browser.get("/").await;
    }
    browser.get("/").await.assert_status(200);
}

async fn silent(engine: Engine) -> House {
    House::with(engine, |settings| settings.passport.sign_up.reveal_taken = false).await
}

async fn ft_07_mail_waits_for_its_server_and_nobody_else_does(engine: Engine) {
    let house = silent(engine).await;
    house.browser().sign_up("ann@acme.test").await;
    house.mailbox.set_fault(Fault::RefuseConnection);
    house.browser().sign_up("ann@acme.test").await;
    house.deliver().await;
    assert_eq!(house.jobs_waiting().await, 1);
    house.browser().sign_in("ann@acme.test", PASSWORD).await;
    house.mailbox.set_fault(Fault::None);
    house.clock.advance(seconds(2));
    house.postbox("ann@acme.test").letter().await;
}

async fn ft_08_a_server_that_says_later_is_asked_later_and_a_refusal_is_final(engine: Engine) {
    let house = silent(engine).await;
    house.browser().sign_up("ann@acme.test").await;
    house.mailbox.set_fault(Fault::Temporary);
    house.browser().sign_up("ann@acme.test").await;
    for wait in [0, 2, 4] {
        house.clock.advance(seconds(wait));
        house.deliver().await;
        assert_eq!(house.jobs_waiting().await, 1);
    }
    house.mailbox.set_fault(Fault::Permanent);
    house.clock.advance(seconds(8));
    house.deliver().await;
    assert_eq!(house.jobs_waiting().await, 0);
    assert_eq!(
        house.ground.count("SELECT COUNT(*) FROM outbox WHERE state = 'given_up'").await,
        1,
        "it stays visible"
    );
    house.mailbox.set_fault(Fault::None);
    house.clock.advance(seconds(4 * 3600));
    assert!(house.postbox("ann@acme.test").letters().await.is_empty());
}

async fn ft_12_a_session_made_on_one_node_works_on_the_other(house: House) {
    let node = house.second_node().await;
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser.get("/sign-in").await;
    browser.go_through(&node);
    assert!(browser.is_signed_in().await);
    // A form of one node, sent to the other.
    let answer = browser.fill_in_sign_in("ann@acme.test", PASSWORD).await;
    answer.assert_status(200);
    let code = web.code(&browser).await;
    let tokens = web.tokens_in(&web.redeem(&code).await);
    house.userinfo(&tokens.access).await.assert_status(200);
}

async fn ft_12_what_ends_on_one_node_is_over_on_the_other(house: House) {
    let node = house.second_node().await;
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let tokens = web.tokens(&browser).await;
    let kept = browser.cookies().value("-session").unwrap().to_owned();
    browser.go_through(&node);
    assert!(browser.is_signed_in().await);
    browser.sign_out().await;
    let elsewhere = house.browser();
    elsewhere.join("ben@acme.test").await;
    elsewhere.cookies().forge("-session", &kept);
    assert!(!elsewhere.is_signed_in().await, "the first node heard of it");
    let mut request = Request::get(&house.url("/oauth2/userinfo"))
        .header("authorization", format!("Bearer {}", tokens.access));
    request.port = Some(node.port());
    let account = passport::account::store::find_by_key(house.passport.db.reader(), "ann@acme.test")
        .await
        .unwrap()
        .unwrap();
    house.net.send(request.clone()).await.assert_status(200);
    passport::acts::disable::disable(&house.passport, house.clock.now(), account.id).await.unwrap();
    house.net.send(request).await.assert_status(401);
}

async fn ft_12_of_redemptions_on_two_nodes_at_once_one_succeeds(house: House) {
    let node = house.second_node().await;
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    for _ in 0..5 {
        let code = web.code(&browser).await;
        let mut all = JoinSet::new();
        for number in 0..16 {
            let (web, net, code) = (web.clone(), house.net.clone(), code.clone());
            let port = (number % 2 == 0).then(|| node.port());
            all.spawn(async move {
                let mut request = web.redeeming(&code);
                request.port = port;
                net.send(request).await
            });
        }
        let answers = all.join_all().await;
        let good: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(good.len(), 1, "{answers:?}");
        assert!(answers.iter().all(|answer| [200, 400].contains(&answer.status)), "{answers:?}");
        house.userinfo(&web.tokens_in(good[0]).access).await.assert_status(401);
    }
}

async fn jobs_are_carried_out_by_one_of_two_nodes(house: House) {
    let node = house.second_node().await;
    let listener = Listener::open().await;
    let web = house
        .client_with(Kind::Web, |client| client.backchannel_logout_uri = Some(listener.url.clone()))
        .await;
    for number in 0..6 {
        let browser = house.browser();
        browser.join(&format!("ann{number}@acme.test")).await;
        web.tokens(&browser).await;
        browser.sign_out().await;
    }
    let (one, two) = (passport::jobs::worker(&house.passport), passport::jobs::worker(&node.passport));
    let (one, two) = tokio::join!(one.drain(), two.drain());
    assert_eq!(one.unwrap() + two.unwrap(), 6);
    assert_eq!(listener.received().len(), 6);
}
