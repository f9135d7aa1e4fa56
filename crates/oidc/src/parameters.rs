//! The parameters of a query or a form body, as `application/x-www-form-urlencoded` pairs; it does
//! not know what any name means.

use std::borrow::Cow;

use percent_encoding::percent_decode;

use crate::{error::OAuthError, plain::is_plain};

/// The pairs as they came, decoded, in order. Ask by name with [`Parameters::one`], which refuses a
/// name that came twice; names that nobody asks for are thereby ignored (RFC 6749 §3.1).
#[derive(Clone, Default)]
pub struct Parameters(Vec<(String, String)>);

/// The text cannot be read as parameters at all, or is larger than any honest request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("a parameter is not UTF-8")]
    NotUtf8,
    #[error("a parameter holds a control character")]
    Control,
    #[error("there are more than {} parameters", Parameters::MAX_COUNT)]
    TooMany,
    #[error("a parameter is longer than {} bytes", Parameters::MAX_VALUE)]
    TooLong,
}

impl From<Malformed> for OAuthError {
    fn from(malformed: Malformed) -> Self {
        Self::invalid_request(format!("The request cannot be read: {malformed}."))
    }
}

impl Parameters {
    /// Most pairs in one request.
    pub const MAX_COUNT: usize = 100;
    /// Longest decoded name or value in bytes; room for a signed request object.
    pub const MAX_VALUE: usize = 16 * 1024;

    /// Reads the raw query (without `?`) or the raw form body.
    ///
    /// # Errors
    /// [`Malformed`]; the caller answers 400, never a redirect, for nothing in the request is known.
    pub fn parse(encoded: &[u8]) -> Result<Self, Malformed> {
        Self::default().and(encoded)
    }

    /// Adds the pairs of a second place, say the body of a POST whose URL has a query too, so that
    /// one name given in both places counts as given twice.
    ///
    /// # Errors
    /// As [`Parameters::parse`].
    pub fn and(mut self, encoded: &[u8]) -> Result<Self, Malformed> {
        for pair in encoded.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default())?;
            let value = decode(halves.next().unwrap_or_default())?;
            self.0.push((name, value));
            if self.0.len() > Self::MAX_COUNT {
                return Err(Malformed::TooMany);
            }
        }
        Ok(self)
    }

    /// The value of a name, `None` when absent or empty: a parameter without a value counts as
    /// omitted (RFC 6749 §3.1).
    ///
    /// # Errors
    /// `invalid_request` when the name came more than once, be it with the same value.
    pub fn one(&self, name: &'static str) -> Result<Option<&str>, OAuthError> {
        let mut values = self.0.iter().filter(|(given, _)| given == name);
        let first = values.next();
        if values.next().is_some() {
            return Err(OAuthError::invalid_request(format!(
                "The parameter {name} was given more than once."
            )));
        }
        Ok(first.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty()))
    }

    /// The value of a name that the request cannot do without.
    ///
    /// # Errors
    /// `invalid_request` when the name is absent, empty or came more than once.
    pub fn required(&self, name: &'static str) -> Result<&str, OAuthError> {
        self.one(name)?
            .ok_or_else(|| OAuthError::invalid_request(format!("The parameter {name} is missing.")))
    }

    /// Every value of a name that may be given more than once, empty ones left out.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(move |(given, _)| given == name)
            .map(|(_, value)| value.as_str())
            .filter(|v| !v.is_empty())
    }

    /// The names that came, each as often as it came.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The same parameters without the names that `keep` refuses.
    #[must_use]
    pub fn retain(mut self, keep: impl Fn(&str) -> bool) -> Self {
        self.0.retain(|(name, _)| keep(name));
        self
    }

    /// Adds a pair that came by another way than form encoding.
    ///
    /// # Errors
    /// As [`Parameters::parse`].
    pub fn push(&mut self, name: &str, value: String) -> Result<(), Malformed> {
        if !is_plain(&value) {
            return Err(Malformed::Control);
        }
        if value.len() > Self::MAX_VALUE {
            return Err(Malformed::TooLong);
        }
        if self.0.len() >= Self::MAX_COUNT {
            return Err(Malformed::TooMany);
        }
        self.0.push((name.to_owned(), value));
        Ok(())
    }

    /// Everything of `other` behind what is here.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The pairs in form encoding, to be read again with [`Parameters::parse`].
    pub fn encoded(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }

    /// Whether the name came at all, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(given, _)| given == name)
    }
}

