//! What administrators, invited people and staff come by: a company's people, invitations and cases.
use serde_json::Value;
use testkit::Engine;

use super::{associates_in_any_language, viewer};
use crate::{PASSWORD, glass::Glass, person::Person, world::World};

const ANA: &str = "ana@home.example";
const MARTA: &str = "marta@home.example";
const SUE: &str = "sue@staff.example";
const ADMINISTRATOR: &str = "ana.souza@contoso.example";
const INVITED: &str = "marta.reis@contoso.example";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and axe-core: cargo xtask test"]
async fn a_companys_pages_are_fit_to_be_seen_in_english() {
    company("en-US").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and axe-core: cargo xtask test"]
async fn a_companys_pages_are_fit_to_be_seen_in_portuguese() {
    company("pt-BR").await;
}

/// Somebody who walks from page to page, and the glass that they are held under.
struct Walk {
    world: World,
    glass: Glass,
    person: Person,
}

impl Walk {
    async fn opens(&mut self, path: &str, name: &str) {
        self.person.opens(&format!("{}{path}", self.world.addresses.portal)).await;
        self.looks_for("h1", name).await;
    }

    /// Looks, once the page that has `css` is there.
    async fn looks_for(&mut self, css: &str, name: &str) {
        self.person.finds(css).await;
        self.glass.looks_at(&self.person, name).await;
    }

    async fn presses(&mut self, button: &str, css: &str, name: &str) {
        self.person.clicks(button).await;
        self.looks_for(css, name).await;
    }
}

async fn company(language: &'static str) {
    let world = World::open(Engine::Sqlite).await;
    for passport in [ANA, MARTA] {
        world.has_passport(passport).await;
    }
    let mut ana = viewer(&world, language).await;
    ana.signs_in(ANA, PASSWORD).await;
    associates_in_any_language(&mut ana, ANA, ADMINISTRATOR).await;
    let mut walk = Walk { world, glass: Glass::new(language).with_album(), person: ana };
    people(&mut walk).await;
    invited(&mut walk, language).await;
    staff(&mut walk, language).await;
    let letters: Vec<_> = [ADMINISTRATOR, INVITED].iter().flat_map(|to| walk.world.letters_to(to)).collect();
    walk.glass.reads_letters(&walk.person, &letters).await;
    walk.glass.is_content(27);
    walk.world.close().await;
}

async fn people(walk: &mut Walk) {
    walk.opens("/account/profile", "company-personal").await;
    walk.presses("#send-invite", ".notice.ok", "company-personal-invited").await;
    walk.opens("/account/professionals", "company-accounts").await;
    walk.opens("/account/professionals?q=zebra", "company-accounts-none").await;
    walk.opens("/account/professionals/new", "company-new").await;
    let unchecked = "document.querySelector('#email').form.noValidate = true";
    walk.person.driver().execute(unchecked, vec![]).await.unwrap();
    walk.presses("#save", "#email-error", "company-new-empty").await;
    for (field, text) in [("#first_name", "Marta"), ("#last_name", "Reis"), ("#email", INVITED)] {
        walk.person.types(field, text).await;
    }
    walk.person.clicks("label[for='invite']").await;
    walk.presses("#save", ".notice.ok", "company-added").await;
    walk.presses("#send-invite", ".notice.warn", "company-too-soon").await;
    walk.person.opens(&format!("{}/account/professionals?q=Ana", walk.world.addresses.portal)).await;
    walk.person.follows("Ana Souza").await;
    walk.person.clicks("label[for='administrator']").await;
    walk.presses("#save", "#error-summary", "company-last-administrator").await;
    walk.presses("a[href$='/remove']", "#remove", "company-remove").await;
    walk.opens("/account/leave", "company-leave").await;
    walk.opens("/why", "company-why").await;
}

/// The letter, its “This wasn’t me”, and what the administrator is told.
async fn invited(walk: &mut Walk, language: &'static str) {
    let ana = std::mem::replace(&mut walk.person, viewer(&walk.world, language).await);
    let letter = walk.world.addresses.post.letters(1, INVITED).await.remove(0);
    walk.person.opens(&letter.decline_link()).await;
    walk.looks_for("#decline", "company-decline").await;
    walk.presses("#decline", "#sure-error", "company-decline-unsure").await;
    walk.person.opens(&letter.link()).await;
    walk.person.enters_passport(MARTA, PASSWORD).await;
    walk.person.confirms().await;
    walk.person.finds("#go-on").await;
    walk.opens("/account/professionals", "company-not-administrator").await;
    let told = walk.world.addresses.post.letters(3, ADMINISTRATOR).await;
    let undo = told.iter().map(crate::post::Letter::link).find(|link| link.contains("/undo/")).unwrap();
    walk.person = ana;
    walk.person.opens(&undo).await;
    walk.looks_for("#undo", "company-undo").await;
    walk.presses("#undo", ".notice.ok", "company-undone").await;
    // Ana's own letter to herself, which was not meant to be.
    walk.person.opens(&told[1].decline_link()).await;
    walk.person.clicks("label[for='sure']").await;
    walk.presses("#decline", ".notice.ok", "company-declined").await;
    walk.person.opens(&told[1].link()).await;
    walk.looks_for("h1", "company-link-withdrawn").await;
}

async fn staff(walk: &mut Walk, language: &'static str) {
    let added = ["account", "add", "--email", SUE, "--password-stdin", "--json"];
    let added: Value = serde_json::from_str(&walk.world.passport(&added, PASSWORD).await).unwrap();
    let subject = added["id"].as_str().unwrap().to_owned();
    walk.world
        .portal(&["staff", "add", "--subject", &subject, "--role", "approver", "--name", "Sue"], "")
        .await;
    walk.person = viewer(&walk.world, language).await;
    walk.person.opens(&format!("{}/staff?q=contoso", walk.world.addresses.portal)).await;
    walk.person.enters_passport(SUE, PASSWORD).await;
    walk.looks_for("a[href^='/staff/companies/']", "staff-found").await;
    walk.presses("a[href^='/staff/companies/']", "#open-case", "staff-company").await;
    walk.person.types("#asked_by", "The managing director, by telephone").await;
    walk.person.types("#evidence", "Invoice 4711; called back the Bill-To number on file").await;
    walk.presses("#open-case", ".notice.ok", "staff-case-opened").await;
    walk.presses("tbody a", "#send-invite", "staff-person").await;
    walk.opens("/staff/cases", "staff-case-waits").await;
    walk.person.types("form[action$='/approve'] textarea", "I opened it myself").await;
    walk.presses("form[action$='/approve'] button", ".notice.warn", "staff-case-needs-another").await;
    walk.opens("/staff/maintenance", "staff-windows").await;
    walk.opens("/staff/audit", "staff-audit").await;
}
