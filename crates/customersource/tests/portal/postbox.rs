//! A postbox: takes mail over SMTP and keeps it. Knows nothing of who sends.
use std::sync::{Arc, Mutex};

use mail_parser::MessageParser;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// One mail: to whom the envelope says, and what is in it.
#[derive(Clone, Debug)]
pub struct Mail {
    pub to: String,
    /// The sender of the envelope.
    pub from: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Name and value of every header.
    pub headers: Vec<(String, String)>,
}

impl Mail {
    /// The path of the link that stands alone on a line.
    pub fn link(&self) -> String {
        self.path("/associate/")
    }

    /// The path of the address on a line of its own that begins so.
    pub fn path(&self, beginning: &str) -> String {
        let line = self.text.lines().find(|line| line.contains(beginning)).expect("a link");
        line.strip_prefix("http://localhost:8080").expect("our origin").to_owned()
    }
}

#[derive(Clone, Default)]
pub struct Postbox(Arc<Mutex<Vec<Mail>>>, Arc<Mutex<Refusal>>);

/// How a command is answered, and how often that was said anew: whoever connected before connects again.
#[derive(Clone, Debug, Default)]
struct Refusal {
    reply: String,
    number: u32,
}

impl Postbox {
    /// Opens a postbox; answers it with the URL to send to.
    pub async fn open() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let postbox = Self::default();
        let kept = postbox.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, kept.clone()));
            }
        });
        (postbox, url)
    }

    /// Answers a command so from now on: `RCPT 552 5.2.2 Full`; nothing: takes all mail.
    pub fn refuse(&self, reply: &str) {
        let mut refusal = self.1.lock().unwrap();
        reply.clone_into(&mut refusal.reply);
        refusal.number += 1;
    }

    /// Takes out what has come, in the order of the recipients.
    pub fn take(&self) -> Vec<Mail> {
        let mut mails = std::mem::take(&mut *self.0.lock().unwrap());
        mails.sort_by(|a, b| (&a.to, &a.subject).cmp(&(&b.to, &b.subject)));
        mails
    }
}

async fn talk(mut stream: TcpStream, postbox: Postbox) -> Option<()> {
    let (reader, mut writer) = stream.split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 postbox\r\n").await.ok()?;
    let (mut to, mut from) = (String::new(), String::new());
    let number = postbox.1.lock().unwrap().number;
    while let Some(line) = lines.next_line().await.ok()? {
        let command = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let refused = postbox.1.lock().unwrap().clone();
        if refused.number != number {
            return None;
        }
        if let Some(reply) = refused.reply.strip_prefix(&command).filter(|_| command.len() == 4) {
            writer.write_all(format!("{}\r\n", reply.trim()).as_bytes()).await.ok()?;
            continue;
        }
        let answer = match command.as_str() {
            "EHLO" => "250-postbox\r\n250 AUTH PLAIN\r\n",
            "AUTH" => "235 welcome\r\n",
            "MAIL" => {
                from = line.split(['<', '>']).nth(1)?.to_owned();
                "250 ok\r\n"
            }
            "RCPT" => {
                to = line.split(['<', '>']).nth(1)?.to_owned();
                // Nobody is at home at addresses that begin so.
                if to.starts_with("nobody.here") { "550 no such mailbox\r\n" } else { "250 ok\r\n" }
            }
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await.ok()?;
                let mut data = String::new();
                while let Some(line) = lines.next_line().await.ok()? {
                    if line == "." {
                        break;
                    }
                    data.push_str(line.strip_prefix('.').unwrap_or(&line));
                    data.push_str("\r\n");
                }
                postbox.0.lock().unwrap().push(read(&to, &from, &data));
                "250 kept\r\n"
            }
            "QUIT" => "221 bye\r\n",
            _ => "250 ok\r\n",
        };
        writer.write_all(answer.as_bytes()).await.ok()?;
    }
    Some(())
}

fn read(to: &str, from: &str, data: &str) -> Mail {
    let message = MessageParser::default().parse(data.as_bytes()).unwrap();
    Mail {
        to: to.to_owned(),
        from: from.to_owned(),
        subject: message.subject().unwrap().to_owned(),
        text: message.body_text(0).unwrap().replace("\r\n", "\n"),
        html: message.body_html(0).unwrap().into_owned(),
        headers: message
            .headers_raw()
            .map(|(name, value)| (name.to_owned(), value.split_whitespace().collect::<Vec<_>>().join(" ")))
            .collect(),
    }
}
