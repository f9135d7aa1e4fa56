//! Passkeys: made and taken away in Account Services, used instead of a password.
use passport::history::Kind as Did;
use testkit::{
    Authenticator, Browser, House, Kind, PASSWORD,
    authenticator::Said,
    house::{days, minutes},
    on_both_engines,
};

on_both_engines![
    a_passkey_signs_in_without_a_password_and_leads_back_to_the_site,
    what_is_ticked_beside_it_counts_as_with_a_password,
    its_owner_names_it_and_takes_it_away,
    a_passkey_proves_once_more_who_somebody_is,
    this_was_not_me_takes_a_thiefs_passkey_away_and_brings_the_owners_back_to_whoever_proves_more,
    a_counter_that_does_not_go_on_is_told,
    an_account_has_so_many_and_no_more,
    it_is_offered_after_a_password_until_somebody_says_no,
    a_passkey_made_quietly_needs_no_touch,
    a_frozen_account_says_so_and_a_disabled_one_does_not,
    the_owner_takes_them_along_and_they_go_with_the_account,
    keepers_of_passkeys_find_where_they_are_looked_after,
    a_site_that_asks_for_a_phishing_resistant_proof_gets_one,
];

const ANN: &str = "ann@acme.test";

async fn ann(house: &House) -> (Browser, Authenticator) {
    house.leave_mail();
    let (browser, mut keeper) = (house.browser(), Authenticator::default());
    browser.join(ANN).await;
    browser.add_passkey(&mut keeper, |_| ()).await.assert_status(200);
    browser.prove_by((&mut keeper, 0)).await.assert_status(200);
    (browser, keeper)
}

async fn names(browser: &Browser) -> Vec<String> {
    browser.get("/account/passkeys").await.page().all("#passkeys th[scope=row]")
}

fn as_it_is(_: &mut Said) {}

async fn a_passkey_signs_in_without_a_password_and_leads_back_to_the_site(house: House) {
    let (_, mut keeper) = ann(&house).await;
    let web = house.client(Kind::Web).await;
    let elsewhere = house.browser();
    web.ask(&elsewhere, |asked| asked).await.assert_status(200);
    let page = elsewhere.here().page();
    assert_eq!(page.attribute("#username", "autocomplete"), "username webauthn");
    assert!(page.has("div[data-ask][hidden] #sign-in-passkey"), "without a script nobody is asked for one");
    drop(page);
    let answer = keeper.answer(0, &elsewhere.question(), &house.passport.site.origin(), as_it_is);
    let back = elsewhere.submit("#sign-in-submit", &[("passkey", &answer)]).await;
    assert!(!web.code_in(&back).is_empty());
    assert!(elsewhere.is_signed_in().await);
    let shown = elsewhere.get("/account/passkeys").await.page();
    assert!(!shown.words().contains("Not used yet"), "{}", shown.words());
}

async fn what_is_ticked_beside_it_counts_as_with_a_password(house: House) {
    let (_, mut keeper) = ann(&house).await;
    let origin = house.passport.site.origin();
    let browser = house.browser();
    browser.get("/sign-in").await;
    let answer = keeper.answer(0, &browser.question(), &origin, as_it_is);
    browser.submit("#sign-in-submit", &[("passkey", &answer), ("automatic", "on")]).await.assert_status(200);
    browser.close_and_reopen();
    assert!(browser.is_signed_in().await, "PP-18");
    browser.sign_out().await;
    assert_eq!(browser.get("/sign-in").await.page().all("#account option"), [ANN], "PP-14");
    let shared = house.browser();
    shared.get("/sign-in").await;
    let answer = keeper.answer(0, &shared.question(), &origin, as_it_is);
    let both = [("passkey", answer.as_str()), ("automatic", "on"), ("shared", "on")];
    shared.submit("#sign-in-submit", &both).await.assert_status(422);
    shared.get("/sign-in").await;
    let answer = keeper.answer(0, &shared.question(), &origin, as_it_is);
    shared.submit("#sign-in-submit", &[("passkey", &answer), ("shared", "on")]).await.assert_status(200);
    house.clock.advance(minutes(16));
    assert!(!shared.is_signed_in().await);
    assert!(!shared.get("/sign-in").await.page().has("#account"));
}

