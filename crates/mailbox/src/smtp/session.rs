//! The dialog of one connection: what may follow what (RFC 5321 section 4.1.4), and what is kept at its end.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::command::{self, Command, Mechanism, Sender};
use super::data::Refused;
use super::wire::{Ended, Line, Wire};
use super::{Fault, Post, Step};
use crate::message::Envelope;

const HELLO_FIRST: &str = "503 5.5.1 Say EHLO or HELO first";
const OK: &str = "250 2.0.0 Ok";
const TOO_LARGE: &str = "552 5.3.4 The message is larger than this server takes";

pub(super) struct Session {
    pub wire: Wire,
    post: Post,
    greeted: bool,
    authenticated: bool,
    transaction: Option<Transaction>,
}

struct Transaction {
    envelope: Envelope,
    utf8: bool,
}

impl Session {
    pub fn new(wire: Wire, post: Post) -> Self {
        Self { wire, post, greeted: false, authenticated: false, transaction: None }
    }

    /// Talks until the client leaves, falls silent or says QUIT.
    pub async fn run(&mut self) {
        let ended = self.talk().await;
        if ended == Err(Ended::Silent) {
            self.wire.reply("421 4.4.2 Nothing heard for too long");
        }
        self.wire.send().await.ok();
    }

    async fn talk(&mut self) -> Result<(), Ended> {
        self.reply_at(Step::Greeting, "220 localhost ESMTP development mailbox").await;
        loop {
            let command = match self.wire.line().await? {
                Line::Text(line) => command::parse(&line),
                Line::TooLong => Err("500 5.5.2 That line is too long"),
                Line::Malformed => {
                    Err("500 5.5.2 Lines are UTF-8 without control characters and end in CRLF")
                }
            };
            match command {
                Ok(Command::Quit) => {
                    self.reply("221 2.0.0 Good bye").await;
                    return Ok(());
                }
                Ok(Command::Data) => self.data().await?,
                Ok(Command::Authenticate { mechanism, initial }) => {
                    self.authenticate(mechanism, initial).await?
                }
                Ok(Command::Hello { extended: true }) => self.extended_hello().await,
                Ok(other) => {
                    let reply = self.answer(other);
                    self.reply(reply).await;
                }
                Err(refusal) => self.reply(refusal).await,
            }
        }
    }

    /// Replies, after as long as the fault asks to hang.
    async fn reply(&mut self, line: &str) {
        // The sender of faults is gone only when the mailbox is, and then this connection is being closed.
        self.post.faults.wait_for(|fault| *fault != Fault::Hang).await.ok();
        self.wire.reply(line);
    }

