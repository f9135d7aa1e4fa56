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
    birthdate::Birthdate,
    country::Country,
    information::{Information, is_short_line},
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
    /// [`Country::code`].
    pub country: String,
    pub postal_code: String,
    pub birth_day: String,
    pub birth_month: String,
    pub birth_year: String,
    /// The box was ticked.
    pub verify: Option<String>,
    /// Back from the credentials to the address, to change it.
    pub back: Option<String>,
}

/// A birth date in three fields, as typed.
#[derive(Clone, Copy, Debug)]
pub struct Birth<'a> {
    pub day: &'a str,
    pub month: &'a str,
    pub year: &'a str,
}

/// Name, catalogue key, value and `autocomplete` token of a field.
type Part<'a> = (&'static str, &'static str, &'a str, &'static str);

impl<'a> Birth<'a> {
    pub fn is_empty(self) -> bool {
        [self.day, self.month, self.year].iter().all(|part| part.trim().is_empty())
    }

    pub fn read(self) -> Option<Birthdate> {
        Birthdate::of_fields(self.year, self.month, self.day)
    }

    /// The fields in the order in which a language writes dates.
    pub fn fields(self, language: Language) -> [Part<'a>; 3] {
        let day = ("birth_day", "information-birth-day", self.day, "bday-day");
        let month = ("birth_month", "information-birth-month", self.month, "bday-month");
        let year = ("birth_year", "information-birth-year", self.year, "bday-year");
        match language {
            Language::EnUs => [month, day, year],
            Language::PtBr => [day, month, year],
        }
    }
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
    pub fn birth(&self) -> Birth<'_> {
        Birth { day: &self.birth_day, month: &self.birth_month, year: &self.birth_year }
    }

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
            birth_day,
            birth_month,
            birth_year,
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
            ("birth_day", birth_day),
            ("birth_month", birth_month),
            ("birth_year", birth_year),
            ("verify", verify.as_deref().unwrap_or_default()),
        ];
        fields.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    /// `refused`: what is wrong with the password.
    pub fn check(
        &self,
        visit: &Visit,
        email: &EmailAddress,
        refused: Option<String>,
    ) -> Result<Credentials, Errors> {
        let mut errors = Errors::default();
        let password = self.password.expose();
        if let Some(refused) = refused {
            errors.add("password", refused);
        }
        let question = self.asked(visit).map_err(|(field, key)| errors.add(field, visit.t(key))).ok();
        let asked = question.as_deref().unwrap_or_default();
        if let Err(refused) = question::check_answer(self.answer.expose(), asked, password) {
            errors.add("answer", visit.t(answer_in_words(refused)));
        }
        let language = Language::of_tag(&self.account_language).unwrap_or(visit.language);
        let alternate_email = self.alternate(visit, email, &mut errors);
        let claims = self.claims(visit, language, &mut errors);
        self.leads_back(visit, &mut errors);
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

    /// What the person says about themselves, and whatever of it cannot be so.
    fn claims(&self, visit: &Visit, language: Language, errors: &mut Errors) -> StandardClaims {
        for (field, text) in [("name", &self.name), ("postal_code", &self.postal_code)] {
            if !is_short_line(text) {
                errors.add(field, visit.t("information-too-long"));
            }
        }
        let country = Country::of(&self.country);
        if country.is_none() && !self.country.trim().is_empty() {
            errors.add("country", visit.t("information-unknown-country"));
        }
        let birthdate = self.birth().read().filter(|birthdate| birthdate.date().is_some());
        match birthdate {
            None if !self.birth().is_empty() => errors.add("birthdate", visit.t("information-date")),
            Some(birthdate) if !birthdate.is_past(visit.now.date()) => {
                errors.add("birthdate", visit.t("information-date-future"));
            }
            _ => {}
        }
        let information = Information {
            country: country.map(|country| country.name(language).to_owned()).unwrap_or_default(),
            postal_code: self.postal_code.clone(),
            birthdate: birthdate.map(Birthdate::claim).unwrap_or_default(),
        };
        let name = Some(self.name.trim().to_owned()).filter(|name| !name.is_empty());
        information.put_into(StandardClaims { name, ..StandardClaims::default() })
    }

    /// Nobody is left without a way back: the secret answer is one together with what the person says about
    /// themselves, all of it, and an alternate address is another. Says what is missing for the one that was begun.
    fn leads_back(&self, visit: &Visit, errors: &mut Errors) {
        if !self.alternate_email.trim().is_empty() {
            return;
        }
        let wanted = Country::of(&self.country).is_none_or(|country| country.has_postal_codes);
        let parts = [
            ("name", "sign-up-needs-name", self.name.trim().is_empty()),
            ("country", "sign-up-needs-country", self.country.trim().is_empty()),
            ("postal_code", "sign-up-needs-postal-code", self.postal_code.trim().is_empty()),
            ("birthdate", "sign-up-needs-birthdate", self.birth().is_empty()),
        ];
        if parts.iter().all(|(_, _, missing)| *missing) {
            return errors.add("ways", visit.t("sign-up-needs-way"));
        }
        for (field, key, missing) in parts {
            if missing && (field != "postal_code" || wanted) {
                errors.add(field, visit.t(key));
            }
        }
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

pub fn answer_in_words(refused: AnswerRefused) -> &'static str {
    match refused {
        AnswerRefused::Missing => "sign-up-needs-answer",
        AnswerRefused::TooLong => "sign-up-answer-too-long",
        AnswerRefused::GivesItselfAway => "sign-up-answer-gives-itself-away",
    }
}
