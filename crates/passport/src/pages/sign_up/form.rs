//! The sign-up form and what is wrong with it, field by field; knows no account.
use oidc::claims::StandardClaims;
use platform::{
    email::{EmailAddress, Malformed},
    language::Language,
    secrets::Secret,
    web::{Errors, Visit},
};
use serde::Deserialize;

use crate::account::{
    information::{self, Information, one_short_line},
    password::rules::{self, Refused},
    question::{self, AnswerRefused},
};

/// The value of the question list that stands for one's own words.
pub const OWN: &str = "own";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    #[default]
    Address,
    Credentials,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Form {
    pub step: Step,
    pub email: String,
    pub password: Secret,
    /// A key of [`question::OFFERED`], [`OWN`] or empty.
    pub question: String,
    pub own_question: String,
    pub answer: Secret,
    /// BCP 47 tag. The footer's switch is called `language` already.
    pub account_language: String,
    pub alternate_email: String,
    pub name: String,
    pub country: String,
    pub postal_code: String,
    pub birthdate: String,
    /// The box was ticked.
    pub verify: Option<String>,
    /// Back from the credentials to the address, to change it.
    pub back: Option<String>,
}

/// What the form says besides address, password and answer.
pub struct Credentials {
    /// The question in the person's words.
    pub question: String,
    pub language: Language,
    pub alternate_email: Option<EmailAddress>,
    pub claims: StandardClaims,
}

impl Form {
    /// What was typed besides the address, for the pages on which it is not asked for. A password is typed again.
    pub fn carried(&self) -> Vec<(&'static str, &str)> {
        let Self {
            step: _,
            email: _,
            password: _,
            question,
            own_question,
            answer,
            account_language,
            alternate_email,
            name,
            country,
            postal_code,
            birthdate,
            verify,
            back: _,
        } = self;
        let fields = [
            ("question", question.as_str()),
            ("own_question", own_question),
            ("answer", answer.expose()),
            ("account_language", account_language),
            ("alternate_email", alternate_email),
            ("name", name),
            ("country", country),
            ("postal_code", postal_code),
            ("birthdate", birthdate),
            ("verify", verify.as_deref().unwrap_or_default()),
        ];
        fields.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    pub fn check(&self, visit: &Visit, email: &EmailAddress) -> Result<Credentials, Errors> {
        let mut errors = Errors::default();
        let password = self.password.expose();
        if let Err(refused) = rules::check(password, email) {
            errors.add("password", visit.t(password_in_words(refused)));
        }
        let question = self.asked(visit).map_err(|(field, key)| errors.add(field, visit.t(key))).ok();
        let asked = question.as_deref().unwrap_or_default();
        if let Err(refused) = question::check_answer(self.answer.expose(), asked, password) {
            errors.add("answer", visit.t(answer_in_words(refused)));
        }
        let language = Language::of_tag(&self.account_language).unwrap_or(visit.language);
        let alternate_email = self.alternate(visit, email, &mut errors);
        let claims = self.claims(visit, &mut errors);
        match (question, errors.is_empty()) {
            (Some(question), true) => Ok(Credentials { question, language, alternate_email, claims }),
            _ => Err(errors),
        }
    }

    fn alternate(&self, visit: &Visit, email: &EmailAddress, errors: &mut Errors) -> Option<EmailAddress> {
        if self.alternate_email.trim().is_empty() {
            return None;
        }
        match EmailAddress::parse(&self.alternate_email) {
            Ok(alternate) if alternate.key() == email.key() => {
                errors.add("alternate_email", visit.t("alternate-is-primary"));
                None
            }
            Ok(alternate) => Some(alternate),
            Err(malformed) => {
                errors.add("alternate_email", visit.t(in_words(malformed)));
                None
            }
        }
    }

    /// The optional account information.
    fn claims(&self, visit: &Visit, errors: &mut Errors) -> StandardClaims {
        let information = Information {
            country: self.country.clone(),
            postal_code: self.postal_code.clone(),
            birthdate: self.birthdate.clone(),
        };
        for (field, checked) in [
            ("name", one_short_line(&self.name)),
            ("country", information.check_country()),
            ("postal_code", information.check_postal_code()),
            ("birthdate", information.check_birthdate()),
        ] {
            if let Err(malformed) = checked {
                errors.add(field, visit.t(information_in_words(malformed)));
            }
        }
        let name = Some(self.name.trim().to_owned()).filter(|name| !name.is_empty());
        information.put_into(StandardClaims { name, ..StandardClaims::default() })
    }

    /// The chosen or written question; else the field and the text that says what is missing.
    fn asked(&self, visit: &Visit) -> Result<String, (&'static str, &'static str)> {
        asked(visit, &self.question, &self.own_question)
    }
}

/// A question from the list, or one's own; else the field and the text that says what is missing.
pub fn asked(visit: &Visit, listed: &str, own: &str) -> Result<String, (&'static str, &'static str)> {
    if let Some(key) = question::OFFERED.iter().find(|key| **key == listed) {
        return Ok(visit.t(key));
    }
    match (listed, own.trim()) {
        (OWN, "") => Err(("own_question", "sign-up-needs-own-question")),
        (_, "") => Err(("question", "sign-up-needs-question")),
        (_, own) => question::checked(own).ok_or(("own_question", "sign-up-question-too-long")),
    }
}

pub fn in_words(malformed: Malformed) -> &'static str {
    match malformed {
        Malformed::Empty => "sign-up-needs-email",
        Malformed::TooLong => "sign-up-email-too-long",
        Malformed::Shape => "sign-up-email-shape",
    }
}

pub fn information_in_words(malformed: information::Malformed) -> &'static str {
    match malformed {
        information::Malformed::TooLong => "information-too-long",
        information::Malformed::Date => "information-date",
    }
}

pub fn password_in_words(refused: Refused) -> &'static str {
    match refused {
        Refused::Missing => "sign-up-needs-password",
        Refused::TooShort => "sign-up-password-too-short",
        Refused::TooLong => "sign-up-password-too-long",
        Refused::IsAddress => "sign-up-password-is-address",
        Refused::TooCommon => "sign-up-password-too-common",
    }
}

pub fn answer_in_words(refused: AnswerRefused) -> &'static str {
    match refused {
        AnswerRefused::Missing => "sign-up-needs-answer",
        AnswerRefused::TooLong => "sign-up-answer-too-long",
        AnswerRefused::GivesItselfAway => "sign-up-answer-gives-itself-away",
    }
}
