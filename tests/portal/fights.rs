//! The import and the portal do not fight: every field has an owner, nothing closes unnoticed, nothing is guessed.
use customersource::import::{Extent, What};
use serde_json::json;
use testkit::{Engine, on_both_engines};

use crate::{
    house::{House, minutes},
    imports::{FULL, GP, MAP, PART, PROFILES, bring, companies},
};

on_both_engines![
    who_was_removed_by_an_administrator_is_not_back_with_the_unchanged_file,
    an_address_that_an_administrator_corrected_stays_with_its_invitation,
    a_profile_that_comes_back_is_written_down,
    a_column_that_is_not_there_changes_nothing,
    a_file_that_closes_by_its_rows_is_guarded_like_one_that_leaves_out,
    a_change_of_kind_is_shown_by_name_and_audited,
    a_change_of_plan_is_audited,
    days_that_older_systems_write_are_read_and_those_that_never_were_are_refused,
    a_dry_run_needs_no_writer,
    people_are_found_without_their_accents_on_both_engines,
    rows_that_lack_an_address_or_a_name_are_left_out_and_named_and_nobody_is_closed_for_it,
    staff_settle_what_the_business_system_and_the_portal_say_differently,
    a_removal_that_the_business_system_does_not_know_of_can_be_taken_back,
    a_plan_ends_at_midnight_where_the_company_is_and_a_day_of_grace_later,
];

const LIST: &str = "/account/professionals";

/// João's bakery with Ana in it, he its administrator.
pub async fn bakery(engine: Engine) -> House {
    let house = House::open(engine).await;
    bring(&house, What::Companies, MAP, &companies(1..=20), PART, false).await.unwrap();
    bring(&house, What::Profiles, GP, PROFILES.as_bytes(), PART, false).await.unwrap();
    house
}

/// The field of the row with this external id.
async fn field(house: &House, table: &str, external_id: &str, name: &str) -> serde_json::Value {
    let dump = house.dump().await;
    let all = dump[table].as_array().unwrap();
    all.iter().find(|row| row["external_id"] == external_id).unwrap()[name].clone()
}

async fn who_was_removed_by_an_administrator_is_not_back_with_the_unchanged_file(engine: Engine) {
    let house = bakery(engine).await;
    let (mut joao, mut ana) = (house.browser(), house.browser());
    joao.associate("joao", "joao@padaria.example").await;
    let page = format!("{LIST}/{}", house.profile("2").await);
    joao.fill_in(&format!("{page}/remove"), &format!("{page}/remove"), &[]).await.leads_to();
    house.mail().await;
    for extent in [PART, FULL] {
        bring(&house, What::Profiles, GP, PROFILES.as_bytes(), extent, false).await.unwrap();
        assert!(!house.current("2").await.is_active);
    }
    ana.sign_in("/account", "ana").await;
    ana.claim("ana@padaria.example").await;
    assert!(house.mail().await.is_empty(), "nobody claims what was removed");
}

async fn an_address_that_an_administrator_corrected_stays_with_its_invitation(engine: Engine) {
    let house = bakery(engine).await;
    let mut joao = house.browser();
    joao.associate("joao", "joao@padaria.example").await;
    let page = format!("{LIST}/{}", house.profile("2").await);
    let version = house.current("2").await.version.to_string();
    let corrected = [
        ("first_name", "Ana"),
        ("last_name", "Lima"),
        ("email", "ana.lima@padaria.example"),
        ("version", version.as_str()),
        ("invite", "on"),
    ];
    joao.fill_in(&page, &page, &corrected).await.leads_to();
    let mails = house.mail().await;
    let link = mails.iter().find(|mail| mail.to == "ana.lima@padaria.example").unwrap().link();
    bring(&house, What::Profiles, GP, PROFILES.as_bytes(), PART, false).await.unwrap();
    assert_eq!(house.current("2").await.email, "ana.lima@padaria.example");
    assert!(house.mail().await.is_empty(), "nobody is told of a change that was none");
    let mut ana = house.browser();
    ana.accept(&link, "ana").await.leads_to();
    ana.get("/account").await.shows(200, "ana.lima@padaria.example");
}

async fn a_profile_that_comes_back_is_written_down(engine: Engine) {
    let house = bakery(engine).await;
    let state = |state: &str| {
        PROFILES
            .replace("bill_to", "bill_to;state")
            .replace(";1\r", ";1;active\r")
            .replace(";0\r", &format!(";0;{state}\r"))
    };
    let told = Extent { let_go: 1, ..PART };
    bring(&house, What::Profiles, GP, state("removed").as_bytes(), told, false).await.unwrap();
    assert_eq!(house.deeds("profile.removed").await, 1);
    bring(&house, What::Profiles, GP, state("active").as_bytes(), PART, false).await.unwrap();
    assert!(house.current("2").await.is_active);
    assert_eq!(house.deeds("profile.reactivated").await, 1);
}

