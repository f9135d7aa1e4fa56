//! Resources: what staff write and publish for those whose plan opens it. Knows no page and no reader.
pub mod entity;
mod file_name;
pub mod markdown;
pub mod store;
pub mod storing;

use std::time::Duration;

use platform::{clock::Moment, language::Language};
use serde::{Deserialize, Serialize};

pub use file_name::{attachment, file_name_of, path_of_name};

pub use crate::ids::ResourceId;
use crate::{access::Rule, newsletter::NewsletterId};

/// Where a resource stands (CS-01). Newsgroups are a section of their own and hold no resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    SelfHelp,
    ProductUpdates,
    Documentation,
    Training,
    /// The issues of newsletters.
    Newsletters,
}

impl Section {
    pub const ALL: [Self; 5] =
        [Self::SelfHelp, Self::ProductUpdates, Self::Documentation, Self::Training, Self::Newsletters];
    /// Those that have a list of their own under `/resources`.
    pub const LISTED: [Self; 4] = [Self::SelfHelp, Self::ProductUpdates, Self::Documentation, Self::Training];

    /// As the column holds it.
    pub const fn text(self) -> &'static str {
        match self {
            Self::SelfHelp => "self_help",
            Self::ProductUpdates => "product_update",
            Self::Documentation => "documentation",
            Self::Training => "training",
            Self::Newsletters => "newsletter",
        }
    }

    /// As an address and a folder of content name it.
    pub const fn path(self) -> &'static str {
        match self {
            Self::SelfHelp => "self-help",
            Self::ProductUpdates => "product-updates",
            Self::Documentation => "documentation",
            Self::Training => "training",
            Self::Newsletters => "newsletters",
        }
    }

    pub fn of_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.text() == text)
    }

    pub fn of_path(path: &str) -> Option<Self> {
        Self::LISTED.into_iter().find(|section| section.path() == path)
    }

    /// Catalogue key of the heading.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::SelfHelp => "section-self-help",
            Self::ProductUpdates => "section-product-updates",
            Self::Documentation => "section-documentation",
            Self::Training => "section-training",
            Self::Newsletters => "section-newsletters",
        }
    }

    /// Catalogue key of the sentence beneath.
    pub const fn about(self) -> &'static str {
        match self {
            Self::SelfHelp => "section-self-help-about",
            Self::ProductUpdates => "section-product-updates-about",
            Self::Documentation => "section-documentation-about",
            Self::Training => "section-training-about",
            Self::Newsletters => "section-newsletters-about",
        }
    }
}

/// Only what is published is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Draft,
    Published,
    Withdrawn,
}

impl State {
    pub const fn text(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub fn of_text(text: &str) -> Self {
        match text {
            "published" => Self::Published,
            "withdrawn" => Self::Withdrawn,
            _ => Self::Draft,
        }
    }
}

/// A resource without its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    pub id: ResourceId,
    pub section: Section,
    /// Its name in the address, unique in its section.
    pub slug: String,
    /// The newsletter whose issue it is.
    pub newsletter: Option<NewsletterId>,
    pub product: String,
    pub version: String,
    pub rule: Rule,
    pub state: State,
    pub published_at: Option<Moment>,
    pub updated_at: Moment,
    /// When an issue went out to its subscribers.
    pub mailed_at: Option<Moment>,
    /// Counts every change: who saves an older one is told.
    pub revision: i32,
}

/// A resource's words in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// BCP 47.
    pub language: String,
    pub title: String,
    /// One paragraph of plain text, for lists.
    pub summary: String,
    /// Markdown.
    pub body: String,
}

/// A file that belongs to a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub name: String,
    pub media_type: String,
    /// Hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: i64,
}

impl File {
    /// True for what stands in an article.
    pub fn is_picture(&self) -> bool {
        self.media_type != DOWNLOAD
    }

    /// Its name as a part of an address.
    pub fn path(&self) -> String {
        path_of_name(&self.name)
    }

