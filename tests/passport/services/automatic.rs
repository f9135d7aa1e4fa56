//! “Sign me in automatically”: PP-17 to PP-22, RM-02 to RM-05, BR-16.
use super::{join_automatically, sign_in_with};
use testkit::{
    Browser, House, Kind, PASSWORD,
    house::{days, minutes, seconds},
    jwt,
    net::Request,
    on_both_engines,
};

on_both_engines![
    pp_17_the_checkbox_is_there_and_unchecked,
    pp_18_it_lasts_over_browser_and_server_until_sign_out,
    pp_18_it_ends_when_it_was_not_used_for_long,
    pp_19_the_warning_stands_at_the_checkbox,
    pp_20_without_it_nothing_that_signs_in_outlives_the_browser,
    pp_21_a_site_is_entered_without_a_page,
    pp_22_sign_out_ends_it_and_tells_the_sites,
    rm_02_the_token_is_new_after_every_use,
    rm_02_a_copied_token_ends_them_all_and_the_owner_is_told,
    rm_02_a_made_up_token_is_no_alarm,
    rm_03_it_is_dropped_by_disabling,
    rm_03_it_is_dropped_by_a_changed_password,
    rm_03_it_is_dropped_by_forgetting_the_account,
    rm_03_it_is_dropped_from_account_services,
    rm_04_eight_requests_at_once_are_one_sign_in_and_no_alarm,
    rm_05_sensitive_pages_ask_for_the_password_again,
    br_16_a_site_that_wants_a_fresh_proof_gets_one,
    a_shared_computer_keeps_nothing_and_ends_soon,
    both_at_once_is_refused,
];

async fn pp_17_the_checkbox_is_there_and_unchecked(house: House) {
    let page = house.browser().get("/sign-in").await.page();
    assert_eq!(page.attribute("#automatic", "type"), "checkbox");
    assert!(!page.has("#automatic[checked]"));
    assert_eq!(page.text_of("label[for=automatic]"), "Sign me in automatically on this computer");
}

async fn pp_18_it_lasts_over_browser_and_server_until_sign_out(house: House) {
    let browser = house.browser();
    join_automatically(&browser, "ann@acme.test").await;
    for day in [1, 30, 300] {
        browser.close_and_reopen();
        house.clock.advance(days(day));
        assert!(browser.is_signed_in().await, "after {day} days");
    }
    browser.close_and_reopen();
    let restarted = house.second_node().await;
    browser.go_through(&restarted);
    assert!(browser.is_signed_in().await, "at another process");
    browser.sign_out().await;
    browser.close_and_reopen();
    assert!(!browser.is_signed_in().await);
}

async fn pp_18_it_ends_when_it_was_not_used_for_long(house: House) {
    let browser = house.browser();
    join_automatically(&browser, "ann@acme.test").await;
    browser.close_and_reopen();
    let kept = browser.cookies().value("-automatic").unwrap().to_owned();
    house.clock.advance(days(401));
    assert!(!browser.is_signed_in().await, "browsers keep no cookie for longer");
    assert!(!signed_in_with_token(&house, &kept).await, "and neither do we");
}

/// A plain request with nothing but this token.
async fn signed_in_with_token(house: &House, token: &str) -> bool {
    let request =
        Request::get(&house.url("/")).header("cookie", format!("{}={token}", house.cookie("automatic")));
    house.net.send(request).await.page().has("form[action='/sign-out']")
}

async fn pp_19_the_warning_stands_at_the_checkbox(house: House) {
    let page = house.browser().get("/sign-in").await.page();
    let hint = page.attribute("#automatic", "aria-describedby");
    assert_eq!(
        page.text_of(&format!("#{hint}")),
        "We recommend that you use this option only if you are the only person using the computer."
    );
}

async fn pp_20_without_it_nothing_that_signs_in_outlives_the_browser(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let lasting: Vec<_> = browser
        .cookies()
        .all()
        .iter()
        .filter(|cookie| cookie.until.is_some())
        .map(|c| c.name.clone())
        .collect();
    assert_eq!(lasting, [house.cookie("computer")]);
    browser.close_and_reopen();
    assert!(!browser.is_signed_in().await);
}

async fn pp_21_a_site_is_entered_without_a_page(house: House) {
    let (web, other) = (house.client(Kind::Web).await, house.client(Kind::Other).await);
    let browser = house.browser();
    join_automatically(&browser, "ann@acme.test").await;
    web.code(&browser.tab()).await;
    browser.close_and_reopen();
    house.clock.advance(days(3));
    let silent = other.ask(&browser, |asked| asked.with("prompt", "none")).await;
    other.tokens_in(&other.redeem(&other.code_in(&silent)).await);
}

