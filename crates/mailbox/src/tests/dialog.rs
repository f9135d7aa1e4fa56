//! The SMTP server against clients that keep to no rule.

use std::time::Duration;

use super::{Client, Limits, open, open_within};

#[tokio::test]
async fn the_server_says_what_it_can() {
    let mailbox = open().await;
    let mut client = Client::greeted(&mailbox).await;
    insta::assert_snapshot!(client.say("EHLO client.test").await, @r"
    250-localhost
    250-PIPELINING
    250-SIZE 26214400
    250-8BITMIME
    250-SMTPUTF8
    250-ENHANCEDSTATUSCODES
    250 AUTH PLAIN LOGIN
    ");
    assert_eq!(client.say("HELO client.test").await, "250 localhost");
    assert_eq!(
        client.codes(&["VRFY anyone", "NOOP", "HELP", "RSET", "EXPN list", "QUIT"]).await,
        "252 250 214 250 502 221"
    );
    assert_eq!(client.reply().await, "");
}

#[tokio::test]
async fn commands_out_of_order_are_refused() {
    let mailbox = open().await;
    let mut client = Client::greeted(&mailbox).await;
    let too_early = ["MAIL FROM:<a@b.test>", "RCPT TO:<a@b.test>", "DATA", "AUTH PLAIN AHUAcA=="];
    assert_eq!(client.codes(&too_early).await, "503 503 503 503");
    let nested =
        ["EHLO client.test", "RCPT TO:<a@b.test>", "MAIL FROM:<a@b.test>", "MAIL FROM:<a@b.test>", "DATA"];
    assert_eq!(client.codes(&nested).await, "250 503 250 503 554");
    let begun_again = ["RSET", "RCPT TO:<a@b.test>", "MAIL FROM:<a@b.test>", "EHLO client.test", "DATA"];
    assert_eq!(client.codes(&begun_again).await, "250 503 250 250 503");
    assert_eq!(client.codes(&["WHAT", "MAIL FROM:a@b.test", "DATA x"]).await, "500 501 501");
    assert!(mailbox.messages().is_empty());
}

#[tokio::test]
async fn a_pipelined_group_is_answered_in_order() {
    let mailbox = open().await;
    let mut client = Client::greeted(&mailbox).await;
    client
        .write(
            "EHLO client.test\r\nMAIL FROM:<a@from.test>\r\nRCPT TO:<b@to.test>\r\nRCPT TO:<not an address>\r\n\
             RCPT TO:<c@to.test>\r\nDATA\r\nSubject: one\r\n\r\nfirst\r\n.\r\n\
             MAIL FROM:<>\r\nRCPT TO:<d@to.test>\r\nDATA\r\nSubject: two\r\n\r\nsecond\r\n.\r\nQUIT\r\n",
        )
        .await;
    let mut codes = Vec::new();
    while let Some(code) = client.reply().await.get(..3) {
        codes.push(code.to_owned());
    }
    assert_eq!(codes.join(" "), "250 250 250 501 250 354 250 250 250 354 250 221");
    let messages = mailbox.messages();
    assert_eq!(messages[1].envelope_to, ["b@to.test", "c@to.test"]);
    assert_eq!((messages[0].envelope_from.as_str(), messages[0].text.as_str()), ("", "second\n"));
}

#[tokio::test]
async fn a_second_message_cannot_be_smuggled_in() {
    for ending in ["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r.\r\n", "\r\n.\r"] {
        let mailbox = open().await;
        let mut client = Client::greeted(&mailbox).await;
        client.up_to_data().await;
        client
            .write(format!(
                "Subject: honest\r\n\r\nx{ending}MAIL FROM:<evil@a.test>\r\nRCPT TO:<v@b.test>\r\nDATA\r\nSubject: evil\r\n\r\n.\r\n"
            ))
            .await;
        assert!(client.reply().await.starts_with("250 "), "{ending:?}");
        assert!(client.say("NOOP").await.starts_with("250 2.0.0 Ok"));
        let messages = mailbox.messages();
        assert_eq!((messages.len(), messages[0].subject.as_str()), (1, "honest"), "{ending:?}");
    }
}

#[tokio::test]
async fn commands_that_end_in_a_bare_line_feed_are_refused() {
    let mailbox = open().await;
    let mut client = Client::greeted(&mailbox).await;
    client.write("EHLO client.test\nNOOP\r\nEHLO a\rb\r\nEHLO \u{0}\r\n").await;
    client.write(b"EHLO \xff\r\n").await;
    for code in ["500", "250", "500", "500", "500"] {
        assert!(client.reply().await.starts_with(code));
    }
}

#[tokio::test]
async fn a_line_without_end_is_refused_and_not_kept() {
    let mailbox = open().await;
    let mut client = Client::greeted(&mailbox).await;
    client.write("N".repeat(1_000_000)).await;
    assert!(client.say("").await.starts_with("500 5.5.2 That line is too long"));
    assert!(client.say("NOOP").await.starts_with("250"));
}

#[tokio::test]
async fn a_message_over_25_mebibytes_is_refused() {
    let mailbox = open().await;
    let mut client = Client::greeted(&mailbox).await;
    assert_eq!(
        client.codes(&["EHLO c.test", "MAIL FROM:<> SIZE=26214401", "MAIL FROM:<> SIZE=26214400"]).await,
        "250 552 250"
    );
    assert_eq!(client.codes(&["RCPT TO:<b@to.test>", "DATA"]).await, "250 354");
    let line = format!("{}\r\n", "x".repeat(998));
    let block = line.repeat(1024);
    for _ in 0..26 {
        client.write(&block).await;
    }
    assert!(client.say(".").await.starts_with("552 5.3.4"));
    assert!(client.say("NOOP").await.starts_with("250"));
    assert!(mailbox.messages().is_empty());
}

#[tokio::test]
async fn a_line_over_a_thousand_octets_is_refused() {
    let mailbox = open().await;
    let mut client = Client::greeted(&mailbox).await;
    client.up_to_data().await;
    assert!(client.say(&format!("{}\r\n.", "x".repeat(999))).await.starts_with("500 5.5.2"));
    assert!(mailbox.messages().is_empty());
}

#[tokio::test]
async fn the_hundred_and_first_recipient_is_asked_to_wait() {
    let mailbox = open().await;
    let mut client = Client::greeted(&mailbox).await;
    client.codes(&["EHLO client.test", "MAIL FROM:<>"]).await;
    for count in 0..100 {
        assert!(client.say(&format!("RCPT TO:<r{count}@to.test>")).await.starts_with("250"));
    }
    assert_eq!(client.codes(&["RCPT TO:<r100@to.test>", "DATA", "x\r\n."]).await, "452 354 250");
    assert_eq!(mailbox.messages()[0].envelope_to.len(), 100);
}

#[tokio::test]
async fn an_address_beyond_ascii_needs_its_extension() {
    let mailbox = open().await;
    let mut client = Client::greeted(&mailbox).await;
    let without =
        ["EHLO c.test", "MAIL FROM:<josé@a.test>", "MAIL FROM:<a@a.test>", "RCPT TO:<josé@b.test>", "RSET"];
    assert_eq!(client.codes(&without).await, "250 550 250 553 250");
    let with = ["MAIL FROM:<josé@a.test> SMTPUTF8", "RCPT TO:<José@b.test>", "DATA", "x\r\n."];
    assert_eq!(client.codes(&with).await, "250 250 354 250");
    assert_eq!(mailbox.messages()[0].envelope_to, ["José@b.test"]);
}

#[tokio::test]
async fn any_name_and_password_is_welcome_in_the_right_form() {
    let mailbox = open().await;
    for (lines, codes) in [
        (&["AUTH PLAIN AHUAcA=="][..], "235"),
        (&["AUTH PLAIN", "AHUAcA=="], "334 235"),
        (&["AUTH LOGIN", "dQ==", "cA=="], "334 334 235"),
        (&["AUTH LOGIN dQ==", "="], "334 235"),
        (&["AUTH LOGIN dQ==", "cA==", "AUTH PLAIN AHUAcA=="], "334 235 503"),
        (&["AUTH PLAIN", "*", "AUTH PLAIN !", "AUTH CRAM-MD5"], "334 501 501 504"),
        (&["MAIL FROM:<>", "AUTH PLAIN AHUAcA=="], "250 503"),
    ] {
        let mut client = Client::greeted(&mailbox).await;
        client.say("EHLO client.test").await;
        assert_eq!(client.codes(lines).await, codes, "{lines:?}");
    }
}

#[tokio::test]
async fn a_connection_too_many_is_turned_away_until_one_ends() {
    let mailbox = open_within(Limits { connections: 1, ..Limits::default() }).await;
    let mut first = Client::greeted(&mailbox).await;
    let mut second = Client::silent(&mailbox).await;
    assert!(second.reply().await.starts_with("421 4.3.2"));
    assert_eq!(second.reply().await, "");
    assert!(first.say("QUIT").await.starts_with("221"));
    assert_eq!(first.reply().await, "");
    // The place is given back just after the connection's end is seen.
    let mut third = Client::silent(&mailbox).await;
    while third.reply().await.starts_with("421") {
        third = Client::silent(&mailbox).await;
    }
    assert!(third.say("NOOP").await.starts_with("250"));
}

#[tokio::test]
async fn silence_and_old_age_end_a_connection() {
    let moment = Duration::from_millis(50);
    let mailbox = open_within(Limits { idle: moment, ..Limits::default() }).await;
    let mut silent = Client::greeted(&mailbox).await;
    assert!(silent.reply().await.starts_with("421 4.4.2 Nothing heard"));
    assert_eq!(silent.reply().await, "");

    // Long enough to say four commands in, on a busy machine too.
    let mailbox = open_within(Limits { idle: 20 * moment, ..Limits::default() }).await;
    let mut within_data = Client::greeted(&mailbox).await;
    within_data.up_to_data().await;
    assert!(within_data.reply().await.starts_with("421 4.4.2 Nothing heard"));

    let mailbox = open_within(Limits { connection: moment, ..Limits::default() }).await;
    let mut old = Client::greeted(&mailbox).await;
    assert!(old.reply().await.starts_with("421 4.4.2 This connection is too old"));
    assert_eq!(old.reply().await, "");
    assert!(mailbox.messages().is_empty());
}
