//! Staff give a company another administrator when its own is gone: two people, evidence, a recent password, notices,
//! and 72 hours for whoever could object (CS-53).
use customersource::{jobs::cases, rp::Subject, staff};
use testkit::{
    house::{hours, minutes},
    town::{ANN, PAT},
};

use crate::{
    PASSWORD,
    alone::Together,
    person::{Habits, Person},
    world::{Addresses, World},
};

const SUE: &str = "sue@staff.example";
const AL: &str = "al@staff.example";
const EVIDENCE: &str = "Invoice 4711; called back the Bill-To number on file";

impl Person {
    /// Comes to the staff pages, by a sign-in that is fresh.
    async fn goes_on_duty(&self, passport: &str) {
        self.opens(&format!("{}/staff", self.addresses.portal)).await;
        self.enters_passport(passport, PASSWORD).await;
        self.finds("#q").await;
    }

    /// Finds the company and opens a case for one of its people.
    async fn opens_case(&self, company: &str, proposed: &str, replaces: bool) {
        self.types("#q", company).await;
        self.clicks("main form button").await;
        self.follows(company).await;
        self.follows(proposed).await;
        self.clicks("#to-case").await;
        self.finds("#open-case").await;
        self.types("#asked_by", "The managing director, by telephone").await;
        self.types("#evidence", EVIDENCE).await;
        if replaces {
            self.clicks("label[for='replaces']").await;
        }
        self.clicks("#open-case").await;
        self.sees("Done, and recorded in the audit.").await;
    }

    /// Approves the one case that waits.
    async fn approves(&self) {
        self.opens(&format!("{}/staff/cases", self.addresses.portal)).await;
        self.sees(EVIDENCE).await;
        self.types("form[action$='/approve'] textarea", "The evidence is good").await;
        self.clicks("form[action$='/approve'] button").await;
        self.sees("Done, and recorded in the audit.").await;
    }
}

