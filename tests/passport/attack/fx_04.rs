//! FX-04: an address that was removed, or was never proven, opens no recovery, not even by its own “not me”; what
//! a recovery goes by changes only with its owner's knowledge, and ends what waited on it.
use testkit::{
    ASKED_AGAIN as INFORMATION, Answer, Browser, House, PASSWORD, SECRET_ANSWER, house::days, on_both_engines,
};

on_both_engines![
    fx_04_a_removed_address_does_not_come_back_on_its_own_word,
    fx_04_an_address_that_was_only_typed_at_sign_up_opens_nothing,
    fx_04_a_new_address_waits_where_the_account_was_never_used,
    fx_04_changed_information_is_told_and_can_be_undone,
    fx_04_a_new_question_ends_what_waits_on_the_old_answer,
    fx_04_a_recovery_on_a_strange_computer_ends_with_its_browser,
    fx_04_a_proof_counts_only_when_signed_in_to_that_account,
];

const ANN: &str = "ann@acme.test";
const OTHER: &str = "ann@home.test";

async fn sign_up_with(house: &House, more: &[(&str, &str)]) {
    let done = house.browser().sign_up_with(ANN, more).await;
    assert!(done.page().has("#signed-up"), "{done:?}");
}

async fn newest_link(house: &House, address: &str) -> String {
    house.postbox(address).links().await.remove(0)
}

/// Asks for a link to the alternate address.
async fn ask_alternate(browser: &Browser) {
    browser.get("/recover").await.assert_status(200);
    browser.submit("#recover-continue", &[("email", ANN)]).await.assert_status(200);
    let sent = browser.submit("#recover-way-submit", &[("way", "alternate")]).await;
    assert!(sent.page().has("#recover-sent"), "{sent:?}");
}

async fn answer(browser: &Browser, said: &str) -> Answer {
    browser.get("/recover").await.assert_status(200);
    browser.submit("#recover-continue", &[("email", ANN)]).await.assert_status(200);
    browser.submit("#recover-way-submit", &[("way", "answer")]).await.assert_status(200);
    let fields = [INFORMATION.as_slice(), &[("answer", said)]].concat();
    browser.submit("#recover-answer-submit", &fields).await
}

/// The owner names an alternate address in Account Services and proves it there, signed in.
async fn prove_alternate(house: &House, owner: &Browser, address: &str) {
    owner.get("/account/alternate-email").await.assert_status(200);
    owner.submit("#alternate-submit", &[("new_email", address)]).await.assert_status(200);
    owner.get(&newest_link(house, address).await).await.assert_status(200);
    assert!(owner.click("#link-confirm").await.page().has("#link-done"));
    // The notices of it go out now, before any later ones.
    house.deliver().await;
}

async fn fx_04_a_removed_address_does_not_come_back_on_its_own_word(house: House) {
    house.leave_mail();
    let owner = house.browser();
    owner.join(ANN).await;
    prove_alternate(&house, &owner, OTHER).await;
    // So long ago that nothing undoes its being set.
    house.clock.advance(days(8));
    owner.sign_in(ANN, PASSWORD).await;
    owner.get("/account/alternate-email").await;
    assert!(owner.click("#alternate-remove").await.page().has("#changed"));
    // Whoever holds the removed mailbox says that it was not them.
    let thief = house.browser();
    thief.get(&newest_link(&house, OTHER).await).await.assert_status(200);
    assert_eq!(thief.click("#link-confirm").await.heading(), "Your Passport is frozen", "the freeze works");
    let before = house.postbox(OTHER).letters().await.len();
    house.clock.advance(days(2));
    ask_alternate(&thief).await;
    assert_eq!(house.postbox(OTHER).letters().await.len(), before, "the disputed address stays out");
}

async fn fx_04_an_address_that_was_only_typed_at_sign_up_opens_nothing(house: House) {
    house.leave_mail();
    sign_up_with(&house, &[("alternate_email", OTHER)]).await;
    let before = house.postbox(OTHER).letters().await.len();
    house.clock.advance(days(2));
    ask_alternate(&house.browser()).await;
    assert_eq!(house.postbox(OTHER).letters().await.len(), before, "it was never proven");
}

