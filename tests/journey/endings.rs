//! Signing out on either side ends both, and a form whose time is over leads on all the same.
use testkit::Engine;

use crate::{PASSWORD, person::Person, world::World};

const BRUNO: &str = "bruno@home.example";
const ON_FILE: &str = "bruno.lima@contoso.example";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn signing_out_at_passport_ends_the_portals_session() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(BRUNO).await;
    let mut bruno = Person::new(&world).await;
    bruno.associates(BRUNO, ON_FILE).await;
    bruno.opens(&format!("{}/account", world.addresses.portal)).await;
    bruno.sees("Account Information").await;
    bruno.opens_passport().await;
    assert!(bruno.is_known_here().await);
    bruno.signs_out().await;
    // The portal is told by Passport itself, behind the browser's back.
    world.portal_answers("POST /backchannel-logout 200").await;
    bruno.opens_portal().await;
    assert!(!bruno.is_known_here().await, "{}", bruno.words().await);
    bruno.opens(&format!("{}/account", world.addresses.portal)).await;
    bruno.arrives_at(&format!("{}/sign-in", world.addresses.passport)).await;
    bruno.finds("#password").await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn signing_out_at_the_portal_ends_passports_session() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(BRUNO).await;
    let mut bruno = Person::new(&world).await;
    bruno.associates(BRUNO, ON_FILE).await;
    bruno.signs_out().await;
    bruno.sees("You are signed out of CustomerSource and of Microsoft Passport.").await;
    assert!(bruno.url().await.starts_with(&world.addresses.portal), "{}", bruno.url().await);
    bruno.opens_passport().await;
    assert!(!bruno.is_known_here().await, "{}", bruno.words().await);
    bruno.opens(&format!("{}/signin", world.addresses.portal)).await;
    bruno.finds("#password").await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_sign_in_page_that_was_open_too_long_still_leads_to_the_site() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(BRUNO).await;
    let bruno = Person::new(&world).await;
    bruno.opens_portal().await;
    bruno.clicks("#sign-in").await;
    bruno.finds("#password").await;
    // What the form's token is bound to is gone, as after a night with the browser asleep.
    bruno.forgets_cookies("passport-browser").await;
    bruno.enters_passport(BRUNO, PASSWORD).await;
    bruno.sees("Your browser sent no cookies with this form. Nothing is lost").await;
    bruno.sees("to continue to CustomerSource").await;
    assert_eq!(bruno.reads_property("#username", "value").await, BRUNO, "what was typed is kept");
    assert_eq!(bruno.reads_property("#password", "value").await, "", "except the password");
    bruno.types("#password", PASSWORD).await;
    bruno.clicks("#sign-in-submit").await;
    bruno.arrives_at(&format!("{}/associate", world.addresses.portal)).await;
    bruno.sees(BRUNO).await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn going_back_after_signing_in_breaks_nothing() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(BRUNO).await;
    let bruno = Person::new(&world).await;
    bruno.signs_in(BRUNO, PASSWORD).await;
    bruno.finds("#continue").await;
    bruno.driver().back().await.unwrap();
    bruno.opens_portal().await;
    bruno.sees("Account association").await;
    assert!(bruno.is_known_here().await);
    world.close().await;
}

/// The page comes back from the browser's own memory, as it was.
async fn is_brought_back_from_memory(person: &Person) {
    let as_it_was =
        "window.asItWas = true; dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));";
    person.driver().execute(as_it_was, vec![]).await.unwrap();
    for _ in 0..200 {
        let asked = person.driver().execute("return window.asItWas === true;", vec![]).await;
        if asked.is_ok_and(|answer| answer.json() == false) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the page is still as it was");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn going_back_after_sign_out_shows_nothing_of_the_person() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(BRUNO).await;
    let bruno = Person::new(&world).await;
    bruno.signs_in(BRUNO, PASSWORD).await;
    for site in [&world.addresses.portal, &world.addresses.passport] {
        let pages = [format!("{site}/"), format!("{site}/account")];
        for page in &pages {
            bruno.opens(page).await;
            // Left for another site, and brought back: asked for anew, and shown to whoever is signed in.
            is_brought_back_from_memory(&bruno).await;
        }
        bruno.finds(".top form[action='/sign-out']").await;
    }
    bruno.signs_out().await;
    bruno.arrives_at(&format!("{}/signed-out", world.addresses.passport)).await;
    for _ in 0..4 {
        bruno.driver().back().await.unwrap();
        bruno.finds("main").await;
        assert!(!bruno.is_known_here().await, "{}", bruno.url().await);
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn cancelling_at_passport_comes_back_and_says_so() {
    let world = World::open(Engine::Sqlite).await;
    let somebody = Person::new(&world).await;
    somebody.opens_portal().await;
    somebody.clicks("#sign-in").await;
    somebody.clicks("#cancel").await;
    somebody.arrives_at(&world.addresses.portal).await;
    somebody.sees("You cancelled at Microsoft Passport. Nothing has changed").await;
    world.close().await;
}
