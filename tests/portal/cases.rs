//! Cases: whom staff make administrator of a company, by two of them and after a wait (CS-53).
use customersource::jobs::cases;
use serde_json::json;
use testkit::{Engine, on_both_engines};

use crate::{
    house::{Answer, Browser, House, minutes, people, person},
    staff::{company, on_duty, staffed},
};

on_both_engines![
    cs_53_nobody_becomes_administrator_by_an_address_that_one_person_of_the_staff_enters,
    cs_53_the_address_of_whom_a_case_proposes_is_part_of_what_is_decided,
    cs_53_staff_replace_a_departed_administrator_by_two_people_after_72_hours,
    cs_53_nobody_approves_what_they_opened_and_a_case_without_objectors_counts_at_once,
    cs_53_ending_the_administrators_association_first_does_not_shorten_the_notice,
    cs_53_nobody_decides_a_case_about_a_profile_of_their_own,
    a_case_is_called_off_before_its_time_and_one_for_a_removed_person_comes_to_nothing,
];

/// The id of the newest case.
pub async fn newest_case(house: &House) -> String {
    house.dump().await["admin_case"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned()
}

pub async fn open_case(house: &House, sue: &mut Browser<'_>, person: &str, replaces: bool) -> String {
    let id = company(house, "contoso").await;
    let profile = house.profile(person).await;
    let mut fields = vec![
        ("profile", profile.as_str()),
        ("asked_by", "Ann Lee, by telephone"),
        ("evidence", "Invoice 4711; called back the Bill-To number"),
    ];
    if replaces {
        fields.push(("replaces", "on"));
    }
    let page = format!("/staff/companies/{id}");
    let opened = sue.fill_in(&page, &format!("{page}/case"), &fields).await;
    match opened.status {
        303 => opened.leads_to().to_owned(),
        status => format!("{status} {}", opened.text()),
    }
}

/// What support sends to give somebody another address.
async fn mend(house: &House, sue: &mut Browser<'_>, who: &str, email: &str) -> Answer {
    let path = format!("/staff/people/{}/address", house.profile(who).await);
    let version = house.current(who).await.version.to_string();
    let fields =
        [("email", email), ("reason", "She called"), ("version", version.as_str()), ("invite", "on")];
    sue.fill_in(&path, &path, &fields).await
}

async fn cs_53_nobody_becomes_administrator_by_an_address_that_one_person_of_the_staff_enters(
    engine: Engine,
) {
    let house = staffed(engine).await;
    house
        .seed(json!({"profiles": [{"external_id": "fay", "company": "fabrikam", "first_name": "Fay",
            "last_name": "Lee", "email": "fay@fabrikam.example", "administrator": true}]}))
        .await;
    let mut sue = on_duty(&house, "sue").await;
    // Of nobody's profile the rights go with the former address; a case by two gives them back.
    for (who, at) in [("boss", "bo@evil.example"), ("fay", "fay@evil.example")] {
        assert!(mend(&house, &mut sue, who, at).await.leads_to().ends_with("?done=done"));
        let link = house.mail().await.iter().find(|mail| mail.to == at).unwrap().link();
        house.browser().accept(&link, who).await.leads_to();
        assert!(!house.current(who).await.is_admin, "{who}");
    }
    // Who has theirs, or had it lately, keeps it.
    let house = staffed(engine).await;
    let (mut boss, mut sue) = (house.browser(), on_duty(&house, "sue").await);
    boss.administer().await;
    let page = format!("/staff/people/{}", house.profile("boss").await);
    let shown = sue.get(&page).await;
    shown.shows(200, "open a case");
    assert!(!shown.page().has("#mend"), "what would be refused is not offered");
    let address = sue.get(&format!("{page}/address")).await;
    address.shows(200, "open a case");
    assert!(!address.page().has("#reason"), "nobody writes a reason for nothing");
    for _ in 0..2 {
        let refused = mend(&house, &mut sue, "boss", "bo@evil.example").await;
        refused.shows(409, "open a case");
        refused.shows(409, "She called");
        assert_eq!(house.current("boss").await.email, "boss@contoso.example");
        sue.get(&page).await;
        sue.post(&format!("{page}/end"), &[("reason", "She called")]).await;
    }
    assert_eq!(house.count("association", "revoked").await, 1);
}

async fn cs_53_the_address_of_whom_a_case_proposes_is_part_of_what_is_decided(engine: Engine) {
    let house = staffed(engine).await;
    let mut boss = house.browser();
    boss.administer().await;
    let mut sue = on_duty(&house, "sue").await;
    assert!(open_case(&house, &mut sue, "ann", false).await.ends_with("?done=done"));
    let mut al = on_duty(&house, "al").await;
    al.get("/staff/cases").await.shows(200, "Ann Lee (Ann@Contoso.example)");
    mend(&house, &mut sue, "ann", "sue@evil.example").await.shows(409, "Refuse the case first");
    assert_eq!(house.current("ann").await.email, "Ann@Contoso.example");
    // An administrator may, and then who approves looks again.
    let page = format!("/account/professionals/{}", house.profile("ann").await);
    let version = house.current("ann").await.version.to_string();
    let mut fields = person("Ann", "ann.lee@contoso.example");
    fields.push(("version", &version));
    boss.fill_in(&page, &page, &fields).await.leads_to();
    let approve = format!("/staff/cases/{}/approve", newest_case(&house).await);
    al.post(&approve, &[("reason", "Evidence is good")]).await.shows(409, "");
    assert_eq!(house.count("admin_case", "open").await, 1);
}

async fn cs_53_staff_replace_a_departed_administrator_by_two_people_after_72_hours(engine: Engine) {
    let house = staffed(engine).await;
    let (mut boss, mut ann) = (house.browser(), house.browser());
    boss.administer().await;
    ann.associate("ann", "ann@contoso.example").await;
    let mut sue = on_duty(&house, "sue").await;
    assert!(open_case(&house, &mut sue, "ann", true).await.ends_with("?done=done"));
    let second = open_case(&house, &mut sue, "three-1", false).await;
    assert!(second.starts_with("409") && second.contains("already has a running case"), "{second}");
    let case = newest_case(&house).await;
    let approve = format!("/staff/cases/{case}/approve");
    let reason = [("reason", "Evidence is good")];
    sue.get("/staff/cases").await.shows(200, "Waiting for approval");
    sue.post(&approve, &reason).await.shows(403, "Only for staff");
    assert!(house.mail().await.is_empty());

    let mut al = on_duty(&house, "al").await;
    al.get("/staff/cases").await.shows(200, "Invoice 4711");
    assert!(al.post(&approve, &reason).await.leads_to().ends_with("?done=done"));
    assert!(al.post(&approve, &reason).await.leads_to().ends_with("?done=done"), "sent twice");
    al.post(&approve, &[("reason", "Once more")]).await.shows(409, "This has changed in the meantime");
    let told = house.mail().await;
    assert_eq!((told.len(), told[0].to.as_str()), (1, "boss@contoso.example"));
    assert!(told[0].text.contains("November 21, 2026, 16:26 UTC"), "{}", told[0].text);
    cases::once(&house.portal).await.unwrap();
    ann.get("/account/professionals").await.shows(403, "Only for administrators");

    house.clock.advance(minutes(72 * 60));
    cases::once(&house.portal).await.unwrap();
    cases::once(&house.portal).await.unwrap();
    let told: Vec<(String, String)> =
        house.mail().await.into_iter().map(|mail| (mail.to.clone(), mail.subject.clone())).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.iter().any(|(to, subject)| to == "boss@contoso.example" && subject.contains("no longer")));
    assert!(told.iter().any(|(to, subject)| to == "Ann@Contoso.example" && subject.contains("you are an")));
    ann.sign_in("/account", "ann").await;
    ann.get("/account/professionals").await.shows(200, "Our CustomerSource Accounts");
    boss.sign_in("/account", "boss").await;
    boss.get("/account/professionals").await.shows(403, "Only for administrators");
    for (action, times) in [("case.opened", 1), ("case.approved", 1), ("case.effective", 1)] {
        assert_eq!(house.deeds(action).await, times, "{action}");
    }
}

