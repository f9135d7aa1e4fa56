//! What takes two people of the staff cannot be reached by one: not with another system's address, nor by changing who
//! was approved (CS-53).
use customersource::{import::What, jobs};
use serde_json::{Value, json};
use testkit::{Engine, on_both_engines};

use crate::{
    cases::{newest_case, open_case},
    house::{Browser, House, minutes, person},
    imports::{GP, PART, PROFILES, bring, companies},
    staff::{on_duty, staffed},
};

on_both_engines![
    cs_53_the_business_systems_word_for_an_administrators_address_takes_two_people,
    cs_53_a_case_for_another_address_than_was_approved_is_called_off_and_told,
];

const LIST: &str = "/account/professionals";

/// The person whom this page of an administrator's is about gets this address.
async fn correct(house: &House, admin: &mut Browser<'_>, who: &str, email: &str, is_admin: bool) {
    let page = format!("{LIST}/{}", house.profile(who).await);
    let version = house.current(who).await.version.to_string();
    let mut fields = person("Ana", email);
    fields.push(("version", &version));
    if is_admin {
        fields.push(("administrator", "on"));
    }
    admin.fill_in(&page, &page, &fields).await.leads_to();
}

/// Takes the business system's word for the address of João's colleague.
async fn accept_theirs(house: &House, sue: &mut Browser<'_>) -> crate::house::Answer {
    let dump = house.dump().await;
    let email = |row: &&Value| row["field"] == "email" && row["state"] == "open";
    let open = dump["difference"].as_array().unwrap().iter().find(email).unwrap()["id"].clone();
    let choice = [
        ("ours", "anna@padaria.example"),
        ("theirs", "ana@padaria.example"),
        ("take", "theirs"),
        ("reason", "Called them"),
    ];
    sue.get("/staff/conflicts").await;
    sue.post(&format!("/staff/conflicts/{}", open.as_str().unwrap()), &choice).await
}

async fn cs_53_the_business_systems_word_for_an_administrators_address_takes_two_people(house: House) {
    house
        .seed(json!({"staff": [
            {"subject": "sue", "name": "Sue", "role": "support"},
            {"subject": "al", "name": "Al", "role": "approver"},
        ]}))
        .await;
    bring(&house, What::Companies, crate::imports::MAP, &companies(1..=20), PART, false).await.unwrap();
    bring(&house, What::Profiles, GP, PROFILES.as_bytes(), PART, false).await.unwrap();
    let (mut joao, mut ana) = (house.browser(), house.browser());
    joao.associate("joao", "joao@padaria.example").await;
    correct(&house, &mut joao, "2", "anna@padaria.example", true).await;
    house.mail().await;
    ana.associate("ana", "anna@padaria.example").await;
    bring(&house, What::Profiles, GP, PROFILES.as_bytes(), PART, false).await.unwrap();
    let mut sue = on_duty(&house, "sue").await;
    accept_theirs(&house, &mut sue).await.shows(409, "open a case");
    let kept = house.current("2").await;
    assert_eq!((kept.email.as_str(), kept.is_admin), ("anna@padaria.example", true));
    // No administrator any more, but proposed by a case: the address is what is decided.
    correct(&house, &mut joao, "2", "anna@padaria.example", false).await;
    let company = house.current("2").await.company.to_string();
    let (page, id) = (format!("/staff/companies/{company}"), house.profile("2").await);
    let case = [("profile", id.as_str()), ("asked_by", "Ana, by telephone"), ("evidence", "Invoice 4711")];
    sue.fill_in(&page, &format!("{page}/case"), &case).await.leads_to();
    accept_theirs(&house, &mut sue).await.shows(409, "Refuse the case first");
    assert_eq!(house.current("2").await.email, "anna@padaria.example");
    let refuse = format!("/staff/cases/{}/refuse", newest_case(&house).await);
    sue.fill_in("/staff/cases", &refuse, &[("reason", "A slip")]).await.leads_to();
    accept_theirs(&house, &mut sue).await.leads_to();
    assert_eq!(house.current("2").await.email, "ana@padaria.example");
}

async fn cs_53_a_case_for_another_address_than_was_approved_is_called_off_and_told(engine: Engine) {
    let house = staffed(engine).await;
    let mut boss = house.browser();
    boss.administer().await;
    let reason = [("reason", "Evidence is good")];
    for called_off in [true, false] {
        let (mut sue, mut al) = (on_duty(&house, "sue").await, on_duty(&house, "al").await);
        open_case(&house, &mut sue, "ann", true).await;
        let case = newest_case(&house).await;
        al.fill_in("/staff/cases", &format!("/staff/cases/{case}/approve"), &reason).await.leads_to();
        let told = house.mail().await;
        assert!(told.iter().any(|mail| mail.to == "boss@contoso.example" && mail.text.contains("Ann Lee")));
        // What follows the first at once would be joined with it.
        house.clock.advance(minutes(10));
        let mut al = on_duty(&house, "al").await;
        if called_off {
            al.fill_in("/staff/cases", &format!("/staff/cases/{case}/refuse"), &reason).await.leads_to();
        } else {
            let another = json!({"external_id": "ann", "company": "contoso", "first_name": "Ann",
                "last_name": "Lee", "email": "ann@elsewhere.example"});
            house.seed(json!({"profiles": [another]})).await;
            house.mail().await;
            house.clock.advance(minutes(72 * 60));
            jobs::cases::once(&house.portal).await.unwrap();
        }
        let told = house.mail().await;
        let letter = told.iter().find(|mail| mail.subject.contains("keeps its administrators")).unwrap();
        assert_eq!(letter.to, "boss@contoso.example");
        assert!(letter.text.contains("Ann Lee does not become an administrator of Contoso Ltda"));
        assert!(!house.current("ann").await.is_admin && house.current("boss").await.is_admin);
        house.clock.advance(minutes(10));
    }
    assert_eq!(house.count("admin_case", "refused").await, 2);
    let audit = house.dump().await["audit"].to_string();
    assert!(audit.contains("another address than the one that was approved"), "{audit}");
}