async fn a_column_that_is_not_there_changes_nothing(engine: Engine) {
    let house = bakery(engine).await;
    let all = "external_id,name,kind,region,products\nGP-001,Padaria,employee,BR,\"GP, NAV\"\n";
    bring(&house, What::Companies, GP, all.as_bytes(), PART, false).await.unwrap();
    let names = "external_id,name\nGP-001,Padaria Nova\n";
    bring(&house, What::Companies, GP, names.as_bytes(), PART, false).await.unwrap();
    for (name, is) in [
        ("name", "Padaria Nova"),
        ("kind", "employee"),
        ("region", "BR"),
        ("products", "GP,NAV"),
        ("state", "active"),
    ] {
        assert_eq!(field(&house, "organization", "GP-001", name).await, is, "{name}");
    }
}

async fn a_file_that_closes_by_its_rows_is_guarded_like_one_that_leaves_out(engine: Engine) {
    let house = bakery(engine).await;
    let text = String::from_utf8_lossy(&companies(1..=20)).replace(",0\r", ",1\r");
    let map = MAP.replace("windows-1252", "utf-8");
    let error = bring(&house, What::Companies, &map, text.as_bytes(), PART, false).await.unwrap_err();
    assert!(error.to_string().contains("20 of 20 companies would be closed"), "{error}");
    let text = "CUSTNMBR,CUSTNAME,INACTIVE\nGP-002,Padaria S\u{e3}o Jo\u{e3}o,1\n";
    let report = bring(&house, What::Companies, &map, text.as_bytes(), PART, true).await.unwrap();
    assert_eq!(report.closed, 1);
    assert!(report.lines.iter().any(|line| line.starts_with("- GP-002")), "{:?}", report.lines);
}

async fn a_change_of_kind_is_shown_by_name_and_audited(engine: Engine) {
    let house = bakery(engine).await;
    let text = "external_id,name,kind,region\nGP-001,Padaria S\u{e3}o Jo\u{e3}o,employee,BR\n";
    let report = bring(&house, What::Companies, GP, text.as_bytes(), PART, true).await.unwrap();
    let line = "~ GP-001 (Padaria S\u{e3}o Jo\u{e3}o) kind: customer \u{2192} employee";
    assert!(report.lines.iter().any(|known| known == line), "{:?}", report.lines);
    bring(&house, What::Companies, GP, text.as_bytes(), PART, false).await.unwrap();
    let dump = house.dump().await;
    let audit = dump["audit"].as_array().unwrap();
    let deed = audit.iter().find(|deed| deed["action"] == "company.changed").expect("an audit line");
    let detail = deed["detail"].as_str().unwrap();
    assert!(
        detail.contains("employee") && detail.contains("customer") && detail.contains("region"),
        "{detail}"
    );
}

async fn a_change_of_plan_is_audited(engine: Engine) {
    let house = bakery(engine).await;
    let plans = |ends: &str| {
        format!(
            "company,plan,starts_on,ends_on,plan_category,plan_name\nGP-001,brz,2026-01-01,{ends},service,Bronze\n"
        )
    };
    let before = house.deeds("plan.added").await;
    bring(&house, What::Plans, GP, plans("2026-12-31").as_bytes(), PART, false).await.unwrap();
    bring(&house, What::Plans, GP, plans("2027-12-31").as_bytes(), PART, false).await.unwrap();
    assert_eq!((house.deeds("plan.added").await - before, house.deeds("plan.changed").await), (1, 1));
}

