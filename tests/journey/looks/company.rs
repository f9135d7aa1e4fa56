//! Pages for managing people: those of a company's administrator, of whoever got a letter, and of staff who help.
use testkit::Engine;

use super::{associates_in_any_language, viewer};
use crate::{PASSWORD, glass::Glass, person::Person, world::World};

const ANA: &str = "ana@home.example";
const BRUNO: &str = "bruno@home.example";
const SAM: &str = "sam@home.example";
const INVITED: &str = "marta.reis@contoso.example";
const LIST: &str = "/account/professionals";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and axe-core: cargo xtask test"]
async fn managing_people_is_fit_to_be_seen_in_english() {
    managing_people("en-US").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and axe-core: cargo xtask test"]
async fn managing_people_is_fit_to_be_seen_in_portuguese() {
    managing_people("pt-BR").await;
}

async fn managing_people(language: &'static str) {
    let world = World::open(Engine::Sqlite).await;
    for email in [ANA, BRUNO] {
        world.has_passport(email).await;
    }
    let mut glass = Glass::new(language).with_album();
    let mut ana = viewer(&world, language).await;
    ana.signs_in(ANA, PASSWORD).await;
    associates_in_any_language(&mut ana, ANA, "ana.souza@contoso.example").await;
    administration(&mut glass, &world, &ana).await;
    let reader = viewer(&world, language).await;
    let letter = world.addresses.post.letters(1, INVITED).await.remove(0);
    reader.opens(&letter.link().replace("/associate/", "/decline/")).await;
    // Before the notice of the other's no: what follows one within minutes waits for it.
    undo(&mut glass, &world, &ana, language).await;
    decline(&mut glass, &world, &reader).await;
    staff(&mut glass, &world, language).await;
    let mut letters = Vec::new();
    for address in ["ana.souza@contoso.example", INVITED, "bruno.lima@contoso.example"] {
        letters.extend(world.letters_to(address));
    }
    glass.reads_letters(&reader, &letters).await;
    glass.is_content(30);
    world.close().await;
}

async fn without_the_browsers_check(person: &Person, field: &str) {
    let script = format!("document.querySelector('{field}').form.noValidate = true");
    person.driver().execute(script, vec![]).await.unwrap();
}

async fn administration(glass: &mut Glass, world: &World, ana: &Person) {
    let at = |path: &str| format!("{}{path}", world.addresses.portal);
    for (name, path) in [
        ("account-information", "/account/information"),
        ("personal-profile", "/account/profile"),
        ("leave", "/account/leave"),
        ("why-administrator", "/why"),
        ("second-step-for-everybody", "/account/second-step"),
        ("professionals", LIST),
        ("professionals-found", "/account/professionals?q=bruno"),
        ("professionals-none-found", "/account/professionals?q=zebra"),
        ("professional-new", "/account/professionals/new"),
        ("maintenance-none-planned", "/maintenance"),
    ] {
        ana.opens(&at(path)).await;
        glass.looks_at(ana, name).await;
    }
    ana.opens(&at("/account/professionals/new")).await;
    without_the_browsers_check(ana, "#first_name").await;
    ana.clicks("#save").await;
    ana.finds("#first_name-error").await;
    glass.looks_at(ana, "professional-new-empty").await;
    for (field, text) in [("#first_name", "Marta"), ("#last_name", "Reis"), ("#email", INVITED)] {
        ana.types(field, text).await;
    }
    ana.clicks("label[for='invite']").await;
    ana.clicks("#save").await;
    ana.finds("#send-invite").await;
    glass.looks_at(ana, "professional-added").await;
    let page = ana.url().await;
    let page = page.split('?').next().unwrap().to_owned();
    ana.opens(&format!("{page}/remove")).await;
    glass.looks_at(ana, "professional-remove").await;
    // Two edits at once: the second is shown the first (409).
    ana.opens(&page).await;
    ana.driver().execute("document.querySelector('[name=version]').value = '0'", vec![]).await.unwrap();
    ana.types("#first_name", "Martha").await;
    ana.clicks("#save").await;
    ana.finds(".notice.warn, .error-summary").await;
    glass.looks_at(ana, "professional-changed-meanwhile").await;
    ana.opens(&at(LIST)).await;
    glass.looks_at(ana, "professionals-with-an-invitation").await;
    // The last administrator stays (CS-40).
    ana.opens(&at("/account/professionals?q=ana.souza")).await;
    ana.clicks("tbody tr:nth-of-type(1) th a").await;
    ana.finds("#administrator").await;
    ana.clicks("label[for='administrator']").await;
    ana.clicks("#save").await;
    ana.finds("#error-summary").await;
    glass.looks_at(ana, "professional-last-administrator").await;
}

async fn decline(glass: &mut Glass, world: &World, reader: &Person) {
    reader.finds("#decline").await;
    glass.looks_at(reader, "decline").await;
    reader.clicks("#decline").await;
    reader.finds("#sure-error").await;
    glass.looks_at(reader, "decline-unticked").await;
    reader.clicks("label[for='sure']").await;
    reader.clicks("#decline").await;
    reader.finds("h1").await;
    glass.looks_at(reader, "declined").await;
    reader.opens(&format!("{}/why", world.addresses.portal)).await;
    reader.finds("h1").await;
}

/// An accepted invitation, and the link in the administrator's notice that ends it.
async fn undo(glass: &mut Glass, world: &World, ana: &Person, language: &'static str) {
    let at = |path: &str| format!("{}{path}", world.addresses.portal);
    ana.opens(&at("/account/professionals?q=bruno")).await;
    ana.clicks("tbody tr:nth-of-type(1) th a").await;
    ana.clicks("#send-invite").await;
    let mut bruno = viewer(world, language).await;
    bruno.typed = "bruno.lima@contoso.example".to_owned();
    bruno.reads_mail_and_clicks(1).await;
    bruno.enters_passport(BRUNO, PASSWORD).await;
    bruno.confirms().await;
    bruno.finds("#go-on").await;
    for (name, path) in [("why", "/why"), ("professionals-not-theirs", LIST)] {
        bruno.opens(&at(path)).await;
        glass.looks_at(&bruno, name).await;
    }
    let told = world.addresses.post.letters(2, "ana.souza@contoso.example").await;
    let link = told.iter().find_map(|letter| letter.text.lines().find(|line| line.contains("/undo/")));
    ana.opens(link.unwrap()).await;
    ana.finds("#undo").await;
    glass.looks_at(ana, "undo").await;
    ana.clicks("#undo").await;
    ana.finds("h1").await;
    glass.looks_at(ana, "undone").await;
}

/// Sam finds a company and a person, opens a case and looks into the audit.
async fn staff(glass: &mut Glass, world: &World, language: &'static str) {
    let sam = viewer(world, language).await;
    world.has_passport(SAM).await;
    let found: serde_json::Value =
        serde_json::from_str(&world.passport(&["account", "show", SAM, "--json"], "").await).unwrap();
    let subject = found["id"].as_str().unwrap().to_owned();
    world.portal(&["staff", "add", "--subject", &subject, "--role", "approver", "--name", SAM], "").await;
    let at = |path: &str| format!("{}{path}", world.addresses.portal);
    sam.opens(&at("/staff?q=contoso")).await;
    sam.enters_passport(SAM, PASSWORD).await;
    sam.finds("main a[href^='/staff/companies/']").await;
    glass.looks_at(&sam, "staff-found").await;
    sam.clicks("main a[href^='/staff/people/']").await;
    sam.finds("#send-invite").await;
    glass.looks_at(&sam, "staff-person").await;
    sam.opens(&at("/staff?q=contoso")).await;
    sam.clicks("main a[href^='/staff/companies/']").await;
    sam.finds("#people").await;
    glass.looks_at(&sam, "staff-company").await;
    sam.clicks("main a[href^='/staff/people/']").await;
    sam.clicks("#to-case").await;
    sam.finds("#open-case").await;
    glass.looks_at(&sam, "staff-case").await;
    sam.types("#asked_by", "Bruno Lima, by telephone").await;
    sam.types("#evidence", "Invoice 4711, called back at the number on file").await;
    sam.clicks("#open-case").await;
    sam.finds("main dl.facts").await;
    glass.looks_at(&sam, "staff-case-opened").await;
    sam.opens(&at("/staff/audit")).await;
    glass.looks_at(&sam, "staff-audit").await;
    sam.opens(&at("/staff/maintenance")).await;
    without_the_browsers_check(&sam, "#starts_at").await;
    sam.clicks("#plan").await;
    sam.finds("#error-summary").await;
    glass.looks_at(&sam, "staff-windows-empty").await;
}
