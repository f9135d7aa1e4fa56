//! The letter that asks for the proof of a new address. Knows not when it is sent.
use askama::Template;
use platform::{
    Fault, clock::Moment, day::Zone, language::Language, letter::LetterFrame, mail::Letter, plain::unlinked,
    texts::Texts,
};

/// What it says.
#[derive(Clone, Copy)]
pub struct Proof<'a> {
    pub language: Language,
    pub to: &'a str,
    /// The administrator who entered it; absent: the person themselves.
    pub by: Option<&'a str>,
    pub person: &'a str,
    pub company: &'a str,
    pub url: &'a str,
    pub at: Moment,
    /// Where the company is.
    pub zone: &'a Zone,
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

impl Proof<'_> {
    pub fn write(&self, texts: &Texts) -> Result<Letter, Fault> {
        let [person, company] = [self.person, self.company].map(unlinked);
        let values = [("person", person.as_ref()), ("company", company.as_ref())];
        let subject = texts.get(self.language, "mail-proof-subject", &values);
        let letter = LetterFrame::new(texts, self.language, "portal-name", subject);
        let when = letter.moment_there(self.zone, &self.at);
        let by = self.by.map(unlinked).unwrap_or_default();
        let values = [values[0], values[1], ("when", when.as_str()), ("by", by.as_ref())];
        let text = |key| letter.text(key, &values);
        let what = if self.by.is_some() { "mail-proof-what-by" } else { "mail-proof-what" };
        let paragraphs = [text(what), text("mail-proof-not-me"), text("mail-proof-do")];
        let link = Some(self.url);
        let (plain, html) = (
            Text { letter: &letter, paragraphs: &paragraphs, link },
            Html { letter: &letter, paragraphs: &paragraphs, link },
        );
        letter.letter(self.to, &plain, &html)
    }
}

#[cfg(test)]
#[test]
fn the_letter_is_whole_in_every_language_and_no_name_in_it_is_a_link() {
    let texts = Texts::new(&crate::texts::CUSTOMERSOURCE, platform::texts::Brand::default());
    let all = Language::ALL.into_iter();
    for (language, by) in all.flat_map(|language| [(language, None), (language, Some("evil.example"))]) {
        let proof = Proof {
            language,
            to: "v@example.com",
            by,
            person: "pay at http://evil.example",
            company: "evil.example",
            url: "http://localhost:8080/account/address/AAAA",
            at: Moment::from_unix_seconds(1_795_000_000),
            zone: &Zone::utc(),
        };
        let letter = proof.write(&texts).unwrap();
        for part in [&letter.subject, &letter.text, &letter.html] {
            assert!(!part.contains('⟦') && !part.contains("evil.example"), "{part}");
        }
        assert_eq!(letter.text.lines().filter(|line| *line == proof.url).count(), 1);
    }
}
