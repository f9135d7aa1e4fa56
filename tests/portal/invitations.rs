//! Every row of the tables of invitations and associations, over HTTP.
use customersource::config::ClaimOnAssociated;
use sea_orm::ConnectionTrait as _;
use testkit::{Engine, on_both_engines};

use crate::house::{Browser, House, minutes, people};

on_both_engines![
    cs_47_any_passport_accepts_an_invitation_and_administrators_are_told,
    the_link_in_a_notice_counts_only_while_its_reader_administers,
    whoever_loses_their_rights_while_the_link_is_pressed_ends_nothing,
    cs_50_as_06_a_newer_invitation_replaces_the_older_one_and_no_claim,
    an_invitation_lives_seven_days_and_is_shown_as_expired,
    an_administrator_withdraws_an_invitation,
    a_mail_that_is_refused_for_good_is_shown_as_undeliverable,
    this_was_not_me_declines_by_a_ticked_box_and_not_by_a_robot,
    a_claimant_whom_the_mailbox_declined_gets_no_further_link_to_it,
    cs_60_to_cs_64_as_15_somebody_moves_their_own_profile_to_another_passport,
    cs_64_a_switch_that_is_not_finished_changes_nothing,
    cs_62_an_own_edit_is_saved_first_and_tells_the_old_address,
    a_claim_on_a_profile_in_use_is_refused_by_mail_where_the_installation_says_so,
    as_03_as_11_an_administrator_who_is_out_leaves_no_invitations_behind,
    as_14_an_address_opens_nothing_whatever_a_passport_says_of_itself,
    an_invitation_leads_to_a_page_that_says_who_invites_to_which_company,
    two_invitations_in_two_tabs_each_go_on_with_their_own,
];

const LIST: &str = "/account/professionals";

/// Contoso's administrator invites the profile of this external id; answers the mail's link.
pub async fn invite(house: &House, boss: &mut Browser<'_>, name: &str) -> String {
    let path = format!("{LIST}/{}/invite", house.profile(name).await);
    boss.fill_in(LIST, &path, &[]).await.leads_to();
    let mails = house.mail().await;
    mails.iter().find(|mail| mail.text.contains("/associate/")).unwrap().link()
}

async fn cs_47_any_passport_accepts_an_invitation_and_administrators_are_told(house: House) {
    let (mut boss, mut any) = (house.browser(), house.browser());
    boss.administer().await;
    let link = invite(&house, &mut boss, "ann").await;
    any.sign_in(&link, "whoever").await;
    let confirm = any.get("/associate/confirm").await;
    for text in ["Ann Lee", "Contoso Ltda", "whoever@passport.example"] {
        confirm.shows(200, text);
    }
    assert_eq!(any.post("/associate/confirm", &[]).await.leads_to(), "/associate/done");
    any.get("/account").await.shows(200, "Ann@Contoso.example");
    boss.get(LIST).await.shows(200, "<span class=\"pill ok\">Associated</span>");

    // The notice ends it with one click, and without signing in; fetching it changes nothing.
    let told = house.mail().await;
    assert_eq!((told.len(), told[0].to.as_str()), (1, "boss@contoso.example"));
    let undo = told[0].path("/undo/");
    let mut mailbox = house.browser();
    for _ in 0..3 {
        mailbox.get(&undo).await.shows(200, "End this association");
    }
    assert_eq!(house.count("association", "active").await, 2);
    mailbox.post(&undo, &[]).await.shows(200, "is no longer associated");
    assert!(any.get("/account").await.leads_to().starts_with("/signin"), "the session ended");
    mailbox.get(&undo).await.shows(410, "This link was withdrawn");
    mailbox.post(&undo, &[]).await.shows(410, "This link was withdrawn");
    mailbox.get("/undo/AAAA").await.shows(404, "We do not know this link");
    house.mail().await;
}

