//! What becomes of letters: refusals, reports of mail servers, letters that are given up, and the desk of staff for
//! whoever got none.
use axum::http::Request;
use customersource::jobs::bounces;
use mailbox::{Fault, Step};
use platform::secrets::Secret;
use testkit::{Engine, on_both_engines};

use crate::house::{Answer, Browser, House, minutes};

on_both_engines![
    what_is_about_us_or_passes_makes_no_invitation_undeliverable,
    a_password_that_the_mail_server_refuses_keeps_the_invitation_waiting_and_rings,
    a_letter_that_is_given_up_after_days_leaves_its_invitation_undeliverable_and_says_why,
    a_report_is_taken_from_whoever_knows_the_secret_and_from_nobody_else,
    a_soft_report_is_seen_and_makes_no_invitation_undeliverable,
    reports_in_a_mailbox_folder_are_read_once_and_put_away,
    the_envelope_names_the_letter_where_the_settings_say_so,
    a_letter_that_the_operator_dropped_does_not_wait_for_ever,
    the_desk_says_what_became_of_a_letter_and_corrects_the_address,
    staff_add_a_person_whom_nobody_had_put_on_file_and_others_may_not,
    a_name_that_is_an_address_or_a_link_is_refused_and_nothing_typed_is_lost,
    an_invitation_says_who_invites_and_two_profiles_have_two_subjects,
    a_company_called_0042_keeps_its_name_in_letters,
    a_notice_comes_in_its_readers_language_or_in_that_of_the_company,
    a_company_of_two_languages_is_invited_in_the_inviters,
];

const LIST: &str = "/account/professionals";
const SECRET: &str = "a secret of twenty characters";

/// A report as a mail server writes it, about the letter with this Message-ID.
fn report(message_id: &str, action: &str, status: &str, said: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example\nTo: no-reply@portal.example\nSubject: Undelivered\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n\
         --b\nContent-Type: text/plain\n\nI could not deliver it.\n\n\
         --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n\
         Final-Recipient: rfc822; ann@contoso.example\nAction: {action}\nStatus: {status}\n\
         Diagnostic-Code: smtp; {said}\n\n\
         --b\nContent-Type: text/rfc822-headers\n\nFrom: x@portal.example\nMessage-ID: {message_id}\n\n--b--\n"
    )
    .replace('\n', "\r\n")
}

async fn bring(browser: &mut Browser<'_>, secret: &str, raw: String) -> Answer {
    let request = Request::post("/bounces").header("content-type", "message/rfc822");
    let request =
        if secret.is_empty() { request } else { request.header("authorization", format!("Bearer {secret}")) };
    browser.send(request, raw).await
}

async fn open(engine: Engine) -> House {
    House::open_with(engine, |settings| settings.bounces.secret = Secret::new(SECRET)).await
}

/// The Message-ID of the one invitation that Ann gets.
async fn invited(house: &House, boss: &mut Browser<'_>) -> String {
    let path = format!("{LIST}/{}/invite", house.profile("ann").await);
    boss.fill_in(LIST, &path, &[]).await.leads_to();
    let mail = house.mail().await.remove(0);
    mail.header("Message-ID").unwrap().to_owned()
}

async fn what_is_about_us_or_passes_makes_no_invitation_undeliverable(engine: Engine) {
    for (step, reply) in [
        (Step::Sender, "550 5.1.8 Sender rejected"),
        (Step::Sender, "550 no"),
        (Step::Recipient, "554 5.7.1 Client host blocked using a list"),
        (Step::Recipient, "550 policy violation"),
        (Step::Content, "554 5.7.1 Message rejected"),
        (Step::Recipient, "552 5.2.2 Mailbox full"),
        (Step::Recipient, "552 Quota exceeded"),
    ] {
        let house = House::open(engine).await;
        let mut boss = house.browser();
        boss.administer().await;
        let path = format!("{LIST}/{}/invite", house.profile("ann").await);
        boss.fill_in(LIST, &path, &[]).await.leads_to();
        house.mail_fails(Fault::Says(step, reply));
        assert!(house.mail().await.is_empty(), "{reply}");
        assert_eq!(house.count("invitation", "queued").await, 1, "{reply}");
        boss.get(LIST).await.shows(200, "On its way");
        house.mail_fails(None);
        house.clock.advance(minutes(6));
        assert_eq!(house.mail().await.len(), 1, "{reply}: it leaves once that is mended");
        assert_eq!(house.count("invitation", "pending").await, 1, "{reply}");
    }
}

