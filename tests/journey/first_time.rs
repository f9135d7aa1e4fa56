//! The ten steps of the FAQ, “How do I use CustomerSource for the first time?”, and the visit after them.
use testkit::Engine;

use crate::{
    PASSWORD,
    person::Person,
    verbs::{ASSOCIATED, THANK_YOU},
    world::World,
};

/// Deliberately not the address on file (PP-07).
pub const PASSPORT: &str = "bruno@home.example";
const ON_FILE: &str = "bruno.lima@contoso.example";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn ten_steps_lead_in_on_sqlite() {
    let world = World::open(Engine::Sqlite).await;
    let bruno = Person::new(&world).await;
    ten_steps(bruno).await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and PostgreSQL: cargo xtask test"]
async fn ten_steps_lead_in_on_postgresql() {
    let world = World::open(Engine::Postgres).await;
    let bruno = Person::new(&world).await;
    ten_steps(bruno).await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn ten_steps_lead_in_without_javascript() {
    let world = World::open(Engine::Sqlite).await;
    let bruno = Person::without_javascript(&world).await;
    bruno.opens(&format!("{}/sign-in", world.addresses.passport)).await;
    bruno.finds("#password").await;
    assert!(!bruno.has(".secret button").await, "the script runs all the same");
    ten_steps(bruno).await;
    world.close().await;
}

/// Each step in the FAQ's words, and then the next visit.
pub async fn ten_steps(mut bruno: Person) {
    // 1, 2: create a Passport, and close the browser window.
    bruno.signs_up(PASSPORT).await;
    bruno.sees("close the browser window").await;
    bruno.closes_browser_and_opens_a_new_one().await;
    // 3: come to the portal and sign in.
    bruno.opens_portal().await;
    bruno.does_not_see("Sign Out").await;
    bruno.signs_in(PASSPORT, PASSWORD).await;
    bruno.arrives_at(&format!("{}/associate", bruno.addresses.portal)).await;
    bruno.sees("Account association").await;
    bruno.sees("You’ll need to use the e-mail address provided to Microsoft Dynamics").await;
    // 4, 5: type the address on file, click Continue, be thanked.
    bruno.types_address(ON_FILE).await;
    bruno.sees(THANK_YOU).await;
    // 6, 7: the letter and its long blue link.
    let letters = bruno.reads_mail(1).await;
    assert_eq!(letters.len(), 1);
    assert!(letters[0].subject.contains("Contoso Ltda"), "{}", letters[0].subject);
    bruno.reads_mail_and_clicks(1).await;
    // 8: prompted again, though signed in.
    bruno.arrives_at(&format!("{}/sign-in", bruno.addresses.passport)).await;
    bruno.finds("#password").await;
    // 9: the same Passport; the page names what is about to happen.
    bruno.enters_passport(PASSPORT, PASSWORD).await;
    for fact in ["Bruno Lima", "Contoso Ltda", PASSPORT] {
        bruno.sees(fact).await;
    }
    bruno.confirms().await;
    bruno.sees(ASSOCIATED).await;
    bruno.clicks("#go-on").await;
    bruno.sees("You are using CustomerSource for Contoso Ltda").await;
    // 10: in the future, user name and password are all it takes.
    bruno.closes_browser_and_opens_a_new_one().await;
    bruno.signs_in(PASSPORT, PASSWORD).await;
    bruno.sees("Welcome, Bruno Lima. You are using CustomerSource for Contoso Ltda.").await;
    assert_eq!(bruno.url().await, format!("{}/", bruno.addresses.portal));
    assert_eq!(bruno.reads_mail(1).await.len(), 1, "no further letter");
    bruno.closes_browser().await;
}