async fn pp_22_sign_out_ends_it_and_tells_the_sites(house: House) {
    let told = testkit::rp::Listener::open().await;
    let web =
        house.client_with(Kind::Web, |client| client.backchannel_logout_uri = Some(told.url.clone())).await;
    let browser = house.browser();
    join_automatically(&browser, "ann@acme.test").await;
    let tokens = web.tokens(&browser.tab()).await;
    browser.close_and_reopen();
    house.clock.advance(days(1));
    // The session of yesterday goes on under its name, so that the site of yesterday hears of its end.
    browser.sign_out().await;
    house.deliver().await;
    let received = told.received();
    assert_eq!(received.len(), 1, "{received:?}");
    let sid = jwt::claims(tokens.id())["sid"].clone();
    let token = received[0].strip_prefix("logout_token=").unwrap();
    assert_eq!(jwt::claims(token)["sid"], sid);
    assert!(!browser.is_signed_in().await);
    assert_eq!(browser.cookies().value("-automatic"), None);
}

/// Closes the browser and comes back when parallel requests are out of the question.
async fn come_back_later(house: &House, browser: &Browser) {
    browser.close_and_reopen();
    house.clock.advance(seconds(11));
    assert!(browser.is_signed_in().await);
}

async fn rm_02_the_token_is_new_after_every_use(house: House) {
    let browser = house.browser();
    join_automatically(&browser, "ann@acme.test").await;
    let mut seen = vec![browser.cookies().value("-automatic").unwrap().to_owned()];
    for _ in 0..3 {
        come_back_later(&house, &browser).await;
        let token = browser.cookies().value("-automatic").unwrap().to_owned();
        assert!(!seen.contains(&token));
        seen.push(token);
    }
    assert!(browser.is_signed_in().await, "a session that lives uses no token");
    assert_eq!(browser.cookies().value("-automatic"), seen.last().map(String::as_str));
}

async fn rm_02_a_copied_token_ends_them_all_and_the_owner_is_told(house: House) {
    let (browser, elsewhere) = (house.browser(), house.browser());
    join_automatically(&browser, "ann@acme.test").await;
    sign_in_with(&elsewhere, "ann@acme.test", &[("automatic", "on")]).await;
    let copied = browser.cookies().value("-automatic").unwrap().to_owned();
    come_back_later(&house, &browser).await;
    house.clock.advance(seconds(11));
    // It may be the owner's browser, whose answer was lost: until both are used nobody can tell (FX-06).
    assert!(signed_in_with_token(&house, &copied).await);
    assert!(!browser.is_signed_in().await, "the session that the token began is over");
    assert!(!signed_in_with_token(&house, &copied).await, "the thief has nothing either");
    elsewhere.close_and_reopen();
    assert!(!elsewhere.is_signed_in().await, "the account's other computers ask for the password too");
    let letter = house.postbox("ann@acme.test").letter().await;
    assert_eq!(letter.subject, "Automatic sign-in to your Passport was ended");
    browser.sign_in("ann@acme.test", PASSWORD).await;
    assert!(!signed_in_with_token(&house, &copied).await);
    assert!(browser.is_signed_in().await, "no second alarm over what has ended");
}

async fn rm_02_a_made_up_token_is_no_alarm(house: House) {
    let browser = house.browser();
    join_automatically(&browser, "ann@acme.test").await;
    let token = browser.cookies().value("-automatic").unwrap().to_owned();
    browser.close_and_reopen();
    for made_up in
        [token.replacen(char::is_alphanumeric, "_", 1), token.chars().rev().collect(), "~.~".into()]
    {
        assert!(!signed_in_with_token(&house, &made_up).await);
    }
    assert!(browser.is_signed_in().await);
}

async fn rm_03_it_is_dropped_by_disabling(house: House) {
    let browser = house.browser();
    join_automatically(&browser, "ann@acme.test").await;
    let account = passport::account::store::find_by_key(house.passport.db.reader(), "ann@acme.test").await;
    let id = account.unwrap().unwrap().id;
    passport::acts::disable::disable(&house.passport, house.clock.now(), id).await.unwrap();
    browser.close_and_reopen();
    assert!(!browser.is_signed_in().await);
}

async fn rm_03_it_is_dropped_by_a_changed_password(house: House) {
    house.leave_mail();
    let (browser, elsewhere) = (house.browser(), house.browser());
    join_automatically(&elsewhere, "ann@acme.test").await;
    sign_in_with(&browser, "ann@acme.test", &[("automatic", "on")]).await;
    browser.get("/account/password").await;
    let fields = [("old_password", PASSWORD), ("password", "eight blue kettles hum")];
    browser.submit("#change-password-submit", &fields).await.assert_status(200);
    assert!(browser.is_signed_in().await, "who changed it stays");
    for browser in [browser, elsewhere] {
        browser.close_and_reopen();
        assert!(!browser.is_signed_in().await);
    }
}

async fn rm_03_it_is_dropped_by_forgetting_the_account(house: House) {
    let browser = house.browser();
    join_automatically(&browser, "ann@acme.test").await;
    let token = browser.cookies().value("-automatic").unwrap().to_owned();
    browser.get("/sign-in").await;
    let page = browser.submit("#remove-account", &[]).await.page();
    assert!(!page.has("#account"), "nobody is left");
    assert!(!browser.is_signed_in().await && !signed_in_with_token(&house, &token).await);
}