async fn days_that_older_systems_write_are_read_and_those_that_never_were_are_refused(engine: Engine) {
    let house = bakery(engine).await;
    let plans = |starts: &str, ends: &str| {
        format!("external_id,company,plan,starts_on,ends_on\ne,GP-001,basic,{starts},{ends}\n")
    };
    for (starts, ends, read) in [
        ("1998-04-01", "9999-12-31", ("1998-04-01", "9999-12-31")),
        ("", "", ("0001-01-01", "9999-12-31")),
        ("1753-01-01", "2154-12-31", ("0001-01-01", "9999-12-31")),
        ("1900-01-01 00:00:00", "1900-01-01", ("0001-01-01", "9999-12-31")),
    ] {
        bring(&house, What::Plans, GP, plans(starts, ends).as_bytes(), PART, false).await.unwrap();
        let found = (
            field(&house, "entitlement", "e", "starts_on").await,
            field(&house, "entitlement", "e", "ends_on").await,
        );
        assert_eq!(found, (json!(read.0), json!(read.1)), "{starts} {ends}");
    }
    for bad in ["2026-02-31", "26-01-31", "+026-01-01", "soon"] {
        bring(&house, What::Plans, GP, plans(bad, "2026-12-31").as_bytes(), PART, false).await.unwrap_err();
    }
    let seed = |starts: &str, ends: &str| {
        json!({"entitlements": [{"company": "contoso", "plan": "basic", "starts_on": starts, "ends_on": ends}]})
            .to_string()
    };
    let check = |text: String| customersource::seed::Seed::parse(&text).and_then(|seed| seed.check());
    check(seed("1998-04-01", "9999-12-31")).unwrap();
    check(seed("2026-01-01", "2026-02-31")).unwrap_err();
}

async fn a_dry_run_needs_no_writer(engine: Engine) {
    let house = bakery(engine).await;
    // Somebody writes all the while.
    let tx = house.portal.db.begin().await.unwrap();
    let report = bring(&house, What::Companies, MAP, &companies(1..=21), PART, true).await.unwrap();
    assert_eq!((report.added, report.unchanged), (1, 20));
    drop(tx);
}

async fn people_are_found_without_their_accents_on_both_engines(engine: Engine) {
    let house = bakery(engine).await;
    let text = "external_id;company;first_name;last_name;email\n9;GP-001;\u{c1}lvaro;\u{c1}vila;alvaro@padaria.example\n";
    bring(&house, What::Profiles, GP, text.as_bytes(), PART, false).await.unwrap();
    let mut joao = house.browser();
    joao.associate("joao", "joao@padaria.example").await;
    for typed in ["avila", "%C3%81VILA", "%C3%A1vila", "alvaro+avila"] {
        joao.get(&format!("{LIST}?q={typed}")).await.shows(200, "alvaro@padaria.example");
    }
}

async fn rows_that_lack_an_address_or_a_name_are_left_out_and_named_and_nobody_is_closed_for_it(
    engine: Engine,
) {
    let house = bakery(engine).await;
    let text = PROFILES.replace("ana@padaria.example", "").replace("Jo\u{e3}o", "");
    let error =
        bring(&house, What::Profiles, GP, text.as_bytes(), FULL, false).await.unwrap_err().to_string();
    assert!(
        error.contains("line 2: first_name is empty") && error.contains("line 3: email is empty"),
        "{error}"
    );
    let map = format!("{GP}\nskip_incomplete = true\n");
    let text = format!("{text}3;GP-001;Bea;Luz;bea@padaria.example;0\r\n");
    let report = bring(&house, What::Profiles, &map, text.as_bytes(), FULL, false).await.unwrap();
    assert_eq!((report.rows, report.added, report.skipped, report.closed), (3, 1, 2, 0));
    for line in ["! line 2: 1 (Souza) has no first_name", "! line 3: 2 (Ana Lima) has no email"] {
        assert!(report.lines.iter().any(|known| known == line), "{line} in {:?}", report.lines);
    }
    assert!(house.current("1").await.is_active && house.current("2").await.is_active);
}