async fn visitor(addresses: &Addresses) -> Person {
    Person::with(addresses, Habits::default()).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn staff_by_command_give_a_company_whose_administrator_never_came_another_one_at_once() {
    let world = World::open(testkit::Engine::Sqlite).await;
    for (email, role) in [(SUE, "support"), (AL, "approver")] {
        let added = ["account", "add", "--email", email, "--password-stdin", "--json"];
        let added: serde_json::Value = serde_json::from_str(&world.passport(&added, PASSWORD).await).unwrap();
        let subject = added["id"].as_str().unwrap();
        world.portal(&["staff", "add", "--subject", subject, "--role", role, "--name", email], "").await;
    }
    world.has_passport("bruno@home.example").await;
    let mut bruno = visitor(&world.addresses).await;
    bruno.associates("bruno@home.example", "bruno.lima@contoso.example").await;
    assert!(!bruno.has("nav.side a[href='/staff']").await);

    let sue = visitor(&world.addresses).await;
    sue.goes_on_duty(SUE).await;
    sue.looks("16-search", "Find a company or a person").await;
    sue.opens_case("Contoso Ltda", "Bruno Lima", false).await;
    sue.looks("16-opened", "Contoso Ltda").await;
    sue.opens(&format!("{}/staff/cases", world.addresses.portal)).await;
    sue.looks("16-waits", "Administrator cases").await;
    sue.sees("Waiting for approval").await;
    assert!(!sue.has("form[action$='/approve']").await, "it takes another role, and another person");
    let al = visitor(&world.addresses).await;
    al.goes_on_duty(AL).await;
    al.approves().await;
    al.sees("In effect").await;
    al.looks("16-in-effect", "Administrator cases").await;

    // In the browser that is open, at the next request; the Bill-To contact is told, though she never came.
    bruno.opens_accounts().await;
    bruno.looks("16-new-administrator", "Our CustomerSource Accounts").await;
    let told = world.addresses.post.letters(1, "ana.souza@contoso.example").await.remove(0);
    assert_eq!(told.subject, "CustomerSource: Contoso Ltda has another administrator");
    let told = world.addresses.post.letters(2, "bruno.lima@contoso.example").await.remove(1);
    assert_eq!(told.subject, "CustomerSource: you are an administrator of Contoso Ltda");
    sue.opens(&format!("{}/staff/audit", world.addresses.portal)).await;
    sue.looks("16-audit", "Audit").await;
    for deed in
        ["Opened an administrator case", "Approved the administrator case", "Became administrator by a case"]
    {
        sue.sees(deed).await;
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn an_administrator_who_could_object_has_72_hours_and_then_is_replaced() {
    let together = Together::open().await;
    let (town, addresses) = (&together.town, &together.addresses);
    for email in [SUE, AL, "ann@home.example", "pat@home.example"] {
        town.browser().sign_up(email).await;
    }
    for (email, role) in [(SUE, "support"), (AL, "approver")] {
        gives_role(&together, email, role).await;
    }
    let (mut ann, mut pat) = (visitor(addresses).await, visitor(addresses).await);
    ann.associates("ann@home.example", ANN).await;
    pat.associates("pat@home.example", PAT).await;

    let sue = visitor(addresses).await;
    sue.goes_on_duty(SUE).await;
    // Staff read for as long as their visit lasts, and prove for changes that it is still them.
    town.clock.advance(minutes(6));
    sue.opens(&format!("{}/signin?next=%2Fstaff&fresh=1", addresses.portal)).await;
    sue.enters_passport(SUE, PASSWORD).await;
    sue.finds("#q").await;
    sue.opens_case("Acme Tools", "Pat Powell", true).await;
    let al = visitor(addresses).await;
    al.goes_on_duty(AL).await;
    al.approves().await;
    al.sees("Approved, waiting to take effect").await;
    al.looks("16-approved", "Administrator cases").await;
    let told = addresses.post.letters(2, ANN).await.remove(1);
    assert_eq!(told.subject, "CustomerSource: Acme Tools is going to have another administrator");
    assert!(
        told.text.contains("From November 25, 2026, 12:06 UTC, Pat Powell is an administrator"),
        "{}",
        told.text
    );

    town.clock.advance(hours(72) - minutes(1));
    cases::once(town.portal()).await.unwrap();
    for (person, passport) in [(&mut ann, "ann@home.example"), (&mut pat, "pat@home.example")] {
        person.closes_browser_and_opens_a_new_one().await;
        person.signs_in(passport, PASSWORD).await;
        person.finds("dl.facts").await;
    }
    ann.opens_accounts().await;
    pat.opens(&format!("{}/account/professionals", addresses.portal)).await;
    pat.looks("16-not-yet", "Only for administrators").await;

    town.clock.advance(minutes(1));
    cases::once(town.portal()).await.unwrap();
    pat.opens_accounts().await;
    assert!(pat.reads_row_of("Pat Powell").await.contains("Administrator"));
    assert!(!pat.reads_row_of("Ann Archer").await.contains("Administrator"));
    ann.opens(&format!("{}/account/professionals", addresses.portal)).await;
    ann.looks("16-replaced", "Only for administrators").await;
    let told = addresses.post.letters(4, ANN).await;
    assert!(told[2..].iter().any(|letter| letter.subject.contains("no longer an administrator")), "{told:?}");
}

/// What `customersource staff add` does, in this process.
async fn gives_role(together: &Together, email: &str, role: &str) {
    let (town, portal) = (&together.town, together.town.portal());
    let found = passport::account::store::find_by_key(town.passport.db.reader(), email).await.unwrap();
    let subject = Subject { iss: together.addresses.passport.clone(), sub: found.unwrap().id.to_string() };
    let role = staff::Role::of_text(role).unwrap();
    let tx = portal.db.begin().await.unwrap();
    let now = town.clock.now();
    assert!(staff::actions::set(&tx, now, &portal.audit_mac, &subject, role, email).await.unwrap());
    tx.commit().await.unwrap();
}
