//! The letters to one address, as its owner opens them.
use std::sync::Arc;

use mailbox::Message;

use crate::House;

/// One person's mail.
pub struct Postbox {
    house: House,
    address: String,
}

impl Postbox {
    pub(crate) fn new(house: House, address: &str) -> Self {
        Self { house, address: address.to_owned() }
    }

    /// Every letter so far, newest first, after all that waits was sent.
    pub async fn letters(&self) -> Vec<Arc<Message>> {
        self.house.deliver().await;
        self.house.mailbox.to(&self.address)
    }

    /// The one letter that there is.
    pub async fn letter(&self) -> Arc<Message> {
        let letters = self.letters().await;
        assert_eq!(letters.len(), 1, "letters to {}: {letters:#?}", self.address);
        Arc::clone(&letters[0])
    }

    /// The web addresses in the plain part of every letter, newest letter first.
    pub async fn links(&self) -> Vec<String> {
        self.letters().await.iter().flat_map(|letter| links(letter)).collect()
    }

    /// The one web address in the one letter.
    pub async fn link(&self) -> String {
        let links = links(&*self.letter().await);
        assert_eq!(links.len(), 1, "links to {}: {links:?}", self.address);
        links[0].clone()
    }
}

/// The web addresses in the plain part of a letter; where to say “this wasn’t me” is not one to go on with.
pub fn links(letter: &Message) -> Vec<String> {
    let words = letter.text.split_whitespace();
    words
        .filter(|word| word.starts_with("http://") || word.starts_with("https://"))
        .filter(|word| !word.contains("/decline/"))
        .map(str::to_owned)
        .collect()
}