async fn the_link_in_a_notice_counts_only_while_its_reader_administers(house: House) {
    let (mut boss, mut ann) = (house.browser(), house.browser());
    boss.administer().await;
    let link = invite(&house, &mut boss, "ann").await;
    ann.accept(&link, "ann").await;
    let undo = house.mail().await[0].path("/undo/");
    house.clock.advance(minutes(7 * 24 * 60));
    house.browser().get(&undo).await.shows(410, "This link was withdrawn");
    let mut data = people();
    data["profiles"][7]["state"] = "removed".into();
    house.seed(data).await;
    house.browser().get(&undo).await.shows(410, "This link was withdrawn");
    assert_eq!(house.count("association", "active").await, 1, "Ann’s; the boss is gone");
    house.mail().await;
}

async fn whoever_loses_their_rights_while_the_link_is_pressed_ends_nothing(house: House) {
    let (mut boss, mut ann, mut mailbox) = (house.browser(), house.browser(), house.browser());
    boss.administer().await;
    let link = invite(&house, &mut boss, "ann").await;
    ann.accept(&link, "ann").await;
    let undo = house.mail().await[0].path("/undo/");
    mailbox.get(&undo).await.shows(200, "End this association");
    let tx = house.portal.db.begin().await.unwrap();
    tx.execute_unprepared("UPDATE profile SET is_admin = FALSE WHERE last_name = 'Boss'").await.unwrap();
    let losing = async {
        // The press has read what it read without a lock, and waits.
        for _ in 0..5_000 {
            tokio::task::yield_now().await;
        }
        tx.commit().await.unwrap();
    };
    let (pressed, ()) = futures_util::future::join(mailbox.post(&undo, &[]), losing).await;
    pressed.shows(410, "This link was withdrawn");
    assert_eq!(house.count("association", "active").await, 2);
    house.mail().await;
}

async fn cs_50_as_06_a_newer_invitation_replaces_the_older_one_and_no_claim(house: House) {
    let (mut boss, mut ann) = (house.browser(), house.browser());
    boss.administer().await;
    ann.sign_in("/signin", "ann").await;
    ann.claim("ann@contoso.example").await;
    let claim = house.mail().await[0].link();
    let first = invite(&house, &mut boss, "ann").await;
    let path = format!("{LIST}/{}/invite", house.profile("ann").await);
    assert!(boss.post(&path, &[("from", LIST)]).await.leads_to().ends_with("?done=too-soon"));
    house.clock.advance(minutes(1));
    let second = invite(&house, &mut boss, "ann").await;
    house.browser().get(&first).await.shows(410, "A newer e-mail has replaced this link");
    assert_eq!(house.count("invitation", "superseded").await, 1);
    let mut other = house.browser();
    assert_eq!(other.accept(&second, "other").await.leads_to(), "/associate/done");
    assert_eq!(
        ann.accept(&claim, "ann").await.leads_to(),
        "/associate/done",
        "rule 6: a claim lives on its own"
    );
    house.mail().await;
}

async fn an_invitation_lives_seven_days_and_is_shown_as_expired(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let link = invite(&house, &mut boss, "ann").await;
    house.clock.advance(minutes(7 * 24 * 60 - 1));
    assert_eq!(house.browser().get(&link).await.leads_to(), "/associate/invitation");
    house.clock.advance(minutes(1));
    house.browser().get(&link).await.shows(410, "This link is too old");
    boss.sign_in(LIST, "boss").await;
    boss.get(LIST).await.shows(200, "<span class=\"pill bad\">Invitation expired</span>");
}

