//! What is wrong with a form, field by field, in the order of the form; knows no form.

/// One error: the field's id (empty: the whole form) and the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    pub field: &'static str,
    pub text: String,
}

/// The errors of one form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(Vec<FieldError>);

impl Errors {
    pub fn add(&mut self, field: &'static str, text: impl Into<String>) {
        self.0.push(FieldError { field, text: text.into() });
    }

    /// An error of the form as a whole.
    pub fn whole(text: impl Into<String>) -> Self {
        Self(vec![FieldError { field: "", text: text.into() }])
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn all(&self) -> &[FieldError] {
        &self.0
    }

    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|error| error.field == field).map(|error| error.text.as_str())
    }

    pub fn has(&self, field: &str) -> bool {
        self.of(field).is_some()
    }
}
