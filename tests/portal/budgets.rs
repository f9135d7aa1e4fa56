//! What somebody's clicks may send: letters that follow each other become one, and budgets of who sends and who gets.
use testkit::{Engine, on_both_engines};

use crate::{
    house::{Answer, Browser, House, minutes, person},
    resources::stocked,
    seats::COURSE,
};

on_both_engines![
    notices_to_one_reader_leave_as_one_letter_after_the_first_and_none_is_lost,
    an_address_gets_ten_letters_an_hour_by_clicks_of_others_and_the_form_comes_back,
    one_administrator_causes_thirty_letters_an_hour_to_whomever,
    taking_and_giving_back_a_seat_again_and_again_sends_two_letters_and_stops,
    an_address_that_an_administrator_enters_for_somebody_counts_when_they_have_proved_it,
    where_nobody_has_the_profile_a_new_address_counts_at_once_and_its_invitation_is_the_proof,
    a_profile_changes_only_so_much_in_an_hour_and_what_was_typed_is_kept,
];

const LIST: &str = "/account/professionals";
const ANN: &str = "Ann@Contoso.example";

/// Gives Ann the rights of an administrator, or takes them.
async fn set_rights(house: &House, boss: &mut Browser<'_>, given: bool) -> Answer {
    let page = format!("{LIST}/{}", house.profile("ann").await);
    let version = house.current("ann").await.version.to_string();
    let mut fields = person("Ann", ANN);
    fields.push(("version", &version));
    fields.extend(given.then_some(("administrator", "on")));
    boss.fill_in(&page, &page, &fields).await
}

async fn notices_to_one_reader_leave_as_one_letter_after_the_first_and_none_is_lost(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    for _ in 0..4 {
        set_rights(&house, &mut boss, true).await.leads_to();
        set_rights(&house, &mut boss, false).await.leads_to();
    }
    let first = house.mail().await;
    assert_eq!((first.len(), first[0].to.as_str()), (1, ANN));
    assert!(first[0].text.contains("you can now manage"), "{}", first[0].text);
    house.clock.advance(minutes(4));
    assert!(house.mail().await.is_empty());
    house.clock.advance(minutes(1));
    let joined = house.mail().await;
    assert_eq!(joined.len(), 1);
    assert!(joined[0].subject.ends_with("(and 6 more)"), "{}", joined[0].subject);
    for (said, times) in [("you can now manage", 3), ("no longer manage", 4)] {
        assert_eq!(joined[0].text.matches(said).count(), times, "{}", joined[0].text);
    }
    assert_eq!(house.count("mailing", "sent").await, 3, "with boss's own link");
    // Later again one leaves at once.
    house.clock.advance(minutes(6));
    set_rights(&house, &mut boss, true).await.leads_to();
    assert_eq!(house.mail().await.len(), 1);
}

async fn an_address_gets_ten_letters_an_hour_by_clicks_of_others_and_the_form_comes_back(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    for _ in 0..10 {
        set_rights(&house, &mut boss, true).await.leads_to();
        set_rights(&house, &mut boss, false).await.leads_to();
    }
    let refused = set_rights(&house, &mut boss, true).await;
    refused.shows(429, "Too many e-mails");
    refused.shows(429, "you can send it again to");
    refused.shows(429, "name=\"kept\"");
    assert!(!house.current("ann").await.is_admin);
    let invite = format!("{LIST}/{}/invite", house.profile("ann").await);
    boss.get(LIST).await;
    boss.post(&invite, &[]).await.shows(429, "Too many e-mails");
    // Whatever is taken away is never refused: Ann got hers by the last one of the next hour.
    house.clock.advance(minutes(120));
    let mut boss = house.browser();
    boss.sign_in(LIST, "boss").await;
    set_rights(&house, &mut boss, true).await.leads_to();
    for _ in 1..10 {
        set_rights(&house, &mut boss, false).await.leads_to();
        set_rights(&house, &mut boss, true).await.leads_to();
    }
    set_rights(&house, &mut boss, false).await.leads_to();
    assert!(!house.current("ann").await.is_admin);
}

async fn one_administrator_causes_thirty_letters_an_hour_to_whomever(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let new = format!("{LIST}/new");
    let mut refused = 0;
    for number in 0..31 {
        let email = format!("n{number}@contoso.example");
        let mut fields = person("New", &email);
        fields.push(("administrator", "on"));
        let answer = boss.fill_in(&new, &new, &fields).await;
        refused += usize::from(answer.status == 429);
    }
    assert_eq!(refused, 1);
    assert_eq!(house.deeds("profile.added").await, 30);
}

