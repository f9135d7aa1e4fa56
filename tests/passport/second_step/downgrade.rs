//! An account that has a passkey is entered and changed by nothing weaker, but after a wait that its owner can stop; and
//! whoever loses the passkey is not shut out.
use oidc::assurance::{Method, Methods};
use passport::{account::acting::Acting, second_step::store};
use serde_json::json;
use testkit::{
    Authenticator, Browser, Engine, House, Kind, PASSWORD,
    house::{days, hours, minutes},
    jwt, on_both_engines,
};

use super::{ANN, account, enter, first_step, join_with_phone, told};

on_both_engines![
    dg_01_a_password_alone_opens_nothing_and_the_passkey_is_asked_for_after_it,
    dg_01_a_recovery_code_stands_for_the_passkey_and_the_same_ten_are_shown_twice,
    dg_02_of_many_who_waited_on_two_nodes_one_is_let_in,
    dg_02_whoever_finds_the_passkey_ends_the_wait,
    dg_02_a_new_password_ends_the_wait,
    dg_03_every_way_back_waits_even_where_the_account_is_at_home,
    dg_04_what_protects_the_account_is_changed_by_nothing_weaker,
    dg_04_a_recovery_code_or_the_passkey_is_all_that_is_missing,
    dg_04_an_app_does_not_do_for_a_passkeys_owner,
    dg_05_what_was_proven_before_stays_so_and_no_more,
    dg_06_without_codes_they_are_offered_at_the_next_sign_in,
    dg_07_where_the_operator_takes_no_passkeys_the_password_is_enough,
    dg_08_taking_the_app_away_leaves_the_codes_to_the_passkey,
    dg_09_a_passkey_that_is_not_of_the_account_does_not_follow_its_password,
];

const SENSITIVE: [&str; 8] = [
    "/account/password",
    "/account/email",
    "/account/alternate-email",
    "/account/question",
    "/account/information",
    "/account/passkeys",
    "/account/authenticator",
    "/account/close",
];

/// Somebody with a passkey, whose session it has proven; and the codes that came with it.
async fn with_passkey(house: &House, email: &str) -> (Browser, Authenticator, Vec<String>) {
    house.leave_mail();
    let (browser, mut keeper) = (house.browser(), Authenticator::default());
    browser.join(email).await;
    let saved = browser.add_passkey(&mut keeper, |_| ()).await;
    let codes: Vec<_> =
        saved.page().text_of("#recovery-codes").split_whitespace().map(str::to_owned).collect();
    assert_eq!(codes.len(), 10, "{saved:?}");
    browser.prove_by((&mut keeper, 0)).await.assert_status(200);
    (browser, keeper, codes)
}

/// Answers the page that is shown with the passkey.
async fn by_passkey(house: &House, browser: &Browser, keeper: &mut Authenticator) -> testkit::Answer {
    let answer = keeper.answer(0, &browser.question(), &house.passport.site.origin(), |_| ());
    browser.submit("form[data-passkey]", &[("passkey", &answer)]).await
}

async fn ask_to_wait(browser: &Browser) {
    first_step(browser, ANN).await;
    browser.click("#use-recovery-code").await;
    browser.click("#second-lost").await;
    browser.submit("#second-wait", &[]).await.assert_status(200);
}

async fn dg_01_a_password_alone_opens_nothing_and_the_passkey_is_asked_for_after_it(house: House) {
    let (_, mut keeper, _) = with_passkey(&house, ANN).await;
    let (web, browser) = (house.client(Kind::Web).await, house.browser());
    web.ask(&browser, |asked| asked).await;
    let asked = browser.fill_in_sign_in(ANN, PASSWORD).await;
    assert_eq!(asked.heading(), "Second step");
    let page = asked.page();
    assert!(page.has("[data-without]") && page.has("#use-recovery-code"), "without a script, too: {asked:?}");
    assert!(!page.has("#use-app"), "there is none");
    drop(page);
    assert!(!browser.is_signed_in().await);
    let back = by_passkey(&house, &browser, &mut keeper).await;
    let claims = jwt::claims(web.tokens_in(&web.redeem(&web.code_in(&back)).await).id());
    assert_eq!((&claims["acr"], &claims["amr"]), (&json!("phr"), &json!(["mfa", "pop", "pwd", "user"])));
}

