//! A forgotten password by each of the FAQ's three ways and by the account's own address, the owner's veto, and “this wasn't me”. Where a day has
//! to pass, Passport runs in this process, on a clock that the story moves.
use serde_json::json;
use testkit::{
    Engine, Kind,
    house::{days, seconds},
    net::Request,
};

use crate::{
    PASSWORD,
    alone::Alone,
    person::{Habits, Person},
    verbs::ANSWER,
    world::World,
};

const BRUNO: &str = "bruno@home.example";
const OTHER: &str = "bruno@work.example";
const ON_FILE: &str = "bruno.lima@contoso.example";
const NEW: &str = "nine blue kettles hum";
const PLACE: [(&str, &str); 5] = [
    ("country", "BR"),
    ("postal_code", "01310-100"),
    ("birth_day", "29"),
    ("birth_month", "2"),
    ("birth_year", "1980"),
];
const CARD: [(&str, &str); 4] = [
    ("last_four_digits", "4242"),
    ("expiry", "07/27"),
    ("postal_code", "01310100"),
    ("invoice_number", "INV 2026 17"),
];

impl Person {
    /// From the Passport site to the page of one way, as the FAQ says it (PP-23).
    async fn begins_to_recover(&self, email: &str, way: &str) {
        self.opens_passport().await;
        self.points_at_and_clicks("nav.side a[href='/account']").await;
        self.clicks("a[href^='/recover']").await;
        self.types("#email", email).await;
        self.clicks("#recover-continue").await;
        self.clicks(&format!("label[for='way-{way}']")).await;
        self.clicks("#recover-way-submit").await;
    }

    async fn proves(&self, email: &str, way: &str, said: &[(&str, &str)]) {
        self.begins_to_recover(email, way).await;
        self.tells_about_themselves(said).await;
        self.clicks(&format!("#recover-{way}-submit")).await;
    }

    async fn sets_a_new_password(&self) {
        self.types("#password", NEW).await;
        self.clicks("#recover-password-submit").await;
        self.finds("#recover-done").await;
    }

    /// The old password is none any more, and the new one is.
    async fn signs_in_with_the_new_one(&self, email: &str) {
        self.clicks("#recover-sign-in").await;
        self.enters_passport(email, PASSWORD).await;
        self.sees("This e-mail address and password do not match").await;
        self.enters_passport(email, NEW).await;
        self.finds(".top form[action='/sign-out']").await;
    }

    /// Follows the newest of the `n` letters to `address` and presses the button there.
    async fn follows_letter(&self, n: usize, address: &str) {
        let letters = self.addresses.post.letters(n, address).await;
        self.clicks_the_link_of(&letters[n - 1]).await;
        self.clicks("#link-confirm").await;
    }
}

