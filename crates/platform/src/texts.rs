//! Words by key and language: the half's own catalogue first, then the shared one; knows no page.
use std::{borrow::Cow, collections::HashMap};

use fluent_templates::{Loader, StaticLoader, fluent_bundle::FluentValue, static_loader};
use serde::Deserialize;

use crate::language::Language;

static_loader! {
    static SHARED = {
        locales: "./texts",
        fallback_language: "en-US",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// The names under which an installation presents itself; the FAQ's own are the default.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Brand {
    /// What a person signs up for.
    pub passport: String,
    /// The network of participating sites.
    pub network: String,
    /// The portal.
    pub portal: String,
    /// The business system whose customers the portal serves.
    pub dynamics: String,
    /// Who answers when a person is stuck: an e-mail address.
    pub support: String,
}

impl Default for Brand {
    fn default() -> Self {
        Self {
            passport: "Microsoft Passport".into(),
            network: "Microsoft Passport Network".into(),
            portal: "CustomerSource".into(),
            dynamics: "Microsoft Dynamics".into(),
            support: "support@localhost.example".into(),
        }
    }
}

/// The catalogues of one half, with its brand names given to every text.
#[derive(Clone)]
pub struct Texts {
    own: &'static dyn Catalogue,
    brand: Brand,
}

/// A compiled-in catalogue. (`Loader` itself has no `Sync` bound to name.)
pub trait Catalogue: Sync {
    fn find(
        &self,
        language: Language,
        key: &str,
        values: &HashMap<Cow<'static, str>, FluentValue<'_>>,
    ) -> Option<String>;
}

impl Catalogue for StaticLoader {
    fn find(
        &self,
        language: Language,
        key: &str,
        values: &HashMap<Cow<'static, str>, FluentValue<'_>>,
    ) -> Option<String> {
        self.try_lookup_with_args(&language.identifier(), key, values)
    }
}

impl<T: Catalogue + Send> Catalogue for std::sync::LazyLock<T> {
    fn find(
        &self,
        language: Language,
        key: &str,
        values: &HashMap<Cow<'static, str>, FluentValue<'_>>,
    ) -> Option<String> {
        (**self).find(language, key, values)
    }
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Texts")
    }
}

impl Texts {
    pub fn new(own: &'static dyn Catalogue, brand: Brand) -> Self {
        Self { own, brand }
    }

    pub fn brand(&self) -> &Brand {
        &self.brand
    }

    /// The text of `key`, with `values` and the brand names filled in. A missing text shows as `⟦key⟧`,
    /// which a test looks for on every page in every language. A value is a text, whatever it looks like: a company
    /// may be called 0042.
    pub fn get(&self, language: Language, key: &str, values: &[(&'static str, &str)]) -> String {
        self.fill(language, key, values, None)
    }

    /// The same for a text that follows the rules of plural by one count.
    pub fn count(&self, language: Language, key: &str, count: (&'static str, u64)) -> String {
        self.fill(language, key, &[], Some(count))
    }

    fn fill(
        &self,
        language: Language,
        key: &str,
        values: &[(&'static str, &str)],
        count: Option<(&'static str, u64)>,
    ) -> String {
        let mut all: HashMap<Cow<'static, str>, FluentValue<'_>> = HashMap::from([
            ("passport".into(), self.brand.passport.as_str().into()),
            ("network".into(), self.brand.network.as_str().into()),
            ("portal".into(), self.brand.portal.as_str().into()),
            ("dynamics".into(), self.brand.dynamics.as_str().into()),
            ("support".into(), self.brand.support.as_str().into()),
        ]);
        for (name, value) in values {
            all.insert((*name).into(), (*value).into());
        }
        if let Some((name, number)) = count {
            all.insert(name.into(), number.into());
        }
        let found = self.own.find(language, key, &all).or_else(|| SHARED.find(language, key, &all));
        let text = found.unwrap_or_else(|| format!("⟦{key}⟧"));
        // A sentence that ends with “Fabrikam, Inc.” has its full stop already.
        let ends_so = values.iter().filter(|(_, value)| value.len() > 1 && value.ends_with('.'));
        ends_so.fold(text, |text, (_, value)| text.replace(&format!("{value}."), value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct OneSentence;

    impl Catalogue for OneSentence {
        fn find(
            &self,
            _: Language,
            _: &str,
            values: &HashMap<Cow<'static, str>, FluentValue<'_>>,
        ) -> Option<String> {
            match values.get("company")? {
                FluentValue::String(company) => Some(format!("You are at {company}. Welcome.")),
                _ => None,
            }
        }
    }

    #[test]
    fn a_text_that_looks_like_a_number_stays_a_text_and_a_count_is_one() {
        struct Kinds;
        impl Catalogue for Kinds {
            fn find(
                &self,
                _: Language,
                _: &str,
                values: &HashMap<Cow<'static, str>, FluentValue<'_>>,
            ) -> Option<String> {
                match values.get("it")? {
                    FluentValue::String(text) => Some(format!("text {text}")),
                    FluentValue::Number(number) => Some(format!("count {}", number.value)),
                    _ => None,
                }
            }
        }
        let texts = Texts::new(&Kinds, Brand::default());
        for name in ["0042", "007", "-0", "+7", "42"] {
            assert_eq!(texts.get(Language::EnUs, "x", &[("it", name)]), format!("text {name}"));
        }
        assert_eq!(texts.count(Language::EnUs, "x", ("it", 42)), "count 42");
    }

    #[test]
    fn a_sentence_that_ends_with_an_abbreviation_has_one_full_stop() {
        let texts = Texts::new(&OneSentence, Brand::default());
        let said = |company| texts.get(Language::EnUs, "at", &[("company", company)]);
        assert_eq!(said("Fabrikam, Inc."), "You are at Fabrikam, Inc. Welcome.");
        assert_eq!(said("Contoso Ltda"), "You are at Contoso Ltda. Welcome.");
        assert_eq!(said("."), "You are at .. Welcome.");
    }
}
