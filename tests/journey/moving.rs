//! Another Passport for the same profile, by an invitation to oneself (CS-60 to CS-64).
use testkit::Engine;

use crate::{PASSWORD, person::Person, world::World};

const OLD: &str = "bruno@home.example";
const NEW: &str = "bruno@new.example";
const ON_FILE: &str = "bruno.lima@contoso.example";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_profile_moves_to_another_passport_and_the_old_browser_is_out() {
    let world = World::open(Engine::Sqlite).await;
    world.has_verified_passport(OLD).await;
    world.has_passport(NEW).await;
    let mut old = Person::new(&world).await;
    old.associates(OLD, ON_FILE).await;
    old.opens_personal_profile().await;
    old.looks("06-personal-profile", "Personal Profile").await;
    old.sends_invite().await;
    old.sees("The invitation is on its way.").await;
    old.looks("06-invited", "Personal Profile").await;
    let letter = world.addresses.post.letters(2, ON_FILE).await.remove(1);
    assert!(
        letter.text.contains("to use another Microsoft Passport for your CustomerSource profile"),
        "{}",
        letter.text
    );

    // Begun and not finished: nothing changes (CS-64).
    let new = Person::new(&world).await;
    new.clicks_the_link_of(&letter).await;
    new.enters_passport(NEW, PASSWORD).await;
    new.looks("06-confirm", "Associate this profile?").await;
    new.sees("This profile is associated with another Microsoft Passport now.").await;
    for fact in ["Bruno Lima", "Contoso Ltda", NEW] {
        new.sees(fact).await;
    }
    old.opens_portal().await;
    old.sees("Welcome, Bruno Lima.").await;
    let mut other = Person::new(&world).await;
    other.signs_in(OLD, PASSWORD).await;
    other.sees("Welcome, Bruno Lima.").await;
    assert!(world.letters_to(OLD).is_empty());

    new.confirms().await;
    new.looks("06-done", "Association complete").await;
    new.clicks("#go-on").await;
    new.sees("Welcome, Bruno Lima. You are using CustomerSource for Contoso Ltda.").await;
    for browser in [&old, &other] {
        browser.opens(&format!("{}/account", world.addresses.portal)).await;
        assert!(!browser.words().await.contains("Bruno Lima"), "{}", browser.words().await);
    }
    // The old Passport is as good as ever, and has no profile; “Why can’t I get in?” says so.
    other.closes_browser_and_opens_a_new_one().await;
    other.signs_in(OLD, PASSWORD).await;
    other.looks("06-out", "Account association").await;
    other.opens(&format!("{}/why", world.addresses.portal)).await;
    other.sees("Your Microsoft Passport was associated with a profile, but no longer is.").await;
    other.looks("06-why", "Why can’t I get in?").await;

    let to_profile = world.addresses.post.letters(3, ON_FILE).await.remove(2);
    assert_eq!(
        to_profile.subject,
        "CustomerSource: the profile of Bruno Lima at Contoso Ltda has a new Microsoft Passport"
    );
    let to_passport = world.addresses.post.letters(1, OLD).await.remove(0);
    assert_eq!(
        to_passport.subject,
        "CustomerSource: your Microsoft Passport no longer has the profile at Contoso Ltda"
    );
    world.close().await;
}
