//! Pre-hijacking: whoever signs up with a stranger's address gets neither their proof nor keeps them out for ever
//! (decision 0023).
use testkit::{Browser, House, Kind, PASSWORD, house::days, on_both_engines};

on_both_engines![
    a_stranger_who_reads_the_mail_gets_the_name_back_after_a_wait,
    an_account_that_proves_its_name_in_time_keeps_it,
    a_proven_name_is_claimed_by_nobody_and_the_page_says_the_same,
    a_claimed_name_does_not_come_back_by_an_undo,
    a_name_that_nobody_takes_is_anybodys_after_a_week,
    the_letter_that_proves_an_address_can_say_that_the_account_is_not_mine,
];

const VICTIM: &str = "vera@acme.test";
const NEW: &str = "nine blue lanterns hum";

async fn newest_link(house: &House) -> String {
    house.postbox(VICTIM).links().await.remove(0)
}

/// Nobody signs up with the name who did not follow the link, however often they try.
async fn is_taken(house: &House) {
    let thief = house.browser();
    thief.get("/sign-up").await;
    thief.submit("#sign-up-continue", &[("email", VICTIM)]).await.assert_status(409);
}

/// Follows the newest link to the sign-up, and signs up; the address is proven by that.
async fn take(house: &House, victim: &Browser) {
    let letters = house.postbox(VICTIM).letters().await;
    let free = letters.iter().find(|letter| letter.subject == "Your e-mail address is free").unwrap();
    let link = free.text.split_whitespace().find(|word| word.contains("/link/")).unwrap();
    victim.get(link).await.assert_status(200);
    let page = victim.click("#link-confirm").await;
    assert_eq!((page.url.path(), page.page().attribute("#email", "value").as_str()), ("/sign-up", VICTIM));
    victim.submit("#sign-up-continue", &[("email", VICTIM)]).await.assert_status(200);
    assert!(victim.submit_credentials(NEW).await.page().has("#signed-up"));
    let found = passport::account::store::find_by_key(house.passport.db.reader(), VICTIM).await.unwrap();
    assert!(found.unwrap().email_verified);
}

/// The stranger meets “already registered” and asks for an e-mail to their own mailbox.
async fn ask(house: &House) -> String {
    let stranger = house.browser();
    stranger.get("/sign-up").await;
    let taken = stranger.submit("#sign-up-continue", &[("email", VICTIM)]).await;
    assert_eq!(taken.status, 409);
    stranger.click("#taken-mine").await.heading()
}

async fn a_stranger_who_reads_the_mail_gets_the_name_back_after_a_wait(house: House) {
    house.leave_mail();
    let web = house.client(Kind::Web).await;
    let thief = house.browser();
    thief.join(VICTIM).await;
    let before = web.tokens(&thief.tab()).await;
    let sub = |token: &str| testkit::jwt::claims(token)["sub"].as_str().unwrap().to_owned();
    assert_eq!(ask(&house).await, "Check your e-mail");
    let victim = house.browser();
    victim.get(&newest_link(&house).await).await.assert_status(200);
    assert!(victim.click("#link-confirm").await.page().has("#link-done"));
    // The account is told when its owner signs in, and goes on.
    let elsewhere = house.browser();
    elsewhere.get("/sign-in").await;
    let told = elsewhere.fill_in_sign_in(VICTIM, PASSWORD).await;
    assert!(told.page().has("#name-claimed"), "{told:?}");
    assert!(told.page().words().contains("@renamed.invalid"), "{told:?}");
    elsewhere.click("#name-claimed-onward").await.assert_status(200);
    assert_eq!(house.browser().get("/sign-up").await.status, 200);
    house.clock.advance(days(7));
    // The name is free, here before any sweep, and waits for whoever claimed it.
    is_taken(&house).await;
    take(&house, &victim).await;
    victim.sign_in(VICTIM, NEW).await;
    let theirs = web.tokens(&victim.tab()).await;
    assert_ne!(sub(theirs.id()), sub(before.id()));
    // The earlier account keeps its name at every site, and its data.
    let found =
        passport::account::store::find_by_key(house.passport.db.reader(), VICTIM).await.unwrap().unwrap();
    let old = passport::account::store::list(house.passport.db.reader(), None, 10).await.unwrap();
    let old = old.into_iter().find(|account| account.id != found.id).unwrap();
    assert_eq!(old.id.to_string(), sub(before.id()));
    assert!(old.email.ends_with("@renamed.invalid") && !old.email_verified, "{}", old.email);
    let again = house.browser();
    again.sign_in(&old.email, PASSWORD).await;
    assert_eq!(sub(web.tokens(&again.tab()).await.id()), sub(before.id()));
    let told = house.postbox(VICTIM).letters().await;
    assert!(told.iter().any(|letter| letter.subject == "Your e-mail address is free"), "{told:#?}");
    // Nothing is ever sent to a name that we gave.
    again.get("/account/password").await;
    again.submit("#change-password-submit", &[("old_password", PASSWORD), ("password", NEW)]).await;
    assert!(house.postbox(&old.email).letters().await.is_empty());
}

