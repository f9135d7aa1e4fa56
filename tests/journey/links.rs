//! The long blue link in the wrong hands, in a filter's hands, and a second time.
use testkit::Engine;

use crate::{
    PASSWORD,
    person::Person,
    scanner,
    verbs::{ASSOCIATED, THANK_YOU},
    world::World,
};

const BRUNO: &str = "bruno@home.example";
const EVE: &str = "eve@elsewhere.example";
const ON_FILE: &str = "bruno.lima@contoso.example";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn the_wrong_passport_is_refused_and_the_right_one_then_succeeds() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(BRUNO).await;
    world.has_passport(EVE).await;
    let mut bruno = Person::new(&world).await;
    bruno.signs_in(BRUNO, PASSWORD).await;
    bruno.types_address(ON_FILE).await;
    let letters = bruno.reads_mail(1).await;

    // Somebody else reads the letter, in a browser of her own.
    let eve = Person::new(&world).await;
    eve.clicks_the_link_of(&letters[0]).await;
    eve.enters_passport(EVE, PASSWORD).await;
    eve.sees("This link belongs to another Microsoft Passport").await;
    eve.sees(EVE).await;
    eve.sees("Nothing is lost: the link can still be used.").await;
    eve.does_not_see("Contoso").await;
    eve.does_not_see(BRUNO).await;
    assert!(!eve.has("#associate").await);
    eve.opens_portal().await;
    eve.sees("Account association").await;

    // The same person had only signed in with the wrong one of two: the page leads on.
    eve.opens(&letters[0].link()).await;
    eve.enters_passport(EVE, PASSWORD).await;
    eve.clicks("#another-passport").await;
    eve.enters_passport(BRUNO, PASSWORD).await;
    eve.confirms().await;
    eve.sees(ASSOCIATED).await;

    bruno.closes_browser_and_opens_a_new_one().await;
    bruno.signs_in(BRUNO, PASSWORD).await;
    bruno.sees("Welcome, Bruno Lima.").await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_filter_that_opens_the_link_ten_times_first_spoils_nothing() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(BRUNO).await;
    let mut bruno = Person::new(&world).await;
    bruno.signs_in(BRUNO, PASSWORD).await;
    bruno.types_address(ON_FILE).await;
    bruno.sees(THANK_YOU).await;
    let letters = bruno.reads_mail(1).await;
    let sent = scanner::scans(&letters[0].link()).await;
    assert!(sent > 50, "the filter was to try everything, not {sent} requests");
    bruno.reads_mail_and_clicks(1).await;
    bruno.enters_passport(BRUNO, PASSWORD).await;
    bruno.confirms().await;
    bruno.sees(ASSOCIATED).await;
    assert_eq!(bruno.reads_mail(1).await.len(), 1, "the filter caused no letter");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn the_link_asks_for_the_password_though_the_session_lives() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(BRUNO).await;
    let mut bruno = Person::new(&world).await;
    bruno.signs_in(BRUNO, PASSWORD).await;
    bruno.types_address(ON_FILE).await;
    bruno.sees(THANK_YOU).await;
    bruno.reads_mail_and_clicks(1).await;
    bruno.arrives_at(&format!("{}/sign-in", world.addresses.passport)).await;
    assert_eq!(bruno.reads("h1").await, "Sign in");
    bruno.sees("to continue to CustomerSource").await;
    bruno.enters_passport(BRUNO, "not the password").await;
    bruno.sees("This e-mail address and password do not match").await;
    // Going round the question leads to the question.
    bruno.opens(&format!("{}/associate/confirm", world.addresses.portal)).await;
    assert!(!bruno.has("#associate").await, "{}", bruno.words().await);
    bruno.reads_mail_and_clicks(1).await;
    bruno.enters_passport(BRUNO, PASSWORD).await;
    bruno.confirms().await;
    bruno.sees(ASSOCIATED).await;
    // The link has done its work, and says so.
    bruno.reads_mail_and_clicks(1).await;
    bruno.sees("You have used this link before").await;
    let stranger = Person::new(&world).await;
    stranger.clicks_the_link_of(&bruno.reads_mail(1).await[0]).await;
    stranger.sees("This link has been used. A link works only once.").await;
    world.close().await;
}