async fn a_password_that_the_mail_server_refuses_keeps_the_invitation_waiting_and_rings(engine: Engine) {
    let house = House::open_with(engine, |settings| {
        settings.mail.smtp_url = settings.mail.smtp_url.replace("smtp://", "smtp://portal:wrong@");
    })
    .await;
    let mut boss = house.browser();
    boss.administer().await;
    let path = format!("{LIST}/{}/invite", house.profile("ann").await);
    boss.fill_in(LIST, &path, &[]).await.leads_to();
    // Whoever is connected was let in: they come anew.
    house.mail_fails(Fault::RefuseConnection);
    assert!(house.mail().await.is_empty());
    house.mail_fails(Fault::Says(Step::SignIn, "535 5.7.8 Authentication failed"));
    house.clock.advance(minutes(6));
    assert!(house.mail().await.is_empty());
    assert_eq!(house.count("invitation", "queued").await, 1);
    boss.get(LIST).await.shows(200, "On its way");
    let report = platform::outbox::Report::read(house.portal.db.reader(), house.now()).await.unwrap();
    assert_eq!((report.trouble, report.given_up), (1, 0));
    assert!(report.reason.as_deref().unwrap_or_default().contains("535"), "{report:?}");
    house.mail_fails(None);
    house.clock.advance(minutes(6));
    assert_eq!(house.mail().await.len(), 1);
    assert_eq!(house.count("invitation", "pending").await, 1);
}

async fn a_letter_that_is_given_up_after_days_leaves_its_invitation_undeliverable_and_says_why(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let path = format!("{LIST}/{}/invite", house.profile("ann").await);
    boss.fill_in(LIST, &path, &[]).await.leads_to();
    house.mail_fails(Fault::Says(Step::Recipient, "452 4.2.2 Full"));
    house.mail().await;
    house.clock.advance(minutes(4 * 24 * 60));
    house.mail().await;
    assert_eq!(house.count("invitation", "undeliverable").await, 1);
    assert_eq!(house.count("mailing", "given_up").await, 1);
    boss.sign_in(LIST, "boss").await;
    boss.get(LIST).await.shows(200, "Undeliverable: the mailbox is full");
}

async fn a_report_is_taken_from_whoever_knows_the_secret_and_from_nobody_else(engine: Engine) {
    let house = open(engine).await;
    let mut boss = house.browser();
    boss.administer().await;
    let id = invited(&house, &mut boss).await;
    let hard = report(&id, "failed", "5.1.1", "550 5.1.1 <ann@contoso.example>: User unknown");
    let mut server = house.browser();
    for secret in ["", "wrong", "a secret of twenty character"] {
        assert_eq!(bring(&mut server, secret, hard.clone()).await.status, 401, "{secret}");
    }
    let large = "x".repeat(600 * 1024);
    assert_eq!(bring(&mut server, SECRET, large).await.status, 413);
    assert_eq!(house.count("invitation", "pending").await, 1);
    for raw in ["", "From: ann\r\n\r\nI am away.", &report("<made@up.example>", "failed", "5.1.1", "550 no")]
    {
        assert_eq!(bring(&mut server, SECRET, raw.to_owned()).await.status, 202);
    }
    assert_eq!(house.count("invitation", "pending").await, 1);

    bring(&mut server, SECRET, hard.clone()).await.shows(202, "noted");
    assert_eq!(house.count("invitation", "undeliverable").await, 1);
    boss.get(LIST).await.shows(200, "Undeliverable: there is no such mailbox");
    bring(&mut server, SECRET, hard).await.shows(202, "no letter of ours");
    let dump = house.dump().await;
    let why = dump["mailing"].as_array().unwrap().iter().find(|row| row["state"] == "returned").unwrap();
    assert!(!why["why"].as_str().unwrap().contains("ann@"), "{why}");

    let closed = House::open(engine).await;
    let mut server = closed.browser();
    assert_eq!(bring(&mut server, "", String::new()).await.status, 404, "no secret, no door");
}

async fn a_soft_report_is_seen_and_makes_no_invitation_undeliverable(engine: Engine) {
    let house = open(engine).await;
    let mut boss = house.browser();
    boss.administer().await;
    let id = invited(&house, &mut boss).await;
    let mut server = house.browser();
    for (action, status, said, state) in [
        ("delayed", "4.4.1", "connection timed out", "sent"),
        ("failed", "5.2.2", "552 5.2.2 Mailbox full", "returned"),
    ] {
        bring(&mut server, SECRET, report(&id, action, status, said)).await.shows(202, "noted");
        assert_eq!(house.count("invitation", "pending").await, 1, "{status}");
        let dump = house.dump().await;
        let newest =
            dump["mailing"].as_array().unwrap().iter().find(|row| row["kind"] == "invitation").unwrap();
        assert_eq!(newest["state"], state);
    }
}

