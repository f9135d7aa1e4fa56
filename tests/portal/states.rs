//! Every row of the state tables (decision 0018), and the test that proves it; here are those that have no better
//! place. Over HTTP unless a path says otherwise.
//!
//! | Invitation | proven by |
//! |---|---|
//! | issue → queued, with its mail in one transaction; the older one → superseded | `invitation_issued_…`; `invitations::cs_50_as_06_…`, `stores::portal_rule_6_…` |
//! | queued, mail accepted → pending | `invitation_issued_…` |
//! | permanent bounce → undeliverable, in the list | `invitations::a_mail_that_is_refused_…`, `invitation_undeliverable_…` |
//! | GET or HEAD → no change | `claims::em_04_…`, `surface::inv_6_…` |
//! | pending, accepted | `claims::cs_10_to_cs_21_…`, `invitations::cs_47_…`, `sign_in::cs_18_…` |
//! | pending, wrong subject → stays pending, 403 | `invitation_pending_wrong_subject_…`, `claims::cs_19_as_01_…` |
//! | accepted, same subject → “already” | `invitation_accepted_opened_again_…` |
//! | accepted, other subject → “used”, no names | `invitation_accepted_opened_again_…`, `as_04_…` |
//! | “this wasn’t me” → declined, inviter or claimant rests, administrators told | `invitations::this_was_not_me_…`, `invitations::a_claimant_whom_…`, `invitation_declined_…` |
//! | address edited | `companies::cs_51_…`, `invitations::cs_62_…`, `imports::portal_rule_13_…` |
//! | profile removed, company closed, inviter out | `departures::cs_48_as_11_…`, `departures::as_03_…`, `invitations::as_03_as_11_…`, `race::as_11_…` |
//! | withdrawn | `invitations::an_administrator_withdraws_…`, `staff::staff_find_first_…` |
//! | withdrawn or replaced before its mail is out → no mail | `invitation_revoked_before_its_mail_…` |
//! | clock → expired, at use; the sweeper only tidies | `invitations::an_invitation_lives_…`, `invitation_expired_…` |
//!
//! | Association | proven by |
//! |---|---|
//! | none → active | `claims::cs_10_to_cs_21_…`, `race::inv_1_…` |
//! | superseded | `claims::a_profile_moves_…`, `invitations::cs_60_to_cs_64_as_15_…`, `departures::an_association_that_another_…`, `race::inv_8_eight_…` |
//! | revoked: removal, administrator, staff, undo link, leaving, file, company | `departures::every_end_…`, `imports::a_company_that_is_closed_…`, `imports::whoever_is_gone_…` |
//! | revoked: Passport closed | `security_events::…` |
//! | no way back | `access::inv_7_a_removed_…`, `imports::a_company_that_is_closed_…` |
//!
//! | Administrator | proven by |
//! |---|---|
//! | bill_to, only where nobody ever administered | `administrators::cs_41_…`, `faq::cs_42_…` |
//! | granted, and taken at the next request | `administrators::cs_52_…`, `race::as_11_…` |
//! | the last one stays | `administrators::cs_40_as_10_…`, `race::inv_8_administrators_…` |
//! | out of reach for 90 days → banner | `administrators::cs_53_people_whose_…`, `people::tests::cs_53_…` |
//! | support: two people, notices, 72 h | `staff::cs_53_…`, `staff::a_case_is_called_off_…` |
//!
//! | Portal session | proven by |
//! |---|---|
//! | no profile: the association page only | `session_without_a_profile_…` |
//! | one: at once | `faq::cs_31_…` |
//! | several: the chooser, once in a visit | `claims::cs_15_cs_22_cs_30_…`, `access::as_13_…`, `reach::cs_34_as_18_…` |
//! | every request looks anew | `access::inv_7_…`, `access::cs_02_as_12_…`, `resources::cs_02_…` |
//! | back-channel logout | `logout::bl_02_…` |
//!
//! | Profile edit | proven by |
//! |---|---|
//! | version → 409 with the difference | `companies::an_edit_on_top_…`, `invitations::cs_62_…` |
//! | the same address twice is allowed and said | `companies::the_same_address_twice_…` |
use customersource::jobs::sweep;
use testkit::on_both_engines;

use crate::{
    house::{House, minutes},
    invitations::invite,
};

