//! The page for a redirect URI that is not registered: it explains itself to whom it may, and to nobody else.
use testkit::{Browser, House, Kind, on_both_engines};

on_both_engines![
    a_stranger_learns_nothing_of_what_is_registered,
    a_developer_at_home_sees_what_differs,
    an_administrator_sees_what_differs,
];

const EXPLAINED: &str = "#redirect-mismatch";

async fn a_stranger_learns_nothing_of_what_is_registered(house: House) {
    let web = house.client(Kind::Web).await;
    let both = house
        .client_with(Kind::Other, |client| client.redirect_uris.push("http://127.0.0.1:3000/cb".into()))
        .await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    for (rp, uri) in [
        (&web, "https://rp1.test/cb/"),
        (&web, "http://127.0.0.1:3000/cb"),
        (&web, "http://localhost:3000/cb"),
        (&both, "https://rp2.test/cb/"),
        (&both, "http://127.0.0.1.evil.test:3000/cb"),
    ] {
        let answer = rp.ask(&browser, |asked| asked.with("redirect_uri", uri)).await;
        answer.assert_stays_here();
        assert!(!answer.page().has(EXPLAINED), "{uri}");
        for secret in ["https://rp1.test/cb\"", "https://rp2.test/cb<", "127.0.0.1:3000/cb<"] {
            assert!(!answer.text().contains(secret), "{uri}: {answer:?}");
        }
    }
}

async fn a_developer_at_home_sees_what_differs(house: House) {
    let rp = house
        .client_with(Kind::Web, |client| client.redirect_uris.push("http://127.0.0.1:3000/cb".into()))
        .await;
    let answer =
        rp.ask(&house.browser(), |asked| asked.with("redirect_uri", "http://127.0.0.1:3000/cb/")).await;
    answer.assert_stays_here();
    let page = answer.page();
    assert!(page.text_of(EXPLAINED).contains("http://127.0.0.1:3000/cb/"));
    assert_eq!(page.all("#redirect-mismatch mark"), ["/"]);
    assert!(!page.text_of(EXPLAINED).contains("rp1.test"), "only what is at home");
}

async fn make_admin(house: &House, browser: &Browser, email: &str) {
    browser.join(email).await;
    let reader = house.passport.db.reader();
    let account = passport::account::store::find_by_key(reader, email).await.unwrap().unwrap();
    assert!(!account.is_admin, "nobody begins as one");
    let tx = passport::account::acting::Acting::on(&house.passport.db, account.id).await.unwrap().unwrap();
    passport::account::store::set_admin(&tx, account.id, true).await.unwrap();
    tx.commit().await.unwrap();
}

async fn an_administrator_sees_what_differs(house: House) {
    let rp = house.client(Kind::Web).await;
    let admin = house.browser();
    make_admin(&house, &admin, "admin@acme.test").await;
    let answer = rp.ask(&admin, |asked| asked.with("redirect_uri", "http://rp1.test/cb")).await;
    answer.assert_stays_here();
    let page = answer.page();
    assert_eq!(page.all("#redirect-mismatch mark"), ["s"]);
    admin.sign_out().await;
    let answer = rp.ask(&admin, |asked| asked.with("redirect_uri", "http://rp1.test/cb")).await;
    assert!(!answer.page().has(EXPLAINED), "signed out, it is anybody");
}