async fn reports_in_a_mailbox_folder_are_read_once_and_put_away(engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    for part in ["new", "cur", "tmp"] {
        std::fs::create_dir(folder.path().join(part)).unwrap();
    }
    let house = House::open(engine).await;
    let mut boss = house.browser();
    boss.administer().await;
    let id = invited(&house, &mut boss).await;
    let raw = report(&id, "failed", "5.1.2", "550 5.1.2 Bad destination system");
    std::fs::write(folder.path().join("new/1.a.host"), raw).unwrap();
    std::fs::write(folder.path().join("new/2.b.host"), "Subject: Away\r\n\r\nUntil Monday.").unwrap();
    assert_eq!(bounces::once(&house.portal, folder.path()).await.unwrap(), 2);
    assert_eq!(bounces::once(&house.portal, folder.path()).await.unwrap(), 0);
    assert!(
        folder.path().join("cur/1.a.host:2,S").is_file() && folder.path().join("cur/2.b.host:2,S").is_file()
    );
    assert_eq!(house.count("invitation", "undeliverable").await, 1);
    boss.get(LIST).await.shows(200, "the domain of the address does not exist");
}

async fn the_envelope_names_the_letter_where_the_settings_say_so(engine: Engine) {
    let house =
        House::open_with(engine, |settings| settings.bounces.return_path = "bounces@portal.example".into())
            .await;
    let mut boss = house.browser();
    boss.administer().await;
    let path = format!("{LIST}/{}/invite", house.profile("ann").await);
    boss.fill_in(LIST, &path, &[]).await.leads_to();
    let mail = house.mail().await.remove(0);
    let id = mail.header("Message-ID").unwrap();
    let name = id.trim_start_matches('<').split('@').next().unwrap().replace('-', "");
    assert_eq!(mail.from, format!("bounces+{name}@portal.example"));
}

async fn a_letter_that_the_operator_dropped_does_not_wait_for_ever(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let path = format!("{LIST}/{}/invite", house.profile("ann").await);
    boss.fill_in(LIST, &path, &[]).await.leads_to();
    let desk = platform::outbox::Operator::new(&house.portal.keyring);
    let waiting = desk.list(house.portal.db.reader(), house.now()).await.unwrap();
    for line in waiting {
        desk.drop(&house.portal.db, house.now(), platform::outbox::Which::One(line.id)).await.unwrap();
    }
    customersource::jobs::sweep::once(&house.portal).await.unwrap();
    boss.get(LIST).await.shows(200, "Undeliverable: the operator removed it");
}

async fn the_desk_says_what_became_of_a_letter_and_corrects_the_address(engine: Engine) {
    let house = open(engine).await;
    let (mut boss, mut staff) = (house.browser(), house.browser());
    boss.administer().await;
    let id = invited(&house, &mut boss).await;
    let hard = report(&id, "failed", "5.1.1", "550 5.1.1 User unknown");
    bring(&mut house.browser(), SECRET, hard).await.shows(202, "noted");
    house.employ("sam", "support").await;
    staff.sign_in("/staff/mail", "sam").await;
    staff.get("/staff/mail?q=ann%40CONTOSO.example").await.shows(200, "there is no such mailbox");
    staff.get("/staff/mail?q=Ann+Lee").await.shows(200, "Undeliverable: there is no such mailbox");
    staff.get("/staff/mail?q=stranger%40nowhere.example").await.shows(200, "Nobody on file");
    let person = format!("/staff/people/{}", house.profile("ann").await);
    let page = staff.get(&person).await;
    page.shows(200, "Came back:");
    page.shows(200, "550 5.1.1 User unknown");

    let path = format!("{person}/address");
    let bad = [("email", "ann@"), ("reason", "She called"), ("version", "1")];
    let again = staff.fill_in(&path, &path, &bad).await;
    again.shows(422, "value=\"ann@\"");
    again.shows(422, "She called");
    let good =
        [("email", "ann.lee@contoso.example"), ("reason", "She called"), ("version", "1"), ("invite", "on")];
    assert!(staff.fill_in(&path, &path, &good).await.leads_to().ends_with("?done=done"));
    staff.fill_in(&path, &path, &good).await.shows(422, "This is the current address");
    assert_eq!(house.current("ann").await.email, "ann.lee@contoso.example");
    let mails = house.mail().await;
    assert!(
        mails.iter().any(|mail| mail.to == "ann.lee@contoso.example" && mail.text.contains("/associate/"))
    );
    assert!(
        mails.iter().any(|mail| mail.to == "Ann@Contoso.example" && mail.subject.contains("was changed"))
    );
    assert_eq!(house.deeds("profile.saved").await, 1);
}