async fn cs_53_nobody_approves_what_they_opened_and_a_case_without_objectors_counts_at_once(engine: Engine) {
    let house = staffed(engine).await;
    let mut al = on_duty(&house, "al").await;
    assert!(open_case(&house, &mut al, "ann", false).await.ends_with("?done=done"));
    let case = newest_case(&house).await;
    let reason = [("reason", "I say so")];
    al.get("/staff/cases").await;
    let own = al.post(&format!("/staff/cases/{case}/approve"), &reason).await;
    own.shows(409, "Somebody else must approve what you opened");
    own.shows(409, ">I say so</textarea>");
    assert_eq!(house.count("admin_case", "open").await, 1);
    house.seed(json!({"staff": [{"subject": "amy", "name": "Amy", "role": "approver"}]})).await;
    let mut amy = on_duty(&house, "amy").await;
    amy.get("/staff/cases").await;
    amy.post(&format!("/staff/cases/{case}/approve"), &reason).await.leads_to();
    assert_eq!(house.count("admin_case", "effective").await, 1, "no associated administrator could object");
    let dump = house.dump().await;
    let ann = dump["profile"].as_array().unwrap().iter().find(|row| row["external_id"] == "ann").unwrap();
    assert_eq!(ann["admin_source"], "support");
    house.mail().await;
}

