//! Somebody else signed this browser in to a Passport of theirs and waits for its owner to click (login CSRF).
use testkit::Engine;

use crate::{PASSWORD, invited::an_administrator, person::Person, verbs::ASSOCIATED, world::World};

const BRUNO: &str = "bruno@home.example";
const EVE: &str = "eve@elsewhere.example";
const ON_FILE: &str = "bruno.lima@contoso.example";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_browser_that_was_signed_in_to_somebody_elses_passport_captures_nothing() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(BRUNO).await;
    world.has_passport(EVE).await;
    // An invitation is the dangerous kind: any Passport may accept it.
    let ana = an_administrator(&world).await;
    ana.opens_professional("Bruno Lima").await;
    ana.sends_invite().await;
    let letter = world.addresses.post.letters(1, ON_FILE).await.remove(0);

    // A moment ago, at both halves, as a forged sign-in would leave it.
    let bruno = Person::new(&world).await;
    bruno.signs_in(EVE, PASSWORD).await;
    bruno.sees("Account association").await;

    bruno.clicks_the_link_of(&letter).await;
    bruno.arrives_at(&format!("{}/sign-in", world.addresses.passport)).await;
    bruno.finds("#password").await;
    bruno.looks("10-asked-again", "Sign in").await;
    assert!(!bruno.has("#sign-in-continue").await, "there is no going on as whoever is signed in");
    // Neither does the confirmation let her session through.
    bruno.opens(&format!("{}/associate/confirm", world.addresses.portal)).await;
    assert!(!bruno.has("#associate").await, "{}", bruno.words().await);

    bruno.clicks_the_link_of(&letter).await;
    bruno.enters_passport(BRUNO, PASSWORD).await;
    bruno.looks("10-confirm", "Associate this profile?").await;
    assert_eq!(bruno.reads_all("dl.facts dd").await, ["Bruno Lima", "Contoso Ltda", BRUNO]);
    bruno.does_not_see(EVE).await;
    bruno.confirms().await;
    bruno.sees(ASSOCIATED).await;

    let eve = Person::new(&world).await;
    eve.signs_in(EVE, PASSWORD).await;
    eve.sees("Account association").await;
    eve.does_not_see("Contoso").await;
    let active: Vec<_> = world.rows("association").await;
    assert_eq!(active.len(), 2, "Ana’s and Bruno’s: {active:?}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn whoever_overlooks_the_question_still_reads_which_passport_it_would_be() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(EVE).await;
    let ana = an_administrator(&world).await;
    ana.opens_professional("Bruno Lima").await;
    ana.sends_invite().await;
    let letter = world.addresses.post.letters(1, ON_FILE).await.remove(0);
    // Even signed in anew with the wrong one, the page names it, and leads to another.
    let bruno = Person::new(&world).await;
    bruno.clicks_the_link_of(&letter).await;
    bruno.enters_passport(EVE, PASSWORD).await;
    bruno.looks("10-named", "Associate this profile?").await;
    bruno
        .sees(
            "Check that this is your profile and that this is the Microsoft Passport you want to use for it.",
        )
        .await;
    assert_eq!(bruno.reads_all("dl.facts dd").await, ["Bruno Lima", "Contoso Ltda", EVE]);
    bruno.clicks("#another-passport").await;
    bruno.finds("#password").await;
    assert_eq!(world.rows("association").await.len(), 1, "Ana’s alone");
    world.close().await;
}
