//! More than a password, asked for on the way from the portal and proven by a passkey; and what whoever keeps passkeys
//! is told and does by itself.
use serde_json::json;
use testkit::Engine;

use crate::{
    PASSWORD,
    invited::an_administrator,
    person::{PAUSE, Person},
    world::{Setup, World},
};

const BRUNO: &str = "bruno@home.example";
const NEW: &str = "bruno@work.example";
const ANA: &str = "ana@home.example";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn an_administrator_steps_up_from_the_portal_with_a_passkey_and_comes_back_to_the_page() {
    let demanded = "administrators_acr = [\"phr\", \"phrh\"]\n";
    let world = World::with(Setup { portal_settings: demanded, ..Setup::of(Engine::Sqlite) }).await;
    let ana = an_administrator(&world).await;
    let keeper = ana.can_keep_passkeys().await;
    ana.is_at_hand(&keeper, false).await;
    let accounts = format!("{}/account/professionals", world.addresses.portal);

    // Who has none makes one on the way, and comes back to the page that asked.
    ana.opens(&accounts).await;
    ana.finds("#passkey-add").await;
    ana.looks("step-up-without-a-passkey", &ana.reads("h1").await).await;
    ana.is_at_hand(&keeper, true).await;
    ana.clicks("#passkey-add").await;
    ana.finds("#recovery-codes").await;
    ana.clicks("#recovery-codes-onward").await;
    ana.arrives_at(&accounts).await;
    ana.sees("Our CustomerSource Accounts").await;

    // Who has one comes in by it, and is asked for nothing more.
    ana.signs_out().await;
    ana.is_at_hand(&keeper, false).await;
    ana.opens(&accounts).await;
    ana.finds("#sign-in-passkey").await;
    ana.is_at_hand(&keeper, true).await;
    ana.clicks("#sign-in-passkey").await;
    ana.arrives_at(&accounts).await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn after_a_change_of_address_whoever_keeps_the_passkey_shows_the_new_one() {
    let world = World::open(Engine::Sqlite).await;
    world.has_verified_passport(BRUNO).await;
    let bruno = Person::new(&world).await;
    let keeper = bruno.can_keep_passkeys().await;
    bruno.is_at_hand(&keeper, false).await;
    bruno.opens(&format!("{}/sign-in?next=/account", world.addresses.passport)).await;
    bruno.enters_passport(BRUNO, PASSWORD).await;
    bruno.clicks("#passkey-later").await;
    bruno.is_at_hand(&keeper, true).await;
    bruno.adds_a_passkey().await;
    assert_eq!(bruno.passkeys_kept(&keeper).await[0]["userName"], BRUNO);
    bruno.opens(&format!("{}/account/email", world.addresses.passport)).await;
    bruno.types("#new_email", NEW).await;
    bruno.clicks("#change-email-submit").await;
    let letters = world.addresses.post.letters(1, NEW).await;
    bruno.clicks_the_link_of(&letters[0]).await;
    bruno.clicks("#link-confirm").await;
    bruno.finds("#link-done").await;
    let mut named = json!(BRUNO);
    for _ in 0..100 {
        named = bruno.passkeys_kept(&keeper).await[0]["userName"].clone();
        if named == NEW {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    assert_eq!(named, NEW);
    world.close().await;
}

/// What the browser's own keeper decides, this one decides as well: a passkey beside the password that was just typed.
const UPGRADES: &str = "const make = navigator.credentials.create.bind(navigator.credentials); \
     navigator.credentials.create = ({ mediation, ...asked }) => { window.upgraded = mediation; return make(asked); };";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn where_the_browser_upgrades_by_itself_the_passkey_is_there_after_the_password_and_it_says_so() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(ANA).await;
    let ana = Person::new(&world).await;
    let keeper = ana.can_keep_passkeys().await;
    let script = json!({ "source": UPGRADES });
    ana.driver().cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", script).await.expect("it is taken");
    ana.opens(&format!("{}/sign-in?next=/account", world.addresses.passport)).await;
    ana.enters_passport(ANA, PASSWORD).await;
    // Nobody presses anything.
    for _ in 0..100 {
        if !ana.passkeys_kept(&keeper).await.is_empty() {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    assert_eq!(ana.passkeys_kept(&keeper).await.len(), 1);
    ana.opens(&format!("{}/account/passkeys", world.addresses.passport)).await;
    ana.finds("#passkeys").await;
    ana.signs_out().await;
    ana.opens(&format!("{}/sign-in?next=/account", world.addresses.passport)).await;
    ana.arrives_at(&format!("{}/account", world.addresses.passport)).await;
    world.close().await;
}
