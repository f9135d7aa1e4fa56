//! Letters of one kind to one reader within a short while: the first leaves at once, the others become one that says
//! what each of them says.
use askama::Template;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::{
    Fault,
    language::Language,
    letter::LetterFrame,
    mail::{self, Letter},
    outbox::{Job, Joins},
    secrets,
    texts::Texts,
};
use serde::{Deserialize, Serialize};

use super::{Kind, Regarding};
use crate::profile::ProfileId;

/// What one letter says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    pub subject: String,
    pub paragraphs: Vec<String>,
    pub link: Option<String>,
}

/// Pieces that wait to become one letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// The kind of letter, to whom: those of one key become one.
    pub key: String,
    pub to: String,
    pub language: Language,
    /// What the register of letters calls it.
    pub kind: String,
    /// Whom all of them are about.
    pub profile: Option<ProfileId>,
    pub pieces: Vec<Piece>,
    pub unsubscribe: Option<String>,
    pub list: Option<mail::List>,
}

/// So many stand in one letter; the next ones are another letter.
const MOST: usize = 30;

impl Job for Bundle {
    const KIND: &'static str = "joined letter";

    fn lane(&self) -> String {
        URL_SAFE_NO_PAD.encode(secrets::digest(self.key.as_bytes()))
    }
}

impl Joins for Bundle {
    fn join(&mut self, later: Self) -> Result<(), Self> {
        if self.pieces.len() + later.pieces.len() > MOST {
            return Err(later);
        }
        self.pieces.extend(later.pieces);
        self.profile = self.profile.filter(|profile| Some(*profile) == later.profile);
        Ok(())
    }
}

#[derive(Template)]
#[template(path = "mail/bundle.html")]
struct Html<'a> {
    letter: &'a LetterFrame,
    bundle: &'a Bundle,
}

#[derive(Template)]
#[template(path = "mail/bundle.txt")]
struct Text<'a> {
    letter: &'a LetterFrame,
    bundle: &'a Bundle,
}

impl Bundle {
    pub fn about(&self) -> Regarding {
        Regarding { profile: self.profile, ..Regarding::of(Kind::of_text(&self.kind)) }
    }

    pub fn write(&self, texts: &Texts) -> Result<Letter, Fault> {
        let last = self.pieces.last().map(|piece| piece.subject.as_str()).unwrap_or_default();
        let others = self.pieces.len().saturating_sub(1).to_string();
        let subject = match others.as_str() {
            "0" => last.to_owned(),
            others => {
                texts.get(self.language, "mail-bundle-subject", &[("subject", last), ("number", others)])
            }
        };
        let letter = LetterFrame::new(texts, self.language, "portal-name", subject);
        let plain = Text { letter: &letter, bundle: self };
        let html = Html { letter: &letter, bundle: self };
        let mut letter = letter.letter(&self.to, &plain, &html)?;
        letter.unsubscribe.clone_from(&self.unsubscribe);
        letter.list.clone_from(&self.list);
        Ok(letter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use platform::texts::Brand;

    fn bundle(subjects: &[&str]) -> Bundle {
        let piece = |subject: &&str| Piece {
            subject: (*subject).into(),
            paragraphs: vec![format!("What {subject}"), "When <b>".into()],
            link: Some(format!("https://portal.example/{subject}")),
        };
        Bundle {
            key: "notice ann".into(),
            to: "ann@contoso.example".into(),
            language: Language::EnUs,
            kind: "notice".into(),
            profile: None,
            pieces: subjects.iter().map(piece).collect(),
            unsubscribe: None,
            list: None,
        }
    }

    #[test]
    fn a_letter_takes_thirty_and_gives_back_what_it_has_no_room_for() {
        let mut all = bundle(&["one"]);
        for _ in 1..MOST {
            all.join(bundle(&["more"])).unwrap();
        }
        let late = bundle(&["late"]);
        assert_eq!(all.join(late.clone()), Err(late));
        assert_eq!(all.pieces.len(), MOST);
    }

    #[test]
    fn one_letter_says_what_each_said_in_every_language() {
        let texts = Texts::new(&crate::texts::CUSTOMERSOURCE, Brand::default());
        for language in Language::ALL {
            let stop = Some("https://portal.example/stop".to_owned());
            let all = Bundle { language, unsubscribe: stop, ..bundle(&["one", "two"]) };
            let letter = all.write(&texts).unwrap();
            for part in [&letter.subject, &letter.text, &letter.html] {
                assert!(!part.contains('⟦'), "{part}");
            }
            for said in
                ["What one", "What two", "portal.example/one", "portal.example/two", "portal.example/stop"]
            {
                assert!(letter.text.contains(said) && letter.html.contains(said), "{}", letter.text);
            }
            assert!(letter.subject.starts_with("two ") && !letter.html.contains("<b>"), "{}", letter.subject);
            let single = bundle(&["one"]).write(&texts).unwrap();
            assert_eq!(single.subject, "one");
        }
    }
}
