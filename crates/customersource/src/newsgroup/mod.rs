//! Newsgroups: threads and replies of people who may read them. Knows no page.
pub mod actions;
pub mod entity;
pub mod store;

use std::time::Duration;

use platform::{clock::Moment, limits::Limit};

use crate::{access::Rule, profile::ProfileId};

platform::id!(NewsgroupId);
platform::id!(ThreadId);
platform::id!(PostId);

/// How much one profile writes in an hour.
pub const POSTS: Limit = Limit::new("newsgroup posts", 20, Duration::from_secs(3600));
/// So many threads and posts are on a page.
pub const THREADS_A_PAGE: u64 = 30;
pub const POSTS_A_PAGE: u64 = 50;
/// The longest subject and post, in characters.
pub const LONGEST_SUBJECT: usize = 150;
pub const LONGEST_POST: usize = 10_000;

/// A newsgroup, in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newsgroup {
    pub id: NewsgroupId,
    pub slug: String,
    /// BCP 47.
    pub language: String,
    pub name: String,
    pub about: String,
    pub rule: Rule,
    /// Only staff write.
    pub is_readonly: bool,
    /// Once it is closed nobody writes, and everything can be read.
    pub is_open: bool,
    /// Counts every change: who saves an older one is told.
    pub revision: i32,
}

/// What a thread is about. It belongs to the post that began it: where a moderator hid that, readers see it no more,
/// in no list, no heading, no letter and no search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    text: String,
    is_hidden: bool,
}

impl Topic {
    pub const fn new(text: String) -> Self {
        Self { text, is_hidden: false }
    }

    /// For readers; `None` once it is hidden.
    pub fn shown(&self) -> Option<&str> {
        (!self.is_hidden).then_some(self.text.as_str())
    }

    /// For moderators and the audit.
    pub fn written(&self) -> &str {
        &self.text
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    pub id: ThreadId,
    pub newsgroup: NewsgroupId,
    pub subject: Topic,
    /// Nobody replies any more.
    pub is_locked: bool,
    pub started_at: Moment,
    pub last_at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    pub id: PostId,
    pub thread: ThreadId,
    pub author: ProfileId,
    /// The author's name; `None` once the profile is removed (portal rule 15).
    pub name: Option<String>,
    /// Markdown.
    pub body: String,
    pub is_hidden: bool,
    pub posted_at: Moment,
}

/// A subject as it is stored: one line.
pub fn subject_of(text: &str) -> Option<String> {
    let text = text.trim();
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202e}');
    let fits = (1..=LONGEST_SUBJECT).contains(&text.chars().count()) && !text.contains(breaks);
    fits.then(|| text.to_owned())
}

/// A post as it is stored.
pub fn body_of(text: &str) -> Option<String> {
    let text = text.replace("\r\n", "\n").trim().to_owned();
    let hides = |c: char| (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}');
    let fits = (1..=LONGEST_POST).contains(&text.chars().count()) && !text.contains(hides);
    fits.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn em_06_a_subject_is_one_line_and_a_post_hides_nothing() {
        assert_eq!(subject_of("  Journals  "), Some("Journals".into()));
        for bad in ["", " ", "a\r\nBcc: x", "a\u{202e}b", &"x".repeat(LONGEST_SUBJECT + 1)] {
            assert_eq!(subject_of(bad), None, "{bad:?}");
        }
        assert_eq!(body_of(" a\r\n\tb "), Some("a\n\tb".into()));
        for bad in ["", "\n", "a\0", "a\u{202e}b", &"x".repeat(LONGEST_POST + 1)] {
            assert_eq!(body_of(bad), None, "{bad:?}");
        }
    }
}
