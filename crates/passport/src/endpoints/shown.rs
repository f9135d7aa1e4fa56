//! What a page showed before somebody said yes to it: a digest of it under a MAC of its own purpose, which the page's
//! form brings back. Whatever is different by then is asked about again. It knows no page and no request.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::secrets::{self, Keyring, Mac};

/// What a page shows, and what a yes to it does; each part stands by its name, so that no two lists are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts(Vec<u8>);

impl Facts {
    /// `page` keeps the yes to one page from counting on another.
    pub fn of(page: &str) -> Self {
        Self(Vec::new()).with("page", page)
    }

    #[must_use]
    pub fn with(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.part(name.as_bytes()).part(value.as_ref())
    }

    #[must_use]
    pub fn with_all(self, name: &str, values: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Self {
        values.into_iter().fold(self, |facts, value| facts.with(name, value))
    }

    fn part(mut self, bytes: &[u8]) -> Self {
        self.0.extend(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.extend(bytes);
        self
    }
}

/// Seals what was shown, and knows it again.
pub struct Shown(Mac);

impl Shown {
    pub fn new(keyring: &Keyring) -> Self {
        Self(keyring.mac("what a page showed"))
    }

    /// What the form carries.
    pub fn seal(&self, facts: &Facts) -> String {
        URL_SAFE_NO_PAD.encode(self.0.sign(&secrets::digest(&facts.0)))
    }

    /// Whether the form was shown for these very facts.
    pub fn is(&self, facts: &Facts, sealed: &str) -> bool {
        let tag = URL_SAFE_NO_PAD.decode(sealed).unwrap_or_default();
        tag.len() == 32 && self.0.verify(&secrets::digest(&facts.0), &tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fx_03_a_yes_counts_for_what_was_shown_and_nothing_else() {
        let shown = Shown::new(&Keyring::from_bytes([1; 32]));
        let facts = Facts::of("consent").with("client", "web").with_all("resource", ["a", "b"]);
        let sealed = shown.seal(&facts);
        assert!(shown.is(&facts, &sealed));
        for other in [
            Facts::of("device").with("client", "web").with_all("resource", ["a", "b"]),
            Facts::of("consent").with("client", "web").with_all("resource", ["ab"]),
            Facts::of("consent").with("client", "web").with_all("resource", ["b", "a"]),
            Facts::of("consent").with("clientw", "eb").with_all("resource", ["a", "b"]),
            Facts::of("consent").with("client", "web"),
        ] {
            assert!(!shown.is(&other, &sealed), "{other:?}");
        }
        for forged in ["", "AAAA", &format!("{sealed}A"), &"A".repeat(43)] {
            assert!(!shown.is(&facts, forged), "{forged}");
        }
        assert!(!Shown::new(&Keyring::from_bytes([2; 32])).is(&facts, &sealed));
    }
}
