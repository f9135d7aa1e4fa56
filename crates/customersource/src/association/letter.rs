//! The letters of this room: the link, and the notice that a profile moved. Knows not when they are sent.
use askama::Template;
use platform::{
    Fault, clock::Moment, day::Zone, language::Language, letter::LetterFrame, mail::Letter, outbox,
    plain::unlinked, texts::Texts,
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

/// What a letter with a link says (CS-15, CS-17). Nothing in it was typed by whoever asked, but for names on file,
/// which are no links.
#[derive(Clone, Copy)]
pub struct LinkFacts<'a> {
    pub purpose: Purpose,
    pub language: Language,
    pub to: &'a str,
    pub person: &'a str,
    pub company: &'a str,
    /// The administrator who invites; empty: nobody in particular.
    pub by: &'a str,
    pub url: &'a str,
    /// Where whoever reads this says that it was not meant for them.
    pub decline_url: &'a str,
    pub asked_at: Moment,
    /// Where the company is.
    pub zone: &'a Zone,
    pub hours: u64,
    /// Another Passport has the profile now, and accepting moves it.
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
    /// The catalogue keys of the subject, who asked, and with which Passport to answer.
    fn keys(&self) -> [&'static str; 3] {
        let subject = match self.purpose {
            Purpose::AdminInvite if !self.by.is_empty() => "mail-link-invited-subject",
            _ => "mail-link-subject",
        };
        let intro = match self.purpose {
            Purpose::SelfClaim => "mail-link-intro",
            Purpose::AdminInvite if !self.by.is_empty() => "mail-link-invited-by",
            Purpose::AdminInvite => "mail-link-invited",
            Purpose::SelfSwitch => "mail-link-switch",
            Purpose::SupportInvite => "mail-link-support",
        };
        let again = match self.purpose {
            Purpose::SelfClaim => "mail-link-again",
            _ => "mail-link-any",
        };
        [subject, intro, again]
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

    fn lifetime(&self, letter: &LetterFrame) -> String {
        if self.is_in_days() {
            letter.count("mail-link-lifetime-days", "number", self.hours / 24)
        } else {
            letter.count("mail-link-lifetime", "number", self.hours)
        }
    }

    fn intro(&self, letter: &LetterFrame) -> String {
        let when = letter.moment_there(self.zone, &self.asked_at);
        let values = [("company", self.company), ("when", &when), ("by", self.by)];
        letter.text(self.keys()[1], &values)
    }

    pub fn write(&self, texts: &Texts) -> Result<Letter, Fault> {
        let [person, company, by] = [self.person, self.company, self.by].map(unlinked);
        let facts = LinkFacts { person: &person, company: &company, by: &by, ..*self };
        let values = [("person", facts.person), ("company", facts.company), ("by", facts.by)];
        let subject = texts.get(self.language, facts.keys()[0], &values);
        let letter = LetterFrame::new(texts, self.language, "portal-name", subject);
        let (text, html) =
            (LinkText { letter: &letter, facts: &facts }, LinkHtml { letter: &letter, facts: &facts });
        letter.letter(self.to, &text, &html)
    }
}

/// What the notice says when a profile is associated with another Passport than before.
#[derive(Clone, Copy)]
pub struct MovedFacts<'a> {
    pub language: Language,
    pub to: &'a str,
    pub person: &'a str,
    pub company: &'a str,
    pub at: Moment,
    /// Where the company is.
    pub zone: &'a Zone,
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
        let [person, company] = [self.person, self.company].map(unlinked);
        let facts = MovedFacts { person: &person, company: &company, ..*self };
        let values = [("person", facts.person), ("company", facts.company)];
        let subject = texts.get(self.language, "mail-moved-subject", &values);
        let letter = LetterFrame::new(texts, self.language, "portal-name", subject);
        let (text, html) =
            (MovedText { letter: &letter, facts: &facts }, MovedHtml { letter: &letter, facts: &facts });
        letter.letter(self.to, &text, &html)
    }
}

#[cfg(test)]
mod tests;