async fn staff_settle_what_the_business_system_and_the_portal_say_differently(engine: Engine) {
    let house = bakery(engine).await;
    house.seed(json!({"staff": [{"subject": "sue", "name": "Sue", "role": "support"}]})).await;
    let mut joao = house.browser();
    joao.associate("joao", "joao@padaria.example").await;
    let page = format!("{LIST}/{}", house.profile("2").await);
    let version = house.current("2").await.version.to_string();
    let corrected = [
        ("first_name", "Anna"),
        ("last_name", "Lima"),
        ("email", "anna@padaria.example"),
        ("version", version.as_str()),
    ];
    joao.fill_in(&page, &page, &corrected).await.leads_to();
    let report = bring(&house, What::Profiles, GP, PROFILES.as_bytes(), PART, true).await.unwrap();
    assert_eq!(report.differing, 2);
    let line = "= 2 (Anna Lima) email: anna@padaria.example stays, the file says ana@padaria.example";
    assert!(report.lines.iter().any(|known| known == line), "{:?}", report.lines);
    for _ in 0..2 {
        bring(&house, What::Profiles, GP, PROFILES.as_bytes(), PART, false).await.unwrap();
        assert_eq!(house.count("difference", "open").await, 2);
    }
    house.mail().await;
    let mut sue = house.browser();
    assert_eq!(sue.sign_in("/staff/conflicts", "sue").await.leads_to(), "/staff/conflicts");
    let shown = sue.get("/staff/conflicts").await;
    for text in ["anna@padaria.example", "ana@padaria.example", "Anna Lima", "First name"] {
        shown.shows(200, text);
    }
    let of = async |field: &str| {
        let dump = house.dump().await;
        let all = dump["difference"].as_array().unwrap();
        all.iter().find(|row| row["field"] == field).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let (email, name) = (of("email").await, of("first_name").await);
    let settle = |theirs: &'static str, ours: &'static str, take: &'static str| {
        [("ours", ours), ("theirs", theirs), ("take", take), ("reason", "Called them")]
    };
    // What has changed since the page was shown is not settled.
    let old = sue
        .post(
            &format!("/staff/conflicts/{email}"),
            &settle("x@padaria.example", "anna@padaria.example", "theirs"),
        )
        .await;
    old.shows(409, ">Called them</textarea>");
    let kept = sue.post(&format!("/staff/conflicts/{name}"), &settle("Ana", "Anna", "ours")).await;
    assert_eq!(kept.leads_to(), "/staff/conflicts?done=done");
    let taken = sue
        .post(
            &format!("/staff/conflicts/{email}"),
            &settle("ana@padaria.example", "anna@padaria.example", "theirs"),
        )
        .await;
    assert_eq!(taken.leads_to(), "/staff/conflicts?done=done");
    let ana = house.current("2").await;
    assert_eq!((ana.first_name.as_str(), ana.email.as_str()), ("Anna", "ana@padaria.example"));
    assert!(
        house.mail().await.iter().any(|mail| mail.to == "anna@padaria.example"),
        "the old address is told"
    );
    assert_eq!((house.deeds("difference.accepted").await, house.deeds("difference.kept").await), (1, 1));
    // What was kept is no news; what the file says now is the file's again.
    let moved = PROFILES.replace("ana@padaria.example", "ana.lima@padaria.example");
    bring(&house, What::Profiles, GP, moved.as_bytes(), PART, false).await.unwrap();
    let ana = house.current("2").await;
    assert_eq!((ana.first_name.as_str(), ana.email.as_str()), ("Anna", "ana.lima@padaria.example"));
    assert_eq!((house.count("difference", "open").await, house.count("difference", "kept").await), (0, 1));
    let stranger = sue.post(&format!("/staff/conflicts/{email}"), &settle("a", "b", "ours")).await;
    assert_eq!(stranger.status, 404);
}

async fn a_removal_that_the_business_system_does_not_know_of_can_be_taken_back(engine: Engine) {
    let house = bakery(engine).await;
    house.seed(json!({"staff": [{"subject": "sue", "name": "Sue", "role": "support"}]})).await;
    let mut joao = house.browser();
    joao.associate("joao", "joao@padaria.example").await;
    let page = format!("{LIST}/{}", house.profile("2").await);
    joao.fill_in(&format!("{page}/remove"), &format!("{page}/remove"), &[]).await.leads_to();
    bring(&house, What::Profiles, GP, PROFILES.as_bytes(), PART, false).await.unwrap();
    let id = house.dump().await["difference"][0]["id"].as_str().unwrap().to_owned();
    let mut sue = house.browser();
    sue.sign_in("/staff/conflicts", "sue").await.leads_to();
    sue.get("/staff/conflicts").await.shows(200, "No, removed");
    let choice = [("ours", "removed"), ("theirs", "active"), ("take", "theirs"), ("reason", "A slip")];
    sue.post(&format!("/staff/conflicts/{id}"), &choice).await.leads_to();
    assert!(house.current("2").await.is_active);
    assert_eq!(house.deeds("profile.reactivated").await, 1);
}

async fn a_plan_ends_at_midnight_where_the_company_is_and_a_day_of_grace_later(house: House) {
    // Seattle is eight hours behind: the last day of grace ends on 2026-11-20T08:00Z.
    house
        .seed(json!({"companies": [{"external_id": "contoso", "name": "Contoso Ltda", "time_zone": "America/Los_Angeles"}]}))
        .await;
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    // From 2026-11-18T16:26:40Z to 2026-11-20T07:56:40Z.
    house.clock.advance(minutes(39 * 60 + 30));
    ann.sign_in("/account", "ann").await;
    ann.get("/").await.shows(200, "Basic Service, until November 18, 2026");
    house.clock.advance(minutes(4));
    ann.get("/").await.shows(403, "ended on November 18, 2026");
}