on_both_engines![
    invitation_issued_is_queued_with_its_mail_and_pending_once_the_mail_is_out,
    invitation_undeliverable_gives_way_to_a_corrected_address,
    invitation_pending_wrong_subject_stays_pending_and_nobody_is_told_a_name,
    invitation_accepted_opened_again_says_so_to_its_person_and_nothing_to_others,
    invitation_declined_keeps_its_inviter_from_that_address_for_a_day,
    invitation_revoked_before_its_mail_is_out_sends_no_mail,
    invitation_expired_is_decided_at_use_and_only_tidied_by_the_sweeper,
    session_without_a_profile_reaches_the_association_page_and_nothing_else,
];

const LIST: &str = "/account/professionals";

async fn invitation_issued_is_queued_with_its_mail_and_pending_once_the_mail_is_out(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let path = format!("{LIST}/{}/invite", house.profile("ann").await);
    boss.fill_in(LIST, &path, &[]).await.leads_to();
    assert_eq!(
        (house.count("invitation", "queued").await, house.count("invitation", "pending").await),
        (1, 0)
    );
    boss.get(LIST).await.shows(200, "On its way");
    assert_eq!(house.mail().await.len(), 1);
    assert_eq!(
        (house.count("invitation", "queued").await, house.count("invitation", "pending").await),
        (0, 1)
    );
    boss.get(LIST).await.shows(200, "Sent");
    assert_eq!(house.deeds("invitation.sent").await, 1);
}

async fn invitation_undeliverable_gives_way_to_a_corrected_address(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let fields =
        [("first_name", "No"), ("last_name", "Body"), ("email", "nobody.here@example.com"), ("invite", "on")];
    boss.fill_in(&format!("{LIST}/new"), &format!("{LIST}/new"), &fields).await.leads_to();
    assert!(house.mail().await.is_empty());
    let page = format!("{LIST}/{}", house.profile("nobody.here@example.com").await);
    let fields =
        [("first_name", "No"), ("last_name", "Body"), ("email", "body@example.com"), ("version", "1")];
    boss.fill_in(&page, &page, &fields).await.leads_to();
    assert_eq!(house.count("invitation", "undeliverable").await, 1, "what happened stays as it was");
    house.clock.advance(minutes(1));
    boss.fill_in(&page, &format!("{page}/invite"), &[]).await.leads_to();
    let mails = house.mail().await;
    assert!(mails.iter().any(|mail| mail.to == "body@example.com" && mail.text.contains("/associate/")));
}

async fn invitation_pending_wrong_subject_stays_pending_and_nobody_is_told_a_name(house: House) {
    let mut ann = house.browser();
    ann.sign_in("/signin", "ann").await;
    ann.claim("ann@contoso.example").await;
    let link = house.mail().await[0].link();
    let mut mallory = house.browser();
    mallory.sign_in(&link, "mallory").await;
    let before = house.dump().await;
    for _ in 0..2 {
        let shown = mallory.get("/associate/confirm").await;
        shown.shows(403, "mallory@passport.example");
        assert!(!shown.text().contains("Ann Lee") && !shown.text().contains("Contoso"), "{}", shown.text());
        mallory.post("/associate/confirm", &[]).await.shows(403, "belongs to another");
    }
    assert_eq!(house.dump().await, before);
    assert_eq!(house.count("invitation", "pending").await, 1);
    assert!(house.mail().await.is_empty());
}

async fn invitation_accepted_opened_again_says_so_to_its_person_and_nothing_to_others(house: House) {
    let mut ann = house.browser();
    ann.sign_in("/signin", "ann").await;
    ann.claim("ann@contoso.example").await;
    let link = house.mail().await[0].link();
    ann.accept(&link, "ann").await.leads_to();
    let before = house.dump().await;
    let again = ann.get(&link).await;
    again.shows(200, "You have used this link before");
    assert!(again.text().contains("href=\"/\""), "and leads home");
    let (mut anybody, mut mallory) = (house.browser(), house.browser());
    mallory.sign_in("/signin", "mallory").await;
    for browser in [&mut anybody, &mut mallory] {
        let used = browser.get(&link).await;
        used.shows(410, "This link has been used");
        for name in ["Ann Lee", "Contoso", "ann@"] {
            assert!(!used.text().contains(name), "{}", used.text());
        }
    }
    assert_eq!(house.count("association", "active").await, 1);
    assert_eq!(house.dump().await["invitation"], before["invitation"]);
}

