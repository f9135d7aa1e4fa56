//! A letter went to the wrong address: edit, save, return, “Send Invite E-mail” (CS-50, CS-51).
use testkit::Engine;

use crate::{invited::an_administrator, person::Person, world::World};

const DANI: &str = "dani@home.example";
const WRONG: &str = "dani.alvse@contoso.example";
const RIGHT: &str = "dani.alves@contoso.example";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_wrong_address_is_edited_saved_and_written_to_again_and_the_old_link_is_dead() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(DANI).await;
    let ana = an_administrator(&world).await;
    ana.adds_professional("Dani Alves", WRONG, true).await;
    ana.sees("The profile is added, and the invitation is on its way.").await;
    let astray = world.addresses.post.letters(1, WRONG).await.remove(0);

    // Typed and not saved: the button writes to nobody new.
    ana.opens_professional("Dani Alves").await;
    ana.sees(&format!("The e-mail goes to the saved address: {WRONG}.")).await;
    ana.types("#email", RIGHT).await;
    ana.sends_invite().await;
    ana.sees("The last invitation was sent less than a minute ago. Nothing was sent.").await;
    ana.looks("04-too-soon", "Dani Alves").await;
    assert_eq!(ana.reads_property("#email", "value").await, RIGHT, "what was typed stays, and is not saved");

    ana.types("#email", RIGHT).await;
    ana.saves().await;
    ana.sees("The profile is saved.").await;
    ana.looks("04-saved", "Dani Alves").await;
    let row = ana.reads_row_of("Dani Alves").await;
    assert!(row.contains(RIGHT) && row.contains("Withdrawn"), "{row}");
    assert!(world.letters_to(RIGHT).is_empty(), "saving alone writes to nobody new");

    // The former address is told, and its link says kindly that it is dead (portal rule 13).
    let told = world.addresses.post.letters(2, WRONG).await.remove(1);
    assert!(told.subject.ends_with("the e-mail address of your profile at Contoso Ltda was changed"));
    let stranger = Person::new(&world).await;
    stranger.clicks_the_link_of(&astray).await;
    stranger.looks("04-dead-link", "This link does not work").await;
    stranger.sees("This link was withdrawn, or the profile that it was for has changed.").await;
    stranger.sees("If an administrator of your company invited you, ask for another invitation.").await;
    stranger.does_not_see("Contoso").await;

    // Back to the profile at once: the first letter was no letter to this address.
    ana.opens_professional("Dani Alves").await;
    ana.sends_invite().await;
    ana.sees("The invitation is on its way.").await;
    let letter = world.addresses.post.letters(1, RIGHT).await.remove(0);
    let dani = Person::new(&world).await;
    dani.accepts(&letter, DANI, &["Dani Alves", "Contoso Ltda"]).await;
    dani.sees("Welcome, Dani Alves.").await;
    assert_eq!((world.letters_to(WRONG).len(), world.letters_to(RIGHT).len()), (2, 1));
    world.close().await;
}
