//! Short letters that tell somebody what happened to a profile or a company. Knows not when they are sent.
use askama::Template;
use platform::{
    Fault, clock::Moment, dates, day::Zone, language::Language, letter::LetterFrame, mail::Letter,
    plain::unlinked, texts::Texts,
};

use crate::mailing::bundle::Piece;

/// What happened. Nothing in a notice was typed by whoever caused it, but for names on file, and for who asked staff for an
/// administrator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What<'a> {
    /// To administrators: an invitation was accepted. With a link that ends the association.
    Accepted,
    /// To administrators: somebody with the profile's mailbox says that the invitation was not for them.
    Declined,
    /// To the former Passport: another one has the profile now.
    Lost,
    /// To the profile's address and its Passport: the association was ended.
    Ended,
    /// To the same: the association ended, because the Passport was closed.
    PassportClosed,
    /// To the profile's address and its Passport: the profile was removed.
    Removed,
    /// To the old address: the profile has another one now (portal rule 13).
    AddressChanged,
    /// To the person.
    BecameAdministrator,
    /// To the person.
    NoLongerAdministrator,
    /// To the profile's address: a claim came to nothing, because a Passport has the profile already.
    ClaimRefused,
    /// To support: a claim matched more profiles than it may reach. With a link to the first that it missed.
    ManyProfiles,
    /// To administrators and the Bill-To address: somebody else is going to be administrator.
    CaseApproved(&'a Approved),
    /// To the same: somebody else is administrator now.
    CaseEffective,
    /// To the same: nobody else becomes administrator after all.
    CaseCalledOff,
    /// To everybody who uses the portal for a company: it asks for a second step from then on.
    SecondStep(Moment),
    /// To the same: not any more.
    NoSecondStep,
}

/// What whoever may object to a new administrator has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approved {
    pub effect: Moment,
    /// The address of who is proposed: names can be changed.
    pub email: String,
    /// As staff wrote it down.
    pub asked_by: String,
    /// Whoever administers the company when it takes effect loses the rights: those who do now.
    pub replaced: Option<Vec<String>>,
}

/// So many names stand in one letter.
const MOST_NAMED: usize = 20;

impl Approved {
    fn replaced(&self) -> String {
        let names = self.replaced.as_deref().unwrap_or_default();
        let mut shown: Vec<_> = names.iter().take(MOST_NAMED).map(|name| unlinked(name)).collect();
        if names.len() > MOST_NAMED {
            shown.push("…".into());
        }
        shown.join(", ")
    }

    /// Catalogue keys of all that the letter says.
    const fn keys(&self) -> [&'static str; 4] {
        let rights = if self.replaced.is_some() { "mail-approved-replaced" } else { "mail-approved-beside" };
        ["mail-approved-what", "mail-approved-asked", rights, "mail-approved-do"]
    }
}

