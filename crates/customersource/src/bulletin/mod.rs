//! Letters that people asked for: an issue of a newsletter, a reply in a thread, a seat in a course. Knows not
//! when they are sent.
use askama::Template;
use platform::{
    Fault, clock::Moment, db::Tx, language::Language, letter::LetterFrame, mail::Letter, outbox::Outbox,
    random::Random, secrets::Mac, texts::Texts, web::Site,
};

/// What such letters are sent with.
#[derive(Clone, Copy)]
pub struct Press<'a> {
    pub random: &'a Random,
    pub outbox: &'a Outbox,
    pub site: &'a Site,
    /// Signs the links that stop them.
    pub unsubscribe: &'a Mac,
    /// Where the portal is available.
    pub regions: &'a [String],
}

impl Press<'_> {
    pub async fn send(&self, tx: &Tx, now: Moment, bulletin: &Bulletin<'_>) -> Result<(), Fault> {
        self.outbox.add(tx, now, &bulletin.write(&self.site.texts)?).await
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
    /// Name of the newsgroup, subject of the thread.
    Reply {
        newsgroup: &'a str,
        subject: &'a str,
    },
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
    pub fn write(&self, texts: &Texts) -> Result<Letter, Fault> {
        let text = |key, values: &[(&'static str, &str)]| texts.get(self.language, key, values);
        let person = ("person", self.person);
        let (subject, paragraphs) = match self.what {
            What::Issue { newsletter, title, summary } => {
                let values = [person, ("newsletter", newsletter), ("title", title)];
                let subject = text("mail-issue-subject", &values);
                (subject, vec![text("mail-issue-what", &values), summary.to_owned()])
            }
            What::Reply { newsgroup, subject } => {
                let values = [person, ("newsgroup", newsgroup), ("subject", subject)];
                (text("mail-reply-subject", &values), vec![text("mail-reply-what", &values)])
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
        let mut letter = letter.letter(self.to, &plain, &html)?;
        letter.unsubscribe = unsubscribe.map(str::to_owned);
        Ok(letter)
    }
}

#[cfg(test)]
mod tests;
