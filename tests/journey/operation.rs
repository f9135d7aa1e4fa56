//! What an operator does while people are signed in: restart, run two nodes, let a plan end.
use testkit::Engine;

use crate::{
    PASSWORD, first_time,
    person::Person,
    world::{Setup, World},
};

const BRUNO: &str = "bruno@home.example";
const ON_FILE: &str = "bruno.lima@contoso.example";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and PostgreSQL: cargo xtask test"]
async fn two_nodes_on_one_database_are_one_passport() {
    let mut world = World::with(Setup { passports: 2, ..Setup::of(Engine::Postgres) }).await;
    let bruno = Person::new(&world).await;
    first_time::ten_steps(bruno).await;
    // Browsers were sent to the first node and the portal to the second: what one began, the other finished.
    let (first, second) = (world.nodes[0].answered(), world.nodes[1].answered());
    assert!(first.contains(&"POST /sign-in 303".to_owned()), "{first:?}");
    assert!(first.contains(&"GET /oauth2/authorize 303".to_owned()), "{first:?}");
    assert!(!first.iter().any(|route| route.starts_with("POST /oauth2/token")), "{first:?}");
    assert!(second.contains(&"POST /oauth2/token 200".to_owned()), "{second:?}");
    assert!(second.contains(&"GET /oauth2/userinfo 200".to_owned()), "{second:?}");
    assert!(!second.iter().any(|route| route.contains("/sign-in")), "{second:?}");

    // One node leaves in good order; the other knows who is signed in.
    let bruno = Person::new(&world).await;
    bruno.signs_in(first_time::PASSPORT, PASSWORD).await;
    bruno.sees("Welcome, Bruno Lima.").await;
    world.nodes.remove(0).end().await;
    bruno.opens(&format!("{}/account", world.addresses.passport)).await;
    bruno.sees(first_time::PASSPORT).await;
    bruno.signs_out().await;
    world.portal_answers("POST /backchannel-logout 200").await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_restart_signs_nobody_out() {
    let mut world = World::open(Engine::Sqlite).await;
    world.has_passport(BRUNO).await;
    let mut bruno = Person::new(&world).await;
    bruno.associates(BRUNO, ON_FILE).await;
    // The browser holds its connections open; both programs end all the same, with exit code 0.
    world.restarts().await;
    bruno.opens_portal().await;
    bruno.sees("Welcome, Bruno Lima.").await;
    bruno.opens(&format!("{}/account", world.addresses.passport)).await;
    bruno.sees(BRUNO).await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_lapsed_plan_is_named_and_the_association_stands() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport("lena@home.example").await;
    let mut lena = Person::new(&world).await;
    lena.associates("lena@home.example", "lena.wolf@litware.example").await;
    lena.sees("Your current service plan does not allow access").await;
    lena.sees("Your company’s plan “Standard Service Plan” ended on").await;
    lena.sees("Your profile stays associated with your Microsoft Passport.").await;
    lena.does_not_see("You are using CustomerSource for").await;
    lena.closes_browser_and_opens_a_new_one().await;
    lena.signs_in("lena@home.example", PASSWORD).await;
    lena.sees("Your company’s plan “Standard Service Plan” ended on").await;
    world.close().await;
}
