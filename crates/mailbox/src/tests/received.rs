//! What lettre, the sender of both programs, hands over is read back exactly.

use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox as Person, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message as Mail, Tokio1Executor};

use super::{NOW, open, send};
use crate::{Fault, Mailbox};

fn transport(mailbox: &Mailbox) -> AsyncSmtpTransport<Tokio1Executor> {
    AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
        .port(mailbox.smtp_address().port())
        .build()
}

fn person(name: &str, address: &str) -> Person {
    Person::new((!name.is_empty()).then(|| name.to_owned()), address.parse().unwrap())
}

fn mail(to: &str) -> lettre::message::MessageBuilder {
    Mail::builder().from(person("", "no-reply@passport.test")).to(person("", to)).subject("s")
}

#[tokio::test]
async fn a_mail_in_two_forms_is_read_back_exactly() {
    let mailbox = open().await;
    let link = format!("http://localhost:8080/associate/{}", "Ab1-_".repeat(60));
    let text = format!(
        "Olá, Sílvia!\n.\n..two dots\n.leading dot\n\n{link}\n\nEquals = sign, trailing blank \n{}\nfim.\n",
        "uma linha bem comprida, ".repeat(60)
    );
    let html = format!("<!doctype html>\n<p>Olá!\n.\n<a href=\"{link}\">Associar</a>\n");
    let sent = Mail::builder()
        .from(person("Passport – acesso", "no-reply@passport.test"))
        .to(person("Sílvia Conceição", "Silvia.C+Tag@Example.COM"))
        .reply_to(person("", "help@passport.test"))
        .subject("Associação do seu perfil: confirme até amanhã, por favor – é rápido e é só um clique ✓")
        .multipart(MultiPart::alternative_plain_html(text.clone(), html.clone()))
        .unwrap();
    transport(&mailbox).send(sent).await.unwrap();

    let received = mailbox.wait_for(1, "Silvia.C+Tag@Example.COM").await;
    let message = received.first().unwrap();
    assert_eq!(message.envelope_from, "no-reply@passport.test");
    assert_eq!(message.envelope_to, ["Silvia.C+Tag@Example.COM"]);
    assert_eq!(
        message.subject,
        "Associação do seu perfil: confirme até amanhã, por favor – é rápido e é só um clique ✓"
    );
    assert_eq!(message.header("SUBJECT"), Some(message.subject.as_str()));
    assert_eq!(message.from[0].name, "Passport – acesso");
    assert_eq!(
        (message.to[0].name.as_str(), message.to[0].address.as_str()),
        ("Sílvia Conceição", "Silvia.C+Tag@Example.COM")
    );
    assert_eq!(message.header("To"), Some("Sílvia Conceição <Silvia.C+Tag@Example.COM>"));
    assert_eq!(message.reply_to[0].address, "help@passport.test");
    assert_eq!(message.text, text);
    assert_eq!(message.html, html);
    assert_eq!(message.links(), [link]);
    assert_eq!(message.received_at, NOW);
}

#[tokio::test]
async fn what_is_sent_is_kept_byte_for_byte() {
    let mailbox = open().await;
    let sent = mail("b@to.test").body(".a\r\n..b\r\n".to_owned()).unwrap();
    // lettre ends every message with a line end of its own.
    let formatted = [sent.formatted().as_slice(), b"\r\n"].concat();
    transport(&mailbox).send(sent).await.unwrap();
    assert_eq!(mailbox.messages()[0].raw, formatted);
}

#[tokio::test]
async fn encodings_and_character_sets_are_undone() {
    let mailbox = open().await;
    for (headers, body, text) in [
        (
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64",
            "T2zDoSAubGV0dHJl",
            "Olá .lettre",
        ),
        (
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable",
            "Ol=C3=A1 soft=\r\n line",
            "Olá soft line",
        ),
        (
            "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable",
            "Ol=E1",
            "Olá",
        ),
        ("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit", "Olá", "Olá"),
        ("X-None: 1", "plain", "plain"),
    ] {
        send(&mailbox, "", &["b@to.test"], &format!("{headers}\r\n\r\n{body}")).await;
        assert_eq!(mailbox.messages()[0].text.trim_end(), text, "{headers}");
    }
}

