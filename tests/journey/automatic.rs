//! “Sign me in automatically on this computer”: over restarts of the browser and of the servers, until Sign Out.
use testkit::Engine;

use crate::{PASSWORD, person::Person, world::World};

const BRUNO: &str = "bruno@home.example";
const ON_FILE: &str = "bruno.lima@contoso.example";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn automatic_sign_in_outlives_browser_and_servers_and_ends_at_sign_out() {
    let mut world = World::open(Engine::Sqlite).await;
    world.has_passport(BRUNO).await;
    let mut bruno = Person::with_computer(&world.addresses).await;
    bruno.associates(BRUNO, ON_FILE).await;
    bruno.signs_out().await;

    bruno.opens_portal().await;
    bruno.clicks("#sign-in").await;
    assert_eq!(bruno.reads_property("#automatic", "checked").await, "false", "PP-17");
    bruno.sees("only if you are the only person using the computer").await;
    bruno.clicks("label[for='automatic']").await;
    bruno.enters_passport(BRUNO, PASSWORD).await;
    bruno.sees("Welcome, Bruno Lima.").await;

    // The browser is closed, both programs end and come back, the browser is opened: another process each.
    bruno.closes_browser().await;
    world.restarts().await;
    bruno.opens_browser().await;
    bruno.opens_passport().await;
    assert!(bruno.is_known_here().await, "{}", bruno.words().await);
    bruno.opens(&format!("{}/signin", world.addresses.portal)).await;
    bruno.sees("Welcome, Bruno Lima.").await;
    // And once more, into the site first: nothing is asked there either.
    bruno.closes_browser_and_opens_a_new_one().await;
    bruno.opens_portal().await;
    bruno.clicks("#sign-in").await;
    bruno.sees("Welcome, Bruno Lima.").await;

    bruno.signs_out().await;
    bruno.opens_passport().await;
    assert!(!bruno.is_known_here().await, "{}", bruno.words().await);
    bruno.closes_browser_and_opens_a_new_one().await;
    bruno.opens_passport().await;
    assert!(!bruno.is_known_here().await, "{}", bruno.words().await);
    bruno.opens(&format!("{}/signin", world.addresses.portal)).await;
    bruno.finds("#password").await;
    // The name is remembered all the same (PP-14).
    assert_eq!(bruno.reads_all("#account option").await, [BRUNO]);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn without_the_checkbox_closing_the_browser_ends_the_session() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(BRUNO).await;
    let mut bruno = Person::with_computer(&world.addresses).await;
    bruno.signs_in(BRUNO, PASSWORD).await;
    bruno.opens_passport().await;
    assert!(bruno.is_known_here().await);
    bruno.closes_browser_and_opens_a_new_one().await;
    bruno.opens_passport().await;
    assert!(!bruno.is_known_here().await, "{}", bruno.words().await);
    bruno.opens(&format!("{}/account", world.addresses.portal)).await;
    bruno.finds("#password").await;
    world.close().await;
}
