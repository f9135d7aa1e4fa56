//! The letter that says that an account will be erased, and how to take that back.
use askama::Template;
use platform::{Fault, clock::Moment, dates, letter::LetterFrame, mail::Letter, web::Site};

use crate::account::Account;

#[derive(Template)]
#[template(path = "letters/closing.txt", escape = "none")]
struct ClosingText<'a> {
    letter: &'a LetterFrame,
    to: &'a str,
    when: &'a str,
    undo: &'a str,
}

#[derive(Template)]
#[template(path = "letters/closing.html")]
struct ClosingHtml<'a> {
    letter: &'a LetterFrame,
    to: &'a str,
    when: &'a str,
    undo: &'a str,
}

/// Where the link of the letter leads; the secret follows.
pub const UNDO: &str = "/account/close/undo";

/// To every known address of the account.
pub fn closing(site: &Site, account: &Account, when: Moment, secret: &str) -> Result<Vec<Letter>, Fault> {
    let subject = site.texts.get(account.language, "closing-subject", &[]);
    let letter = &LetterFrame::new(&site.texts, account.language, site.name_key, subject);
    let when = dates::day(&site.texts, account.language, when);
    let undo = site.url(&format!("{UNDO}/{secret}"));
    let (to, when, undo) = (account.email.as_str(), when.as_str(), undo.as_str());
    account
        .mailboxes()
        .map(|address| {
            letter.letter(
                address,
                &ClosingText { letter, to, when, undo },
                &ClosingHtml { letter, to, when, undo },
            )
        })
        .collect()
}
