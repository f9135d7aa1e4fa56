//! “Brasil – Alterar”: the switch in the footer of every page, on both halves and in the letters.
use testkit::Engine;

use crate::{
    PASSWORD,
    person::{Habits, Person},
    world::World,
};

const BRUNO: &str = "bruno@home.example";
const ON_FILE: &str = "bruno.lima@contoso.example";

async fn language_of(person: &Person) -> String {
    person.reads_attribute("html", "lang").await
}

async fn switch_of(person: &Person) -> String {
    let chosen = person.reads("#language option:checked").await;
    format!("{chosen} – {}", person.reads("form.locale button").await)
}

async fn switches_to(person: &Person, tag: &str) {
    person.chooses("#language", tag).await;
    person.clicks("form.locale button").await;
    person.finds(&format!("html[lang='{tag}']")).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn the_switch_changes_the_language_of_both_halves_and_of_the_letters() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(BRUNO).await;
    let mut bruno = Person::new(&world).await;
    bruno.opens_portal().await;
    assert_eq!((language_of(&bruno).await, switch_of(&bruno).await), both("en-US", "United States – Change"));
    switches_to(&bruno, "pt-BR").await;
    assert_eq!(switch_of(&bruno).await, "Brasil – Alterar");

    // Passport is told which language the site speaks; its own switch keeps the way back to the site.
    bruno.clicks("#sign-in").await;
    bruno.finds("#password").await;
    assert_eq!((language_of(&bruno).await, switch_of(&bruno).await), both("pt-BR", "Brasil – Alterar"));
    switches_to(&bruno, "en-US").await;
    bruno.sees("to continue to CustomerSource").await;
    switches_to(&bruno, "pt-BR").await;
    bruno.sees("para acessar CustomerSource").await;
    bruno.enters_passport(BRUNO, PASSWORD).await;

    bruno.finds("#continue").await;
    assert_eq!(language_of(&bruno).await, "pt-BR");
    bruno.types("#email", ON_FILE).await;
    bruno.clicks("#continue").await;
    bruno.typed = ON_FILE.to_owned();
    let letter = bruno.reads_mail(1).await.remove(0);
    assert!(letter.html.contains("lang=\"pt-BR\""), "{}", letter.html);
    assert!(letter.text.contains("Olá, Bruno Lima"), "{}", letter.text);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_brazilian_browser_is_answered_in_portuguese() {
    let world = World::open(Engine::Sqlite).await;
    let habits = Habits { language: "pt-BR", ..Habits::default() };
    let bruno = Person::with(&world.addresses, habits).await;
    for address in [&world.addresses.portal, &world.addresses.passport] {
        bruno.opens(address).await;
        assert_eq!((language_of(&bruno).await, switch_of(&bruno).await), both("pt-BR", "Brasil – Alterar"));
    }
    world.close().await;
}

fn both(language: &str, switch: &str) -> (String, String) {
    (language.to_owned(), switch.to_owned())
}
