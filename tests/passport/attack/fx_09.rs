//! FX-09: refusals at greeting, AUTH and MAIL FROM are about us: kept, retried, alarmed. At RCPT, for the address:
//! ended, and told to the operator.
use mailbox::{Fault, Step};
use platform::{mail::Letter, outbox::Report, secrets::Secret};
use testkit::{Engine, House, house::minutes, on_both_engines};

on_both_engines![
    fx_09_what_is_about_us_is_kept_retried_and_alarmed,
    fx_09_what_is_about_the_address_ends_and_is_told,
    fx_09_an_address_beyond_ascii_ends_where_the_way_lacks_smtputf8,
    a_full_mailbox_is_tried_again,
    a_link_that_ended_while_the_server_was_away_is_not_sent,
];

/// A house that signs in at its mail server, and a letter that waits.
async fn with_a_letter(engine: Engine, address: &str) -> House {
    let house = House::with(engine, |settings| {
        settings.passport.sign_up.reveal_taken = false;
        let mail = &mut settings.passport.mail;
        mail.smtp_url = mail.smtp_url.replace("smtp://", "smtp://mailer%40contoso.com@");
        mail.password = Secret::new("secret");
    })
    .await;
    house.browser().sign_up(address).await;
    house.deliver().await;
    house.browser().sign_up(address).await;
    house
}

async fn report(house: &House) -> Report {
    Report::read(house.passport.db.reader(), house.clock.now()).await.unwrap()
}

async fn fx_09_what_is_about_us_is_kept_retried_and_alarmed(engine: Engine) {
    let house = with_a_letter(engine, "ann@acme.test").await;
    for (step, reply) in [
        (Step::Greeting, "554 5.7.1 Your host is not welcome"),
        (Step::SignIn, "535 5.7.8 Authentication credentials invalid"),
        (Step::Sender, "550 5.7.60 Client does not have permissions to send as this sender"),
        (Step::Recipient, "554 5.7.1 Service unavailable; client host blocked using zen.spamhaus.org"),
        (Step::Recipient, "550 policy rejection for ann@acme.test"),
        (Step::Content, "554 5.7.1 Message rejected as spam"),
    ] {
        house.mailbox.set_fault(Fault::Says(step, reply));
        house.deliver().await;
        let report = report(&house).await;
        assert_eq!((report.waiting, report.given_up, report.trouble), (1, 0, 1), "{reply}");
        let reason = report.reason.unwrap();
        assert!(reason.contains(reply.get(..3).unwrap()) && !reason.contains("acme"), "{reason}");
        house.clock.advance(minutes(5));
    }
    house.mailbox.set_fault(Fault::None);
    assert_eq!(house.postbox("ann@acme.test").letters().await.len(), 1, "nothing was lost");
    assert_eq!(report(&house).await, Report::default(), "and the alarm is over");
}

async fn fx_09_what_is_about_the_address_ends_and_is_told(engine: Engine) {
    for reply in ["550 5.1.1 ann@acme.test: user unknown", "550 5.2.1 disabled", "550 No such user here"] {
        let house = with_a_letter(engine, "ann@acme.test").await;
        house.mailbox.set_fault(Fault::Says(Step::Recipient, reply));
        house.deliver().await;
        let report = report(&house).await;
        assert_eq!((report.waiting, report.given_up, report.trouble), (0, 1, 0), "{reply}");
        let (is_wrong, text) = report.in_words("passport");
        assert!(is_wrong && text.contains("1 given up") && text.contains("passport outbox list"), "{text}");
        let stored = "SELECT COUNT(*) FROM outbox WHERE last_error LIKE '%acme%'";
        assert_eq!(house.ground.count(stored).await, 0, "no address in a plain column");
    }
}

async fn fx_09_an_address_beyond_ascii_ends_where_the_way_lacks_smtputf8(engine: Engine) {
    let house = with_a_letter(engine, "jos\u{e9}@acme.test").await;
    house.mailbox.set_fault(Fault::AsciiOnly);
    house.deliver().await;
    let report = report(&house).await;
    assert_eq!((report.waiting, report.given_up), (0, 1));
}

async fn a_full_mailbox_is_tried_again(engine: Engine) {
    let house = with_a_letter(engine, "ann@acme.test").await;
    house.mailbox.set_fault(Fault::Says(Step::Recipient, "552 5.2.2 The mailbox is full"));
    // Days, at most five minutes apart.
    for _ in 0..40 {
        house.deliver().await;
        house.clock.advance(minutes(5));
    }
    assert_eq!(house.jobs_waiting().await, 1);
    house.mailbox.set_fault(Fault::None);
    house.postbox("ann@acme.test").letter().await;
}

async fn a_link_that_ended_while_the_server_was_away_is_not_sent(engine: Engine) {
    let house = House::open(engine).await;
    house.mailbox.set_fault(Fault::RefuseConnection);
    let now = house.clock.now();
    let tx = house.passport.db.begin().await.unwrap();
    for (subject, lives) in [("A link", Some(minutes(15))), ("A notice", None)] {
        let letter = Letter {
            to: "ann@acme.test".into(),
            subject: subject.into(),
            text: "words".into(),
            html: "<p>words</p>".into(),
            language: "en-US".into(),
            unsubscribe: None,
            list: None,
            expires_at: lives.map(|lives| now + lives),
        };
        house.passport.outbox.add(&tx, now, &letter).await.unwrap();
    }
    tx.commit().await.unwrap();
    house.deliver().await;
    assert_eq!(house.jobs_waiting().await, 2);
    house.clock.advance(minutes(15));
    house.mailbox.set_fault(Fault::None);
    assert_eq!(house.postbox("ann@acme.test").letter().await.subject, "A notice");
    assert_eq!(house.jobs_waiting().await, 0);
}
