//! A session whose time is over is over for the sites too, and a site that signs out ends it wherever it is.
use passport::account::acting::Acting;
use platform::security_event::{Event, counts};
use testkit::{
    Engine, House, Kind, PASSWORD, Parameters, Rp,
    house::{minutes, seconds},
    jwt,
    net::Request,
    on_both_engines,
    rp::{Listener, Tokens},
};

use crate::services::{join_automatically, sign_in_with};

on_both_engines![
    a_session_that_idled_out_is_ended_as_by_sign_out,
    a_refresh_token_without_offline_access_does_not_outlive_its_session,
    a_shared_computer_lapses_sooner,
    a_session_in_use_does_not_lapse,
    sign_out_at_a_site_reaches_a_session_that_idled_out,
    sign_out_at_a_site_without_cookies_ends_the_session_of_its_hint,
    a_hint_without_sid_ends_the_session_that_it_was_issued_in,
    a_hint_that_is_not_ours_ends_nothing,
    the_oldest_of_too_many_sessions_end_properly,
    a_thousand_sessions_begin_a_hundred_stay_and_end_at_once,
    the_oldest_lines_of_history_go_and_take_none_of_another_kind_along,
];

const BACK: &str = "https://rp1.test/bye";

async fn site(house: &House, told: &Listener) -> Rp {
    house
        .client_with(Kind::Web, |client| {
            client.backchannel_logout_uri = Some(told.url.clone());
            client.post_logout_redirect_uris = vec![BACK.into()];
        })
        .await
}

async fn tokens(web: &Rp, browser: &testkit::Browser, scope: &str) -> Tokens {
    let asked = web.ask(&browser.tab(), |asked| asked.with("scope", scope)).await;
    web.tokens_in(&web.redeem(&web.code_in(&asked)).await)
}

async fn lapse(house: &House) {
    while passport::acts::sessions::end_lapsed(&house.passport, house.clock.now()).await.unwrap() > 0 {}
    house.deliver().await;
}

async fn a_session_that_idled_out_is_ended_as_by_sign_out(house: House) {
    let told = Listener::open().await;
    let web = site(&house, &told).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let (plain, offline) = (tokens(&web, &browser, "email").await, web.tokens(&browser.tab()).await);
    house.clock.advance(minutes(119));
    lapse(&house).await;
    assert!(told.received().is_empty());
    house.clock.advance(minutes(1));
    lapse(&house).await;
    let received = told.received();
    assert_eq!(received.len(), 1, "{received:?}");
    let token = received[0].strip_prefix("logout_token=").unwrap();
    assert_eq!(jwt::claims(token)["sid"], jwt::claims(offline.id())["sid"]);
    web.refresh(plain.refresh()).await.assert_token_error("invalid_grant");
    web.tokens_in(&web.refresh(offline.refresh()).await);
    lapse(&house).await;
    assert_eq!(told.received().len(), 1, "told once");
}

async fn a_refresh_token_without_offline_access_does_not_outlive_its_session(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let plain = tokens(&web, &browser, "email").await;
    house.clock.advance(minutes(60));
    let plain = web.tokens_in(&web.refresh(plain.refresh()).await);
    house.clock.advance(minutes(60));
    // No job has run yet.
    web.refresh(plain.refresh()).await.assert_token_error("invalid_grant");
}

async fn a_shared_computer_lapses_sooner(house: House) {
    let told = Listener::open().await;
    let web = site(&house, &told).await;
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    sign_in_with(&browser, "ann@acme.test", &[("shared", "on")]).await;
    tokens(&web, &browser, "openid").await;
    house.clock.advance(minutes(15));
    let noted = || counts().find(|(event, _)| *event == Event::SessionLapsed).unwrap().1;
    let before = noted();
    lapse(&house).await;
    assert_eq!(told.received().len(), 1);
    assert!(noted() > before, "an operator hears of it");
}

