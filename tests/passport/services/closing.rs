//! Closing an account: everything ends at once, the owner can come back for a while, then it is gone.
use super::join_automatically;
use testkit::{Browser, House, Kind, PASSWORD, house::days, jwt, on_both_engines};

on_both_engines![
    closing_ends_everything_at_once_and_writes_to_the_owner,
    signing_in_takes_it_back,
    the_letters_link_takes_it_back_once_and_looking_at_it_changes_nothing,
    after_the_grace_it_is_erased_and_the_subject_never_comes_back,
    nothing_is_closed_without_the_tick,
];

async fn close(browser: &Browser) {
    browser.get("/account/close").await.assert_status(200);
    let done = browser.submit("#close-submit", &[("sure", "on")]).await;
    assert!(done.page().words().contains("14 days"), "{done:?}");
}

async fn closing_ends_everything_at_once_and_writes_to_the_owner(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    join_automatically(&browser, "ann@acme.test").await;
    let tokens = web.tokens(&browser.tab()).await;
    close(&browser).await;
    assert!(!browser.is_signed_in().await);
    house.userinfo(&tokens.access).await.assert_status(401);
    web.refresh(tokens.refresh()).await.assert_status(400);
    let letter = house.postbox("ann@acme.test").letter().await;
    assert!(letter.text.contains("December 6, 2026"), "{}", letter.text);
}

async fn signing_in_takes_it_back(house: House) {
    house.leave_mail();
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    close(&browser).await;
    house.clock.advance(days(13));
    browser.sign_in("ann@acme.test", PASSWORD).await;
    house.clock.advance(days(2));
    passport::jobs::sweep(&house.passport).await.unwrap();
    browser.sign_in("ann@acme.test", PASSWORD).await;
}

async fn the_letters_link_takes_it_back_once_and_looking_at_it_changes_nothing(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    close(&browser).await;
    let link = house.postbox("ann@acme.test").link().await;
    let reader = house.browser();
    for _ in 0..3 {
        let page = reader.get(&link).await;
        assert!(page.page().has("#close-undo"), "{page:?}");
        assert_eq!(page.url.path(), "/account/close/undo", "BR-18: the secret is out of the address");
    }
    let done = reader.submit("#close-undo", &[]).await;
    assert_eq!(done.heading(), "Your Passport stays");
    assert!(!reader.is_signed_in().await, "the link is no proof of the person");
    reader.get(&link).await.assert_status(410);
    reader.get("/account/close/undo/nonsense").await.assert_status(410);
    house.clock.advance(days(15));
    passport::jobs::sweep(&house.passport).await.unwrap();
    browser.sign_in("ann@acme.test", PASSWORD).await;
}

async fn after_the_grace_it_is_erased_and_the_subject_never_comes_back(house: House) {
    house.leave_mail();
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let before = jwt::claims(web.tokens(&browser.tab()).await.id())["sub"].clone();
    close(&browser).await;
    house.clock.advance(days(15));
    browser.get("/sign-in?account=other").await;
    let late = browser.fill_in_sign_in("ann@acme.test", PASSWORD).await;
    late.assert_status(422);
    assert!(!browser.is_signed_in().await, "over is over, swept or not");
    passport::jobs::sweep(&house.passport).await.unwrap();
    let left = passport::account::store::find_by_key(house.passport.db.reader(), "ann@acme.test").await;
    assert_eq!(left.unwrap(), None);
    browser.join("ann@acme.test").await;
    let after = jwt::claims(web.tokens(&browser.tab()).await.id())["sub"].clone();
    assert_ne!(before, after);
}

async fn nothing_is_closed_without_the_tick(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser.get("/account/close").await;
    browser.submit("#close-submit", &[]).await.assert_status(422);
    assert!(browser.is_signed_in().await);
}