async fn its_owner_names_it_and_takes_it_away(house: House) {
    let (browser, mut keeper) = ann(&house).await;
    assert_eq!(names(&browser).await, ["Passkey of November 22, 2026"]);
    let refused =
        browser.submit("form[action='/account/passkeys/name']", &[("passkey_name", "www.evil.test")]);
    let refused = refused.await;
    refused.assert_status(422);
    assert_eq!(refused.page().attribute("#passkey_name", "value"), "www.evil.test", "nothing is lost");
    browser.submit("form[action='/account/passkeys/name']", &[("passkey_name", " My phone ")]).await;
    assert_eq!(names(&browser).await, ["My phone"]);
    let signals = browser.here().page().attribute("[data-signals]", "data-signals");
    assert!(signals.contains("signalAllAcceptedCredentials") && signals.contains(ANN), "{signals}");
    let gone = browser.submit("form[action='/account/passkeys/remove'] button", &[]).await;
    assert!(gone.page().attribute("[data-signals]", "data-signals").contains("signalUnknownCredential"));
    assert!(names(&browser).await.is_empty());
    let stranger = house.browser();
    let answer = stranger.sign_in_by((&mut keeper, 0), as_it_is).await;
    answer.assert_status(422);
    assert!(answer.page().attribute("[data-signals]", "data-signals").contains("signalUnknownCredential"));
    let letters = house.postbox(ANN).letters().await;
    let told = |words: &str| letters.iter().filter(|letter| letter.text.contains(words)).count();
    assert_eq!((told("was added"), told("“My phone” was removed")), (1, 1));
}

async fn a_passkey_proves_once_more_who_somebody_is(house: House) {
    let (browser, mut keeper) = ann(&house).await;
    house.clock.advance(minutes(6));
    let asked = browser.get("/account/passkeys").await;
    assert!(asked.page().has("#sign-in-submit"), "{asked:?}");
    let question = browser.question();
    assert!(question.contains("public-key"), "hers alone are asked for: {question}");
    let proven = keeper.answer(0, &question, &house.passport.site.origin(), |said| said.user_handle = None);
    let there = browser.submit("#sign-in-submit", &[("passkey", &proven)]).await;
    assert_eq!(there.url.path(), "/account/passkeys");
    assert!(there.page().has("#passkeys"));
}

async fn this_was_not_me_takes_a_thiefs_passkey_away_and_brings_the_owners_back_to_whoever_proves_more(
    house: House,
) {
    let (browser, mut keeper) = ann(&house).await;
    let mut second = Authenticator::default();
    browser.add_passkey(&mut second, as_it_is).await.assert_status(200);
    house.clock.advance(days(8));
    browser.sign_in_by((&mut second, 0), as_it_is).await.assert_status(200);
    let mut thief = Authenticator::default();
    browser.add_passkey(&mut thief, as_it_is).await.assert_status(200);
    assert_eq!(names(&browser).await.len(), 3);
    let all = browser.here().page().attributes("form[action='/account/passkeys/remove'] button", "value");
    browser.submit(&format!("button[value='{}']", all[2]), &[]).await.assert_status(200);
    // The owner comes by the passkey that is left, after all of that.
    house.clock.advance(minutes(1));
    browser.sign_in_by((&mut second, 0), as_it_is).await.assert_status(200);
    browser.get("/account/history").await;
    let event = browser.here().page().attributes("a[href^='/account/not-me']", "href")[0].clone();
    browser.get(&event).await;
    browser.submit("main form", &[]).await;
    let stranger = house.browser();
    stranger.sign_in_by((&mut thief, 0), as_it_is).await.assert_status(422);
    for keeper in [&mut keeper, &mut second] {
        let frozen = stranger.sign_in_by((keeper, 0), as_it_is).await;
        assert!(!stranger.is_signed_in().await && !frozen.page().has("#sign-in-submit"), "known, and frozen");
    }
}

async fn a_counter_that_does_not_go_on_is_told(house: House) {
    let (_, mut keeper) = ann(&house).await;
    let browser = house.browser();
    browser.sign_in_by((&mut keeper, 0), |said| said.count = 9).await.assert_status(200);
    let copied = |letters: &[std::sync::Arc<mailbox::Message>]| {
        letters.iter().filter(|letter| letter.text.contains("did not go on")).count()
    };
    assert_eq!(copied(&house.postbox(ANN).letters().await), 0);
    browser.sign_in_by((&mut keeper, 0), |said| said.count = 9).await.assert_status(200);
    assert_eq!(copied(&house.postbox(ANN).letters().await), 1);
    let lines = browser.get("/account/history").await.page().words();
    assert!(lines.contains("may have been copied"), "{lines}");
    let mut synced = Authenticator { syncs: true, ..Authenticator::default() };
    browser.add_passkey(&mut synced, as_it_is).await.assert_status(200);
    for _ in 0..2 {
        browser.sign_in_by((&mut synced, 0), as_it_is).await.assert_status(200);
    }
    assert_eq!(copied(&house.postbox(ANN).letters().await), 1, "who counts nothing is not suspected");
}