#[tokio::test]
async fn a_part_that_is_missing_is_not_made_up() {
    let mailbox = open().await;
    let html = mail("h@to.test").singlepart(SinglePart::html("<p>Only <b>this</b></p>".to_owned())).unwrap();
    transport(&mailbox).send(html).await.unwrap();
    transport(&mailbox).send(mail("t@to.test").body("only that".to_owned()).unwrap()).await.unwrap();
    let (html, text) = (&mailbox.to("h@to.test")[0], &mailbox.to("t@to.test")[0]);
    assert_eq!((html.text.as_str(), html.html.trim_end()), ("", "<p>Only <b>this</b></p>"));
    assert_eq!(html.snippet(), "Only this");
    assert_eq!((text.text.trim_end(), text.html.as_str()), ("only that", ""));
}

#[tokio::test]
async fn attachments_stand_apart_from_the_text() {
    let mailbox = open().await;
    let parts = MultiPart::mixed().singlepart(SinglePart::plain("see attached".to_owned())).singlepart(
        Attachment::new("relatório.txt".to_owned()).body("four".to_owned(), ContentType::TEXT_PLAIN),
    );
    transport(&mailbox).send(mail("b@to.test").multipart(parts).unwrap()).await.unwrap();
    let message = &mailbox.messages()[0];
    assert_eq!(message.text, "see attached");
    let attached = &message.attachments[0];
    assert_eq!(
        (attached.file_name.as_str(), attached.content_type.as_str(), attached.size),
        ("relatório.txt", "text/plain", 4)
    );
}

#[tokio::test]
async fn the_envelope_is_not_the_headers() {
    let mailbox = open().await;
    let sent = mail("shown@to.test").bcc(person("", "hidden@to.test")).body("x".to_owned()).unwrap();
    transport(&mailbox).send(sent).await.unwrap();
    assert_eq!(mailbox.to("hidden@to.test")[0].envelope_to, ["shown@to.test", "hidden@to.test"]);
    assert_eq!(mailbox.messages()[0].header("Bcc"), None);
}

#[tokio::test]
async fn an_international_address_and_a_password_are_taken() {
    let mailbox = open().await;
    let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
        .port(mailbox.smtp_address().port())
        .credentials(Credentials::new("any".to_owned(), "thing".to_owned()))
        .build();
    transport.send(mail("josé@exemplo.test").body("x".to_owned()).unwrap()).await.unwrap();
    assert_eq!(mailbox.to("josé@exemplo.test").len(), 1);
}

#[tokio::test]
async fn the_sender_sees_each_fault_for_what_it_is() {
    let mailbox = open().await;
    let transport = transport(&mailbox);
    let mail = || mail("b@to.test").body("x".to_owned()).unwrap();
    transport.send(mail()).await.unwrap();
    mailbox.set_fault(Fault::Temporary);
    assert!(transport.send(mail()).await.unwrap_err().is_transient());
    mailbox.set_fault(Fault::Permanent);
    assert!(transport.send(mail()).await.unwrap_err().is_permanent());
    mailbox.set_fault(Fault::RefuseConnection);
    let refused = transport.send(mail()).await.unwrap_err();
    assert!(!refused.is_permanent() && !refused.is_transient(), "{refused:?}");
    mailbox.set_fault(Fault::None);
    transport.send(mail()).await.unwrap();
    assert_eq!(mailbox.to("b@to.test").len(), 2);
}

#[tokio::test]
async fn what_is_no_mail_at_all_is_kept_too() {
    let mailbox = open().await;
    for message in [
        "",
        "\r\n",
        "no header here",
        ": \r\n:\r\n",
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n--x--",
    ] {
        send(&mailbox, "", &["b@to.test"], message).await;
        let kept = &mailbox.messages()[0];
        assert_eq!(kept.raw, format!("{message}\r\n").as_bytes());
        assert_eq!((kept.subject.as_str(), kept.date), ("", NOW));
    }
}
