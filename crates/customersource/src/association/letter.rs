//! The letters of this room: the link, and the notice that a profile moved. Knows not when they are sent.
use askama::Template;
use platform::{
    Fault, clock::Moment, language::Language, letter::LetterFrame, mail::Letter, outbox, texts::Texts,
};
use serde::{Deserialize, Serialize};

use super::{InvitationId, Purpose};

/// A letter with a link; carried out by the job that also says how its invitation's mail fared.
#[derive(Serialize, Deserialize)]
pub struct LinkLetter {
    pub invitation: InvitationId,
    pub letter: Letter,
}

impl outbox::Job for LinkLetter {
    const KIND: &'static str = "link-letter";
    const CLASS: outbox::Class = outbox::Class::Mail;

    fn expires_at(&self) -> Option<Moment> {
        self.letter.expires_at
    }
}

/// What a letter with a link says (CS-15, CS-17). Nothing in it was typed by whoever asked.
pub struct LinkFacts<'a> {
    pub purpose: Purpose,
    pub language: Language,
    pub to: &'a str,
    pub person: &'a str,
    pub company: &'a str,
    pub url: &'a str,
    /// Where whoever reads this says that it was not meant for them.
    pub decline_url: &'a str,
    pub asked_at: Moment,
    pub hours: u64,
    /// Another Passport has the profile now, and accepting moves it (decision 3).
    pub moves: bool,
}

#[derive(Template)]
#[template(path = "mail/link.html")]
struct LinkHtml<'a> {
    letter: &'a LetterFrame,
    facts: &'a LinkFacts<'a>,
}

#[derive(Template)]
#[template(path = "mail/link.txt")]
struct LinkText<'a> {
    letter: &'a LetterFrame,
    facts: &'a LinkFacts<'a>,
}

impl LinkFacts<'_> {
    /// The catalogue keys of who asked, with which Passport to answer, and how long there is.
    fn keys(&self) -> [&'static str; 3] {
        let intro = match self.purpose {
            Purpose::SelfClaim => "mail-link-intro",
            Purpose::AdminInvite => "mail-link-invited",
            Purpose::SelfSwitch => "mail-link-switch",
            Purpose::SupportInvite => "mail-link-support",
        };
        let again = match self.purpose {
            Purpose::SelfClaim => "mail-link-again",
            _ => "mail-link-any",
        };
        let lifetime = if self.is_in_days() { "mail-link-lifetime-days" } else { "mail-link-lifetime" };
        [intro, again, lifetime]
    }

    fn is_in_days(&self) -> bool {
        self.hours > 48 && self.hours.is_multiple_of(24)
    }

    /// What is said when it is not wanted.
    fn not_me(&self) -> &'static str {
        if self.purpose == Purpose::SelfClaim { "mail-link-not-me" } else { "mail-link-not-wanted" }
    }

    fn do_key(&self) -> &'static str {
        if self.purpose == Purpose::SelfClaim { "mail-link-do" } else { "mail-link-do-invited" }
    }

    fn lifetime(&self) -> String {
        if self.is_in_days() { (self.hours / 24).to_string() } else { self.hours.to_string() }
    }

    pub fn write(&self, texts: &Texts) -> Result<Letter, Fault> {
        let subject = texts.get(self.language, "mail-link-subject", &[("company", self.company)]);
        let letter = LetterFrame::new(texts, self.language, "portal-name", subject);
        let (text, html) =
            (LinkText { letter: &letter, facts: self }, LinkHtml { letter: &letter, facts: self });
        letter.letter(self.to, &text, &html)
    }
}

/// What the notice says when a profile is associated with another Passport than before.
pub struct MovedFacts<'a> {
    pub language: Language,
    pub to: &'a str,
    pub person: &'a str,
    pub company: &'a str,
    pub at: Moment,
}

#[derive(Template)]
#[template(path = "mail/moved.html")]
struct MovedHtml<'a> {
    letter: &'a LetterFrame,
    facts: &'a MovedFacts<'a>,
}

#[derive(Template)]
#[template(path = "mail/moved.txt")]
struct MovedText<'a> {
    letter: &'a LetterFrame,
    facts: &'a MovedFacts<'a>,
}

impl MovedFacts<'_> {
    pub fn write(&self, texts: &Texts) -> Result<Letter, Fault> {
        let subject = texts.get(self.language, "mail-moved-subject", &[("company", self.company)]);
        let letter = LetterFrame::new(texts, self.language, "portal-name", subject);
        let (text, html) =
            (MovedText { letter: &letter, facts: self }, MovedHtml { letter: &letter, facts: self });
        letter.letter(self.to, &text, &html)
    }
}

#[cfg(test)]
mod tests;