async fn staff_add_a_person_whom_nobody_had_put_on_file_and_others_may_not(house: House) {
    let (mut staff, mut ann) = (house.browser(), house.browser());
    ann.associate("ann", "ann@contoso.example").await;
    house.employ("sam", "support").await;
    staff.sign_in("/staff/mail", "sam").await;
    let company = house.current("ann").await.company;
    let path = format!("/staff/companies/{company}/people/new");
    let new =
        [("first_name", "New"), ("last_name", "Hire"), ("email", "new@contoso.example"), ("invite", "on")];
    assert_eq!(ann.fill_in("/account/profile", &path, &new).await.status, 403);
    assert_eq!(ann.get("/staff/mail?q=ann").await.status, 403);
    staff.fill_in(&path, &path, &new).await.shows(422, "Enter a reason");
    let with_reason = [&new[..], &[("reason", "The boss called")]].concat();
    let back = staff.post(&path, &with_reason).await;
    assert!(back.leads_to().ends_with("?done=done"), "{}", back.leads_to());
    assert_eq!(house.mail().await.iter().filter(|mail| mail.to == "new@contoso.example").count(), 1);
    assert_eq!(house.deeds("profile.added").await, 1);
}

async fn a_name_that_is_an_address_or_a_link_is_refused_and_nothing_typed_is_lost(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    for name in ["victim@example.com", "URGENT: pay at http://evil.example", "www.evil.example"] {
        let fields =
            [("first_name", name), ("last_name", "Lee"), ("email", "v@example.com"), ("invite", "on")];
        let path = format!("{LIST}/new");
        let again = boss.fill_in(&path, &path, &fields).await;
        again.shows(422, "no e-mail address, no link");
        again.shows(422, "v@example.com");
    }
    assert!(house.mail().await.is_empty());
}

async fn an_invitation_says_who_invites_and_two_profiles_have_two_subjects(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    for name in ["three-1", "three-2"] {
        let path = format!("{LIST}/{}/invite", house.profile(name).await);
        boss.fill_in(LIST, &path, &[]).await.leads_to();
    }
    let subjects: Vec<String> = house.mail().await.into_iter().map(|mail| mail.subject.clone()).collect();
    assert_eq!(
        subjects,
        [
            "Bo Boss invites Tria Lee to CustomerSource for Contoso Ltda",
            "Bo Boss invites Tri Lee to CustomerSource for Contoso Ltda"
        ]
    );
}

async fn a_company_called_0042_keeps_its_name_in_letters(house: House) {
    let mut data = crate::house::people();
    data["companies"][0]["name"] = "0042".into();
    house.seed(data).await;
    let mut boss = house.browser();
    boss.administer().await;
    let path = format!("{LIST}/{}/invite", house.profile("ann").await);
    boss.fill_in(LIST, &path, &[]).await.leads_to();
    let mail = house.mail().await.remove(0);
    assert!(mail.subject.ends_with("for 0042") && mail.text.contains("administrator of 0042"), "{mail:?}");
}

async fn a_notice_comes_in_its_readers_language_or_in_that_of_the_company(house: House) {
    let mut boss = house.browser();
    boss.language = "pt-BR";
    boss.administer().await;
    let mut data = crate::house::people();
    data["profiles"][0]["email"] = "ann.lee@contoso.example".into();
    house.seed(data).await;
    let mails = house.mail().await;
    let told = mails.iter().find(|mail| mail.to == "Ann@Contoso.example").unwrap();
    assert!(told.subject.contains("foi alterado"), "{}", told.subject);
}

async fn a_company_of_two_languages_is_invited_in_the_inviters(house: House) {
    house.browser().associate("ann", "ann@contoso.example").await;
    let mut boss = house.browser();
    boss.language = "pt-BR";
    boss.administer().await;
    let path = format!("{LIST}/{}/invite", house.profile("three-1").await);
    boss.fill_in(LIST, &path, &[]).await.leads_to();
    let mails = house.mail().await;
    let invited = mails.iter().find(|mail| mail.to == "three@example.com").unwrap();
    assert!(invited.subject.contains("convida"), "{}", invited.subject);
}
