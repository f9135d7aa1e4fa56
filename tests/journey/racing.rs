//! Two nodes of the portal on one database, and two browsers that press at the same moment: what may be once is
//! once, and each browser says what is so (INV-1, INV-8).
use serde_json::{Value, json};
use testkit::Engine;

use crate::{
    PASSWORD,
    invited::an_administrator,
    person::Person,
    program::Program,
    world::{Setup, World},
};

const CARLA: &str = "carla@home.example";
const MARTA: &str = "marta@home.example";
const NINA: &str = "nina@home.example";
const BRUNO: &str = "bruno.lima@contoso.example";
const DIEGO: &str = "diego.rocha@contoso.example";

/// A button, and the browser that it stands in.
type Press<'a> = (&'a Person, &'a str);

/// Both buttons in the same millisecond, as far as two browsers can; returns with both next pages shown.
async fn press_at_once(presses: [Press<'_>; 2]) {
    // Every browser of this machine has the same clock.
    let soon = presses[0].0.driver().execute("return Date.now() + 500", vec![]).await.unwrap();
    let at: u64 = soon.convert().unwrap();
    for (person, css) in presses {
        person.finds(css).await;
        let script = "document.documentElement.dataset.pressed = '1';
            const [css, at] = arguments;
            setTimeout(() => document.querySelector(css).click(), at - Date.now())";
        person.driver().execute(script, vec![json!(css), json!(at)]).await.unwrap();
    }
    for (person, _) in presses {
        person.finds("html:not([data-pressed]) h1").await;
    }
}

async fn open() -> World {
    let portal_settings = "[limits]\nscale = 1000.0\n";
    let world = World::with(Setup { portals: 2, portal_settings, ..Setup::of(Engine::Postgres) }).await;
    for passport in [CARLA, MARTA, NINA] {
        world.has_passport(passport).await;
    }
    world
}

/// Rows of a table that are in one of these states, counted for each `key`.
async fn most(world: &World, table: &str, states: &[&str], key: &[&str]) -> usize {
    let rows = world.rows(table).await;
    let is_live = |row: &&Value| states.iter().any(|state| row["state"] == *state);
    let keys: Vec<String> = rows
        .iter()
        .filter(is_live)
        .map(|row| key.iter().map(|column| row[column].to_string()).collect())
        .collect();
    keys.iter().map(|one| keys.iter().filter(|other| *other == one).count()).max().unwrap_or(0)
}

/// What holds whatever was raced.
async fn holds(world: &World) {
    assert!(most(world, "association", &["active"], &["profile_id"]).await <= 1);
    let live = ["queued", "pending"];
    assert!(most(world, "invitation", &live, &["profile_id", "purpose", "requester"]).await <= 1);
}

/// The state of the newest row of a table that belongs to the profile with this address.
async fn profile_of(world: &World, email: &str) -> Value {
    world.rows("profile").await.into_iter().find(|row| row["email"] == email).unwrap()
}

async fn associations_of(world: &World, email: &str) -> usize {
    let profile = profile_of(world, email).await;
    let rows = world.rows("association").await;
    rows.iter().filter(|row| row["profile_id"] == profile["id"] && row["state"] == "active").count()
}

/// Stands before the confirmation of this link.
async fn at_the_button(world: &World, passport: &str, link: &str) -> Person {
    let person = Person::new(world).await;
    person.opens(link).await;
    person.clicks("#invitation-sign-in").await;
    person.enters_passport(passport, PASSWORD).await;
    person.finds("#associate").await;
    person
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and PostgreSQL: cargo xtask test"]
async fn two_browsers_on_two_nodes_resend_accept_and_remove_at_once() {
    let world = open().await;
    let ana = an_administrator(&world).await;
    let mut carla = Person::new(&world).await;
    carla.associates(CARLA, "carla.mendes@contoso.example").await;
    ana.opens_professional("Carla Mendes").await;
    ana.clicks("label[for='administrator']").await;
    ana.saves().await;
    ana.sees("The profile is saved.").await;

    // Both send the invitation: one letter, one link, and the other administrator is told.
    for administrator in [&ana, &carla] {
        administrator.opens_professional("Bruno Lima").await;
    }
    press_at_once([(&ana, "#send-invite"), (&carla, "#send-invite")]).await;
    let said = [ana.reads(".notice").await, carla.reads(".notice").await];
    assert!(said.iter().any(|said| said.contains("The invitation is on its way.")), "{said:?}");
    assert!(
        said.iter().any(|said| said.contains("The last invitation was sent less than a minute ago.")),
        "{said:?}"
    );
    holds(&world).await;

    // Two people accept the one link.
    let link = world.addresses.post.letters(1, BRUNO).await.remove(0).link();
    let (marta, nina) = (at_the_button(&world, MARTA, &link).await, at_the_button(&world, NINA, &link).await);
    press_at_once([(&marta, "#associate"), (&nina, "#associate")]).await;
    let mut said = [marta.reads("h1").await, nina.reads("h1").await];
    said.sort();
    assert_eq!(said, ["Association complete", "This link does not work"]);
    assert_eq!((associations_of(&world, BRUNO).await, world.letters_to(BRUNO).len()), (1, 1));
    for person in [&marta, &nina] {
        person.opens_portal().await;
    }
    let inside = [&marta, &nina].map(|person| person.words());
    let [marta_reads, nina_reads] = inside;
    let reads = [marta_reads.await, nina_reads.await];
    assert_eq!(reads.iter().filter(|words| words.contains("Welcome, Bruno Lima.")).count(), 1, "{reads:?}");
    assert_eq!(reads.iter().filter(|words| words.contains("Account association")).count(), 1, "{reads:?}");
    holds(&world).await;

    // One accepts while the other removes: whoever is first, nobody is in at the end.
    ana.opens_professional("Diego Rocha").await;
    ana.sends_invite().await;
    let link = world.addresses.post.letters(1, DIEGO).await.remove(0).link();
    let diego = at_the_button(&world, NINA, &link).await;
    ana.opens_professional("Diego Rocha").await;
    ana.follows("Remove this profile").await;
    press_at_once([(&ana, "#remove"), (&diego, "#associate")]).await;
    if ana.has("#error-summary").await {
        // He was first: the page says that he came meanwhile, and she means it.
        ana.clicks("#remove").await;
    }
    ana.sees("The profile is removed.").await;
    let said = diego.reads("h1").await;
    let lawful = ["Association complete", "This link does not work", "Account association"];
    assert!(lawful.contains(&said.as_str()), "{said}");
    assert_eq!(associations_of(&world, DIEGO).await, 0);
    diego.opens(&format!("{}/account", world.addresses.portal)).await;
    assert!(!diego.words().await.contains("Diego Rocha"), "{}", diego.words().await);
    holds(&world).await;

    both_served(&world);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and PostgreSQL: cargo xtask test"]
async fn two_administrators_on_two_nodes_who_demote_each_other_leave_one() {
    let world = open().await;
    let ana = an_administrator(&world).await;
    let mut carla = Person::new(&world).await;
    carla.associates(CARLA, "carla.mendes@contoso.example").await;
    ana.opens_professional("Carla Mendes").await;
    ana.clicks("label[for='administrator']").await;
    ana.saves().await;
    ana.sees("The profile is saved.").await;

    carla.opens_professional("Ana Souza").await;
    ana.opens_professional("Carla Mendes").await;
    for administrator in [&ana, &carla] {
        administrator.clicks("label[for='administrator']").await;
    }
    press_at_once([(&ana, "#save"), (&carla, "#save")]).await;
    let said = [ana.words().await, carla.words().await];
    assert_eq!(said.iter().filter(|said| said.contains("The profile is saved.")).count(), 1, "{said:?}");
    let addresses = ["ana.souza@contoso.example", "carla.mendes@contoso.example"];
    let mut left = 0;
    for address in addresses {
        left += usize::from(profile_of(&world, address).await["is_admin"] == true);
    }
    assert_eq!(left, 1);
    for administrator in [&ana, &carla] {
        administrator.opens(&format!("{}/account/professionals", world.addresses.portal)).await;
    }
    let mut said = [ana.reads("h1").await, carla.reads("h1").await];
    said.sort();
    assert_eq!(said, ["Only for administrators", "Our CustomerSource Accounts"]);
    both_served(&world);
    world.close().await;
}

fn both_served(world: &World) {
    for node in world.portals.iter().map(Program::answered) {
        assert!(node.iter().any(|route| route.starts_with("GET /account")), "{node:?}");
    }
}