async fn dg_01_a_recovery_code_stands_for_the_passkey_and_the_same_ten_are_shown_twice(house: House) {
    house.leave_mail();
    let (owner, mut keeper) = (house.browser(), Authenticator::default());
    owner.join(ANN).await;
    let page = owner.get("/account/passkeys").await.page();
    let made = keeper.make(&owner.question(), &house.passport.site.origin(), |_| ());
    let form = page.form("form[data-passkey]").filled(&[("passkey", &made)]);
    drop(page);
    let mut shown = Vec::new();
    for _ in 0..2 {
        let answer = owner.post_from(&house.url(""), "/account/passkeys", &form.fields).await;
        shown.push(answer.page().text_of("#recovery-codes"));
    }
    assert_eq!(shown[0], shown[1], "the same form twice");
    let code = shown[0].split_whitespace().next().unwrap().to_owned();
    let browser = house.browser();
    first_step(&browser, ANN).await;
    browser.click("#use-recovery-code").await;
    enter(&browser, &code).await.assert_status(200);
    assert!(browser.is_signed_in().await);
    let again = house.browser();
    first_step(&again, ANN).await;
    again.click("#use-recovery-code").await;
    enter(&again, &code).await.assert_status(422);
}

async fn dg_02_of_many_who_waited_on_two_nodes_one_is_let_in(engine: Engine) {
    let house = House::with(engine, |settings| {
        settings.passport.guessing.per_account = 100;
        settings.passport.guessing.per_block = 1_000;
    })
    .await;
    with_passkey(&house, ANN).await;
    let second = house.second_node().await;
    ask_to_wait(&house.browser()).await;
    told(&house, ANN, "asked to be let in once by the password alone").await;
    house.clock.advance(hours(24));
    let mut browsers = Vec::new();
    for turn in 0..16 {
        let browser = house.browser();
        browser.get("/sign-in").await;
        if turn % 2 == 1 {
            browser.go_through(&second);
        }
        browsers.push(browser);
    }
    let tries = browsers.iter().map(|browser| browser.fill_in_sign_in(ANN, PASSWORD));
    let answers = futures_util::future::join_all(tries).await;
    assert_eq!(answers.iter().filter(|answer| answer.url.path() == "/sign-in/waived").count(), 1);
    told(&house, ANN, "was let in to your").await;
}

async fn dg_02_whoever_finds_the_passkey_ends_the_wait(house: House) {
    let (_, mut keeper, _) = with_passkey(&house, ANN).await;
    ask_to_wait(&house.browser()).await;
    house.browser().sign_in_by((&mut keeper, 0), |_| ()).await.assert_status(200);
    house.clock.advance(hours(25));
    first_step(&house.browser(), ANN).await;
    // And one that nobody used in time is over.
    ask_to_wait(&house.browser()).await;
    house.clock.advance(days(9));
    first_step(&house.browser(), ANN).await;
}

async fn dg_02_a_new_password_ends_the_wait(house: House) {
    let (owner, _, _) = with_passkey(&house, ANN).await;
    ask_to_wait(&house.browser()).await;
    let new = "nine blue lanterns hum";
    owner.get("/account/password").await;
    let fields = [("old_password", PASSWORD), ("password", new)];
    owner.submit("form[action='/account/password']", &fields).await.assert_status(200);
    house.clock.advance(hours(25));
    let browser = house.browser();
    browser.get("/sign-in").await;
    assert_eq!(browser.fill_in_sign_in(ANN, new).await.heading(), "Second step");
}

async fn dg_03_every_way_back_waits_even_where_the_account_is_at_home(house: House) {
    let (owner, _, _) = with_passkey(&house, ANN).await;
    owner.sign_out().await;
    let by_answer = crate::account::answer(&owner, ANN, &crate::account::INFORMATION, testkit::SECRET_ANSWER);
    assert!(by_answer.await.page().has("#recover-waiting"));
    let letter = told(&house, ANN, "Somebody answered the questions").await;
    let stop = testkit::postbox::links(&letter).remove(0);
    house.browser().get(&stop).await.shows(200, "Stop this recovery?");
}

