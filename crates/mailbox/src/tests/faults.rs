//! The faults that tests of a sender set.

use std::io::ErrorKind;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::time::timeout;

use super::{Client, open};
use crate::{Fault, Step};

const UP_TO_RECIPIENT: [&str; 3] = ["EHLO client.test", "MAIL FROM:<>", "RCPT TO:<b@to.test>"];

#[tokio::test]
async fn a_temporary_and_a_permanent_fault_refuse_recipients_until_they_end() {
    let mailbox = open().await;
    let mut client = Client::greeted(&mailbox).await;
    mailbox.set_fault(Fault::Temporary);
    assert_eq!(client.codes(&UP_TO_RECIPIENT).await, "250 250 451");
    mailbox.set_fault(Fault::Permanent);
    assert_eq!(client.codes(&["RCPT TO:<b@to.test>", "DATA"]).await, "550 554");
    mailbox.set_fault(Fault::None);
    assert_eq!(client.codes(&["RCPT TO:<b@to.test>", "DATA", "x\r\n."]).await, "250 354 250");
    assert_eq!(mailbox.messages().len(), 1);
}

#[tokio::test]
async fn nobody_is_at_home_at_addresses_that_begin_so_and_everybody_else_is() {
    let mailbox = open().await;
    mailbox.set_fault(Fault::Nobody("nobody"));
    let mut client = Client::greeted(&mailbox).await;
    let dialog = ["EHLO client.test", "MAIL FROM:<>", "RCPT TO:<nobody@to.test>", "RCPT TO:<b@to.test>"];
    assert_eq!(client.codes(&dialog).await, "250 250 550 250");
}

#[tokio::test]
async fn a_hanging_server_says_nothing_until_it_recovers() {
    let mailbox = open().await;
    mailbox.set_fault(Fault::Hang);
    let mut client = Client::silent(&mailbox).await;
    client.write("EHLO client.test\r\n").await;
    let silence = timeout(Duration::from_millis(50), client.stream.read_u8()).await;
    assert!(silence.is_err(), "{silence:?}");
    mailbox.set_fault(Fault::None);
    assert!(client.reply().await.starts_with("220 "));
    assert!(client.reply().await.ends_with("250 AUTH PLAIN LOGIN"));
}

#[tokio::test]
async fn refused_connections_are_reset_and_so_are_open_ones() {
    let mailbox = open().await;
    let mut open_one = Client::greeted(&mailbox).await;
    mailbox.set_fault(Fault::RefuseConnection);
    let mut new_one = Client::silent(&mailbox).await;
    for client in [&mut open_one, &mut new_one] {
        let ended = timeout(Duration::from_secs(10), client.stream.read_u8()).await.unwrap();
        assert_eq!(ended.unwrap_err().kind(), ErrorKind::ConnectionReset);
    }
    mailbox.set_fault(Fault::None);
    let mut client = Client::greeted(&mailbox).await;
    assert_eq!(client.codes(&UP_TO_RECIPIENT).await, "250 250 250");
}

#[tokio::test]
async fn each_step_of_the_dialog_can_be_told_what_to_reply() {
    let mailbox = open().await;
    mailbox.set_fault(Fault::Says(Step::Greeting, "554 5.7.1 Not you"));
    assert!(Client::silent(&mailbox).await.reply().await.starts_with("554 "));
    mailbox.set_fault(Fault::Says(Step::SignIn, "535 5.7.8 No"));
    let mut client = Client::greeted(&mailbox).await;
    assert_eq!(client.codes(&["EHLO client.test", "AUTH PLAIN AGEAYg=="]).await, "250 535");
    mailbox.set_fault(Fault::Says(Step::Sender, "550 5.7.1 No"));
    assert_eq!(client.codes(&["MAIL FROM:<a@from.test>"]).await, "550");
    mailbox.set_fault(Fault::Says(Step::Recipient, "550 5.7.1 No"));
    assert_eq!(client.codes(&["MAIL FROM:<a@from.test>", "RCPT TO:<b@to.test>"]).await, "250 550");
    mailbox.set_fault(Fault::Says(Step::Content, "554 5.7.1 No"));
    assert_eq!(client.codes(&["RCPT TO:<b@to.test>", "DATA", "x\r\n."]).await, "250 354 554");
    assert!(mailbox.messages().is_empty());
}
