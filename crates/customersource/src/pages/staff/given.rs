//! The reason that a button asks for. Whatever is wrong with it, or with its form, the page of the button comes back, with
//! the words in their box and beside it why.
use askama::Template;
use axum::{http::StatusCode, response::Response};
use platform::web::{Recoverable, Trouble, Visit, Why};

use crate::{pages::signed_in_page, staff};

/// What stood in the box of one button, when its page comes back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// The id of the box.
    pub at: String,
    text: String,
    /// Why nothing was done; empty when nothing was pressed yet.
    pub why: String,
    status: StatusCode,
    /// The form was not what its page had shown.
    refused: Option<Why>,
}

impl Given {
    pub fn at(id: impl Into<String>, text: &str) -> Self {
        Self { at: id.into(), text: text.to_owned(), ..Self::default() }
    }

    /// The reason, or why it is none.
    pub fn reason(&self, visit: &Visit) -> Result<String, Self> {
        let wrong = || self.clone().because(StatusCode::UNPROCESSABLE_ENTITY, visit.t("staff-reason-wrong"));
        staff::reason(&self.text).ok_or_else(wrong)
    }

    /// The form, if its page showed what is there now; else why not.
    pub fn shown<T>(&self, form: Recoverable<T>, visit: &Visit) -> Result<T, Self> {
        match form {
            Recoverable::Checked(form) => Ok(form),
            Recoverable::Refused(_, why) => {
                let refused = Self { refused: Some(why), ..self.clone() };
                Err(refused.because(why.status(), why.text(visit)))
            }
        }
    }

    #[must_use]
    pub fn because(self, status: StatusCode, why: String) -> Self {
        Self { why, status, ..self }
    }

    /// Somebody else did it, or nothing is left of what it was about.
    pub fn nothing_left(self, visit: &Visit) -> Self {
        self.because(StatusCode::CONFLICT, visit.t("done-nothing"))
    }

    pub const fn status(&self) -> StatusCode {
        self.status
    }

    pub fn is_at(&self, id: &str) -> bool {
        self.at == id && !self.why.is_empty()
    }

    /// What stands in a box.
    pub fn text_at(&self, id: &str) -> &str {
        if self.at == id { &self.text } else { "" }
    }

    #[cfg(test)]
    pub fn sample(id: &str, why: String) -> Self {
        Self::at(id, "No").because(StatusCode::UNPROCESSABLE_ENTITY, why)
    }
}

/// The page of a button, as it was pressed or not. Where the box is not on it any more, whatever it was about has
/// changed, and the page that says so shows the words.
pub fn page(
    visit: &Visit,
    status: StatusCode,
    given: &Given,
    template: &impl Template,
) -> Result<Response, Trouble> {
    if !given.why.is_empty() {
        let html = template.render().map_err(Trouble::bug)?;
        if !html.contains(&format!("<textarea id=\"{}\"", given.at)) {
            return Err(given.refused.unwrap_or(Why::Thing).page());
        }
    }
    signed_in_page(visit, status, template)
}

/// Why a button did nothing.
pub enum Undone {
    /// Its page says it.
    Back(Given),
    Trouble(Trouble),
}

impl From<Given> for Undone {
    fn from(given: Given) -> Self {
        Self::Back(given)
    }
}

impl<T: Into<Trouble>> From<T> for Undone {
    fn from(trouble: T) -> Self {
        Self::Trouble(trouble.into())
    }
}

/// What a button led to.
pub type Pressed = Result<Response, Undone>;
