//! A plan ends and is renewed by a table of the business system; who needs none; the faces of a locked resource
//! (CS-01 to CS-04).
use testkit::Engine;

use crate::{person::Person, world::World};

const LENA: &str = "lena@home.example";
const CONTENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/demo/data/content");
/// For customers with a service plan, and for everybody who may come in at all.
const ARTICLE: &str = "/resources/self-help/who-may-sign-in";
/// For a better plan than Contoso has.
const BETTER: &str = "/resources/self-help/bank-balance-differs";

/// Litware's plan, until this day.
async fn plan_until(world: &World, day: &str) {
    let head = "external_id,company,plan,starts_on,ends_on,plan_category,plan_name,plan_rank";
    let row = format!("EN-3,C-300,service-standard,2024-01-01,{day},service,Standard Service Plan,10");
    world.imports("plans", &format!("{head}\n{row}\n")).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_plan_that_is_renewed_lets_in_again_and_one_that_ends_shuts_out_at_the_next_request() {
    let world = World::open(Engine::Sqlite).await;
    world.portal(&["content", "import", CONTENT], "").await;
    world.has_passport(LENA).await;
    let mut lena = Person::new(&world).await;
    lena.associates(LENA, "lena.wolf@litware.example").await;
    lena.looks("07-locked", "Your current service plan does not allow access").await;
    lena.sees("Your company’s plan “Standard Service Plan” ended on December 31, 2025.").await;
    lena.opens(&format!("{}/why", world.addresses.portal)).await;
    lena.sees("Your company’s plan “Standard Service Plan” ended on December 31, 2025.").await;
    lena.looks("07-why", "Why can’t I get in?").await;

    plan_until(&world, "2099-12-31").await;
    lena.opens_portal().await;
    lena.sees("Welcome, Lena Wolf. You are using CustomerSource for Litware Manufacturing.").await;
    lena.looks("07-renewed", "Home").await;
    lena.opens(&format!("{}/why", world.addresses.portal)).await;
    lena.sees("Nothing is missing: you can use CustomerSource.").await;
    lena.opens(&format!("{}{ARTICLE}", world.addresses.portal)).await;
    lena.finds("article").await;

    plan_until(&world, "2026-01-31").await;
    lena.opens(&format!("{}{ARTICLE}", world.addresses.portal)).await;
    lena.sees("Your current service plan does not allow access").await;
    lena.opens_portal().await;
    lena.sees("Your company’s plan “Standard Service Plan” ended on January 31, 2026.").await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_locked_resource_has_a_face_for_strangers_for_poorer_plans_and_for_nobody_else() {
    let world = World::open(Engine::Sqlite).await;
    world.portal(&["content", "import", CONTENT], "").await;
    let better = format!("{}{BETTER}", world.addresses.portal);
    let faces = [
        ("bruno@home.example", "bruno.lima@contoso.example"),
        ("gil@home.example", "gil.turner@fabrikam.example"),
    ];
    for (passport, _) in faces {
        world.has_passport(passport).await;
    }
    let mut bruno = Person::new(&world).await;
    bruno.opens(&better).await;
    bruno.sees("The content of this page is locked").await;
    bruno.finds(".lockbox a.button").await;
    bruno.looks("07-face-anonymous", &bruno.reads("h1").await).await;
    bruno.associates(faces[0].0, faces[0].1).await;
    bruno.opens(&better).await;
    bruno.sees("Your current service plan does not allow access to this information").await;
    bruno.looks("07-face-plan", &bruno.reads("h1").await).await;
    bruno.clicks(".lockbox a[href='/why']").await;
    bruno.looks("07-face-why", "Why can’t I get in?").await;

    let mut gil = Person::new(&world).await;
    gil.associates(faces[1].0, faces[1].1).await;
    gil.opens(&better).await;
    gil.finds("article").await;
    assert!(!gil.has(".lockbox").await);
    gil.looks("07-face-open", &gil.reads("h1").await).await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn partners_and_employees_need_no_plan() {
    let world = World::open(Engine::Sqlite).await;
    for (passport, on_file, company) in [
        ("nils@home.example", "nils.park@northwind.example", "Northwind Partners"),
        ("erin@home.example", "erin.miles@dynamics.example", "Dynamics Employees"),
    ] {
        world.has_passport(passport).await;
        let mut person = Person::new(&world).await;
        person.associates(passport, on_file).await;
        person.sees(&format!("You are using CustomerSource for {company}.")).await;
        person.sees("None needed").await;
    }
    world.close().await;
}
