//! Countries by their codes (ISO 3166-1), named in every language that we speak. Pure; knows no account and no page.
use std::sync::LazyLock;

use platform::{fold::fold, language::Language};

/// One a line, sorted by code; see the file's head.
const LIST: &str = include_str!("countries.txt");

#[derive(Debug, PartialEq, Eq)]
pub struct Country {
    /// Two letters.
    pub code: &'static str,
    english: &'static str,
    portuguese: &'static str,
    /// Letters find their way there by a postal code.
    pub has_postal_codes: bool,
    /// Three letters, and whatever else people write.
    others: Vec<&'static str>,
}

static ALL: LazyLock<Vec<Country>> =
    LazyLock::new(|| LIST.lines().filter(|line| !line.starts_with("# ")).filter_map(read).collect());

/// Which country each name means, sorted.
static NAMES: LazyLock<Vec<(String, &'static Country)>> = LazyLock::new(|| {
    let names = |country: &'static Country| {
        let own = [country.code, country.english, country.portuguese].into_iter();
        own.chain(country.others.iter().copied()).map(move |name| (key(name), country))
    };
    let mut all: Vec<_> = ALL.iter().flat_map(names).collect();
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    all
});

/// In the order of [`Language::ALL`].
static LISTED: LazyLock<[Vec<&'static Country>; 2]> = LazyLock::new(|| {
    Language::ALL.map(|language| {
        let mut list: Vec<&Country> = ALL.iter().collect();
        list.sort_by_cached_key(|country| fold(country.name(language)));
        list
    })
});

fn read(line: &'static str) -> Option<Country> {
    let mut parts = line.split('\t');
    let (code, letters, postal) = (parts.next()?, parts.next()?, parts.next()?);
    let (english, portuguese) = (parts.next()?, parts.next()?);
    let more = parts.next().unwrap_or_default().split(';').filter(|name| !name.is_empty());
    let others = [letters].into_iter().chain(more).collect();
    Some(Country { code, english, portuguese, has_postal_codes: postal == "+", others })
}

fn key(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

impl Country {
    pub const fn name(&self, language: Language) -> &'static str {
        match language {
            Language::EnUs => self.english,
            Language::PtBr => self.portuguese,
        }
    }

    /// Whatever somebody calls it: a code, its name in one of our languages or its own, a usual short name.
    pub fn of(text: &str) -> Option<&'static Self> {
        let key = key(text);
        let at = NAMES.binary_search_by(|(name, _)| name.as_str().cmp(&key)).ok()?;
        NAMES.get(at).map(|(_, country)| *country)
    }
}

/// Every country, in the order in which readers of a language look for it.
pub fn listed(language: Language) -> &'static [&'static Country] {
    let [english, portuguese] = &*LISTED;
    match language {
        Language::EnUs => english,
        Language::PtBr => portuguese,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole_and_no_name_means_two_countries() {
        assert_eq!((ALL.len(), LIST.lines().count()), (249, 251));
        for country in ALL.iter() {
            let own = [country.code, country.english, country.portuguese];
            for name in own.into_iter().chain(country.others.iter().copied()) {
                assert_eq!(Country::of(name), Some(country), "{name}");
            }
            assert!(!country.english.is_empty() && !country.portuguese.is_empty(), "{}", country.code);
        }
    }

    #[test]
    fn a_country_is_known_by_any_of_its_names() {
        for (text, code) in [
            ("Brasil", "BR"),
            (" BRAZIL ", "BR"),
            ("bra", "BR"),
            ("U.K.", "GB"),
            ("united  kingdom", "GB"),
            ("Reino Unido", "GB"),
            ("Deutschland", "DE"),
            ("EUA", "US"),
            ("Áustria", "AT"),
            ("Austria", "AT"),
        ] {
            assert_eq!(Country::of(text).map(|country| country.code), Some(code), "{text}");
        }
        for text in ["", " ", "Atlantis"] {
            assert_eq!(Country::of(text), None, "{text}");
        }
    }

    #[test]
    fn each_language_lists_all_in_its_own_order() {
        for (language, first, last) in
            [(Language::EnUs, "Afghanistan", "Zimbabwe"), (Language::PtBr, "Afeganistão", "Zimbábue")]
        {
            let names: Vec<_> = listed(language).iter().map(|country| country.name(language)).collect();
            assert_eq!((names.len(), names.first(), names.last()), (249, Some(&first), Some(&last)));
        }
    }
}
