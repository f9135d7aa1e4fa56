//! One e-mail address in three profiles: three letters, three links, one Passport, and the choice at each visit.
use testkit::Engine;

use crate::{
    PASSWORD,
    person::Person,
    verbs::{ASSOCIATED, THANK_YOU},
    world::World,
};

const PASSPORT: &str = "pat@home.example";
const ON_FILE: &str = "pat.lee@adventure-works.example";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn three_profiles_mean_three_letters_three_links_and_a_choice_at_each_visit() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(PASSPORT).await;
    let mut pat = Person::new(&world).await;
    pat.signs_in(PASSPORT, PASSWORD).await;
    pat.types_address(ON_FILE).await;
    pat.sees(THANK_YOU).await;

    let letters = pat.reads_mail(3).await;
    let mut companies: Vec<_> =
        letters.iter().map(|letter| letter.subject.rsplit(" at ").next().unwrap()).collect();
    companies.sort_unstable();
    assert_eq!(companies, ["Contoso Ltda", "Contoso Ltda", "Fabrikam, Inc."]);
    let mut links: Vec<_> = letters.iter().map(crate::post::Letter::link).collect();
    links.sort();
    links.dedup();
    assert_eq!(links.len(), 3, "each letter has a link of its own");

    // The first link asks for the password; it counts for the others of the same claim (CS-23).
    pat.reads_mail_and_clicks(1).await;
    pat.enters_passport(PASSPORT, PASSWORD).await;
    pat.confirms().await;
    pat.sees(ASSOCIATED).await;
    for n in [2, 3] {
        pat.reads_mail_and_clicks(n).await;
        pat.arrives_at(&format!("{}/associate/confirm", world.addresses.portal)).await;
        pat.confirms().await;
        pat.sees(ASSOCIATED).await;
    }
    assert_eq!(pat.reads_mail(3).await.len(), 3, "no further letter");

    for (company, name) in [("Fabrikam, Inc.", "Pat Lee"), ("Contoso Ltda", "Pat Lee (projects)")] {
        pat.closes_browser_and_opens_a_new_one().await;
        pat.signs_in(PASSPORT, PASSWORD).await;
        pat.arrives_at(&format!("{}/choose", world.addresses.portal)).await;
        let choices = pat.reads_all("button.pick").await;
        assert_eq!(choices.len(), 3, "{choices:?}");
        // Nothing else is reachable before the choice.
        pat.opens(&format!("{}/account", world.addresses.portal)).await;
        pat.arrives_at(&format!("{}/choose", world.addresses.portal)).await;
        pat.chooses_profile(company, name).await;
        // Then what was asked for is.
        pat.arrives_at(&format!("{}/account", world.addresses.portal)).await;
        pat.opens(&world.addresses.portal).await;
        pat.sees(&format!("Welcome, {name}. You are using CustomerSource for {company}")).await;
        pat.sees("To switch between profiles, close your browser and open a new browser").await;
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn signing_out_and_in_again_brings_the_choice_back() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(PASSPORT).await;
    let mut pat = Person::new(&world).await;
    pat.associates(PASSPORT, ON_FILE).await;
    pat.sees("You are using CustomerSource for").await;
    pat.reads_mail_and_clicks(2).await;
    pat.confirms().await;
    pat.sees(ASSOCIATED).await;
    pat.reads_mail(3).await;
    pat.clicks("#go-on").await;
    pat.signs_out().await;
    pat.sees("You are signed out").await;
    pat.signs_in(PASSPORT, PASSWORD).await;
    pat.sees("Select which profile to use for this visit.").await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_new_browser_signs_in_by_itself_and_asks_for_the_profile_again() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(PASSPORT).await;
    let mut pat = Person::with_computer(&world.addresses).await;
    pat.associates(PASSPORT, ON_FILE).await;
    for n in [2, 3] {
        pat.reads_mail_and_clicks(n).await;
        pat.confirms().await;
        pat.sees(ASSOCIATED).await;
    }
    pat.clicks("#go-on").await;
    pat.signs_out().await;
    pat.opens_portal().await;
    pat.clicks("#sign-in").await;
    pat.clicks("label[for='automatic']").await;
    pat.enters_passport(PASSPORT, PASSWORD).await;
    pat.looks("02-choose", "Select a profile").await;
    pat.chooses_profile("Fabrikam, Inc.", "Pat Lee").await;
    pat.sees("Welcome, Pat Lee. You are using CustomerSource for Fabrikam, Inc.").await;
    pat.does_not_see("Inc..").await;
    pat.looks("02-home", "Home").await;

    // Within the visit there is no other profile to be had (CS-32, CS-34).
    pat.opens(&format!("{}/choose", world.addresses.portal)).await;
    pat.arrives_at(&format!("{}/", world.addresses.portal)).await;
    pat.sees("You are using CustomerSource for Fabrikam, Inc.").await;
    pat.opens(&format!("{}/switch", world.addresses.portal)).await;
    pat.looks("02-no-switch", "Page not found").await;
    assert!(!pat.has("a[href='/switch']").await);

    // “close your browser and open a new browser”: nobody asks who it is, and the choice is asked again.
    for (company, name) in [("Contoso Ltda", "Pat Lee (projects)"), ("Contoso Ltda", "Pat Lee")] {
        pat.closes_browser_and_opens_a_new_one().await;
        pat.opens_portal().await;
        pat.clicks("#sign-in").await;
        pat.arrives_at(&format!("{}/choose", world.addresses.portal)).await;
        pat.chooses_profile(company, name).await;
        pat.sees(&format!("Welcome, {name}. You are using CustomerSource for {company}.")).await;
    }
    world.close().await;
}
