//! Content as files: what a folder says about resources, newsletters and newsgroups, as `docs/CONTENT.md`
//! describes it. Knows no page.
pub mod actions;
mod folder;
pub mod index;

use platform::{clock::Moment, day::Zone};
use serde::Deserialize;

use crate::{
    access::Rule,
    maintenance::{parse_minute, parse_minute_there},
    resource::{Section, State, Words, file_name_of, is_slug, is_title},
};

pub use folder::read;

/// The longest text of one language, in bytes.
pub const LONGEST_BODY: usize = 200_000;

/// All that a folder holds.
#[derive(Debug, Default)]
pub struct Content {
    pub newsletters: Vec<(String, Series)>,
    pub newsgroups: Vec<(String, Series)>,
    pub items: Vec<Item>,
}

/// A newsletter or a newsgroup: `newsletter.toml`, `newsgroup.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    pub language: String,
    pub name: String,
    pub about: String,
    #[serde(default)]
    pub audience: Rule,
    /// Of a newsgroup: only staff write.
    #[serde(default)]
    pub read_only: bool,
}

/// `resource.toml`: everything about a resource but its words. All of it may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct About {
    pub product: String,
    pub version: String,
    /// `2026-11-30`; default: the day of the first import.
    pub published: Option<String>,
    /// `published` (default), `draft` or `withdrawn`.
    pub state: Option<String>,
    pub audience: Rule,
    /// Names of files in the same folder.
    pub files: Vec<String>,
    /// Of a course.
    pub dates: Vec<Date>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Date {
    /// `2026-11-30T09:00` by a clock at the place; UTC where no time zone is said.
    pub starts_at: String,
    pub ends_at: String,
    pub place: String,
    /// IANA name of the place's time zone.
    #[serde(default)]
    pub time_zone: String,
    pub seats: i32,
}

/// One resource, checked.
#[derive(Debug)]
pub struct Item {
    pub section: Section,
    /// The newsletter whose issue it is.
    pub newsletter: Option<String>,
    pub slug: String,
    pub about: About,
    pub state: State,
    pub published_at: Option<Moment>,
    pub words: Vec<Words>,
    /// Where the files are.
    pub folder: std::path::PathBuf,
}

/// Why content is not taken. Nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// What is wrong with which file.
    #[error("{0}")]
    Entry(String),
    #[error(transparent)]
    Fault(#[from] platform::Fault),
}

/// Title, summary and body out of a Markdown file: a first line `# Title`, a first paragraph, and the rest.
fn words_of(language: &str, text: &str) -> Option<Words> {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let (title, rest) = text.trim_start().strip_prefix("# ")?.split_once('\n').unwrap_or_default();
    let rest = rest.trim();
    let (summary, body) = rest.split_once("\n\n").unwrap_or((rest, ""));
    let summary = summary.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = is_title(title)
        && !text.contains('\0')
        && summary.chars().count() <= 500
        && body.len() <= LONGEST_BODY;
    fits.then(|| Words {
        language: language.to_owned(),
        title: title.trim().to_owned(),
        summary,
        body: body.trim().to_owned(),
    })
}

impl About {
    /// The state and the day that it says.
    fn check(&self) -> Result<(State, Option<Moment>), String> {
        let state = match self.state.as_deref() {
            None | Some("published") => State::Published,
            Some("draft") => State::Draft,
            Some("withdrawn") => State::Withdrawn,
            Some(_) => return Err("state is published, draft or withdrawn".into()),
        };
        let published_at = match &self.published {
            None => None,
            Some(day) => {
                Some(parse_minute(&format!("{day}T00:00")).ok_or("published is a day like 2026-11-30")?)
            }
        };
        if let Some(file) = self.files.iter().find(|name| file_name_of(name).as_ref() != Some(name)) {
            return Err(format!(
                "{file}: no name of a file; it has none of / \\ : * ? \" < > |, and neither begins nor ends with a dot or blank"
            ));
        }
        for date in &self.dates {
            date.times()?;
        }
        Ok((state, published_at))
    }
}

impl Date {
    pub fn times(&self) -> Result<(Moment, Moment), String> {
        let zone = match self.time_zone.as_str() {
            "" => Zone::utc(),
            name => Zone::named(name).ok_or("time_zone is a name like America/Sao_Paulo")?,
        };
        let there = |text| parse_minute_there(text, &zone);
        match (there(&self.starts_at), there(&self.ends_at)) {
            (Some(from), Some(until)) if from < until && self.seats > 0 && is_title(&self.place) => {
                Ok((from, until))
            }
            _ => Err("a date has starts_at and ends_at like 2026-11-30T09:00, a place, and seats".into()),
        }
    }
}

impl Series {
    fn check(&self, slug: &str) -> Result<(), String> {
        if !is_slug(slug) {
            return Err("a folder is named by small letters, digits and hyphens".into());
        }
        if platform::language::Language::of_tag(&self.language).is_none() {
            return Err("language is en-US or pt-BR".into());
        }
        let fits = is_title(&self.name) && self.about.chars().count() <= 500;
        if fits { Ok(()) } else { Err("name is one line, about at most 500 characters".into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_title_summary_and_body() {
        let words = words_of(
            "en-US",
            "\u{feff}# Post a journal\r\n\r\nHow to\r\npost.\r\n\r\n## Steps\r\n\r\n1. x\r\n",
        )
        .unwrap();
        assert_eq!((words.title.as_str(), words.summary.as_str()), ("Post a journal", "How to post."));
        assert_eq!(words.body, "## Steps\n\n1. x");
        for bad in ["", "No title", "#", "# \n\nx", &format!("# t\n\n{}", "x".repeat(501))] {
            assert!(words_of("en-US", bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn what_a_folder_may_not_say_is_named() {
        let wrong = |toml: &str| {
            toml::from_str::<About>(toml).map_err(|error| error.to_string()).and_then(|about| about.check())
        };
        assert!(wrong("").is_ok());
        assert!(wrong("published = \"2026-11-30\"\n[audience]\nmin_rank = 2\n").is_ok());
        for bad in [
            "state = \"gone\"",
            "published = \"soon\"",
            "files = [\"../x\"]",
            "colour = \"red\"",
            "[audience]\neverybody = true",
            "[[dates]]\nstarts_at = \"2026-11-30T09:00\"\nends_at = \"2026-11-30T08:00\"\nplace = \"x\"\nseats = 1",
        ] {
            assert!(wrong(bad).is_err(), "{bad}");
        }
    }
}
