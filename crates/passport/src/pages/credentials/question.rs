//! Another secret question and answer.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use platform::{
    secrets::Secret,
    web::{Errors, Recoverable, Shell, Trouble},
};
use serde::Deserialize;

use super::{
    super::sign_up::form::{OWN, answer_in_words, asked},
    Here, changed, own_or_again,
};

use crate::{
    account::question::{OFFERED, check_answer},
    acts::{self},
    state::Passport,
    visitor::{RecentlyProven, SignedIn},
};

#[derive(Template)]
#[template(path = "pages/change_question.html")]
pub struct QuestionPage {
    shell: Shell,
    current: Option<String>,
    question: String,
    own_question: String,
    errors: Errors,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Form {
    question: String,
    own_question: String,
    answer: Secret,
}

impl QuestionPage {
    fn of(who: &SignedIn, form: &Form, errors: Errors) -> Self {
        Self {
            shell: who.shell(),
            current: who.account.question.clone(),
            question: form.question.clone(),
            own_question: form.own_question.clone(),
            errors,
        }
    }

    fn offered(&self) -> &'static [&'static str] {
        &OFFERED
    }

    fn own(&self) -> &'static str {
        OWN
    }

    fn is_chosen(&self, question: &str) -> bool {
        self.question == question
    }
}

pub async fn show(RecentlyProven(who): RecentlyProven) -> Result<Response, Trouble> {
    who.visit.ok(&QuestionPage::of(&who, &Form::default(), Errors::default()))
}

pub async fn take(
    State(passport): State<Passport>,
    RecentlyProven(who): RecentlyProven,
    form: Recoverable<Form>,
) -> Result<Response, Trouble> {
    let visit = &who.visit;
    let again = |status, form, errors| visit.page(status, &QuestionPage::of(&who, &form, errors));
    let form = own_or_again(form, visit, again)?;
    let mut errors = Errors::default();
    let question = asked(visit, &form.question, &form.own_question)
        .map_err(|(field, key)| errors.add(field, visit.t(key)))
        .unwrap_or_default();
    if let Err(refused) = check_answer(form.answer.expose(), &question, "") {
        errors.add("answer", visit.t(answer_in_words(refused)));
    }
    if !errors.is_empty() {
        return again(StatusCode::UNPROCESSABLE_ENTITY, form, errors);
    }
    let here = Here::of(&who);
    acts::credentials::change_question(&passport, visit.now, here.owner(&who), &question, &form.answer)
        .await?;
    changed(&who, "changed-question")
}

#[cfg(test)]
impl platform::web::page::Samples for QuestionPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |current: Option<&str>, question: &str, errors| Self {
            shell: shell.clone(),
            current: current.map(str::to_owned),
            question: question.into(),
            own_question: String::new(),
            errors,
        };
        let mut errors = Errors::default();
        errors.add("own_question", shell.t("sign-up-needs-own-question"));
        errors.add("answer", shell.t("sign-up-needs-answer"));
        vec![page(None, "", Errors::default()), page(Some("Who?"), OWN, errors)]
    }
}
