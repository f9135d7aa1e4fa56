//! Letters as a person finds them in an inbox; knows not who wrote them.
use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use mailbox::{Mailbox, Message};
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout};

use crate::http;

const PATIENCE: Duration = Duration::from_secs(30);

/// Where letters arrive.
#[derive(Clone)]
pub enum Post {
    /// The mailbox of this process.
    Mailbox(Mailbox),
    /// The JSON interface of a mailbox elsewhere; its origin.
    Api(String),
}

/// A letter, as far as its reader cares.
#[derive(Clone, Debug)]
pub struct Letter {
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Post {
    /// The letters to `address`, oldest first, as soon as there are `n`.
    pub async fn letters(&self, n: usize, address: &str) -> Vec<Letter> {
        match self {
            Self::Mailbox(mailbox) => {
                let found = timeout(PATIENCE, mailbox.wait_for(n, address)).await;
                let found = found.unwrap_or_else(|_| panic!("{n} letters to {address} did not come"));
                found.iter().rev().map(|message| Letter::of(message)).collect()
            }
            Self::Api(origin) => {
                let deadline = Instant::now() + PATIENCE;
                loop {
                    let ids = ids_to(origin, address).await;
                    if ids.len() >= n {
                        return letters_by_id(origin, &ids).await;
                    }
                    assert!(Instant::now() < deadline, "{n} letters to {address} did not come");
                    sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }
}

async fn ids_to(origin: &str, address: &str) -> Vec<String> {
    let list = json(&format!("{origin}/api/v1/messages")).await;
    let messages = list["messages"].as_array().unwrap();
    let is_to =
        |message: &&Value| message["To"].as_array().unwrap().iter().any(|to| to["Address"] == address);
    let mut ids: Vec<_> =
        messages.iter().filter(is_to).map(|message| message["ID"].as_str().unwrap().to_owned()).collect();
    ids.reverse();
    ids
}

async fn letters_by_id(origin: &str, ids: &[String]) -> Vec<Letter> {
    let mut letters = Vec::new();
    for id in ids {
        let message = json(&format!("{origin}/api/v1/message/{id}")).await;
        let field = |name: &str| message[name].as_str().unwrap().to_owned();
        letters.push(Letter { subject: field("Subject"), text: field("Text"), html: field("HTML") });
    }
    letters
}

async fn json(url: &str) -> Value {
    let client = http::client().build().unwrap();
    client.get(url).send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
}

impl Letter {
    pub fn of(message: &Message) -> Self {
        Self { subject: message.subject.clone(), text: message.text.clone(), html: message.html.clone() }
    }

    /// The address of a page of nobody's that shows it, as a mail program on the web does.
    pub fn as_page(&self) -> String {
        format!("data:text/html;charset=utf-8;base64,{}", STANDARD.encode(&self.html))
    }

    /// Where “This wasn’t me” leads.
    pub fn decline_link(&self) -> String {
        let page = scraper::Html::parse_document(&self.html);
        let anchor = scraper::Selector::parse("a[href*='/decline/']").unwrap();
        page.select(&anchor).next().unwrap().attr("href").unwrap().to_owned()
    }

    /// The one long link of the letter: the same, whole and on one line, in both of its parts (CS-17).
    pub fn link(&self) -> String {
        let page = scraper::Html::parse_document(&self.html);
        let anchors = scraper::Selector::parse("a[href^=http]:not([href*='/decline/'])").unwrap();
        let links: Vec<_> = page.select(&anchors).map(|anchor| anchor.attr("href").unwrap()).collect();
        assert_eq!(links.len(), 1, "one link and no other: {links:?}");
        let shown: String = page.select(&anchors).flat_map(|anchor| anchor.text()).collect();
        assert_eq!(shown, links[0], "the link shows where it leads");
        assert!(self.text.lines().any(|line| line == shown), "alone on its line: {}", self.text);
        shown
    }
}