async fn fx_04_a_new_address_waits_where_the_account_was_never_used(house: House) {
    house.leave_mail();
    let owner = house.browser();
    owner.join(ANN).await;
    house.clock.advance(days(2));
    owner.sign_in(ANN, PASSWORD).await;
    prove_alternate(&house, &owner, OTHER).await;
    owner.sign_out().await;
    // A computer that the account knew before the change.
    ask_alternate(&owner).await;
    owner.get(&newest_link(&house, OTHER).await).await;
    let at_once = owner.click("#link-confirm").await;
    assert!(at_once.page().has("#recover-password-submit"), "{at_once:?}");
    // A strange one, on which the mailbox alone opens nothing yet; the owner may stop it.
    let strange = house.browser();
    ask_alternate(&strange).await;
    strange.get(&newest_link(&house, OTHER).await).await;
    let waits = strange.click("#link-confirm").await;
    assert!(waits.page().has("#recover-waiting"), "{waits:?}");
    let stop = newest_link(&house, ANN).await;
    house.clock.advance(days(1));
    let again = strange.get("/recover/password").await;
    assert!(again.page().has("#recover-password-submit"), "it counts after the wait: {again:?}");
    house.browser().get(&stop).await.assert_status(200);
    // Older than the wait, it counts at once.
    let later = house.browser();
    ask_alternate(&later).await;
    later.get(&newest_link(&house, OTHER).await).await;
    assert!(later.click("#link-confirm").await.page().has("#recover-password-submit"));
}

async fn fx_04_changed_information_is_told_and_can_be_undone(house: House) {
    sign_up_with(&house, &INFORMATION).await;
    let owner = house.browser();
    owner.sign_in(ANN, PASSWORD).await;
    owner.get("/account/information").await;
    owner.submit("#information-save", &[("birthdate", "1980-01-01")]).await.assert_status(200);
    let letter = house.postbox(ANN).letter().await;
    assert!(letter.text.contains("personal information"), "{}", letter.text);
    let reader = house.browser();
    reader.get(&newest_link(&house, ANN).await).await.assert_status(200);
    assert_eq!(reader.click("#link-confirm").await.heading(), "Your Passport is frozen");
    assert_eq!(house.postbox(ANN).letters().await.len(), 2);
    let found =
        passport::account::store::find_by_key(house.passport.db.reader(), ANN).await.unwrap().unwrap();
    assert_eq!(found.claims.birthdate.as_deref(), Some("1970-01-02"));
}

async fn fx_04_a_new_question_ends_what_waits_on_the_old_answer(house: House) {
    house.leave_mail();
    sign_up_with(&house, &INFORMATION).await;
    let strange = house.browser();
    assert!(answer(&strange, SECRET_ANSWER).await.page().has("#recover-waiting"));
    let owner = house.browser();
    owner.sign_in(ANN, PASSWORD).await;
    owner.get("/account/question").await;
    let fields = [("question", "own"), ("own_question", "Which boat?"), ("answer", "The Mary Ann")];
    assert!(owner.submit("#change-question-submit", &fields).await.page().has("#changed"));
    house.clock.advance(days(1));
    let over = strange.get("/recover/password").await;
    assert!(over.page().has("#recover-over"), "{over:?}");
    // The same by other information.
    house.clock.advance(days(2));
    assert!(answer(&strange, "the mary ann").await.page().has("#recover-waiting"));
    owner.sign_in(ANN, PASSWORD).await;
    owner.get("/account/information").await;
    owner.submit("#information-save", &[("birthdate", "1980-01-01")]).await.assert_status(200);
    house.clock.advance(days(1));
    assert!(strange.get("/recover/password").await.page().has("#recover-over"));
}

async fn fx_04_a_recovery_on_a_strange_computer_ends_with_its_browser(house: House) {
    house.leave_mail();
    sign_up_with(&house, &INFORMATION).await;
    let strange = house.browser();
    assert!(answer(&strange, SECRET_ANSWER).await.page().has("#recover-waiting"));
    strange.close_and_reopen();
    house.clock.advance(days(1));
    let over = strange.get("/recover/password").await;
    assert!(over.page().has("#recover-over"), "{over:?}");
}

async fn fx_04_a_proof_counts_only_when_signed_in_to_that_account(house: House) {
    house.leave_mail();
    sign_up_with(&house, &[("verify", "yes"), ("alternate_email", OTHER)]).await;
    let stranger = house.browser();
    for address in [ANN, OTHER] {
        stranger.get(&newest_link(&house, address).await).await.assert_status(200);
        let token = stranger.here().page().attribute("input[name=form_token]", "value");
        let secret = newest_link(&house, address).await;
        let secret = secret.rsplit('/').next().unwrap();
        stranger.post("/link", &[("form_token", token.as_str()), ("secret", secret)]).await;
        let found = passport::account::store::find_by_key(house.passport.db.reader(), ANN).await.unwrap();
        assert!(
            !found.unwrap().email_verified,
            "a stranger's press proves nothing for somebody else's account"
        );
    }
    ask_alternate(&stranger).await;
    let owner = house.browser();
    owner.sign_in(ANN, PASSWORD).await;
    owner.get(&newest_link(&house, ANN).await).await.assert_status(200);
    assert!(owner.click("#link-confirm").await.page().has("#link-done"));
    let found =
        passport::account::store::find_by_key(house.passport.db.reader(), ANN).await.unwrap().unwrap();
    assert!(found.email_verified);
}
