//! What visitors come for, and where staff work, in both languages: held under the glass.
use testkit::Engine;

use crate::{
    PASSWORD,
    glass::Glass,
    looks::{associates_in_any_language, viewer},
    person::Person,
    world::World,
};

const ANA: &str = "ana@home.example";
const ED: &str = "ed@home.example";
const SAM: &str = "sam@home.example";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and axe-core: cargo xtask test"]
async fn the_portals_inside_is_fit_to_be_seen_in_english() {
    inside("en-US").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and axe-core: cargo xtask test"]
async fn the_portals_inside_is_fit_to_be_seen_in_portuguese() {
    inside("pt-BR").await;
}

async fn inside(language: &'static str) {
    let world = World::open(Engine::Sqlite).await;
    let content = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/demo/data/content");
    world.portal(&["content", "import", content], "").await;
    world.has_passport(ANA).await;
    let mut glass = Glass::new(language).with_album();
    let mut ana = viewer(&world, language).await;
    let at = |path: &str| format!("{}{path}", world.addresses.portal);
    for (name, path) in [
        ("resources-anonymous", "/resources"),
        ("resource-anonymous", "/resources/self-help/bank-balance-differs"),
    ] {
        ana.opens(&at(path)).await;
        glass.looks_at(&ana, name).await;
    }
    ana.signs_in(ANA, PASSWORD).await;
    associates_in_any_language(&mut ana, ANA, "ana.souza@contoso.example").await;
    for (name, path) in [
        ("home-with-resources", "/"),
        ("faq-with-search", "/faq"),
        ("resources", "/resources"),
        ("resources-found", "/resources?q=2026"),
        ("resources-none-found", "/resources?q=zebra"),
        ("resources-self-help", "/resources/self-help"),
        ("resources-training", "/resources/training"),
        ("resource", "/resources/self-help/who-may-sign-in"),
        ("resource-with-file", "/resources/product-updates/year-end-2026"),
        ("resource-locked", "/resources/self-help/bank-balance-differs"),
        ("resource-for-others", "/resources/documentation/partner-handbook"),
        ("course", "/resources/training/month-end-closing"),
        ("newsgroups", "/newsgroups"),
        ("newsgroup-empty", "/newsgroups/gp"),
        ("newsletters", "/newsletters"),
        ("newsletter", "/newsletters/customersource-news"),
        ("newsletter-issue", "/newsletters/customersource-news/november-2026"),
    ] {
        ana.opens(&at(path)).await;
        glass.looks_at(&ana, name).await;
    }
    writes(&mut glass, &ana, &world).await;
    staff(&mut glass, &world, language).await;
    glass.is_content(30);
    world.close().await;
}

async fn writes(glass: &mut Glass, ana: &Person, world: &World) {
    let at = |path: &str| format!("{}{path}", world.addresses.portal);
    ana.opens(&at("/resources/training/month-end-closing")).await;
    ana.clicks("form[action$='/enrol'] button").await;
    ana.finds(".notice.ok").await;
    glass.looks_at(ana, "course-enrolled").await;
    ana.opens(&at("/newsgroups/gp/new")).await;
    glass.looks_at(ana, "thread-new").await;
    ana.driver().execute("document.querySelector('#subject').form.noValidate = true", vec![]).await.unwrap();
    ana.clicks("#post").await;
    ana.finds("#body-error").await;
    glass.looks_at(ana, "thread-new-empty").await;
    ana.types("#subject", "Posting to a closed year").await;
    ana.types("#body", "How is *that* done?\n\n- with the year open\n- or `closed`?").await;
    ana.clicks("label[for='watch']").await;
    ana.clicks("#post").await;
    ana.finds("#reply").await;
    glass.looks_at(ana, "thread").await;
    ana.opens(&at("/newsgroups/gp")).await;
    glass.looks_at(ana, "newsgroup").await;
}

/// Staff have a role and no profile.
async fn staff(glass: &mut Glass, world: &World, language: &'static str) {
    for (email, role) in [(ED, "editor"), (SAM, "support")] {
        let added = ["account", "add", "--email", email, "--password-stdin", "--json"];
        let added: serde_json::Value = serde_json::from_str(&world.passport(&added, PASSWORD).await).unwrap();
        let subject = added["id"].as_str().unwrap().to_owned();
        world.portal(&["staff", "add", "--subject", &subject, "--role", role, "--name", email], "").await;
    }
    let at = |path: &str| format!("{}{path}", world.addresses.portal);
    let ed = viewer(world, language).await;
    ed.opens(&at("/staff/content")).await;
    ed.enters_passport(ED, PASSWORD).await;
    ed.finds("#new").await;
    glass.looks_at(&ed, "staff-content").await;
    ed.opens(&at("/staff/content/new")).await;
    ed.driver().execute("document.querySelector('#slug').form.noValidate = true", vec![]).await.unwrap();
    ed.clicks("#save").await;
    ed.finds("#slug-error").await;
    glass.looks_at(&ed, "staff-content-new-empty").await;
    ed.opens(&at("/staff/content")).await;
    ed.clicks("tbody tr:nth-of-type(1) th a").await;
    ed.finds("#save").await;
    glass.looks_at(&ed, "staff-content-edit").await;
    let sam = viewer(world, language).await;
    sam.opens(&at("/staff/newsgroups")).await;
    sam.enters_passport(SAM, PASSWORD).await;
    sam.finds("article.card").await;
    sam.clicks("article details summary").await;
    glass.looks_at(&sam, "staff-newsgroups").await;
    sam.opens(&at("/staff")).await;
    glass.looks_at(&sam, "staff-search").await;
    sam.opens(&at("/staff/cases")).await;
    glass.looks_at(&sam, "staff-cases").await;
}
