//! Pages on which editors write: files of a resource, course dates, newsgroups and newsletters.
use testkit::Engine;

use super::viewer;
use crate::{PASSWORD, glass::Glass, person::Person, world::World};

const ED: &str = "ed@home.example";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and axe-core: cargo xtask test"]
async fn writing_is_fit_to_be_seen_in_english() {
    writing("en-US").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and axe-core: cargo xtask test"]
async fn writing_is_fit_to_be_seen_in_portuguese() {
    writing("pt-BR").await;
}

async fn writing(language: &'static str) {
    let world = World::open(Engine::Sqlite).await;
    let content = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/demo/data/content");
    world.portal(&["content", "import", content], "").await;
    world.has_passport(ED).await;
    let found: serde_json::Value =
        serde_json::from_str(&world.passport(&["account", "show", ED, "--json"], "").await).unwrap();
    let subject = found["id"].as_str().unwrap();
    world.portal(&["staff", "add", "--subject", subject, "--role", "editor", "--name", ED], "").await;
    let mut glass = Glass::new(language).with_album();
    let ed = viewer(&world, language).await;
    ed.opens(&format!("{}/staff/content", world.addresses.portal)).await;
    ed.enters_passport(ED, PASSWORD).await;
    ed.finds("#new").await;
    files(&mut glass, &world, &ed).await;
    dates(&mut glass, &world, &ed).await;
    series(&mut glass, &world, &ed).await;
    glass.is_content(12);
    world.close().await;
}

async fn sends_nothing(person: &Person, button: &str) {
    let script = format!("document.querySelector('{button}').form.noValidate = true");
    person.driver().execute(script, vec![]).await.unwrap();
    person.clicks(button).await;
    person.finds("#error-summary").await;
}

/// The first resource whose page leads to its `part`.
async fn opens_part(world: &World, ed: &Person, part: &str) {
    ed.opens(&format!("{}/staff/content", world.addresses.portal)).await;
    let script = "return [...document.querySelectorAll('tbody th a')].map(link => link.href)";
    let found = ed.driver().execute(script, vec![]).await.unwrap();
    let link = format!("main p.row a[href$='/{part}']");
    for page in found.convert::<Vec<String>>().unwrap() {
        ed.opens(&page).await;
        ed.finds("#save").await;
        if ed.has(&link).await {
            ed.clicks(&link).await;
            ed.finds("h1").await;
            return;
        }
    }
    panic!("nothing has {part}");
}

async fn files(glass: &mut Glass, world: &World, ed: &Person) {
    opens_part(world, ed, "files").await;
    ed.finds("#upload").await;
    glass.looks_at(ed, "staff-files").await;
    sends_nothing(ed, "#upload").await;
    glass.looks_at(ed, "staff-files-none-chosen").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hotfix-2026.zip");
    std::fs::write(&file, [7; 300_000]).unwrap();
    ed.types("#reason", "The hotfix of November").await;
    ed.types("#file", file.to_str().unwrap()).await;
    ed.clicks("#upload").await;
    ed.finds(".notice.ok").await;
    ed.sees("hotfix-2026.zip").await;
    glass.looks_at(ed, "staff-files-brought").await;
}

async fn dates(glass: &mut Glass, world: &World, ed: &Person) {
    opens_part(world, ed, "dates").await;
    ed.finds("#save").await;
    glass.looks_at(ed, "staff-dates").await;
    sends_nothing(ed, "#save").await;
    glass.looks_at(ed, "staff-dates-empty").await;
}

async fn series(glass: &mut Glass, world: &World, ed: &Person) {
    let at = |path: &str| format!("{}{path}", world.addresses.portal);
    for (kind, name) in [("newsgroups", "newsgroup"), ("newsletters", "newsletter")] {
        ed.opens(&at(&format!("/staff/{kind}"))).await;
        ed.finds("#new").await;
        if kind == "newsletters" {
            glass.looks_at(ed, "staff-newsletters").await;
        }
        ed.clicks("tbody tr:nth-of-type(1) th a").await;
        ed.finds("#save").await;
        glass.looks_at(ed, &format!("staff-{name}-edit")).await;
        ed.opens(&at(&format!("/staff/{kind}/new"))).await;
        ed.finds("#save").await;
        glass.looks_at(ed, &format!("staff-{name}-new")).await;
        sends_nothing(ed, "#save").await;
        glass.looks_at(ed, &format!("staff-{name}-new-empty")).await;
    }
}