async fn a_session_in_use_does_not_lapse(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    for _ in 0..6 {
        house.clock.advance(minutes(119));
        assert!(browser.is_signed_in().await);
        lapse(&house).await;
    }
    house.clock.advance(minutes(6));
    lapse(&house).await;
    assert!(!browser.is_signed_in().await, "twelve hours in any case");
}

async fn sign_out_at_a_site_reaches_a_session_that_idled_out(house: House) {
    let told = Listener::open().await;
    let web = site(&house, &told).await;
    let browser = house.browser();
    join_automatically(&browser, "ann@acme.test").await;
    let held = tokens(&web, &browser, "openid").await;
    let automatic = browser.cookies().value("-automatic").unwrap().to_owned();
    browser.cookies().take(
        &house.url("/").parse().unwrap(),
        &format!("{}=; Path=/; Max-Age=0; HttpOnly", house.cookie("automatic")),
        house.clock.now(),
    );
    house.clock.advance(minutes(121));
    let query = Parameters::of(&[("id_token_hint", held.id()), ("post_logout_redirect_uri", BACK)]).encoded();
    let answer =
        browser.follow(&house.url(&format!("/oauth2/end-session?{query}")), "https://rp1.test").await;
    assert!(answer.location().as_str().starts_with(BACK) || answer.status == 200, "{answer:?}");
    house.deliver().await;
    assert_eq!(told.received().len(), 1, "the sites are told");
    let request =
        Request::get(&house.url("/")).header("cookie", format!("{}={automatic}", house.cookie("automatic")));
    let page = house.net.send(request).await;
    assert!(!page.page().has("form[action='/sign-out']"), "what leads into the session ends with it");
}

async fn sign_out_at_a_site_without_cookies_ends_the_session_of_its_hint(house: House) {
    let told = Listener::open().await;
    let web = site(&house, &told).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let (held, offline) = (tokens(&web, &browser, "openid email").await, web.tokens(&browser.tab()).await);
    let query = Parameters::of(&[("id_token_hint", held.id())]).encoded();
    let request = Request::get(&house.url(&format!("/oauth2/end-session?{query}")));
    let answer = house.net.send(request).await;
    assert!(answer.assert_status(200).page().has("#signed-out"), "{answer:?}");
    assert!(!browser.is_signed_in().await);
    house.deliver().await;
    assert_eq!(told.received().len(), 1);
    house.userinfo(&held.access).await.assert_status(401);
    web.tokens_in(&web.refresh(offline.refresh()).await);
}

async fn a_hint_without_sid_ends_the_session_that_it_was_issued_in(house: House) {
    // As for oauth2-proxy, which has no address to be told at.
    let web = house.client(Kind::Web).await;
    let (here, there) = (house.browser(), house.browser());
    here.join("ann@acme.test").await;
    house.clock.advance(seconds(60));
    there.sign_in("ann@acme.test", PASSWORD).await;
    let held = tokens(&web, &here, "openid").await;
    tokens(&web, &there, "openid").await;
    let query = Parameters::of(&[("id_token_hint", held.id())]).encoded();
    house
        .net
        .send(Request::get(&house.url(&format!("/oauth2/end-session?{query}"))))
        .await
        .assert_status(200);
    assert!(!here.is_signed_in().await && there.is_signed_in().await);
}

async fn a_hint_that_is_not_ours_ends_nothing(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let web = house.client(Kind::Web).await;
    let held = tokens(&web, &browser, "openid").await;
    let forged = format!("{}x", held.id());
    for hint in [forged.as_str(), &held.access, "eyJhbGciOiJub25lIn0.e30."] {
        let query = Parameters::of(&[("id_token_hint", hint)]).encoded();
        house.net.send(Request::get(&house.url(&format!("/oauth2/end-session?{query}")))).await;
    }
    assert!(browser.is_signed_in().await);
}

