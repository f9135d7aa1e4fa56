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
    pub subject: String,
    pub text: String,
    pub html: String,
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
pub struct Postbox(Arc<Mutex<Vec<Mail>>>);

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
    let mut to = String::new();
    while let Some(line) = lines.next_line().await.ok()? {
        let answer = match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
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
                postbox.0.lock().unwrap().push(read(&to, &data));
                "250 kept\r\n"
            }
            "QUIT" => "221 bye\r\n",
            _ => "250 ok\r\n",
        };
        writer.write_all(answer.as_bytes()).await.ok()?;
    }
    Some(())
}

fn read(to: &str, data: &str) -> Mail {
    let message = MessageParser::default().parse(data.as_bytes()).unwrap();
    Mail {
        to: to.to_owned(),
        subject: message.subject().unwrap().to_owned(),
        text: message.body_text(0).unwrap().replace("\r\n", "\n"),
        html: message.body_html(0).unwrap().into_owned(),
    }
}
