//! Letters that people asked for: an issue of a newsletter, a reply in a thread, a seat in a course. Knows not
//! when they are sent.
use askama::Template;
use platform::{
    Fault,
    clock::Moment,
    db::Tx,
    language::Language,
    letter::LetterFrame,
    mail::{self, Letter},
    outbox::Outbox,
    plain::unlinked,
    random::Random,
    texts::Texts,
    web::Site,
};

use crate::{
    mailing::{self, Kind, Regarding, bundle::Piece},
    profile::ProfileId,
};

/// What such letters are sent with.
#[derive(Clone, Copy)]
pub struct Press<'a> {
    pub random: &'a Random,
    pub outbox: &'a Outbox,
    pub site: &'a Site,
    /// Where the portal is available.
    pub regions: &'a [String],
}

impl Press<'_> {
    /// `kind` says which letters are like it: what follows within a while becomes one.
    pub async fn send(
        &self,
        tx: &Tx,
        now: Moment,
        (profile, bulletin): (ProfileId, &Bulletin<'_>),
        kind: &str,
    ) -> Result<(), Fault> {
        let said = bulletin.write(&self.site.texts)?;
        let about = Regarding::of(Kind::Bulletin).profile(profile);
        mailing::actions::tell(tx, now, self.outbox, kind, said, &about).await
    }
}

/// The kinds of letters about courses: seats that were taken or given back, and dates that were moved or called off.
pub const SEATS: &str = "seats";
pub const DATES: &str = "dates";

/// A reply in a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// Name of the newsgroup, subject of the thread.
    pub newsgroup: &'a str,
    pub subject: &'a str,
    /// Who replied; empty: somebody whose profile is gone.
    pub author: &'a str,
    pub body: &'a str,
    /// How mail programs put it beside the others of its thread.
    pub list: &'a mail::List,
}

/// So much of a reply stands in its mail, in characters.
const EXCERPT: usize = 600;

impl Reply<'_> {
    /// Its beginning, without links: what one writes, others are sent.
    fn excerpt(&self) -> String {
        let body: String = self.body.chars().take(EXCERPT).collect();
        let cut = if body.len() < self.body.len() { " …" } else { "" };
        format!("{}{cut}", unlinked(body.trim_end()))
    }
}

/// What it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What<'a> {
    /// Name of the newsletter, title and summary of the issue.
    Issue {
        newsletter: &'a str,
        title: &'a str,
        summary: &'a str,
    },
    Reply(Reply<'a>),
    /// Title of the course, when and where.
    Enrolled {
        course: &'a str,
        when: &'a str,
        place: &'a str,
    },
    EnrolmentEnded {
        course: &'a str,
        when: &'a str,
        place: &'a str,
    },
    /// A date is held at another time or place: the new ones.
    CourseMoved {
        course: &'a str,
        when: &'a str,
        place: &'a str,
    },
    /// A date is not held.
    CourseCancelled {
        course: &'a str,
        when: &'a str,
        place: &'a str,
    },
}

/// One letter to one address on file.
pub struct Bulletin<'a> {
    pub what: What<'a>,
    pub language: Language,
    pub to: &'a str,
    /// Whom it is for.
    pub person: &'a str,
    /// Where to read on.
    pub link: &'a str,
    /// Stops such letters.
    pub unsubscribe: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "mail/bulletin.html")]
struct Html<'a> {
    letter: &'a LetterFrame,
    paragraphs: &'a [String],
    link: &'a str,
    unsubscribe: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "mail/bulletin.txt")]
struct Text<'a> {
    letter: &'a LetterFrame,
    paragraphs: &'a [String],
    link: &'a str,
    unsubscribe: Option<&'a str>,
}

impl Bulletin<'_> {
    /// As a letter, and as a part of one.
    pub fn write(&self, texts: &Texts) -> Result<(Letter, Piece), Fault> {
        let text = |key, values: &[(&'static str, &str)]| texts.get(self.language, key, values);
        let name = unlinked(self.person);
        let person = ("person", name.as_ref());
        let (subject, paragraphs) = match self.what {
            What::Issue { newsletter, title, summary } => {
                let values = [person, ("newsletter", newsletter), ("title", title)];
                let subject = text("mail-issue-subject", &values);
                (subject, vec![text("mail-issue-what", &values), summary.to_owned()])
            }
            What::Reply(reply) => {
                let [subject, author] = [reply.subject, reply.author].map(unlinked);
                let author = if author.is_empty() { text("former-member", &[]) } else { author.into_owned() };
                let values =
                    [person, ("newsgroup", reply.newsgroup), ("subject", &subject), ("author", &author)];
                (text("mail-reply-subject", &values), vec![text("mail-reply-what", &values), reply.excerpt()])
            }
            What::Enrolled { course, when, place } => {
                let values = [person, ("course", course), ("when", when), ("place", place)];
                (text("mail-enrolled-subject", &values), vec![text("mail-enrolled-what", &values)])
            }
            What::EnrolmentEnded { course, when, place } => {
                let values = [person, ("course", course), ("when", when), ("place", place)];
                (
                    text("mail-enrolment-ended-subject", &values),
                    vec![text("mail-enrolment-ended-what", &values)],
                )
            }
            What::CourseMoved { course, when, place } => {
                let values = [person, ("course", course), ("when", when), ("place", place)];
                (text("mail-course-moved-subject", &values), vec![text("mail-course-moved-what", &values)])
            }
            What::CourseCancelled { course, when, place } => {
                let values = [person, ("course", course), ("when", when), ("place", place)];
                let what = text("mail-course-cancelled-what", &values);
                (text("mail-course-cancelled-subject", &values), vec![what])
            }
        };
        let letter = LetterFrame::new(texts, self.language, "portal-name", subject);
        let (link, unsubscribe) = (self.link, self.unsubscribe);
        let plain = Text { letter: &letter, paragraphs: &paragraphs, link, unsubscribe };
        let html = Html { letter: &letter, paragraphs: &paragraphs, link, unsubscribe };
        let mut whole = letter.letter(self.to, &plain, &html)?;
        whole.unsubscribe = unsubscribe.map(str::to_owned);
        if let What::Reply(reply) = self.what {
            whole.list = Some(reply.list.clone());
        }
        let subject = letter.subject().to_owned();
        Ok((whole, Piece { subject, paragraphs, link: Some(link.to_owned()) }))
    }
}

#[cfg(test)]
mod tests;