async fn the_oldest_of_too_many_sessions_end_properly(engine: Engine) {
    let house = House::with(engine, |settings| {
        settings.passport.session.most_sessions = 3;
        settings.passport.session.most_automatic = 2;
        settings.passport.session.most_computers = 2;
    })
    .await;
    let told = Listener::open().await;
    let web = site(&house, &told).await;
    let browsers: Vec<_> = (0..5).map(|_| house.browser()).collect();
    browsers[0].sign_up("ann@acme.test").await;
    let mut held = Vec::new();
    for browser in &browsers {
        house.clock.advance(seconds(1));
        sign_in_with(browser, "ann@acme.test", &[("automatic", "on")]).await;
        held.push(tokens(&web, browser, "openid email").await);
    }
    house.deliver().await;
    assert_eq!(told.received().len(), 2, "the sites of those that had to go are told");
    for (tokens, status) in held.iter().zip([401, 401, 200, 200, 200]) {
        house.userinfo(&tokens.access).await.assert_status(status);
    }
    let page = browsers[4].get("/account/sessions").await.page();
    let lines = |table: &str| page.all(&format!("{table} tbody tr")).len();
    assert_eq!((lines("#sessions"), lines("#automatic"), lines("#computers")), (3, 2, 2));
    drop(page);
    browsers[0].close_and_reopen();
    assert!(!browsers[0].is_signed_in().await && browsers[2].is_signed_in().await);
    browsers[4].sign_in("ann@acme.test", PASSWORD).await;
}

async fn ann(house: &House) -> passport::account::AccountId {
    house.browser().sign_up("ann@acme.test").await;
    let found = passport::account::store::find_by_key(house.passport.db.reader(), "ann@acme.test").await;
    found.unwrap().unwrap().id
}

async fn a_thousand_sessions_begin_a_hundred_stay_and_end_at_once(house: House) {
    let (passport, now, id) = (&house.passport, house.clock.now(), ann(&house).await);
    let source = passport::history::Source::default();
    let browser = passport::session::Browser { source: &source, sessions: &[], shared: false };
    for _ in 0..10 {
        let tx = Acting::on(&passport.db, id).await.unwrap().unwrap();
        for _ in 0..100 {
            passport::acts::sessions::begin_or_renew(
                passport,
                &tx,
                now,
                (oidc::assurance::Methods::PASSWORD, now),
                browser,
            )
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
    }
    let live = "SELECT COUNT(*) FROM session WHERE ended_at IS NULL";
    assert_eq!(house.ground.count(live).await, 100);
    let tx = Acting::on(&passport.db, id).await.unwrap().unwrap();
    let ended = passport::acts::sessions::end_all(passport, &tx, now, id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((ended, house.ground.count(live).await), (100, 0));
}

async fn the_oldest_lines_of_history_go_and_take_none_of_another_kind_along(house: House) {
    use passport::history::{Kind, NewEvent, Source, record};
    let (passport, id) = (&house.passport, ann(&house).await);
    let tx = Acting::on(&passport.db, id).await.unwrap().unwrap();
    let kinds =
        std::iter::repeat_n(Kind::PasswordChanged, 3).chain(std::iter::repeat_n(Kind::SignedIn, 1_003));
    for (number, kind) in (0..).zip(kinds) {
        let (now, detail) = (house.clock.now() + seconds(number), &number.to_string());
        let event = NewEvent { account: id, kind, source: &Source::default(), detail };
        record(&tx, now, &passport.random, event).await.unwrap();
    }
    tx.commit().await.unwrap();
    let count = async |kind: &str| {
        let of = format!("SELECT COUNT(*) FROM event WHERE kind = '{kind}'");
        (house.ground.count(&of).await, house.ground.count(&format!("{of} AND detail IN ('3', '5')")).await)
    };
    assert_eq!(count("password_changed").await.0, 3);
    assert_eq!(count("signed_in").await, (1_000, 0), "the oldest three went");
}
