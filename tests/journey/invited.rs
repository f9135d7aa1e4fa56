//! An administrator adds people, with and without a letter; whoever is invited comes in with any Passport, one made
//! on the way included, or says that it was not meant for them.
use testkit::Engine;

use crate::{PASSWORD, person::Person, verbs::ASSOCIATED, world::World};

const ANA: &str = "ana@home.example";
const ADMINISTRATOR: &str = "ana.souza@contoso.example";
const MARTA: &str = "marta@home.example";
const INVITED: &str = "marta.reis@contoso.example";

/// Ana, at home in the portal as the administrator of Contoso.
pub async fn an_administrator(world: &World) -> Person {
    world.has_passport(ANA).await;
    let mut ana = Person::new(world).await;
    ana.associates(ANA, ADMINISTRATOR).await;
    ana
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_professional_added_with_the_checkbox_gets_a_letter_and_comes_in_with_any_passport() {
    let world = World::open(Engine::Sqlite).await;
    let ana = an_administrator(&world).await;
    ana.opens_accounts().await;
    ana.looks("03-accounts", "Our CustomerSource Accounts").await;
    ana.adds_professional("Marta Reis", INVITED, true).await;
    ana.sees("The profile is added, and the invitation is on its way.").await;
    ana.looks("03-added-and-invited", "Marta Reis").await;
    assert!(ana.reads_row_of("Marta Reis").await.contains("Invited"));

    // The address on file, and a Passport with another one (CS-47).
    world.has_passport(MARTA).await;
    let letter = world.addresses.post.letters(1, INVITED).await.remove(0);
    assert_eq!(letter.subject, "Ana Souza invites Marta Reis to CustomerSource for Contoso Ltda");
    assert!(letter.text.contains("Hello Marta Reis,"), "{}", letter.text);
    assert!(letter.text.contains("an administrator of Contoso Ltda, invited you"), "{}", letter.text);
    assert!(
        letter.text.contains("Sign in to the Microsoft Passport you would like to use"),
        "{}",
        letter.text
    );
    let marta = Person::new(&world).await;
    marta.accepts(&letter, MARTA, &["Marta Reis", "Contoso Ltda"]).await;
    marta.sees("Welcome, Marta Reis. You are using CustomerSource for Contoso Ltda.").await;
    marta.looks("03-in", "Home").await;
    assert_eq!(world.letters_to(INVITED).len(), 1, "one letter and no other");

    // The administrator sees it, and is told with a way to undo it.
    let row = ana.reads_row_of("Marta Reis").await;
    assert!(row.contains("Associated") && row.contains("Accepted"), "{row}");
    let told = world.addresses.post.letters(2, ADMINISTRATOR).await.remove(1);
    assert_eq!(told.subject, "CustomerSource: Marta Reis accepted the invitation of Contoso Ltda");
    ana.clicks_the_link_of(&told).await;
    ana.looks("03-undo", "End an association").await;
    ana.clicks("#undo").await;
    ana.sees("is no longer associated.").await;
    ana.looks("03-undone", "End an association").await;
    marta.opens_portal().await;
    marta.finds("#sign-in").await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn one_added_without_it_gets_none_until_send_invite_and_makes_a_passport_on_the_way() {
    let world = World::open(Engine::Sqlite).await;
    let ana = an_administrator(&world).await;
    ana.adds_professional("Marta Reis", INVITED, false).await;
    ana.sees("The profile is added. No e-mail was sent.").await;
    ana.looks("03-added", "Marta Reis").await;
    let row = ana.reads_row_of("Marta Reis").await;
    assert!(row.contains("Not invited") && row.contains("Never"), "{row}");
    ana.opens_professional("Marta Reis").await;
    ana.sends_invite().await;
    ana.sees("The invitation is on its way.").await;
    let letters = world.addresses.post.letters(1, INVITED).await;
    assert_eq!(letters.len(), 1, "the one that was asked for");

    // She has no Passport: “Sign Up” on the page that says who invites her. The address of the invitation stands
    // there already; she takes another, and types address and password once.
    let marta = Person::new(&world).await;
    marta.opens_letter(&letters[0]).await;
    marta.looks("03-invited", "You are invited").await;
    marta.sees("Ana Souza invites you to use CustomerSource for Contoso Ltda.").await;
    marta.clicks("#invitation-sign-up").await;
    marta.looks("03-sign-up", "Sign up for a Passport").await;
    assert_eq!(marta.reads_attribute("#email", "value").await, INVITED);
    marta.fills_in_sign_up(MARTA).await;
    marta.looks("03-signed-up", "Your Passport is ready").await;
    marta.clicks("#sign-up-onward").await;
    marta.looks("03-confirm", "Associate this profile?").await;
    for fact in ["Marta Reis", "Contoso Ltda", MARTA] {
        marta.sees(fact).await;
    }
    marta.confirms().await;
    marta.sees(ASSOCIATED).await;
    marta.looks("03-done", "Association complete").await;
    marta.clicks("#go-on").await;
    marta.sees("Welcome, Marta Reis.").await;
    // Who is no administrator has no such page, by the navigation or by its address.
    assert!(!marta.has("nav.side a[href='/account/professionals']").await);
    marta.opens(&format!("{}/account/professionals", world.addresses.portal)).await;
    marta.looks("03-not-administrator", "Only for administrators").await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn whoever_says_this_was_not_me_kills_the_link_and_the_administrator_is_told() {
    let world = World::open(Engine::Sqlite).await;
    let ana = an_administrator(&world).await;
    ana.adds_professional("Marta Reis", INVITED, true).await;
    let letter = world.addresses.post.letters(1, INVITED).await.remove(0);
    // Nobody signs in for that.
    let somebody = Person::new(&world).await;
    somebody.opens(&letter.as_page()).await;
    somebody.follows("This wasn’t me").await;
    somebody.looks("decline", "This wasn’t me").await;
    somebody.clicks("#decline").await;
    somebody.sees("Tick the box to say that it was not you").await;
    somebody.looks("decline-unsure", "This wasn’t me").await;
    somebody.clicks("label[for='sure']").await;
    somebody.clicks("#decline").await;
    somebody.looks("declined", "Thank you for telling us").await;
    somebody.opens(&letter.link()).await;
    somebody.looks("declined-link", "This link does not work").await;
    somebody.opens(&letter.decline_link()).await;
    somebody.looks("declined-twice", "This link does not work").await;

    let told = world.addresses.post.letters(2, ADMINISTRATOR).await.remove(1);
    assert_eq!(told.subject, "CustomerSource: an invitation of Contoso Ltda was declined");
    let row = ana.reads_row_of("Marta Reis").await;
    assert!(row.contains("Declined: “This wasn’t me”"), "{row}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_withdrawn_invitation_is_dead_even_on_the_page_that_confirms_it() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(MARTA).await;
    let ana = an_administrator(&world).await;
    ana.adds_professional("Marta Reis", INVITED, true).await;
    let letter = world.addresses.post.letters(1, INVITED).await.remove(0);
    let marta = Person::new(&world).await;
    marta.clicks_the_link_of(&letter).await;
    marta.enters_passport(MARTA, PASSWORD).await;
    marta.finds("#associate").await;

    ana.opens_professional("Marta Reis").await;
    ana.clicks("form[action$='/withdraw'] button").await;
    ana.sees("The invitation is withdrawn. Its link no longer works.").await;
    ana.looks("withdrawn", "Marta Reis").await;
    assert!(ana.reads_row_of("Marta Reis").await.contains("Withdrawn"));

    marta.confirms().await;
    marta.looks("withdrawn-link", "This link does not work").await;
    marta.sees("This link was withdrawn").await;
    marta.opens_portal().await;
    marta.sees("Account association").await;
    world.close().await;
}
