//! The address of one’s own profile: it counts when its mailbox proved it, and the old one is told.
use testkit::on_both_engines;

use crate::{
    house::{House, minutes},
    invitations::invite,
};

on_both_engines![
    ones_own_address_counts_when_its_mailbox_has_proved_it_and_the_old_one_is_told,
    a_new_address_of_ones_own_is_no_invitation_to_it_and_is_forgotten_in_a_day,
];

const LIST: &str = "/account/professionals";

async fn ones_own_address_counts_when_its_mailbox_has_proved_it_and_the_old_one_is_told(house: House) {
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    let wish =
        [("first_name", "Ann"), ("last_name", "Lee-Jones"), ("email", "a.lee@example.com"), ("version", "1")];
    house.clock.advance(minutes(6));
    let late = ann.fill_in("/account/profile", "/account/profile", &wish).await;
    late.shows(403, "Please enter your password again");
    assert!(house.mail().await.is_empty());
    ann.sign_in("/signin?next=%2Faccount%2Fprofile&fresh=1", "ann").await;
    let saved = ann.fill_in("/account/profile", "/account/profile", &wish).await;
    assert_eq!(saved.leads_to(), "/account/profile?done=saved-asked");
    ann.get("/account/profile").await.shows(200, "a.lee@example.com is not confirmed yet");
    let now = house.current("ann").await;
    assert_eq!((now.email.as_str(), now.last_name.as_str()), ("Ann@Contoso.example", "Lee-Jones"));
    let mails = house.mail().await;
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, "a.lee@example.com"));
    let link = mails[0].path("/account/address/");

    let mut other = house.browser();
    other.associate("pat", "pat@example.com").await;
    other.get(&link).await.shows(410, "This link does not work here");
    ann.get(&link).await.shows(200, "Ann@Contoso.example");
    assert_eq!(house.current("ann").await.email, "Ann@Contoso.example", "a GET changes nothing");
    assert_eq!(ann.post(&link, &[]).await.leads_to(), "/account/profile?done=address");
    assert_eq!(house.current("ann").await.email, "a.lee@example.com");
    let told = house.mail().await;
    assert_eq!((told.len(), told[0].to.as_str()), (1, "Ann@Contoso.example"));
    ann.get(&link).await.shows(410, "This link does not work here");
}

async fn a_new_address_of_ones_own_is_no_invitation_to_it_and_is_forgotten_in_a_day(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let page = format!("{LIST}/{}", house.profile("boss").await);
    let version = house.current("boss").await.version.to_string();
    let wish = [
        ("first_name", "Bo"),
        ("last_name", "Boss"),
        ("email", "bo@example.com"),
        ("administrator", "on"),
        ("version", version.as_str()),
    ];
    assert!(boss.fill_in(&page, &page, &wish).await.leads_to().ends_with("saved-asked"));
    assert_eq!(house.current("boss").await.email, "boss@contoso.example");
    let link = house.mail().await.remove(0).path("/account/address/");
    let _ = invite(&house, &mut boss, "ann").await;
    house.clock.advance(minutes(24 * 60));
    boss.sign_in("/account", "boss").await;
    boss.get(&link).await.shows(410, "This link does not work here");
}
