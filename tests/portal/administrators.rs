//! Who administers a company: named, at the next request, never nobody, and found to be out of reach (CS-40, CS-53).
use serde_json::json;
use testkit::on_both_engines;

use crate::house::{House, minutes, people, person};

on_both_engines![
    cs_52_the_administrator_box_counts_at_the_next_request_and_cs_42_a_sync_does_not_undo_it,
    cs_40_as_10_the_last_administrator_stays,
    inv_7_a_closed_company_has_no_administrators,
    cs_41_the_bill_to_contact_is_the_first_administrator,
    cs_41_a_main_contact_is_appointed_only_where_nobody_ever_administered,
    cs_53_people_whose_administrators_nobody_reached_for_ninety_days_are_told_whom_to_write_to,
];

const LIST: &str = "/account/professionals";

async fn cs_52_the_administrator_box_counts_at_the_next_request_and_cs_42_a_sync_does_not_undo_it(
    house: House,
) {
    let (mut boss, mut ann) = (house.browser(), house.browser());
    boss.administer().await;
    ann.associate("ann", "ann@contoso.example").await;
    let (anns, bosses) = (house.profile("ann").await, house.profile("boss").await);
    let mut fields = person("Ann", "Ann@Contoso.example");
    fields.extend([("version", "1"), ("administrator", "on")]);
    let page = format!("{LIST}/{anns}");
    boss.fill_in(&page, &page, &fields).await.leads_to();
    let told = house.mail().await;
    assert!(told[0].to == "Ann@Contoso.example" && told[0].subject.contains("you are an administrator"));
    ann.get(LIST).await.shows(200, "Our CustomerSource Accounts");

    // She takes the rights of the Bill-To contact; the business system says so no more.
    let page = format!("{LIST}/{bosses}");
    let fields =
        [("first_name", "Bo"), ("last_name", "Boss"), ("email", "boss@contoso.example"), ("version", "1")];
    ann.fill_in(&page, &page, &fields).await.leads_to();
    boss.get(LIST).await.shows(403, "Only for administrators");
    house.seed(people()).await;
    boss.get(LIST).await.shows(403, "Only for administrators");
    assert!(house.mail().await.iter().any(|mail| mail.subject.contains("no longer an administrator")));
}

async fn cs_40_as_10_the_last_administrator_stays(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let page = format!("{LIST}/{}", house.profile("boss").await);
    let fields =
        [("first_name", "Bo"), ("last_name", "Boss"), ("email", "boss@contoso.example"), ("version", "1")];
    boss.fill_in(&page, &page, &fields).await.shows(409, "Your company needs an administrator");
    let remove = format!("{page}/remove");
    boss.get(&remove).await.shows(200, "Remove this profile?");
    boss.post(&remove, &[]).await.shows(409, "Your company needs an administrator");
    boss.get(LIST).await.shows(200, "Bo Boss");
    assert_eq!(house.deeds("profile.removed").await, 0);
}

async fn inv_7_a_closed_company_has_no_administrators(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    house
        .seed(json!({"companies": [{"external_id": "contoso", "name": "Contoso Ltda", "state": "closed"}]}))
        .await;
    let posted = boss.post(&format!("{LIST}/new"), &person("Late", "x@example.com")).await;
    posted.shows(403, "You are signed out");
    boss.sign_in("/account", "boss").await;
    assert_eq!(boss.get(LIST).await.leads_to(), "/associate", "a closed company has no administrators");
}

async fn cs_41_the_bill_to_contact_is_the_first_administrator(house: House) {
    let dump = house.dump().await;
    let of = |name: &str| {
        let all = dump["profile"].as_array().unwrap();
        all.iter().find(|row| row["external_id"] == name).unwrap().clone()
    };
    assert_eq!(of("boss")["admin_source"], "bill_to");
    assert_eq!(of("boss")["is_admin"], true);
    assert_eq!(of("ann")["is_admin"], false);
}

async fn cs_41_a_main_contact_is_appointed_only_where_nobody_ever_administered(house: House) {
    let contact = |name: &str, company: &str, bill_to: bool| {
        json!({"profiles": [{"external_id": name, "company": company, "first_name": name, "last_name": "X",
            "email": format!("{name}@example.com"), "bill_to": bill_to}]})
    };
    // Contoso has an administrator: another main contact is a contact.
    house.seed(contact("second", "contoso", true)).await;
    assert!(!house.current("second").await.is_admin);
    // Fabrikam never had one: who becomes its main contact is the first, and nobody after them.
    house.seed(contact("first", "fabrikam", false)).await;
    assert!(!house.current("first").await.is_admin);
    house.seed(contact("first", "fabrikam", true)).await;
    assert!(house.current("first").await.is_admin);
    house.seed(contact("next", "fabrikam", true)).await;
    assert!(!house.current("next").await.is_admin);
    // Also when the first one is gone: staff decide, by two people.
    let mut gone = contact("first", "fabrikam", true);
    gone["profiles"][0]["state"] = "removed".into();
    house.seed(gone).await;
    house.seed(contact("last", "fabrikam", true)).await;
    assert!(!house.current("last").await.is_admin);
    house.mail().await;
}

async fn cs_53_people_whose_administrators_nobody_reached_for_ninety_days_are_told_whom_to_write_to(
    house: House,
) {
    let (mut boss, mut pat) = (house.browser(), house.browser());
    let told = "is no longer with your organization, contact us for assistance in declaring";
    pat.associate("pat", "pat@example.com").await;
    pat.get("/account").await.shows(200, told);
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    let says = async |browser: &mut crate::browser::Browser<'_>, path: &str| {
        browser.get(path).await.text().contains(told)
    };
    assert!(!says(&mut ann, "/account").await, "the main contact was appointed a moment ago");
    boss.administer().await;
    house.seed(json!({"staff": [{"subject": "sue", "name": "Sue", "role": "support"}]})).await;
    let company = house.current("ann").await.company;
    for (days, is_out) in [(89, false), (1, true)] {
        house.clock.advance(minutes(days * 24 * 60));
        ann.sign_in("/account", "ann").await;
        assert_eq!(says(&mut ann, "/account").await, is_out);
        // The plan is over by now: this page names administrators too.
        let locked = ann.get("/").await;
        locked.shows(403, "Bo Boss");
        assert_eq!(locked.text().contains(told), is_out);
        let why = ann.get("/why").await;
        let to = if is_out { "mailto:support@localhost.example?" } else { "mailto:boss@contoso.example?" };
        why.shows(200, to);
        assert_eq!(why.text().contains(told), is_out);
        let mut sue = house.browser();
        sue.sign_in("/staff", "sue").await;
        let page = sue.get(&format!("/staff/companies/{company}")).await;
        assert_eq!(page.text().contains("If somebody asks, open a case"), is_out);
    }
    // An association that ended counts from its end.
    boss.sign_in("/account", "boss").await;
    boss.get("/account").await;
    assert!(!says(&mut ann, "/account").await, "the administrator is back");
    boss.fill_in("/account/leave", "/account/leave", &[]).await.leads_to();
    house.mail().await;
    for (days, is_out) in [(89, false), (1, true)] {
        house.clock.advance(minutes(days * 24 * 60));
        ann.sign_in("/account", "ann").await;
        assert_eq!(says(&mut ann, "/account").await, is_out);
    }
}