async fn an_administrator_withdraws_an_invitation(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let link = invite(&house, &mut boss, "ann").await;
    let page = boss.get(LIST).await;
    let id = page
        .text()
        .split("name=\"invitation\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let path = format!("{LIST}/{}/withdraw", house.profile("ann").await);
    let fields = [("invitation", id.as_str()), ("from", LIST)];
    assert_eq!(boss.post(&path, &fields).await.leads_to(), format!("{LIST}?done=withdrawn"));
    house.browser().get(&link).await.shows(410, "This link was withdrawn");
    assert!(boss.post(&path, &fields).await.leads_to().ends_with("?done=nothing"));
    boss.get(LIST).await.shows(200, "Withdrawn");
}

async fn a_mail_that_is_refused_for_good_is_shown_as_undeliverable(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let fields =
        [("first_name", "No"), ("last_name", "Body"), ("email", "nobody.here@example.com"), ("invite", "on")];
    boss.fill_in(&format!("{LIST}/new"), &format!("{LIST}/new"), &fields).await.leads_to();
    assert!(house.mail().await.is_empty());
    assert_eq!(house.count("invitation", "undeliverable").await, 1);
    boss.get(LIST).await.shows(200, "Undeliverable: there is no such mailbox");
}

async fn this_was_not_me_declines_by_a_ticked_box_and_not_by_a_robot(house: House) {
    let (mut boss, mut mailbox) = (house.browser(), house.browser());
    boss.administer().await;
    let path = format!("{LIST}/{}/invite", house.profile("ann").await);
    boss.fill_in(LIST, &path, &[]).await.leads_to();
    let mail = house.mail().await.remove(0);
    let decline = mail.path("/decline/");
    let before = house.dump().await;
    let page = mailbox.get(&decline).await;
    page.shows(200, "This wasn’t me");
    assert_eq!(page.headers["referrer-policy"], "same-origin", "else a browser sends its form from “null”");
    mailbox.post(&decline, &[]).await.shows(422, "Tick the box");
    assert_eq!(house.dump().await, before, "a robot that presses the button changes nothing");
    mailbox.form_token = "wrong".into();
    assert_eq!(mailbox.post(&decline, &[("sure", "on")]).await.status, 403);
    mailbox.get(&decline).await;
    mailbox.post(&decline, &[("sure", "on")]).await.shows(200, "The link no longer works");
    mailbox.get(&mail.link()).await.shows(410, "This link was withdrawn");
    mailbox.get(&decline).await.shows(410, "This link was withdrawn");
    mailbox.post(&decline, &[("sure", "on")]).await.shows(410, "This link was withdrawn");
    mailbox.get("/decline/x").await.shows(404, "We do not know this link");
    boss.get(LIST).await.shows(200, "Declined: “This wasn’t me”");
    let told = house.mail().await;
    assert_eq!((told.len(), told[0].to.as_str()), (1, "boss@contoso.example"));
    assert_eq!(house.deeds("invitation.declined").await, 1);
}

async fn a_claimant_whom_the_mailbox_declined_gets_no_further_link_to_it(house: House) {
    let (mut mallory, mut ann) = (house.browser(), house.browser());
    mallory.sign_in("/signin", "mallory").await;
    mallory.claim("ann@contoso.example").await;
    let decline = house.mail().await[0].path("/decline/");
    let mut mailbox = house.browser();
    mailbox.fill_in(&decline, &decline, &[("sure", "on")]).await.shows(200, "no longer works");
    house.mail().await;
    assert_eq!(
        mallory.claim("ann@contoso.example").await.leads_to(),
        "/associate/sent",
        "CS-14: no sign of it"
    );
    assert!(house.mail().await.is_empty());
    ann.sign_in("/signin", "ann").await;
    ann.claim("ann@contoso.example").await;
    assert_eq!(house.mail().await.len(), 1, "others may");
}

async fn cs_60_to_cs_64_as_15_somebody_moves_their_own_profile_to_another_passport(house: House) {
    house.provider.set(|said| said.email = Some("old@passport.example".into()));
    let (mut old, mut new) = (house.browser(), house.browser());
    old.associate("old", "ann@contoso.example").await;
    house.provider.set(|said| said.email = None);
    let page = old.get("/account").await;
    page.shows(200, "<a href=\"/account/information\">Account Information</a>");
    page.shows(200, "<a href=\"/account/profile\">Personal Profile</a>");
    old.get("/account/profile").await.shows(200, "Send Invite E-mail");
    assert!(old.post("/account/profile/invite", &[]).await.leads_to().ends_with("?done=invited"));
    let link = house.mail().await[0].link();
    old.get("/account").await.shows(200, "Ann@Contoso.example");

    assert_eq!(new.accept(&link, "new").await.leads_to(), "/associate/done");
    assert!(old.get("/account").await.leads_to().starts_with("/signin"), "CS-63: the open session ended");
    new.get("/account").await.shows(200, "Ann@Contoso.example");
    assert_eq!(house.count("association", "superseded").await, 1);
    let told: Vec<(String, bool)> =
        house.mail().await.into_iter().map(|mail| (mail.to.clone(), mail.text.contains("/undo/"))).collect();
    assert_eq!(
        told,
        [
            ("Ann@Contoso.example".into(), false),
            ("boss@contoso.example".into(), true),
            ("boss@contoso.example".into(), false),
            ("old@passport.example".into(), false),
        ],
        "the profile’s address, the administrators, and the former Passport itself"
    );
}

async fn cs_64_a_switch_that_is_not_finished_changes_nothing(house: House) {
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    ann.get("/account/profile").await;
    ann.post("/account/profile/invite", &[]).await.leads_to();
    let link = house.mail().await[0].link();
    let mut new = house.browser();
    new.sign_in(&link, "new").await;
    new.get("/associate/confirm").await.shows(200, "that one loses it");
    ann.get("/account").await.shows(200, "Ann@Contoso.example");
    house.clock.advance(minutes(7 * 24 * 60));
    ann.sign_in("/account", "ann").await;
    ann.get("/account").await.shows(200, "Ann@Contoso.example");
}

async fn cs_62_an_own_edit_is_saved_first_and_tells_the_old_address(house: House) {
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    let fields =
        [("first_name", "Ann"), ("last_name", "Lee"), ("email", "a.lee@example.com"), ("version", "1")];
    let saved = ann.fill_in("/account/profile", "/account/profile", &fields).await;
    assert!(saved.leads_to().ends_with("done=saved-asked"));
    let link = house.mail().await.remove(0).path("/account/address/");
    let other = fields.map(|(name, value)| (name, if name == "first_name" { "Anna" } else { value }));
    ann.post("/account/profile", &other).await.shows(409, "Somebody else saved this profile");
    ann.fill_in(&link, &link, &[]).await.leads_to();
    assert_eq!(house.mail().await[0].to, "Ann@Contoso.example");
    ann.fill_in("/account/profile", "/account/profile/invite", &[]).await.leads_to();
    assert_eq!(house.mail().await[0].to, "a.lee@example.com");
    ann.get("/account").await.shows(200, "a.lee@example.com");
}

async fn a_claim_on_a_profile_in_use_is_refused_by_mail_where_the_installation_says_so(engine: Engine) {
    let house =
        House::open_with(engine, |settings| settings.portal.claim_on_associated = ClaimOnAssociated::Refuse)
            .await;
    let (mut ann, mut bob) = (house.browser(), house.browser());
    // A link from before somebody else took the profile.
    bob.sign_in("/signin", "bob").await;
    bob.claim("ann@contoso.example").await;
    let early = house.mail().await[0].link();
    ann.associate("ann", "ann@contoso.example").await;
    bob.sign_in(&early, "bob").await;
    bob.get("/associate/confirm").await.shows(409, "This profile is in use");
    bob.get("/associate").await;
    bob.post("/associate/confirm", &[]).await.shows(409, "This profile is in use");
    assert_eq!(bob.claim("ann@contoso.example").await.leads_to(), "/associate/sent");
    let mails = house.mail().await;
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, "Ann@Contoso.example"));
    assert!(!mails[0].text.contains("/associate/") && mails[0].subject.contains("is in use"));
    ann.get("/account").await.shows(200, "Ann@Contoso.example");
}