fn with_answer() -> Vec<(&'static str, &'static str)> {
    [PLACE.as_slice(), &[("answer", " under the THIRD stair")]].concat()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_letter_to_the_alternate_address_leads_back_in_to_the_same_passport() {
    let world = World::open(Engine::Sqlite).await;
    let mut bruno = Person::new(&world).await;
    bruno.signs_up_with(BRUNO, &[("alternate_email", OTHER)]).await;
    world.alternate_is_proven(BRUNO, OTHER).await;
    bruno.associates(BRUNO, ON_FILE).await;
    let elsewhere = bruno;

    let bruno = Person::new(&world).await;
    bruno.begins_to_recover(BRUNO, "alternate").await;
    bruno.sees("an e-mail is on its way there now").await;
    // The first letter said that the address was named when the account was made.
    bruno.follows_letter(2, OTHER).await;
    bruno.sees("Choose a new password").await;
    bruno.sets_a_new_password().await;
    let ended = bruno.reads_all("#ended li").await;
    assert!(ended.contains(&"One sign-in was open and has ended.".to_owned()), "{ended:?}");
    world.portal_answers("POST /backchannel-logout 200").await;
    elsewhere.opens_portal().await;
    assert!(!elsewhere.is_known_here().await, "{}", elsewhere.words().await);

    bruno.signs_in_with_the_new_one(BRUNO).await;
    bruno.opens(&format!("{}/signin", world.addresses.portal)).await;
    // The profile hangs on the same Passport as before (PP-24): no association page, and no letter.
    bruno.sees("Welcome, Bruno Lima. You are using CustomerSource for Contoso Ltda.").await;
    assert_eq!(bruno.url().await, format!("{}/", world.addresses.portal));
    bruno.looks("14-in-with-the-new-password", "Home").await;
    assert_eq!(world.letters_to(ON_FILE).len(), 1);
    for (n, address) in [(1, BRUNO), (3, OTHER)] {
        let letters = world.addresses.post.letters(n, address).await;
        assert!(letters[n - 1].text.contains("was reset"), "{}", letters[n - 1].text);
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn on_a_computer_that_is_known_the_secret_answer_serves_at_once() {
    let world = World::open(Engine::Sqlite).await;
    let mut bruno = Person::with_computer(&world.addresses).await;
    bruno.signs_up_with(BRUNO, &PLACE).await;
    bruno.signs_in(BRUNO, PASSWORD).await;
    bruno.closes_browser_and_opens_a_new_one().await;
    bruno.proves(BRUNO, "answer", &[PLACE.as_slice(), &[("answer", "In the garden")]].concat()).await;
    bruno.sees("That does not match what we know").await;
    assert_eq!(bruno.reads_property("#country", "value").await, "BR", "what was typed is kept");
    assert_eq!(bruno.reads_property("#answer", "value").await, "", "except the answer");
    bruno.types("#answer", ANSWER).await;
    bruno.clicks("#recover-answer-submit").await;
    bruno.sets_a_new_password().await;
    bruno.signs_in_with_the_new_one(BRUNO).await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn on_another_computer_the_secret_answer_waits_a_day_and_the_code_leads_back() {
    let alone = Alone::open().await;
    let (house, addresses) = (&alone.house, &alone.addresses);
    let mut bruno = Person::with_computer(addresses).await;
    bruno.signs_up_with(BRUNO, &PLACE).await;
    bruno.closes_browser().await;

    let elsewhere = Person::with(addresses, Habits::default()).await;
    elsewhere.proves(BRUNO, "answer", &with_answer()).await;
    elsewhere.finds("#recover-waiting").await;
    let code = elsewhere.reads("#recover-code").await;
    let told = alone.letter(1, BRUNO).await;
    assert!(told.text.contains("On a computer where it was never used"), "{}", told.text);
    house.clock.advance(days(1) - seconds(60));
    elsewhere.opens(&format!("{}/recover/password", addresses.passport)).await;
    elsewhere.finds("#recover-waiting").await;
    assert!(!elsewhere.has("#password").await, "{}", elsewhere.words().await);
    // Later, in a browser that knows nothing but what was written down.
    house.clock.advance(seconds(60));
    let later = Person::with(addresses, Habits::default()).await;
    later.opens(&format!("{}/recover", addresses.passport)).await;
    later.clicks("a[href='/recover/return']").await;
    later.types("#code", &code.to_lowercase().replace('-', " ")).await;
    later.clicks("#recover-return-submit").await;
    later.sets_a_new_password().await;
    later.signs_in_with_the_new_one(BRUNO).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn billing_information_that_the_operator_filed_serves_on_a_known_computer() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(BRUNO).await;
    let mut bruno = Person::with_computer(&world.addresses).await;
    bruno.signs_in(BRUNO, PASSWORD).await;
    bruno.closes_browser_and_opens_a_new_one().await;
    let file =
        ["account", "billing", "set", BRUNO, "--client", "customersource", "--last-four-digits", "4242"];
    let more = ["--expiry", "07/2027", "--postal-code", "01310-100", "--invoice-number", "INV-2026/17"];
    world.passport(&[&file[..], &more].concat(), "").await;
    bruno.proves(BRUNO, "billing", &CARD).await;
    bruno.sets_a_new_password().await;
    bruno.signs_in_with_the_new_one(BRUNO).await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn billing_information_that_a_service_filed_waits_a_day_elsewhere() {
    let alone = Alone::open().await;
    let (house, addresses) = (&alone.house, &alone.addresses);
    let owner = Person::with(addresses, Habits::default()).await;
    owner.signs_up_with(BRUNO, &[]).await;
    let shop = house.client(Kind::Web).await;
    let tx = house.passport.db.begin().await.unwrap();
    passport::billing::store::add_supplier(&tx, house.clock.now(), &shop.id).await.unwrap();
    tx.commit().await.unwrap();
    let found = passport::account::store::find_by_key(house.passport.db.reader(), BRUNO).await.unwrap();
    let url = house.url(&format!("/api/v1/accounts/{}/billing", found.unwrap().id));
    let mut filed = Request::new(reqwest::Method::PUT, &url)
        .header("content-type", "application/json")
        .header("authorization", testkit::rp::basic(&shop.id, shop.secret.as_deref().unwrap()));
    let (digits, expiry, code, invoice) = ("4242", "07/2027", "01310-100", "INV-2026/17");
    let body = json!({ "last_four_digits": digits, "expiry": expiry, "postal_code": code, "invoice_number": invoice });
    filed.body = body.to_string().into_bytes();
    house.net.send(filed).await.assert_status(204);

    let bruno = Person::with(addresses, Habits::default()).await;
    bruno.proves(BRUNO, "billing", &CARD).await;
    bruno.finds("#recover-waiting").await;
    house.clock.advance(days(1));
    // The browser kept the proof: its page need only be opened again.
    bruno.opens(&format!("{}/recover/password", addresses.passport)).await;
    bruno.sets_a_new_password().await;
    bruno.signs_in_with_the_new_one(BRUNO).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn the_owner_stops_a_strangers_recovery_from_the_letter() {
    let world = World::open(Engine::Sqlite).await;
    let owner = Person::new(&world).await;
    owner.signs_up_with(BRUNO, &PLACE).await;
    let stranger = Person::new(&world).await;
    stranger.proves(BRUNO, "answer", &with_answer()).await;
    stranger.finds("#recover-waiting").await;
    let code = stranger.reads("#recover-code").await;
    let letter = world.addresses.post.letters(1, BRUNO).await.remove(0);
    assert_eq!(letter.subject, "Somebody wants to reset your password");
    owner.clicks_the_link_of(&letter).await;
    owner.sees("Stop this recovery?").await;
    owner.clicks("#link-confirm").await;
    owner.sees("The recovery is stopped").await;

    stranger.opens(&format!("{}/recover/password", world.addresses.passport)).await;
    stranger.sees("There is nothing to set here").await;
    stranger.opens(&format!("{}/recover/return", world.addresses.passport)).await;
    stranger.types("#code", &code).await;
    stranger.clicks("#recover-return-submit").await;
    stranger.sees("There is nothing to set here").await;
    // The letter is of no more use, and the owner signs in as ever.
    owner.clicks_the_link_of(&letter).await;
    owner.sees("This link no longer works").await;
    owner.signs_in(BRUNO, PASSWORD).await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn this_was_not_me_freezes_from_the_letter_and_the_owner_recovers() {
    let world = World::open(Engine::Sqlite).await;
    let owner = Person::new(&world).await;
    owner.signs_up_with(BRUNO, &[("alternate_email", OTHER)]).await;
    world.alternate_is_proven(BRUNO, OTHER).await;
    // Somebody who knows the password changes it.
    let thief = Person::new(&world).await;
    thief.signs_in(BRUNO, PASSWORD).await;
    thief.opens(&format!("{}/account/password", world.addresses.passport)).await;
    thief.types("#old_password", PASSWORD).await;
    thief.types("#password", "a thief was here").await;
    thief.clicks("#change-password-submit").await;
    thief.finds("#changed").await;

    let letter = world.addresses.post.letters(1, BRUNO).await.remove(0);
    assert_eq!(letter.subject, "Something changed in your Passport");
    owner.clicks_the_link_of(&letter).await;
    owner.sees("Was this not you?").await;
    owner.clicks("#link-confirm").await;
    owner.sees("Your Passport is frozen").await;
    world.portal_answers("POST /backchannel-logout 200").await;
    thief.opens(&format!("{}/account", world.addresses.passport)).await;
    thief.enters_passport(BRUNO, "a thief was here").await;
    // Whoever knows the password may know why it does not serve.
    thief.sees("Your Passport is frozen").await;
    thief.opens_portal().await;
    assert!(!thief.is_known_here().await, "{}", thief.words().await);

    // The way on is on the page. The other address was told of its naming, the change and the freezing before.
    owner.clicks("a[href='/recover']").await;
    owner.types("#email", BRUNO).await;
    owner.clicks("#recover-continue").await;
    owner.clicks("label[for='way-alternate']").await;
    owner.clicks("#recover-way-submit").await;
    let told = world.addresses.post.letters(4, OTHER).await;
    let subjects: Vec<_> = told.iter().map(|letter| letter.subject.as_str()).collect();
    assert!(subjects.contains(&"Your Passport is frozen"), "{subjects:?}");
    owner.follows_letter(4, OTHER).await;
    owner.sets_a_new_password().await;
    owner.signs_in_with_the_new_one(BRUNO).await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn an_account_of_the_compulsory_fields_gets_a_second_way_by_its_own_address() {
    let world = World::open(Engine::Sqlite).await;
    let mut bruno = Person::with_computer(&world.addresses).await;
    bruno.signs_up(BRUNO).await;
    bruno.sees("Recovery: one way").await;
    // One press on the page leads to the sign-in and on to what is to be mended.
    bruno.clicks("#recovery-more").await;
    bruno.enters_passport(BRUNO, PASSWORD).await;
    bruno.sees("Recovery: one way").await;
    bruno.clicks("#recovery a[href='/account/email']").await;
    bruno.clicks("#verify-submit").await;
    bruno.follows_letter(1, BRUNO).await;
    bruno.opens(&format!("{}/account", world.addresses.passport)).await;
    bruno.sees("Recovery: two ways").await;
    bruno.closes_browser_and_opens_a_new_one().await;
    bruno.begins_to_recover(BRUNO, "email").await;
    bruno.sees("If bruno@home.example was confirmed as the address of a Passport").await;
    bruno.follows_letter(2, BRUNO).await;
    // The address was proven after the computer was known: nothing to wait for.
    bruno.sets_a_new_password().await;
    bruno.signs_in_with_the_new_one(BRUNO).await;
    world.close().await;
}
