//! The languages of pages and mails, and how one is chosen; knows none of the words.
use fluent_templates::LanguageIdentifier;
use serde::{Deserialize, Serialize};
use unic_langid::langid;

/// A language that is complete: every text exists in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    #[default]
    #[serde(rename = "en-US")]
    EnUs,
    #[serde(rename = "pt-BR")]
    PtBr,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::EnUs, Self::PtBr];

    /// The BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::EnUs => "en-US",
            Self::PtBr => "pt-BR",
        }
    }

    /// The place in its own language, as the FAQ's page shows it (“Brasil – Alterar”).
    pub const fn place(self) -> &'static str {
        match self {
            Self::EnUs => "United States",
            Self::PtBr => "Brasil",
        }
    }

    /// The language in its own words.
    pub const fn native_name(self) -> &'static str {
        match self {
            Self::EnUs => "English",
            Self::PtBr => "Português",
        }
    }

    pub const fn identifier(self) -> LanguageIdentifier {
        match self {
            Self::EnUs => langid!("en-US"),
            Self::PtBr => langid!("pt-BR"),
        }
    }

    /// The language of a tag, by its exact form or its primary subtag (`pt`, `pt-PT` → pt-BR).
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(tag)).or_else(|| {
            Self::ALL.into_iter().find(|language| {
                language.tag().split('-').next().is_some_and(|own| own.eq_ignore_ascii_case(primary))
            })
        })
    }

    /// The first known language of a space-separated preference list (OIDC `ui_locales`).
    pub fn of_list(tags: &str) -> Option<Self> {
        tags.split_ascii_whitespace().find_map(Self::of_tag)
    }

    /// The best known language of an `Accept-Language` header (RFC 9110 §12.5.4).
    pub fn of_header(header: &str) -> Option<Self> {
        let mut wanted: Vec<(u16, Self)> = Vec::new();
        for range in header.split(',').take(20) {
            let mut parts = range.trim().split(';');
            let tag = parts.next().unwrap_or_default().trim();
            let quality = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(Some(1000), |q| {
                q.trim().parse::<f32>().ok().map(|q| (q.clamp(0.0, 1.0) * 1000.0) as u16)
            });
            if let (Some(language), Some(quality @ 1..)) = (Self::of_tag(tag), quality) {
                wanted.push((quality, language));
            }
        }
        // The first of the best: `max_by_key` would give the last.
        wanted.into_iter().rev().max_by_key(|(quality, _)| *quality).map(|(_, language)| language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_read_by_quality_and_then_by_order() {
        assert_eq!(Language::of_header("pt-PT,pt;q=0.9,en;q=0.8"), Some(Language::PtBr));
        assert_eq!(Language::of_header("de, en;q=0.5, pt;q=0.7"), Some(Language::PtBr));
        assert_eq!(Language::of_header("en, pt"), Some(Language::EnUs));
        assert_eq!(Language::of_header("pt;q=0"), None);
        assert_eq!(Language::of_header("de;q=x,,;;"), None);
        assert_eq!(Language::of_list("se pt-BR en"), Some(Language::PtBr));
    }
}
