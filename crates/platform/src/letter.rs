//! The frame of every letter: sender, language, words; knows no particular letter.
use crate::{Fault, language::Language, mail::Letter, texts::Texts};

/// What a letter's templates are given besides their facts.
#[derive(Clone)]
pub struct LetterFrame {
    texts: Texts,
    language: Language,
    sender_key: &'static str,
    subject: String,
}

impl LetterFrame {
    /// `sender_key` names the product, `subject` is the finished subject line.
    pub fn new(texts: &Texts, language: Language, sender_key: &'static str, subject: String) -> Self {
        Self { texts: texts.clone(), language, sender_key, subject }
    }

    /// Renders the plain and the HTML template into a letter to `to`, a stored address.
    pub fn letter(
        &self,
        to: &str,
        text: &impl askama::Template,
        html: &impl askama::Template,
    ) -> Result<Letter, Fault> {
        Ok(Letter {
            to: to.to_owned(),
            subject: self.subject.clone(),
            text: text.render().map_err(Fault::bug)?,
            html: html.render().map_err(Fault::bug)?,
            language: self.language.tag().to_owned(),
            unsubscribe: None,
            list: None,
            expires_at: None,
        })
    }

    pub fn language(&self) -> Language {
        self.language
    }

    pub fn subject(&self) -> &str {
        &self.subject
    }

    pub fn sender_name(&self) -> String {
        self.t(self.sender_key)
    }

    pub fn support(&self) -> &str {
        &self.texts.brand().support
    }

    pub fn t(&self, key: &str) -> String {
        self.texts.get(self.language, key, &[])
    }

    pub fn text(&self, key: &str, values: &[(&'static str, &str)]) -> String {
        self.texts.get(self.language, key, values)
    }

    pub fn t1(&self, key: &str, name: &'static str, value: &str) -> String {
        self.texts.get(self.language, key, &[(name, value)])
    }

    /// A text that follows the rules of plural.
    pub fn count(&self, key: &str, name: &'static str, number: u64) -> String {
        self.texts.count(self.language, key, (name, number))
    }

    pub fn t2(&self, key: &str, one: &'static str, first: &str, two: &'static str, second: &str) -> String {
        self.texts.get(self.language, key, &[(one, first), (two, second)])
    }
}
