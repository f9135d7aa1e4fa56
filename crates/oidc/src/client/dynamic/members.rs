//! Members of a JSON object, each of the type that it must have or refused by its name.

use serde_json::{Map, Value};

use super::malformed;
use crate::error::OAuthError;

/// Most values of one list, and most bytes of one text: more is nobody's metadata.
const MAX_LIST: usize = 100;
const MAX_TEXT: usize = 4096;

pub(super) struct Members<'a>(pub &'a Map<String, Value>);

impl Members<'_> {
    /// There, and not null, which is the same as absent.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub fn text(&self, name: &str) -> Result<Option<String>, OAuthError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.len() <= MAX_TEXT => Ok(Some(text.clone())),
            Some(_) => Err(malformed(format!("{name}: must be a text."))),
        }
    }

    pub fn maybe_texts(&self, name: &str) -> Result<Option<Vec<String>>, OAuthError> {
        let refused = || malformed(format!("{name}: must be a list of texts."));
        let Some(value) = self.get(name) else { return Ok(None) };
        let list = value.as_array().filter(|list| list.len() <= MAX_LIST).ok_or_else(refused)?;
        let text = |value: &Value| value.as_str().filter(|text| text.len() <= MAX_TEXT).map(str::to_owned);
        list.iter().map(|value| text(value).ok_or_else(refused)).collect::<Result<_, _>>().map(Some)
    }

    pub fn texts(&self, name: &str) -> Result<Vec<String>, OAuthError> {
        Ok(self.maybe_texts(name)?.unwrap_or_default())
    }

    /// One of a set of words.
    pub fn word<T>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, OAuthError> {
        match self.text(name)? {
            None => Ok(None),
            Some(word) => read(&word)
                .map(Some)
                .ok_or_else(|| malformed(format!("{name}: this value is not supported."))),
        }
    }

    pub fn flag(&self, name: &str) -> Result<bool, OAuthError> {
        match self.get(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(malformed(format!("{name}: must be true or false."))),
        }
    }

    pub fn seconds(&self, name: &str) -> Result<Option<i64>, OAuthError> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => value
                .as_i64()
                .map(Some)
                .ok_or_else(|| malformed(format!("{name}: must be a whole number of seconds."))),
        }
    }

    pub fn object(&self, name: &str) -> Result<Option<Value>, OAuthError> {
        match self.get(name) {
            None => Ok(None),
            Some(value) if value.is_object() => Ok(Some(value.clone())),
            Some(_) => Err(malformed(format!("{name}: must be an object."))),
        }
    }
}