async fn an_account_that_proves_its_name_in_time_keeps_it(house: House) {
    house.leave_mail();
    let owner = house.browser();
    owner.join(VICTIM).await;
    ask(&house).await;
    let link = newest_link(&house).await;
    let reader = house.browser();
    reader.get(&link).await;
    reader.click("#link-confirm").await.assert_status(200);
    assert_eq!(reader.click("a[href='/account']").await.url.path(), "/sign-in");
    owner.sign_in(VICTIM, PASSWORD).await;
    owner.get("/account/email").await;
    owner.click("#verify-submit").await.assert_status(200);
    owner.get(&newest_link(&house).await).await;
    assert!(owner.click("#link-confirm").await.page().has("#link-done"));
    house.clock.advance(days(8));
    passport::jobs::sweep(&house.passport).await.unwrap();
    house.browser().sign_in(VICTIM, PASSWORD).await;
    // The link was used once.
    assert_eq!(house.browser().get(&link).await.status, 410);
}

async fn a_proven_name_is_claimed_by_nobody_and_the_page_says_the_same(house: House) {
    house.leave_mail();
    house.browser().sign_up(VICTIM).await;
    let unproven = ask(&house).await;
    house.postbox(VICTIM).letters().await;
    let db = &house.passport.db;
    let found = passport::account::store::find_by_key(db.reader(), VICTIM).await.unwrap().unwrap();
    let tx = passport::account::acting::Acting::on(&house.passport.db, found.id).await.unwrap().unwrap();
    let now = house.clock.now();
    assert!(passport::account::store::set_email_verified(&tx, now, found.id, VICTIM).await.unwrap());
    tx.commit().await.unwrap();
    // The link of before claims nothing any more.
    let late = house.browser();
    late.get(&newest_link(&house).await).await.assert_status(200);
    assert_eq!(late.click("#link-confirm").await.status, 410);
    assert_eq!(ask(&house).await, unproven);
    let letter = house.postbox(VICTIM).letters().await.remove(0);
    assert!(!letter.text.contains("/link/") && letter.text.contains("/recover"), "{}", letter.text);
    house.clock.advance(days(8));
    passport::jobs::sweep(&house.passport).await.unwrap();
    house.browser().sign_in(VICTIM, PASSWORD).await;
}

async fn the_letter_that_proves_an_address_can_say_that_the_account_is_not_mine(house: House) {
    house.leave_mail();
    let thief = house.browser();
    thief.join(VICTIM).await;
    thief.get("/account/email").await;
    thief.click("#verify-submit").await.assert_status(200);
    let victim = house.browser();
    let page = victim.get(&newest_link(&house).await).await;
    assert!(!page.page().has("#link-confirm") && page.page().has("#link-sign-in"), "{page:?}");
    assert!(victim.click("#link-decline").await.page().has("#link-done"));
    house.clock.advance(days(7));
    passport::jobs::sweep(&house.passport).await.unwrap();
    is_taken(&house).await;
    // Whoever lost the letter asks for another; after the time of waiting the name is anybody's.
    assert_eq!(ask(&house).await, "Check your e-mail");
    take(&house, &house.browser()).await;
}

async fn a_name_that_nobody_takes_is_anybodys_after_a_week(house: House) {
    house.leave_mail();
    house.browser().join(VICTIM).await;
    ask(&house).await;
    let victim = house.browser();
    victim.get(&newest_link(&house).await).await.assert_status(200);
    victim.click("#link-confirm").await.assert_status(200);
    house.clock.advance(days(7));
    passport::jobs::sweep(&house.passport).await.unwrap();
    is_taken(&house).await;
    house.clock.advance(days(7));
    house.browser().sign_up(VICTIM).await;
    house.clock.advance(days(2));
    passport::jobs::sweep(&house.passport).await.unwrap();
    assert_eq!(house.ground.count("SELECT COUNT(*) FROM name_claim").await, 0);
}

async fn a_claimed_name_does_not_come_back_by_an_undo(house: House) {
    const THIEF: &str = "thief@evil.test";
    house.leave_mail();
    let thief = house.browser();
    thief.join(VICTIM).await;
    ask(&house).await;
    let link = newest_link(&house).await;
    // What the account's owner changes ends no word of a stranger.
    thief.get("/account/password").await;
    thief.submit("#change-password-submit", &[("old_password", PASSWORD), ("password", NEW)]).await;
    let victim = house.browser();
    victim.get(&link).await.assert_status(200);
    assert!(victim.click("#link-confirm").await.page().has("#link-done"));
    thief.get("/account/email").await;
    thief.submit("#change-email-submit", &[("new_email", THIEF)]).await.assert_status(200);
    thief.get(&house.postbox(THIEF).links().await.remove(0)).await;
    assert!(thief.click("#link-confirm").await.page().has("#link-done"));
    let told = house.postbox(VICTIM).letters().await;
    assert!(told.iter().any(|letter| letter.subject == "Your e-mail address is free"), "{told:#?}");
    thief.sign_in(THIEF, NEW).await;
    thief.get("/account/history").await;
    thief.click("a[href^='/account/not-me']").await.assert_status(200);
    assert_eq!(thief.click("#not-me-submit").await.status, 200);
    let old = passport::account::store::list(house.passport.db.reader(), None, 10).await.unwrap();
    assert!(old[0].email.ends_with("@renamed.invalid") && !old[0].email_verified, "{}", old[0].email);
    is_taken(&house).await;
    take(&house, &victim).await;
}
