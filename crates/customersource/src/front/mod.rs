//! What waits for somebody on the home page: updates, courses, threads, invitations. Reads what other rooms keep.
pub mod store;

use platform::{clock::Moment, language::Language};
use uuid::Uuid;

use crate::access::Rule;

/// So many lines of each kind are shown.
pub const SHOWN: usize = 5;
/// So far back a thread or an update is news.
pub const NEWS_DAYS: u64 = 60;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An update of a product that the company has.
    Update,
    /// A date of a course on which the reader has a seat.
    Course,
    /// A thread with posts that the reader has not seen.
    Thread,
    /// An invitation of the company that nobody accepted yet.
    Invitation,
}

impl Kind {
    fn of_text(text: &str) -> Option<Self> {
        match text {
            "update" => Some(Self::Update),
            "course" => Some(Self::Course),
            "thread" => Some(Self::Thread),
            "invitation" => Some(Self::Invitation),
            _ => None,
        }
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub kind: Kind,
    /// Of the thread, or of the invited profile.
    pub id: Uuid,
    /// The name in the address: of the resource, or of the thread's newsgroup.
    pub slug: String,
    pub title: String,
    /// BCP 47.
    pub language: String,
    /// Product and version, place, newsgroup.
    pub about: String,
    /// When it was published, begins, was written in, or ends.
    pub at: Moment,
}

/// A row as it is stored, before anybody asked who may read it.
#[derive(Clone, Debug)]
pub struct Row {
    pub line: Line,
    /// What an update is for; empty: everybody.
    pub product: String,
    /// `None`: nobody may read it.
    pub rule: Option<Rule>,
}

/// The lines that this reader may read, in their order, a few of each kind, each thing once and in the best language;
/// updates for other products than the company has are left out.
pub fn lines(
    rows: Vec<Row>,
    products: &[String],
    language: Language,
    may: impl Fn(&Rule) -> bool,
) -> Vec<Line> {
    let is_ours = |row: &Row| {
        row.product.is_empty()
            || products.is_empty()
            || products.iter().any(|own| own.eq_ignore_ascii_case(&row.product))
    };
    let rank = |line: &Line| match line.language.as_str() {
        tag if tag == language.tag() => 0,
        "en-US" => 1,
        _ => 2,
    };
    let mut lines: Vec<Line> = Vec::new();
    for row in rows {
        if !is_ours(&row) || !row.rule.as_ref().is_some_and(&may) {
            continue;
        }
        let line = row.line;
        let same = |one: &Line| (one.kind, one.id, one.at) == (line.kind, line.id, line.at);
        let known = lines.iter().position(same);
        let is_room = lines.iter().filter(|one| one.kind == line.kind).count() < SHOWN;
        match known.and_then(|place| lines.get_mut(place)) {
            Some(known) if rank(&line) < rank(known) => *known = line,
            Some(_) => {}
            None if is_room => lines.push(line),
            None => {}
        }
    }
    lines
}

#[cfg(test)]
mod tests;