async fn an_account_has_so_many_and_no_more(house: House) {
    let (browser, mut keeper) = ann(&house).await;
    for _ in 1..house.passport.settings.passkeys.most {
        browser.add_passkey(&mut keeper, as_it_is).await.assert_status(200);
    }
    browser.add_passkey(&mut keeper, as_it_is).await.assert_status(422);
    let most = usize::try_from(house.passport.settings.passkeys.most).unwrap();
    assert_eq!(names(&browser).await.len(), most);
}

async fn it_is_offered_after_a_password_until_somebody_says_no(house: House) {
    house.leave_mail();
    let browser = house.browser();
    browser.sign_up(ANN).await;
    let signed_in = async |browser: &Browser, more: &[(&str, &str)]| {
        browser.get("/sign-in?account=other&next=/account").await;
        let fields = [&[("username", ANN), ("password", PASSWORD)], more].concat();
        browser.submit("#sign-in-submit", &fields).await.url.path().to_owned()
    };
    assert_eq!(signed_in(&browser, &[]).await, "/account", "nothing says that the browser could");
    assert_eq!(signed_in(&browser, &[("offer", "yes"), ("shared", "on")]).await, "/account");
    assert_eq!(signed_in(&browser, &[("offer", "yes")]).await, "/sign-in/passkey");
    let on = browser.submit("#passkey-later", &[]).await;
    assert_eq!(on.url.path(), "/account");
    assert_eq!(signed_in(&browser, &[("offer", "yes")]).await, "/account", "once");
    house.clock.advance(days(61));
    assert_eq!(signed_in(&browser, &[("offer", "yes")]).await, "/sign-in/passkey");
    browser.submit("#passkey-never", &[]).await;
    house.clock.advance(days(61));
    assert_eq!(signed_in(&browser, &[("offer", "yes")]).await, "/account", "never");
    let other = house.browser();
    assert_eq!(signed_in(&other, &[("offer", "yes")]).await, "/sign-in/passkey");
    let made = Authenticator::default().make(&other.question(), &house.passport.site.origin(), as_it_is);
    other.submit("form[data-passkey]", &[("passkey", &made)]).await.assert_status(200);
    assert_eq!(other.click("#recovery-codes-onward").await.url.path(), "/account", "on the way as before");
    assert_eq!(signed_in(&house.browser(), &[("offer", "yes")]).await, "/sign-in/second", "there is one");
}

async fn a_passkey_made_quietly_needs_no_touch(house: House) {
    house.leave_mail();
    let browser = house.browser();
    browser.join(ANN).await;
    browser.get("/sign-in/passkey").await.assert_status(200);
    let quiet = browser.here().page().attribute("form[data-passkey]", "data-quiet");
    let origin = house.passport.site.origin();
    let mut keeper = Authenticator { syncs: true, ..Authenticator::default() };
    let made = keeper.make(&quiet, &origin, |said| said.flags &= !5);
    // What was asked quietly does not count as asked by a press.
    browser.submit("form[data-passkey]", &[("passkey", &made)]).await.assert_status(422);
    let saved = browser.submit("form[data-passkey]", &[("passkey", &made), ("quiet", "yes")]).await;
    assert!(
        saved.page().has("#passkey-saved") && saved.page().has("#recovery-codes"),
        "it says what changed"
    );
    browser.prove_by((&mut keeper, 0)).await.assert_status(200);
    assert_eq!(names(&browser).await.len(), 1);
    let elsewhere = house.browser();
    elsewhere.sign_in_by((&mut keeper, 0), as_it_is).await.assert_status(200);
    assert!(elsewhere.is_signed_in().await);
}

async fn a_frozen_account_says_so_and_a_disabled_one_does_not(house: House) {
    use passport::account::{State, acting::Acting, store};
    let (_, mut keeper) = ann(&house).await;
    let db = &house.passport.db;
    let id = store::find_by_key(db.reader(), ANN).await.unwrap().unwrap().id;
    let mut pages = Vec::new();
    for state in [State::Frozen, State::Disabled] {
        let tx = Acting::on(db, id).await.unwrap().unwrap();
        store::set_state(&tx, house.clock.now(), id, state).await.unwrap();
        tx.commit().await.unwrap();
        let browser = house.browser();
        let answer = browser.sign_in_by((&mut keeper, 0), as_it_is).await;
        assert!(!browser.is_signed_in().await);
        pages.push(answer.page().has("#sign-in-submit"));
    }
    assert_eq!(pages, [false, true]);
}