impl std::fmt::Debug for Parameters {
    /// Names only: values hold codes and secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Undoes form encoding, `+` being a space; a stray `%` stands for itself.
pub(crate) fn decode(raw: &[u8]) -> Result<String, Malformed> {
    if raw.len() > Parameters::MAX_VALUE * 3 {
        return Err(Malformed::TooLong);
    }
    let spaced: Cow<'_, [u8]> = if raw.contains(&b'+') {
        raw.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect::<Vec<u8>>().into()
    } else {
        raw.into()
    };
    let text = percent_decode(&spaced).decode_utf8().map_err(|_| Malformed::NotUtf8)?;
    if !is_plain(&text) {
        return Err(Malformed::Control);
    }
    if text.len() > Parameters::MAX_VALUE {
        return Err(Malformed::TooLong);
    }
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Parameters {
        Parameters::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn pairs_are_decoded() {
        let given = read("a=1+2&b=%C3%A9%2B&c&d==&&%61%61=x");
        assert_eq!(given.one("a"), Ok(Some("1 2")));
        assert_eq!(given.one("b"), Ok(Some("é+")));
        assert_eq!(given.one("d"), Ok(Some("=")));
        assert_eq!(given.one("aa"), Ok(Some("x")));
        assert_eq!(given.one("nothing"), Ok(None));
    }

    #[test]
    fn a_parameter_without_a_value_counts_as_omitted() {
        let given = read("a=&b");
        assert_eq!((given.one("a"), given.one("b")), (Ok(None), Ok(None)));
        assert!(given.required("a").is_err());
        assert!(given.has("a"));
    }

    #[test]
    fn a_name_given_twice_is_refused_even_with_one_value() {
        for text in ["a=1&a=1", "a=1&a=2", "a=&a=1", "a&a", "a=1&%61=1"] {
            assert!(read(text).one("a").is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_given_twice_that_nobody_asks_for_is_ignored() {
        assert_eq!(read("utm=1&utm=2&a=1").one("a"), Ok(Some("1")));
    }

    #[test]
    fn ru_08_one_name_in_query_and_body_counts_as_twice() {
        let both = read("redirect_uri=https://rp1.test/cb").and(b"redirect_uri=https://evil.test/").unwrap();
        assert!(both.one("redirect_uri").is_err());
    }

    #[test]
    fn control_characters_broken_utf8_and_excess_are_refused() {
        for text in ["a=%00", "a=%1b", "%7f=a", "a=%c2%85"] {
            assert_eq!(Parameters::parse(text.as_bytes()).unwrap_err(), Malformed::Control, "{text}");
        }
        assert_eq!(Parameters::parse(b"a=%ff").unwrap_err(), Malformed::NotUtf8);
        let long = format!("a={}", "x".repeat(Parameters::MAX_VALUE + 1));
        assert_eq!(Parameters::parse(long.as_bytes()).unwrap_err(), Malformed::TooLong);
        let many = "a=1&".repeat(Parameters::MAX_COUNT + 1);
        assert_eq!(Parameters::parse(many.as_bytes()).unwrap_err(), Malformed::TooMany);
    }

    #[test]
    fn values_do_not_show_in_debug_output() {
        assert_eq!(format!("{:?}", read("client_secret=hush")), "[\"client_secret\"]");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            if let Ok(given) = Parameters::parse(&bytes) {
                let _ = given.one("a");
            }
        }

        #[test]
        fn what_a_form_encoder_writes_is_read_back(value in "\\PC{1,60}") {
            let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("v", &value).finish();
            let given = Parameters::parse(body.as_bytes()).unwrap();
            prop_assert_eq!(given.one("v").unwrap(), Some(value.as_str()));
        }
    }
}