async fn invitation_declined_keeps_its_inviter_from_that_address_for_a_day(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let page = format!("{LIST}/{}", house.profile("ann").await);
    boss.fill_in(LIST, &format!("{page}/invite"), &[]).await.leads_to();
    let decline = house.mail().await[0].path("/decline/");
    // Days later: the rest begins with the answer.
    house.clock.advance(minutes(3 * 24 * 60));
    house.browser().fill_in(&decline, &decline, &[("sure", "on")]).await.shows(200, "no longer works");
    house.mail().await;
    boss.sign_in(LIST, "boss").await;
    for wait in [0, 24 * 60 - 1] {
        house.clock.advance(minutes(wait));
        boss.close();
        boss.sign_in(LIST, "boss").await;
        let done = boss.fill_in(LIST, &format!("{page}/invite"), &[]).await;
        assert!(done.leads_to().ends_with("?done=declined"), "{}", done.leads_to());
        boss.get(done.leads_to()).await.shows(200, "said that the last invitation was not for them");
    }
    // Support may, since it asked; and a corrected address is another matter.
    house.seed(serde_json::json!({"staff": [{"subject": "sue", "name": "Sue", "role": "support"}]})).await;
    let mut sue = house.browser();
    sue.sign_in("/staff", "sue").await;
    let person = page.replace(LIST, "/staff/people");
    sue.fill_in(&person, &format!("{person}/invite"), &[("reason", "They called")]).await.leads_to();
    assert_eq!(house.mail().await.len(), 1);
    let fields =
        [("first_name", "Ann"), ("last_name", "Lee"), ("email", "a@contoso.example"), ("version", "1")];
    boss.fill_in(&page, &page, &fields).await.leads_to();
    let done = boss.fill_in(&page, &format!("{page}/invite"), &[]).await;
    assert!(done.leads_to().ends_with("?done=invited"), "{}", done.leads_to());
    house.mail().await;
    house.clock.advance(minutes(2));
    assert!(boss.fill_in(LIST, &format!("{page}/invite"), &[]).await.leads_to().ends_with("?done=invited"));
    house.mail().await;
}

async fn invitation_revoked_before_its_mail_is_out_sends_no_mail(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let page = format!("{LIST}/{}", house.profile("ann").await);
    boss.fill_in(LIST, &format!("{page}/invite"), &[]).await.leads_to();
    let fields =
        [("first_name", "Ann"), ("last_name", "Lee"), ("email", "a@contoso.example"), ("version", "1")];
    boss.fill_in(&page, &page, &fields).await.leads_to();
    let mails = house.mail().await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0].subject.contains("was changed") && !mails[0].text.contains("/associate/"));
    assert_eq!(house.count("invitation", "revoked").await, 1);
}

async fn invitation_expired_is_decided_at_use_and_only_tidied_by_the_sweeper(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let link = invite(&house, &mut boss, "ann").await;
    house.clock.advance(minutes(7 * 24 * 60));
    house.browser().get(&link).await.shows(410, "This link is too old");
    assert_eq!(house.count("invitation", "pending").await, 1, "no request changes it");
    sweep::once(&house.portal).await.unwrap();
    assert_eq!(house.count("invitation", "expired").await, 1);
    house.browser().get(&link).await.shows(410, "This link is too old");
    boss.sign_in(LIST, "boss").await;
    assert!(
        boss.fill_in(LIST, &format!("{LIST}/{}/invite", house.profile("ann").await), &[])
            .await
            .leads_to()
            .ends_with("invited")
    );
    house.mail().await;
}

async fn session_without_a_profile_reaches_the_association_page_and_nothing_else(house: House) {
    let mut nobody = house.browser();
    nobody.sign_in("/signin", "nobody").await;
    for path in ["/", "/account", "/account/profile", LIST, "/account/leave"] {
        assert_eq!(nobody.get(path).await.leads_to(), "/associate", "{path}");
    }
    assert_eq!(nobody.get("/choose").await.leads_to(), "/");
    nobody.get("/associate").await.shows(200, "Continue");
    for path in ["/account/profile", "/account/profile/invite", "/account/leave"] {
        nobody.get("/associate").await;
        nobody.post(path, &[]).await.shows(403, "Choose a profile first");
    }
    assert!(house.mail().await.is_empty());
}
