//! The letter that tells an owner of a copied automatic sign-in; knows not when it is sent.
use askama::Template;
use platform::{Fault, letter::LetterFrame, mail::Letter, web::Site};

use crate::account::Account;

#[derive(Template)]
#[template(path = "letters/stolen.txt", escape = "none")]
struct StolenText<'a> {
    letter: &'a LetterFrame,
    to: &'a str,
    recover: &'a str,
}

#[derive(Template)]
#[template(path = "letters/stolen.html")]
struct StolenHtml<'a> {
    letter: &'a LetterFrame,
    to: &'a str,
    recover: &'a str,
}

/// To every known address of the account (RM-02).
pub fn stolen(site: &Site, account: &Account) -> Result<Vec<Letter>, Fault> {
    let subject = site.texts.get(account.language, "stolen-subject", &[]);
    let letter = &LetterFrame::new(&site.texts, account.language, site.name_key, subject);
    let (recover, to) = (site.url("/recover"), account.email.as_str());
    let recover = recover.as_str();
    account
        .mailboxes()
        .map(|address| {
            letter.letter(address, &StolenText { letter, to, recover }, &StolenHtml { letter, to, recover })
        })
        .collect()
}