    /// The reply that was set for this step, if one was.
    fn set_for(&self, step: Step) -> Option<&'static str> {
        match *self.post.faults.borrow() {
            Fault::Says(at, reply) if at == step => Some(reply),
            _ => None,
        }
    }

    async fn reply_at(&mut self, step: Step, usual: &str) {
        // Waits first: a fault that hangs may be followed by one that speaks.
        self.post.faults.wait_for(|fault| *fault != Fault::Hang).await.ok();
        let reply = self.set_for(step).unwrap_or(usual);
        self.wire.reply(reply);
    }

    /// The commands that one line answers and that read nothing more.
    fn answer(&mut self, command: Command) -> &'static str {
        match command {
            Command::Hello { .. } => {
                self.greeted = true;
                self.transaction = None;
                "250 localhost"
            }
            Command::Mail(sender) => self.begin(sender),
            Command::Recipient(to) => self.recipient(to),
            Command::Reset => {
                self.transaction = None;
                OK
            }
            Command::Verify => "252 2.1.5 Not verified, but mail for anyone is taken",
            Command::Help => "214 2.0.0 A mailbox for development: it takes every mail and passes none on",
            Command::Nothing | Command::Quit | Command::Data | Command::Authenticate { .. } => OK,
        }
    }

    async fn extended_hello(&mut self) {
        self.greeted = true;
        self.transaction = None;
        let size = format!("250-SIZE {}", self.post.limits.message_bytes);
        for line in [
            "250-localhost",
            "250-PIPELINING",
            &size,
            "250-8BITMIME",
            "250-SMTPUTF8",
            "250-ENHANCEDSTATUSCODES",
        ] {
            let is_withheld = line == "250-SMTPUTF8" && *self.post.faults.borrow() == Fault::AsciiOnly;
            if !is_withheld {
                self.reply(line).await;
            }
        }
        self.reply("250 AUTH PLAIN LOGIN").await;
    }

    fn begin(&mut self, sender: Sender) -> &'static str {
        if !self.greeted {
            return HELLO_FIRST;
        }
        if self.transaction.is_some() {
            return "503 5.5.1 A message is under way: finish it or say RSET";
        }
        if sender.size.is_some_and(|size| size > self.post.limits.message_bytes as u64) {
            return TOO_LARGE;
        }
        if !sender.utf8 && !sender.path.is_ascii() {
            return "550 5.6.7 An address beyond ASCII needs SMTPUTF8";
        }
        if let Some(refusal) = self.set_for(Step::Sender) {
            return refusal;
        }
        let envelope = Envelope { from: sender.path, to: Vec::new() };
        self.transaction = Some(Transaction { envelope, utf8: sender.utf8 });
        "250 2.1.0 Ok"
    }

    fn recipient(&mut self, to: String) -> &'static str {
        let Some(transaction) = self.transaction.as_mut() else {
            return "503 5.5.1 Say MAIL first";
        };
        if !transaction.utf8 && !to.is_ascii() {
            return "553 5.6.7 An address beyond ASCII needs SMTPUTF8";
        }
        match *self.post.faults.borrow() {
            Fault::Temporary => return "451 4.3.0 Told to fail for now",
            Fault::Permanent => return "550 5.1.1 Told to refuse everyone",
            Fault::Says(Step::Recipient, reply) => return reply,
            Fault::Nobody(beginning) if to.starts_with(beginning) => return "550 5.1.1 No such mailbox",
            Fault::None
            | Fault::Nobody(_)
            | Fault::Hang
            | Fault::RefuseConnection
            | Fault::Says(..)
            | Fault::AsciiOnly => {}
        }
        if transaction.envelope.to.len() >= self.post.limits.recipients {
            return "452 4.5.3 Too many recipients";
        }
        transaction.envelope.to.push(to);
        "250 2.1.5 Ok"
    }

    async fn data(&mut self) -> Result<(), Ended> {
        let refusal = match &self.transaction {
            None => Some("503 5.5.1 Say MAIL and RCPT first"),
            Some(transaction) if transaction.envelope.to.is_empty() => {
                Some("554 5.5.1 No recipient was taken")
            }
            Some(_) => None,
        };
        if let Some(refusal) = refusal {
            self.reply(refusal).await;
            return Ok(());
        }
        let Some(Transaction { envelope, .. }) = self.transaction.take() else { return Ok(()) };
        self.reply("354 Go on, and end with a dot alone on a line").await;
        match self.wire.message(self.post.limits.message_bytes).await? {
            Ok(_) if self.set_for(Step::Content).is_some() => self.reply_at(Step::Content, OK).await,
            Ok(raw) => {
                let id = self.post.shelf.add(envelope, raw, (self.post.now)());
                tracing::debug!(id, "the mailbox took a message");
                self.reply(&format!("250 2.0.0 Kept as {id}")).await;
            }
            Err(Refused::TooLarge) => self.reply(TOO_LARGE).await,
            Err(Refused::LineTooLong) => {
                self.reply("500 5.5.2 The message has a line of more than 1000 octets").await;
            }
        }
        Ok(())
    }

    /// Takes any name and password, but only in the form that RFC 4954 gives them.
    async fn authenticate(&mut self, mechanism: Mechanism, initial: Option<String>) -> Result<(), Ended> {
        if !self.greeted {
            self.reply(HELLO_FIRST).await;
            return Ok(());
        }
        if self.authenticated || self.transaction.is_some() {
            self.reply("503 5.5.1 AUTH comes once, and before MAIL").await;
            return Ok(());
        }
        let prompts: &[&str] = match mechanism {
            Mechanism::Plain => &["334 "],
            // "Username:" and "Password:".
            Mechanism::Login => &["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"],
        };
        let mut given = initial;
        for prompt in prompts {
            let response = match given.take() {
                Some(response) => Line::Text(response),
                None => {
                    self.reply(prompt).await;
                    self.wire.line().await?
                }
            };
            let Line::Text(response) = response else {
                self.reply("500 5.5.2 That line is too long or malformed").await;
                return Ok(());
            };
            if response == "*" {
                self.reply("501 5.0.0 AUTH given up").await;
                return Ok(());
            }
            // An empty response is written as "=" (RFC 4954 section 4).
            if response != "=" && STANDARD.decode(&response).is_err() {
                self.reply("501 5.5.2 That is not base64").await;
                return Ok(());
            }
        }
        if let Some(refusal) = self.set_for(Step::SignIn) {
            self.reply(refusal).await;
            return Ok(());
        }
        self.authenticated = true;
        self.reply("235 2.7.0 Anyone is welcome").await;
        Ok(())
    }
}