async fn as_03_as_11_an_administrator_who_is_out_leaves_no_invitations_behind(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let by_leaving = invite(&house, &mut boss, "ann").await;
    boss.get("/account/leave").await;
    boss.post("/account/leave", &[]).await.leads_to();
    house.browser().get(&by_leaving).await.shows(410, "This link was withdrawn");
    house.mail().await;
    boss.administer().await;
    house.clock.advance(minutes(1));
    let by_removal = invite(&house, &mut boss, "ann").await;
    let mut data = people();
    data["profiles"][7]["state"] = "removed".into();
    house.seed(data).await;
    house.browser().get(&by_removal).await.shows(410, "This link was withdrawn");
}

async fn as_14_an_address_opens_nothing_whatever_a_passport_says_of_itself(house: House) {
    house.provider.set(|said| said.email = Some("Ann@Contoso.example".into()));
    let mut mallory = house.browser();
    mallory.sign_in("/account", "mallory").await;
    assert_eq!(mallory.get("/account").await.leads_to(), "/associate");
    assert_eq!(house.count("association", "active").await, 0);
}

async fn an_invitation_leads_to_a_page_that_says_who_invites_to_which_company(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let link = invite(&house, &mut boss, "three-1").await;
    let mut tri = house.browser();
    assert_eq!(tri.get("/associate/invitation").await.leads_to(), "/", "nobody was invited yet");
    assert_eq!(tri.get(&link).await.leads_to(), "/associate/invitation");
    let page = tri.get("/associate/invitation").await;
    page.shows(200, "Bo Boss invites you to use CustomerSource for Contoso Ltda.");
    page.shows(200, "Tri Lee");
    assert!(!page.text().contains(link.strip_prefix("/associate/").unwrap()), "{}", page.text());
    // Whoever has no Passport makes one on the way; the address is known there.
    let made = tri.post("/associate/invitation/signup", &[]).await;
    let made = made.leads_to();
    assert!(
        made.contains("prompt=create&max_age=0") && made.contains("login_hint=three%40example.com"),
        "{made}"
    );
    // Whoever has one proves it, with any name.
    let entered = tri.fill_in("/associate/invitation", "/associate/invitation/signin", &[]).await;
    let entered = entered.leads_to();
    assert!(entered.contains("prompt=login&max_age=0") && !entered.contains("login_hint"), "{entered}");
    assert_eq!(tri.accept(&link, "tri").await.leads_to(), "/associate/done");

    // What leads nowhere any more says so, by the same address.
    let gone = invite(&house, &mut boss, "three-2").await;
    let mut tria = house.browser();
    tria.get(&gone).await.leads_to();
    tria.get("/associate/invitation").await;
    house.clock.advance(minutes(8 * 24 * 60));
    tria.post("/associate/invitation/signup", &[]).await.shows(410, "This link is too old");
    tria.get("/associate/invitation").await.shows(410, "This link is too old");
    house.mail().await;
}

async fn two_invitations_in_two_tabs_each_go_on_with_their_own(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let (tri, ann) = (invite(&house, &mut boss, "three-1").await, invite(&house, &mut boss, "ann").await);
    let mut tab = house.browser();
    tab.get(&tri).await.leads_to();
    tab.get("/associate/invitation").await.shows(200, "Tri Lee");
    let first = tab.page();
    tab.get(&ann).await.leads_to();
    tab.get("/associate/invitation").await.shows(200, "Ann Lee");
    tab.turn_to(&first);
    let asked = tab.post("/associate/invitation/signin", &[]).await;
    assert_eq!(tab.prove(&asked, "tri").await.leads_to(), "/associate/confirm");
    let confirm = tab.get("/associate/confirm").await;
    confirm.shows(200, "Tri Lee");
    // And so does “another Passport”, whatever was opened meanwhile.
    let shown = tab.page();
    tab.get(&ann).await.leads_to();
    tab.turn_to(&shown);
    let asked = tab.post("/associate/another", &[]).await;
    tab.prove(&asked, "tria").await.leads_to();
    tab.get("/associate/confirm").await.shows(200, "Tri Lee");
}