impl What<'_> {
    /// Those that can follow each other again and again become one letter: of each family the first leaves at once.
    pub const fn family(self) -> &'static str {
        match self {
            Self::BecameAdministrator | Self::NoLongerAdministrator => "rights",
            Self::Accepted | Self::Declined | Self::Lost | Self::Ended | Self::PassportClosed => {
                "association"
            }
            Self::Removed | Self::AddressChanged => "profile",
            Self::ClaimRefused | Self::ManyProfiles => "claim",
            Self::CaseApproved(_) | Self::CaseEffective | Self::CaseCalledOff => "case",
            Self::SecondStep(_) | Self::NoSecondStep => "second step",
        }
    }

    /// Catalogue keys: subject, what happened, what to do.
    const fn keys(self) -> [&'static str; 3] {
        match self {
            Self::Accepted => ["mail-accepted-subject", "mail-accepted-what", "mail-accepted-do"],
            Self::Declined => ["mail-declined-subject", "mail-declined-what", "mail-declined-do"],
            Self::Lost => ["mail-lost-subject", "mail-lost-what", "mail-lost-do"],
            Self::Ended => ["mail-ended-subject", "mail-ended-what", "mail-ended-do"],
            Self::PassportClosed => ["mail-closed-subject", "mail-closed-what", "mail-closed-do"],
            Self::Removed => ["mail-removed-subject", "mail-removed-what", "mail-removed-do"],
            Self::AddressChanged => ["mail-address-subject", "mail-address-what", "mail-address-do"],
            Self::BecameAdministrator => ["mail-became-subject", "mail-became-what", "mail-became-do"],
            Self::NoLongerAdministrator => {
                ["mail-no-longer-subject", "mail-no-longer-what", "mail-no-longer-do"]
            }
            Self::ClaimRefused => ["mail-refused-subject", "mail-refused-what", "mail-refused-do"],
            Self::ManyProfiles => ["mail-many-subject", "mail-many-what", "mail-many-do"],
            Self::CaseApproved(_) => ["mail-approved-subject", "mail-approved-what", "mail-approved-do"],
            Self::CaseEffective => ["mail-effective-subject", "mail-effective-what", "mail-effective-do"],
            Self::CaseCalledOff => ["mail-called-off-subject", "mail-called-off-what", "mail-called-off-do"],
            Self::SecondStep(_) => ["mail-second-subject", "mail-second-what", "mail-second-do"],
            Self::NoSecondStep => ["mail-no-second-subject", "mail-no-second-what", "mail-no-second-do"],
        }
    }
}

/// One notice to one address on file.
pub struct Notice<'a> {
    pub what: What<'a>,
    pub language: Language,
    pub to: &'a str,
    /// Whose profile.
    pub person: &'a str,
    pub company: &'a str,
    pub at: Moment,
    /// Where the company is.
    pub zone: &'a Zone,
    pub link: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "mail/notice.html")]
struct Html<'a> {
    letter: &'a LetterFrame,
    paragraphs: &'a [String],
    link: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "mail/notice.txt")]
struct Text<'a> {
    letter: &'a LetterFrame,
    paragraphs: &'a [String],
    link: Option<&'a str>,
}

impl Notice<'_> {
    /// As a letter, and as a part of one.
    pub fn write(&self, texts: &Texts) -> Result<(Letter, Piece), Fault> {
        let when = dates::moment_there(texts, self.language, self.zone, self.at);
        let case = match self.what {
            What::CaseApproved(case) => Some(case),
            _ => None,
        };
        let moment = |case: &Approved| dates::moment_there(texts, self.language, self.zone, case.effect);
        let effect = match self.what {
            What::SecondStep(from) => dates::day(texts, self.language, self.zone.to_local(from)),
            _ => case.map(moment).unwrap_or_default(),
        };
        let asked = case.map(|case| unlinked(&case.asked_by)).unwrap_or_default();
        let replaced = case.map(Approved::replaced).unwrap_or_default();
        let [person, company] = [self.person, self.company].map(unlinked);
        let values: [(&'static str, &str); 7] = [
            ("person", &person),
            ("company", &company),
            ("when", &when),
            ("effect", &effect),
            ("email", case.map(|case| case.email.as_str()).unwrap_or_default()),
            ("asked", &asked),
            ("replaced", &replaced),
        ];
        let text = |key| texts.get(self.language, key, &values);
        let [subject, what, act] = self.what.keys();
        let letter = LetterFrame::new(texts, self.language, "portal-name", text(subject));
        let keys = case.map_or_else(|| vec![what, "mail-notice-when", act], |case| case.keys().to_vec());
        let paragraphs: Vec<_> = keys.into_iter().map(text).collect();
        let (plain, html) = (
            Text { letter: &letter, paragraphs: &paragraphs, link: self.link },
            Html { letter: &letter, paragraphs: &paragraphs, link: self.link },
        );
        let whole = letter.letter(self.to, &plain, &html)?;
        let link = self.link.map(str::to_owned);
        Ok((whole, Piece { subject: letter.subject().to_owned(), paragraphs, link }))
    }
}

#[cfg(test)]
mod tests;