async fn cs_53_ending_the_administrators_association_first_does_not_shorten_the_notice(engine: Engine) {
    let house = staffed(engine).await;
    let mut boss = house.browser();
    boss.administer().await;
    let (mut sue, mut al) = (on_duty(&house, "sue").await, on_duty(&house, "al").await);
    let page = format!("/staff/people/{}", house.profile("boss").await);
    let ended = sue.fill_in(&page, &format!("{page}/end"), &[("reason", "Gone, they say")]).await;
    assert!(ended.leads_to().ends_with("?done=done"), "{}", ended.leads_to());
    assert!(open_case(&house, &mut sue, "ann", false).await.ends_with("?done=done"));
    let approve = format!("/staff/cases/{}/approve", newest_case(&house).await);
    al.get("/staff/cases").await;
    al.post(&approve, &[("reason", "Evidence is good")]).await.leads_to();
    assert_eq!(house.count("admin_case", "approved").await, 1, "72 hours, as if they still sat here");
    house.clock.advance(minutes(72 * 60));
    cases::once(&house.portal).await.unwrap();
    assert_eq!(house.count("admin_case", "effective").await, 1);
    house.mail().await;
}

async fn cs_53_nobody_decides_a_case_about_a_profile_of_their_own(engine: Engine) {
    let house = staffed(engine).await;
    let mut amy = house.browser();
    amy.associate("amy", "ann@contoso.example").await;
    house.seed(json!({"staff": [{"subject": "amy", "name": "Amy", "role": "approver"}]})).await;
    let (mut sue, mut amy) = (on_duty(&house, "sue").await, on_duty(&house, "amy").await);
    let own = open_case(&house, &mut amy, "ann", false).await;
    assert!(own.starts_with("409") && own.contains("This case is about a profile"), "{own}");
    assert_eq!(house.count("admin_case", "open").await, 0);
    assert!(open_case(&house, &mut sue, "ann", false).await.ends_with("?done=done"));
    let approve = format!("/staff/cases/{}/approve", newest_case(&house).await);
    let reason = [("reason", "It is me")];
    amy.get("/staff/cases").await;
    let own = amy.post(&approve, &reason).await;
    own.shows(409, "This case is about a profile");
    // Nor a week after it was ended.
    let page = format!("/staff/people/{}", house.profile("ann").await);
    let ended = sue.fill_in(&page, &format!("{page}/end"), &[("reason", "To try it")]).await;
    assert!(ended.leads_to().ends_with("?done=done"));
    let mut amy = on_duty(&house, "amy").await;
    amy.get("/staff/cases").await;
    amy.post(&approve, &reason).await.shows(409, "This case is about a profile");
    assert_eq!(house.count("admin_case", "open").await, 1);
    house.mail().await;
}

async fn a_case_is_called_off_before_its_time_and_one_for_a_removed_person_comes_to_nothing(engine: Engine) {
    let house = staffed(engine).await;
    let mut boss = house.browser();
    boss.administer().await;
    let (mut sue, mut al) = (on_duty(&house, "sue").await, on_duty(&house, "al").await);
    let reason = [("reason", "The administrator objected")];
    open_case(&house, &mut sue, "ann", false).await;
    let case = newest_case(&house).await;
    al.get("/staff/cases").await;
    al.post(&format!("/staff/cases/{case}/approve"), &reason).await.leads_to();
    sue.get("/staff/cases").await;
    sue.post(&format!("/staff/cases/{case}/refuse"), &reason).await.leads_to();
    let told = sue.get("/staff/cases").await;
    told.shows(200, "Refused by");
    told.shows(200, "Reason: The administrator objected");
    house.clock.advance(minutes(72 * 60));
    cases::once(&house.portal).await.unwrap();
    assert_eq!(house.deeds("case.effective").await, 0);

    let (mut sue, mut al) = (on_duty(&house, "sue").await, on_duty(&house, "al").await);
    open_case(&house, &mut sue, "ann", false).await;
    let case = newest_case(&house).await;
    al.get("/staff/cases").await;
    al.post(&format!("/staff/cases/{case}/approve"), &reason).await.leads_to();
    let mut data = people();
    data["profiles"][0]["state"] = "removed".into();
    house.seed(data).await;
    house.clock.advance(minutes(72 * 60));
    cases::once(&house.portal).await.unwrap();
    assert_eq!(house.count("admin_case", "refused").await, 2);
    on_duty(&house, "sue").await.get("/staff/cases").await.shows(200, "By itself, when its time came");
    house.mail().await;
}
