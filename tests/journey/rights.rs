//! Who administers: made and unmade by a checkbox, at the next request, and never nobody (CS-40 to CS-42, CS-52).
use testkit::Engine;

use crate::{invited::an_administrator, person::Person, world::World};

const CARLA: &str = "carla@home.example";
const ON_FILE: &str = "carla.mendes@contoso.example";
const BILL_TO: &str = "ana.souza@contoso.example";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn an_administrator_is_made_demotes_the_bill_to_contact_and_cannot_go_as_the_last() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(CARLA).await;
    let ana = an_administrator(&world).await;
    let mut carla = Person::new(&world).await;
    carla.associates(CARLA, ON_FILE).await;
    let accounts = format!("{}/account/professionals", world.addresses.portal);
    carla.opens(&accounts).await;
    carla.sees("Only for administrators").await;

    // “mark the Administrator checkbox. Click Save.”
    ana.opens_professional("Carla Mendes").await;
    assert_eq!(ana.reads("label[for='administrator']").await, "Administrator");
    ana.clicks("label[for='administrator']").await;
    ana.saves().await;
    ana.sees("The profile is saved.").await;
    ana.looks("05-administrator", "Carla Mendes").await;
    let told = world.addresses.post.letters(2, ON_FILE).await.remove(1);
    assert_eq!(told.subject, "CustomerSource: you are an administrator of Contoso Ltda");

    // In the browser that is open, at the next request.
    carla.opens_professional("Ana Souza").await;
    carla.clicks("label[for='administrator']").await;
    carla.saves().await;
    carla.sees("The profile is saved.").await;
    ana.opens(&accounts).await;
    ana.looks("05-no-longer", "Only for administrators").await;
    ana.opens_portal().await;
    ana.sees("Welcome, Ana Souza.").await;
    let told = world.addresses.post.letters(2, BILL_TO).await.remove(1);
    assert_eq!(told.subject, "CustomerSource: you are no longer an administrator of Contoso Ltda");
    // What the business system says of the Bill-To contact later changes nothing here (CS-42).
    let table =
        format!("external_id,company,first_name,last_name,email,bill_to\nCT-1,C-100,Ana,Souza,{BILL_TO},1\n");
    world.imports("profiles", &table).await;
    ana.opens(&accounts).await;
    ana.sees("Only for administrators").await;

    // The last one stays, by either way.
    carla.opens_professional("Carla Mendes").await;
    carla.clicks("label[for='administrator']").await;
    carla.saves().await;
    carla.sees("Your company needs an administrator. Mark somebody else as Administrator first.").await;
    carla.looks("05-last-administrator", "Carla Mendes").await;
    carla.opens_professional("Carla Mendes").await;
    carla.follows("Remove this profile").await;
    carla.looks("05-remove", "Remove this profile?").await;
    carla.clicks("#remove").await;
    carla.sees("Your company needs an administrator. Mark somebody else as Administrator first.").await;
    carla.looks("05-remove-last", "Remove this profile?").await;
    assert!(carla.reads_row_of("Carla Mendes").await.contains("Administrator"));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_removed_professional_is_out_at_once_in_the_browser_that_is_open() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(CARLA).await;
    let ana = an_administrator(&world).await;
    let mut carla = Person::new(&world).await;
    carla.associates(CARLA, ON_FILE).await;
    ana.opens_professional("Carla Mendes").await;
    ana.follows("Remove this profile").await;
    ana.clicks("#remove").await;
    ana.sees("The profile is removed.").await;
    ana.looks("05-removed", "Our CustomerSource Accounts").await;
    ana.does_not_see("Carla Mendes").await;
    carla.opens(&format!("{}/account", world.addresses.portal)).await;
    carla.looks("05-out", "Account association").await;
    carla.follows("Why can’t I get in?").await;
    carla.sees("Your Microsoft Passport was associated with a profile, but no longer is.").await;
    let told = world.addresses.post.letters(2, ON_FILE).await.remove(1);
    assert_eq!(told.subject, "CustomerSource: your profile at Contoso Ltda was removed");
    world.close().await;
}
