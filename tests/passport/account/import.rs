//! Accounts of another system sign in with the passwords that they had (PP-05).
use passport::acts::import::{Imported, import, rows};
use testkit::{Engine, House, on_both_engines};

use super::*;

on_both_engines![
    pp_05_imported_people_sign_in_with_their_old_password_and_their_domain_stays_closed_to_sign_up,
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