async fn taking_and_giving_back_a_seat_again_and_again_sends_two_letters_and_stops(engine: Engine) {
    let house = stocked(engine).await;
    let mut ann = house.browser();
    ann.associate("ann", ANN).await;
    let mut refused = 0;
    for _ in 0..11 {
        let page = ann.get(COURSE).await;
        let date = page.text().split("name=\"date\" value=\"").nth(1).unwrap()[..36].to_owned();
        let taken = ann.post(&format!("{COURSE}/enrol"), &[("date", &date)]).await;
        if taken.status == 429 {
            refused += 1;
            continue;
        }
        ann.get(COURSE).await;
        ann.post(&format!("{COURSE}/cancel"), &[("date", &date)]).await.leads_to();
    }
    assert_eq!(refused, 1);
    assert_eq!(house.mail().await.len(), 1);
    house.clock.advance(minutes(5));
    let joined = house.mail().await;
    assert_eq!(joined.len(), 1);
    assert_eq!(joined[0].text.matches("Closing the month in one day").count(), 19);
}

async fn an_address_that_an_administrator_enters_for_somebody_counts_when_they_have_proved_it(house: House) {
    let (mut boss, mut ann) = (house.browser(), house.browser());
    ann.associate("ann", ANN).await;
    boss.administer().await;
    let page = format!("{LIST}/{}", house.profile("ann").await);
    let version = house.current("ann").await.version.to_string();
    let mut fields = person("Anna", "anna@new.example");
    fields.push(("version", &version));
    assert!(boss.fill_in(&page, &page, &fields).await.leads_to().ends_with("done=saved-asked-person"));
    boss.get(&page).await.shows(200, "anna@new.example is not confirmed yet");
    let now = house.current("ann").await;
    assert_eq!((now.email.as_str(), now.first_name.as_str()), (ANN, "Anna"));
    let mails = house.mail().await;
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, "anna@new.example"));
    assert!(mails[0].text.contains("Bo Boss, an administrator of Contoso Ltda"), "{}", mails[0].text);
    let link = mails[0].path("/account/address/");
    // Neither who entered it, nor whoever else reads the mailbox.
    boss.get(&link).await.shows(410, "This link does not work here");
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    pat.get(&link).await.shows(410, "This link does not work here");
    ann.get(&link).await.shows(200, ANN);
    assert_eq!(ann.post(&link, &[]).await.leads_to(), "/account/profile?done=address");
    assert_eq!(house.current("ann").await.email, "anna@new.example");
    assert_eq!(house.mail().await[0].to, ANN, "the former one is told");
}

async fn where_nobody_has_the_profile_a_new_address_counts_at_once_and_its_invitation_is_the_proof(
    house: House,
) {
    let (mut boss, mut ann) = (house.browser(), house.browser());
    ann.associate("ann", ANN).await;
    boss.administer().await;
    let page = format!("{LIST}/{}", house.profile("ann").await);
    boss.fill_in(&page, &format!("{page}/end"), &[]).await.leads_to();
    house.mail().await;
    let version = house.current("ann").await.version.to_string();
    let mut fields = person("Ann", "anna@new.example");
    fields.extend([("version", version.as_str()), ("invite", "on")]);
    assert!(boss.fill_in(&page, &page, &fields).await.leads_to().ends_with("done=saved-invited"));
    assert_eq!(house.current("ann").await.email, "anna@new.example");
    house.clock.advance(minutes(5));
    let mails = house.mail().await;
    let to: Vec<_> = mails.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(to, [ANN, "anna@new.example"]);
}

async fn a_profile_changes_only_so_much_in_an_hour_and_what_was_typed_is_kept(engine: Engine) {
    let house = House::open_with(engine, |settings| settings.limits.scale = 0.02).await;
    let mut boss = house.browser();
    boss.administer().await;
    let path = "/account/profile";
    for number in 0..4 {
        boss.get(path).await;
        let version = house.current("boss").await.version.to_string();
        let name = format!("Bo {number}");
        let fields = [
            ("first_name", name.as_str()),
            ("last_name", "Boss"),
            ("email", "boss@contoso.example"),
            ("version", &version),
        ];
        assert!(boss.post(path, &fields).await.leads_to().ends_with("done=saved"), "{number}");
    }
    let deeds = house.deeds("profile.saved").await;
    boss.get(path).await;
    let version = house.current("boss").await.version.to_string();
    let fields = [
        ("first_name", "Bernardo"),
        ("last_name", "Boss"),
        ("email", "boss@contoso.example"),
        ("version", &version),
    ];
    let refused = boss.post(path, &fields).await;
    refused.shows(429, "you can send it again to");
    refused.shows(429, ">Bernardo</textarea>");
    refused.shows(429, "id=\"send-again\"");
    assert_eq!(house.deeds("profile.saved").await, deeds);
    house.clock.advance(minutes(61));
    assert_eq!(boss.sign_in("/account/profile", "boss").await.leads_to(), "/account/profile");
    boss.get(path).await;
    assert!(boss.post(path, &fields).await.leads_to().ends_with("done=saved"));
    house.mail().await;
}