    /// `12.3 MB`, as people read it in their language.
    pub fn size_in_words(&self, language: Language) -> String {
        let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
        let sign = match language {
            Language::EnUs => '.',
            Language::PtBr => ',',
        };
        match units.iter().find(|(unit, _)| self.size >= *unit) {
            Some((unit, name)) => {
                format!("{}{sign}{} {name}", self.size / unit, self.size % unit * 10 / unit)
            }
            None => format!("{} B", self.size),
        }
    }
}

/// Pictures are shown in articles; everything else is saved, whatever whoever brought it calls it.
pub fn media_type(name: &str) -> &'static str {
    let (_, ending) = name.rsplit_once('.').unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        _ => DOWNLOAD,
    }
}

/// What is saved and never shown.
pub const DOWNLOAD: &str = "application/octet-stream";

/// Pieces that no file names any more stay so long, for downloads that are under way.
pub const IDLE: Duration = Duration::from_secs(24 * 3600);

/// The longest slug and title, in characters.
pub const LONGEST_SLUG: usize = 80;
pub const LONGEST_TITLE: usize = 200;

/// A name in an address: small letters and digits, single hyphens between them.
pub fn is_slug(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=LONGEST_SLUG).contains(&text.len())
        && text.chars().all(plain)
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
}

/// Titles and names: one line.
pub fn is_title(text: &str) -> bool {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    (1..=LONGEST_TITLE).contains(&text.trim().chars().count()) && !text.contains(breaks)
}

/// The words to show somebody who reads `language`: theirs, else English, else whatever there is.
pub fn words_for(words: Vec<Words>, language: Language) -> Option<Words> {
    let rank = |words: &Words| match words.language.as_str() {
        tag if tag == language.tag() => 0,
        "en-US" => 1,
        _ => 2,
    };
    words.into_iter().min_by_key(rank)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_an_address_leads_nowhere_else() {
        for good in ["a", "gp-2026-2", "x9"] {
            assert!(is_slug(good), "{good}");
        }
        for bad in ["", "-a", "a-", "a--b", "A", "a b", "../a", "a/b", "ä", &"a".repeat(81)] {
            assert!(!is_slug(bad), "{bad}");
        }
    }

    #[test]
    fn words_come_in_the_readers_language_or_in_english() {
        let words = |tag: &str| Words { language: tag.into(), ..Words::default() };
        let chosen = |all: &[&str], language| {
            words_for(all.iter().copied().map(words).collect(), language).map(|words| words.language)
        };
        assert_eq!(chosen(&["en-US", "pt-BR"], Language::PtBr).as_deref(), Some("pt-BR"));
        assert_eq!(chosen(&["pt-BR", "en-US"], Language::EnUs).as_deref(), Some("en-US"));
        assert_eq!(chosen(&["pt-BR"], Language::EnUs).as_deref(), Some("pt-BR"));
        assert_eq!(chosen(&["en-US"], Language::PtBr).as_deref(), Some("en-US"));
        assert_eq!(chosen(&[], Language::PtBr), None);
    }

    #[test]
    fn br_13_only_raster_pictures_are_shown_and_all_else_is_saved() {
        for shown in ["a.png", "a.JPG", "a.jpeg", "a.gif", "x.tar.webp"] {
            assert!(media_type(shown).starts_with("image/"), "{shown}");
        }
        for saved in
            ["a.svg", "a.html", "a.htm", "a.xhtml", "a.xml", "a.pdf", "a.js", "png", "a.png.svg", "a."]
        {
            assert_eq!(media_type(saved), DOWNLOAD, "{saved}");
        }
    }

    #[test]
    fn sizes_are_told_as_people_read_them() {
        let told = |language, size| {
            let file = File { name: "a".into(), media_type: String::new(), sha256: String::new(), size };
            file.size_in_words(language)
        };
        let sizes = |language| [0, 999, 1_500, 12_345_678].map(|size| told(language, size));
        assert_eq!(sizes(Language::EnUs), ["0 B", "999 B", "1.5 kB", "12.3 MB"]);
        assert_eq!(sizes(Language::PtBr), ["0 B", "999 B", "1,5 kB", "12,3 MB"]);
    }
}
