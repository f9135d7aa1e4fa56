//! An account's whole life from outside: recovery, credentials, notices, guessing, import.
use passport::account::{Alternate, acting::Acting};
use testkit::{Answer, Browser, House, PASSWORD, SECRET_ANSWER};

mod billing;
mod credentials;
mod equal;
mod guesses;
mod import;
mod letters;
mod passwords;
mod recovery;
mod signing_up;
mod timing;
mod undo;
mod ways;

/// The address of whoever forgets a password here, and where a link may go.
const ANN: &str = "ann@acme.test";
const OTHER: &str = "ann@home.test";
/// A password that recovery and changes set.
const NEW_PASSWORD: &str = "nine blue lanterns hum";

/// What recovery asks again of what sign-up was told.
pub(crate) const INFORMATION: [(&str, &str); 5] = testkit::ASKED_AGAIN;

/// Signs up with further fields of the second page.
pub(crate) async fn sign_up_with(browser: &Browser, email: &str, more: &[(&str, &str)]) -> Answer {
    browser.sign_up_with(email, more).await
}

/// Makes an account as an operator does, with nothing that leads back in but what `more` says of it (JSON).
async fn seeded(house: &House, email: &str, more: serde_json::Value) {
    let mut seed = serde_json::json!({ "email": email, "password": PASSWORD });
    seed.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let seed = serde_json::from_value(seed).unwrap();
    passport::acts::seed::account::add(&house.passport, house.clock.now(), seed).await.unwrap().unwrap();
}

/// The alternate address of somebody's account was proven, long ago.
pub(crate) async fn alternate_is_proven(house: &House, email: &str) {
    let found =
        passport::account::store::find_by_key(house.passport.db.reader(), email).await.unwrap().unwrap();
    let tx = Acting::on(&house.passport.db, found.id).await.unwrap().unwrap();
    let proven = found.alternate.map(|alternate| Alternate { verified: true, ..alternate });
    passport::account::store::set_alternate(&tx, found.id, proven).await.unwrap();
    tx.commit().await.unwrap();
}

/// Signs up with an alternate address, which is proven; the letter to it is read.
async fn ann_with_alternate(house: &House) {
    let done = sign_up_with(&house.browser(), ANN, &[("alternate_email", OTHER)]).await;
    assert!(done.page().has("#signed-up"), "{done:?}");
    let letter = house.postbox(OTHER).letter().await;
    assert!(letter.text.contains(ANN), "{}", letter.text);
    alternate_is_proven(house, ANN).await;
}

/// Signs up with account information.
async fn ann_with_information(house: &House) {
    let done = sign_up_with(&house.browser(), ANN, &INFORMATION).await;
    assert!(done.page().has("#signed-up"), "{done:?}");
}

/// Goes to the page of the ways for an address.
async fn begin(browser: &Browser, email: &str) -> Answer {
    browser.get("/recover").await.assert_status(200);
    browser.submit("#recover-continue", &[("email", email)]).await
}

/// Chooses one of the ways.
pub(crate) async fn choose(browser: &Browser, email: &str, way: &str) -> Answer {
    begin(browser, email).await.assert_status(200);
    browser.submit("#recover-way-submit", &[("way", way)]).await
}

/// Gives account information and an answer.
pub(crate) async fn answer(
    browser: &Browser,
    email: &str,
    information: &[(&str, &str)],
    answer: &str,
) -> Answer {
    choose(browser, email, "answer").await.assert_status(200);
    browser.submit("#recover-answer-submit", &[information, &[("answer", answer)]].concat()).await
}

/// Asks for a link to the alternate address and answers the newest one there.
async fn asked_link(house: &House, browser: &Browser) -> String {
    let sent = choose(browser, ANN, "alternate").await;
    assert!(sent.page().has("#recover-sent"), "{sent:?}");
    // Letters of one moment come in any order: a notice may be the newest.
    let letters = house.postbox(OTHER).letters().await;
    let reset = letters.iter().find(|letter| letter.subject == "Reset your password").unwrap();
    testkit::postbox::links(reset).remove(0)
}

/// Tries to sign in; the answer of the form.
async fn attempt(browser: &Browser, email: &str, password: &str) -> Answer {
    browser.get("/sign-in").await;
    browser.fill_in_sign_in(email, password).await
}

/// The newest link to an address.
async fn newest_link(house: &House, address: &str) -> String {
    house.postbox(address).links().await.remove(0)
}

/// What an observer sees, without what is random or was typed.
fn seen(answer: &Answer, typed: &str) -> (u16, Vec<String>, String) {
    let mut headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
    headers.sort();
    let page = answer.page();
    let ids = page.attributes("main *", "id").join(" ");
    (answer.status, headers, format!("{} {ids}", page.words()).replace(typed, "…"))
}