async fn rm_03_it_is_dropped_from_account_services(house: House) {
    let (browser, elsewhere) = (house.browser(), house.browser());
    join_automatically(&browser, "ann@acme.test").await;
    elsewhere.sign_in("ann@acme.test", PASSWORD).await;
    elsewhere.get("/account/sessions").await.assert_status(200);
    let page = elsewhere.submit("#automatic button", &[]).await.page();
    assert!(!page.has("#automatic"));
    assert!(browser.is_signed_in().await, "the session itself goes on");
    browser.close_and_reopen();
    assert!(!browser.is_signed_in().await);
}

async fn rm_04_eight_requests_at_once_are_one_sign_in_and_no_alarm(house: House) {
    let browser = house.browser();
    join_automatically(&browser, "ann@acme.test").await;
    browser.close_and_reopen();
    house.clock.advance(minutes(600));
    let cookies =
        browser.cookies().header(&url::Url::parse(&house.url("/")).unwrap(), house.clock.now()).unwrap();
    let ask = || {
        let (net, request) =
            (house.net.clone(), Request::get(&house.url("/account")).header("cookie", &cookies));
        tokio::spawn(async move { net.send(request).await })
    };
    let mut sessions = Vec::new();
    for request in (0..8).map(|_| ask()).collect::<Vec<_>>() {
        let answer = request.await.unwrap();
        answer.assert_status(200);
        let cookie = answer.cookies().into_iter().find(|line| line.contains("-session=")).map(str::to_owned);
        sessions.push(cookie.unwrap());
    }
    sessions.dedup();
    assert_eq!(sessions.len(), 1, "one session, whoever was first: {sessions:?}");
    assert!(browser.is_signed_in().await, "and the grace is for a lost answer, too");
    let page = browser.get("/account/sessions").await.page();
    assert_eq!(page.all("#sessions tbody tr").len(), 1);
    house.clock.advance(minutes(600));
    browser.close_and_reopen();
    assert!(browser.is_signed_in().await, "no alarm");
}

async fn rm_05_sensitive_pages_ask_for_the_password_again(house: House) {
    let browser = house.browser();
    join_automatically(&browser, "ann@acme.test").await;
    house.clock.advance(days(1));
    browser.close_and_reopen();
    for page in ["/account/information", "/account/close"] {
        let asked = browser.get(page).await;
        assert!(
            asked.page().has("#password") && asked.page().has("#username[readonly]"),
            "{page}: {asked:?}"
        );
    }
    let answer = browser.post("/account/export", &[]).await;
    assert_eq!(answer.heading(), "Please enter your password again", "{answer:?}");
    browser.get("/account/close").await;
    let answer = browser.submit("#sign-in-submit", &[("password", PASSWORD)]).await;
    assert!(answer.page().has("#close-submit"), "{answer:?}");
    browser.get("/account/sessions").await;
    assert_eq!(browser.here().page().all("#automatic tbody tr").len(), 1, "proving it ends nothing");
}

async fn br_16_a_site_that_wants_a_fresh_proof_gets_one(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    join_automatically(&browser, "ann@acme.test").await;
    let proved = house.clock.now().unix_seconds();
    house.clock.advance(days(2));
    for (name, value) in [("max_age", "0"), ("max_age", "10"), ("prompt", "login")] {
        browser.close_and_reopen();
        let asked = web.ask(&browser, |asked| asked.with(name, value)).await;
        assert!(asked.page().has("#password"), "{name}={value}: {asked:?}");
        let silent = web.ask(&browser, |asked| asked.with("max_age", "10").with("prompt", "none")).await;
        web.assert_told(&silent, "login_required");
    }
    browser.close_and_reopen();
    let tokens = web.tokens(&browser).await;
    assert_eq!(jwt::claims(tokens.id())["auth_time"], proved, "the time of the password, not of the token");
}

async fn a_shared_computer_keeps_nothing_and_ends_soon(house: House) {
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    sign_in_with(&browser, "ann@acme.test", &[("shared", "on")]).await;
    assert!(browser.cookies().all().iter().all(|cookie| cookie.until.is_none()), "nothing lasts");
    house.clock.advance(minutes(14));
    assert!(browser.is_signed_in().await);
    house.clock.advance(minutes(15));
    assert!(!browser.is_signed_in().await);
    assert!(!browser.get("/sign-in").await.text().contains("ann@acme.test"));
}

async fn both_at_once_is_refused(house: House) {
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    browser.get("/sign-in").await;
    let fields =
        [("username", "ann@acme.test"), ("password", PASSWORD), ("automatic", "on"), ("shared", "on")];
    let answer = browser.submit("#sign-in-submit", &fields).await;
    answer.assert_status(422);
    assert!(answer.page().has("#shared-error") && !browser.is_signed_in().await);
}