async fn dg_04_what_protects_the_account_is_changed_by_nothing_weaker(house: House) {
    house.leave_mail();
    let (older, owner, mut keeper) = (house.browser(), house.browser(), Authenticator::default());
    older.join(ANN).await;
    owner.sign_in(ANN, PASSWORD).await;
    let form =
        older.get("/account/alternate-email").await.page().form("form[action='/account/alternate-email']");
    owner.add_passkey(&mut keeper, |_| ()).await.assert_status(200);
    // Proven a moment ago, by the password alone, before there was a passkey.
    for path in SENSITIVE {
        let asked = older.get(path).await;
        assert!(asked.page().words().contains("asks for your passkey"), "{path}: {asked:?}");
    }
    let form = form.filled(&[("new_email", "thief@evil.test")]);
    let kept = older.post_from(&house.url(""), "/account/alternate-email", &form.fields).await;
    assert!(kept.page().words().contains("More than a password is needed here"), "{kept:?}");
    assert_eq!(account(&house, ANN).await.alternate, None);
    let sent = house.postbox("thief@evil.test").letters().await;
    assert!(sent.is_empty());
}

async fn dg_04_a_recovery_code_or_the_passkey_is_all_that_is_missing(house: House) {
    house.leave_mail();
    let (older, owner, mut keeper) = (house.browser(), house.browser(), Authenticator::default());
    older.join(ANN).await;
    owner.sign_in(ANN, PASSWORD).await;
    let saved = owner.add_passkey(&mut keeper, |_| ()).await;
    let code = saved.page().text_of("#recovery-codes").split_whitespace().next().unwrap().to_owned();
    older.get("/account/question").await;
    older.click("#use-recovery-code").await;
    let there = enter(&older, &code).await;
    assert_eq!(there.url.path(), "/account/question");
    owner.get("/account/email").await;
    assert_eq!(by_passkey(&house, &owner, &mut keeper).await.url.path(), "/account/email");
}

async fn dg_04_an_app_does_not_do_for_a_passkeys_owner(house: House) {
    let owner = house.browser();
    let (phone, codes) = join_with_phone(&house, &owner, ANN).await;
    let mut keeper = Authenticator::default();
    let saved = owner.add_passkey(&mut keeper, |_| ()).await;
    assert!(saved.page().has("#changed"), "there are codes already: {saved:?}");
    let browser = house.browser();
    first_step(&browser, ANN).await;
    browser.click("#use-app").await;
    enter(&browser, &phone.code(house.clock.now())).await.assert_status(200);
    let asked = browser.get("/account/passkeys").await;
    assert!(asked.page().words().contains("asks for your passkey"), "a false page can ask for codes, too");
    browser.click("#use-recovery-code").await;
    enter(&browser, &codes[0]).await.assert_status(200);
    assert!(browser.get("/account/passkeys").await.page().has("#passkeys"), "and nobody is shut out");
    house.leave_mail();
}

async fn dg_05_what_was_proven_before_stays_so_and_no_more(house: House) {
    house.leave_mail();
    let (web, owner, older) = (house.client(Kind::Web).await, house.browser(), house.browser());
    owner.join(ANN).await;
    older.get("/sign-in").await;
    let fields = [("username", ANN), ("password", PASSWORD), ("automatic", "on")];
    older.submit("#sign-in-submit", &fields).await.assert_status(200);
    owner.add_passkey(&mut Authenticator::default(), |_| ()).await.assert_status(200);
    older.close_and_reopen();
    house.clock.advance(days(3));
    let claims = jwt::claims(web.tokens(&older).await.id());
    assert_eq!(claims["amr"], json!(["pwd"]), "automatic sign-in goes on as it was proven");
    // Having waited serves one session, and no automatic sign-in.
    ask_to_wait(&house.browser()).await;
    house.clock.advance(hours(24));
    let waited = house.browser();
    waited.get("/sign-in").await;
    waited.submit("#sign-in-submit", &fields).await.assert_status(200);
    waited.close_and_reopen();
    assert!(waited.is_signed_in().await);
    waited.get("/account/passkeys").await;
    let asked = waited.submit("#sign-in-submit", &[("password", PASSWORD)]).await;
    assert_eq!(asked.heading(), "Second step");
}

