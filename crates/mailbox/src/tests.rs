//! The mailbox as a whole: mail goes in through its socket and comes out of its handle and its web pages.

mod dialog;
mod faults;
mod received;
mod web;

use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::{Limits, Mailbox};

/// 22 November 2026, 14:02:05 UTC.
const NOW: i64 = 1_795_356_125;

async fn open() -> Mailbox {
    open_within(Limits::default()).await
}

async fn open_within(limits: Limits) -> Mailbox {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    Mailbox::open_within(listener, || NOW, limits).unwrap()
}

/// A client that says exactly what it is told to, and hangs a test at most ten seconds.
struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    /// Connects and reads the greeting.
    async fn greeted(mailbox: &Mailbox) -> Self {
        let mut client = Self::silent(mailbox).await;
        assert!(client.reply().await.starts_with("220 "));
        client
    }

    async fn silent(mailbox: &Mailbox) -> Self {
        let stream = TcpStream::connect(mailbox.smtp_address()).await.unwrap();
        Self { stream: BufReader::new(stream) }
    }

    async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.get_mut().write_all(bytes.as_ref()).await.unwrap();
    }

    /// One whole reply, its lines joined by LF; empty when the server has closed the connection.
    async fn reply(&mut self) -> String {
        let mut reply = String::new();
        loop {
            let mut line = String::new();
            let read = self.stream.read_line(&mut line);
            timeout(Duration::from_secs(10), read).await.expect("a reply within ten seconds").unwrap();
            reply.push_str(line.trim_end_matches("\r\n"));
            if line.as_bytes().get(3) != Some(&b'-') {
                return reply;
            }
            reply.push('\n');
        }
    }

    async fn say(&mut self, line: &str) -> String {
        self.write(format!("{line}\r\n")).await;
        self.reply().await
    }

    /// Each line with the code of its reply.
    async fn codes(&mut self, lines: &[&str]) -> String {
        let mut codes = Vec::new();
        for line in lines {
            codes.push(self.say(line).await.chars().take(3).collect::<String>());
        }
        codes.join(" ")
    }

    /// Says everything up to the 354.
    async fn up_to_data(&mut self) {
        let said = ["EHLO client.test", "MAIL FROM:<a@from.test>", "RCPT TO:<b@to.test>", "DATA"];
        assert_eq!(self.codes(&said).await, "250 250 250 354");
    }
}

/// Hands a message over by hand.
async fn send(mailbox: &Mailbox, from: &str, to: &[&str], message: &str) {
    let mut client = Client::greeted(mailbox).await;
    let mut lines = vec!["EHLO client.test".to_owned(), format!("MAIL FROM:<{from}> SMTPUTF8")];
    lines.extend(to.iter().map(|to| format!("RCPT TO:<{to}>")));
    for line in lines {
        assert!(client.say(&line).await.starts_with("250"), "{line}");
    }
    assert!(client.say("DATA").await.starts_with("354"));
    client.write(message).await;
    assert!(client.say("\r\n.").await.starts_with("250"));
}

#[tokio::test]
async fn only_a_loopback_address_is_listened_on() {
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let refused = Mailbox::open(listener, || NOW).err().unwrap();
    assert!(refused.to_string().contains("loopback"), "{refused}");
}

#[tokio::test]
async fn waiting_ends_with_the_last_message_waited_for() {
    let mailbox = open().await;
    let waiting = tokio::spawn({
        let mailbox = mailbox.clone();
        async move { mailbox.wait_for(2, "b@to.test").await }
    });
    send(&mailbox, "a@from.test", &["b@to.test"], "Subject: one\r\n").await;
    send(&mailbox, "a@from.test", &["B@to.test"], "Subject: not for b\r\n").await;
    assert!(!waiting.is_finished());
    send(&mailbox, "a@from.test", &["c@to.test", "b@to.test"], "Subject: two\r\n").await;
    let found = timeout(Duration::from_secs(10), waiting).await.unwrap().unwrap();
    assert_eq!(found.iter().map(|message| message.subject.as_str()).collect::<Vec<_>>(), ["two", "one"]);
}

#[tokio::test]
async fn what_a_test_has_read_is_no_longer_unread() {
    let mailbox = open().await;
    send(&mailbox, "a@from.test", &["b@to.test"], "Subject: one\r\n").await;
    send(&mailbox, "a@from.test", &["c@to.test"], "Subject: two\r\n").await;
    assert_eq!(mailbox.unread().len(), 2);
    assert_eq!(mailbox.to("b@to.test").len(), 1);
    assert_eq!(mailbox.unread().first().unwrap().subject, "two");
    assert_eq!(mailbox.messages().len(), 2);
    assert!(mailbox.unread().is_empty());
    mailbox.clear();
    assert!(mailbox.messages().is_empty());
}

#[tokio::test]
async fn closing_says_so_and_keeps_what_arrived() {
    let mailbox = open().await;
    send(&mailbox, "a@from.test", &["b@to.test"], "Subject: kept\r\n").await;
    let mut client = Client::greeted(&mailbox).await;
    mailbox.close().await;
    assert!(client.reply().await.starts_with("421 "));
    assert!(TcpStream::connect(mailbox.smtp_address()).await.is_err());
    assert_eq!(mailbox.messages().len(), 1);
}

#[tokio::test]
async fn the_oldest_messages_give_way() {
    let mailbox = open().await;
    let mut client = Client::greeted(&mailbox).await;
    client.say("EHLO client.test").await;
    for _ in 0..5_001 {
        client.write("MAIL FROM:<>\r\nRCPT TO:<b@to.test>\r\nDATA\r\n").await;
        for code in ["250", "250", "354"] {
            assert!(client.reply().await.starts_with(code));
        }
        assert!(client.say("Subject: x\r\n\r\n.").await.starts_with("250"));
    }
    let kept = mailbox.messages();
    assert_eq!((kept.len(), kept[0].id.as_str(), kept[4_999].id.as_str()), (5_000, "5001", "2"));
}
