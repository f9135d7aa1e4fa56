//! The letters that an account's owner gets; knows not when they are sent.
use askama::Template;
use platform::{Fault, letter::LetterFrame, mail::Letter, web::Site};

use super::Account;

#[derive(Template)]
#[template(path = "letters/already_have.txt", escape = "none")]
struct AlreadyHaveText<'a> {
    letter: &'a LetterFrame,
    to: &'a str,
    sign_in: &'a str,
    recover: &'a str,
}

#[derive(Template)]
#[template(path = "letters/already_have.html")]
struct AlreadyHaveHtml<'a> {
    letter: &'a LetterFrame,
    to: &'a str,
    sign_in: &'a str,
    recover: &'a str,
}

/// Somebody tried to sign up with an address that has an account (EN-02).
pub fn already_have(site: &Site, account: &Account) -> Result<Letter, Fault> {
    let subject = site.texts.get(account.language, "already-have-subject", &[]);
    let letter = &LetterFrame::new(&site.texts, account.language, site.name_key, subject);
    let (sign_in, recover) = (site.url("/sign-in"), site.url("/recover"));
    let (sign_in, recover, to) = (sign_in.as_str(), recover.as_str(), account.email.as_str());
    letter.letter(
        to,
        &AlreadyHaveText { letter, to, sign_in, recover },
        &AlreadyHaveHtml { letter, to, sign_in, recover },
    )
}