async fn dg_06_without_codes_they_are_offered_at_the_next_sign_in(house: House) {
    let (_, mut keeper, _) = with_passkey(&house, ANN).await;
    let tx = Acting::on(&house.passport.db, account(&house, ANN).await.id).await.unwrap().unwrap();
    store::set_codes(&tx, vec![]).await.unwrap();
    tx.commit().await.unwrap();
    let browser = house.browser();
    let offered = browser.sign_in_by((&mut keeper, 0), |_| ()).await;
    assert_eq!(offered.url.path(), "/account/authenticator/codes");
    offered.shows(200, "You have no recovery codes left");
    let made = browser.submit("#recovery-codes-renew", &[]).await;
    assert_eq!(made.page().text_of("#recovery-codes").split_whitespace().count(), 10);
    let other = house.browser();
    assert_ne!(other.sign_in_by((&mut keeper, 0), |_| ()).await.url.path(), "/account/authenticator/codes");
}

async fn dg_07_where_the_operator_takes_no_passkeys_the_password_is_enough(engine: Engine) {
    let house = House::with(engine, |settings| settings.passport.passkeys.enabled = false).await;
    house.leave_mail();
    let browser = house.browser();
    browser.join(ANN).await;
    let tx = Acting::on(&house.passport.db, account(&house, ANN).await.id).await.unwrap().unwrap();
    let factors = Methods::of(Method::Passkey);
    passport::account::store::set_factors(&tx, factors).await.unwrap();
    tx.commit().await.unwrap();
    house.browser().sign_in(ANN, PASSWORD).await;
    browser.get("/account/email").await.assert_status(200);
}

async fn dg_08_taking_the_app_away_leaves_the_codes_to_the_passkey(house: House) {
    let owner = house.browser();
    let (_, codes) = join_with_phone(&house, &owner, ANN).await;
    let mut keeper = Authenticator::default();
    owner.add_passkey(&mut keeper, |_| ()).await.assert_status(200);
    owner.prove_by((&mut keeper, 0)).await;
    owner.get("/account/authenticator").await;
    owner.submit("#authenticator-remove", &[]).await.shows(200, "passkey is still asked for");
    let browser = house.browser();
    first_step(&browser, ANN).await;
    browser.click("#use-recovery-code").await;
    enter(&browser, &codes[0]).await.assert_status(200);
    // With the last passkey the codes are for nothing.
    browser.get("/account/passkeys").await;
    browser.submit("form[action='/account/passkeys/remove'] button", &[]).await.assert_status(200);
    let left = store::count_codes(house.passport.db.reader(), account(&house, ANN).await.id).await;
    assert_eq!(left.unwrap(), 0);
    house.browser().sign_in(ANN, PASSWORD).await;
    house.leave_mail();
}

async fn dg_09_a_passkey_that_is_not_of_the_account_does_not_follow_its_password(house: House) {
    with_passkey(&house, ANN).await;
    let (_, mut of_ben, _) = with_passkey(&house, "ben@acme.test").await;
    let browser = house.browser();
    first_step(&browser, ANN).await;
    by_passkey(&house, &browser, &mut of_ben).await.assert_status(422);
    assert!(!browser.is_signed_in().await);
    // Nor does the right one, once the first proof is too old.
    let (_, mut keeper, _) = with_passkey(&house, "cem@acme.test").await;
    let late = house.browser();
    first_step(&late, "cem@acme.test").await;
    house.clock.advance(minutes(11));
    assert_eq!(by_passkey(&house, &late, &mut keeper).await.heading(), "Sign in");
    assert!(!late.is_signed_in().await);
}