async fn the_owner_takes_them_along_and_they_go_with_the_account(house: House) {
    use passport::account::{acting::Acting, store};
    let (browser, mut keeper) = ann(&house).await;
    browser.get("/account/export").await;
    let file = browser.submit("main form", &[]).await.json();
    assert_eq!(file["passkeys"][0]["name"], "Passkey of November 22, 2026");
    assert!(!file.to_string().contains("public_key"));
    assert!(file["history"].to_string().contains(Did::PasskeyAdded.as_str()));
    let db = &house.passport.db;
    let id = store::find_by_key(db.reader(), ANN).await.unwrap().unwrap().id;
    let tx = Acting::on(db, id).await.unwrap().unwrap();
    passport::closing::store::drop_account(&tx, id).await.unwrap();
    tx.commit().await.unwrap();
    let found = passport::passkey::store::find_credential(db.reader(), &keeper.kept[0].id).await.unwrap();
    assert_eq!(found, None);
    house.browser().sign_in_by((&mut keeper, 0), as_it_is).await.assert_status(422);
}

async fn keepers_of_passkeys_find_where_they_are_looked_after(house: House) {
    let browser = house.browser();
    let found = browser.get("/.well-known/passkey-endpoints").await;
    found.assert_status(200);
    assert_eq!(found.json()["manage"], house.url("/account/passkeys"));
    assert_eq!(found.json()["enroll"], house.url("/account/passkeys"));
    browser.get("/.well-known/webauthn").await.assert_status(404);
    let engine = house.engine;
    let other = House::with(engine, |settings| {
        settings.passport.passkeys.related_origins = vec!["https://passport.example.org".into()];
    });
    let other = other.await;
    let said = other.browser().get("/.well-known/webauthn").await.json();
    assert_eq!(said["origins"], serde_json::json!(["https://passport.example.org"]));
    let off = House::with(engine, |settings| settings.passport.passkeys.enabled = false).await;
    let browser = off.browser();
    browser.get("/.well-known/passkey-endpoints").await.assert_status(404);
    let page = browser.get("/sign-in").await.page();
    assert!(!page.has("[data-passkey]") && page.attribute("#username", "autocomplete") == "username");
}

async fn a_site_that_asks_for_a_phishing_resistant_proof_gets_one(house: House) {
    house.leave_mail();
    let web = house.client(Kind::Web).await;
    let resistant = "phr";
    // An older sign-in by the password alone is not enough: the passkey is asked for, and nothing else.
    let older = house.browser();
    older.join("cem@acme.test").await;
    let elsewhere = house.browser();
    elsewhere.sign_in("cem@acme.test", PASSWORD).await;
    let mut of_cem = Authenticator::default();
    elsewhere.add_passkey(&mut of_cem, as_it_is).await.assert_status(200);
    let (browser, mut keeper) = (older, of_cem);
    let asked = web.ask(&browser, |asked| asked.with("acr_values", resistant)).await;
    assert!(asked.page().words().contains("asks for your passkey"), "{asked:?}");
    let proven = keeper.answer(0, &browser.question(), &house.passport.site.origin(), as_it_is);
    let back = browser.submit("#sign-in-submit", &[("passkey", &proven)]).await;
    let tokens = web.tokens_in(&web.redeem(&web.code_in(&back)).await);
    let claims = testkit::jwt::claims(tokens.id());
    assert_eq!(claims["acr"], "phr");
    assert_eq!(claims["amr"], serde_json::json!(["mfa", "pop", "user"]));
    // Without one, who is asked for it makes one on the way.
    let (ben, mut of_ben) = (house.browser(), Authenticator::default());
    ben.join("ben@acme.test").await;
    let demand = r#"{"id_token":{"acr":{"essential":true,"values":["phr"]}}}"#;
    let asked = web.ask(&ben, |asked| asked.with("claims", demand)).await;
    assert_eq!(asked.url.path(), "/sign-in/passkey");
    let origin = house.passport.site.origin();
    let made = of_ben.make(&ben.question(), &origin, as_it_is);
    ben.submit("form[data-passkey]", &[("passkey", &made)]).await.assert_status(200);
    ben.click("#recovery-codes-onward").await;
    let proven = of_ben.answer(0, &ben.question(), &origin, as_it_is);
    let back = ben.submit("#sign-in-submit", &[("passkey", &proven)]).await;
    assert!(!web.code_in(&back).is_empty());
}
