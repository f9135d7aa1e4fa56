//! Accounts of another system sign in with the passwords that they had (PP-05).
use passport::acts::import::{Imported, import, rows};
use testkit::{Engine, House, Kind, on_both_engines};

use super::*;

on_both_engines![
    pp_05_imported_people_sign_in_with_their_old_password_and_their_domain_stays_closed_to_sign_up,
    a_seed_that_sets_another_password_ends_everything_and_tells_the_owner,
];

const FILE: &str = "email,password_hash,email_verified,alternate_email,alternate_email_verified\n\
    ann@hosted.test,$2b$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG,true,ann@home.test,true\n";

async fn pp_05_imported_people_sign_in_with_their_old_password_and_their_domain_stays_closed_to_sign_up(
    engine: Engine,
) {
    let house = House::with(engine, |settings| {
        settings.passport.managed_domains.names = vec!["hosted.test".into()];
    })
    .await;
    house.leave_mail();
    for (_, row) in rows(FILE) {
        assert!(matches!(
            import(&house.passport, house.clock.now(), &row.unwrap()).await.unwrap(),
            Imported::Made(_)
        ));
    }
    let browser = house.browser();
    attempt(&browser, "ann@hosted.test", "wrong").await.assert_status(422);
    browser.sign_in("ann@hosted.test", "correct horse battery staple").await;
    browser.sign_out().await;
    let found =
        passport::account::store::find_credentials(house.passport.db.reader(), "ann@hosted.test").await;
    assert!(found.unwrap().unwrap().password_hash.starts_with("$argon2id$"));
    browser.sign_in("ann@hosted.test", "correct horse battery staple").await;
    let sent = choose(&house.browser(), "ann@hosted.test", "alternate").await;
    assert!(sent.page().has("#recover-sent"));
    assert_eq!(house.postbox(OTHER).letters().await.len(), 1);
}

async fn a_seed_that_sets_another_password_ends_everything_and_tells_the_owner(house: House) {
    house.leave_mail();
    let (web, browser) = (house.client(Kind::Web).await, house.browser());
    browser.join(ANN).await;
    let tokens = web.tokens(&browser.tab()).await;
    let seed =
        |password: &str| serde_json::json!({ "email": ANN, "password": password, "language": "en-US" });
    let load = async |password: &str| {
        let seed = serde_json::from_value(seed(password)).unwrap();
        passport::acts::seed::account::ensure(&house.passport, house.clock.now(), seed)
            .await
            .unwrap()
            .unwrap();
    };
    let letters = house.postbox(ANN).letters().await.len();
    load(PASSWORD).await;
    assert!(browser.is_signed_in().await, "the same password changes nothing");
    house.userinfo(&tokens.access).await.assert_status(200);
    load(NEW_PASSWORD).await;
    assert!(!browser.is_signed_in().await);
    house.userinfo(&tokens.access).await.assert_status(401);
    web.refresh(tokens.refresh()).await.assert_status(400);
    assert_eq!(house.postbox(ANN).letters().await.len(), letters + 1);
    browser.sign_in(ANN, NEW_PASSWORD).await;
}
