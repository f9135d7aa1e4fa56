//! Looking through people: what is asked for, and the addresses of the pages on both sides. Knows no query.
use platform::turn::{Leaf, Turn, Turned};
use serde::Deserialize;

use crate::{
    people::{Only, Person, store::Sought},
    profile::ProfileId,
};

/// So many people stand on a page.
pub const PAGE: u64 = 50;

/// What an address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    only: String,
    #[serde(flatten)]
    turned: Turned,
}

/// The search of a list as it was asked, and where its pages lie.
#[derive(Clone, Debug, Default)]
pub struct Looking {
    /// The address of the list.
    pub path: String,
    pub text: String,
    pub only: Only,
    pub before: Option<String>,
    pub after: Option<String>,
    turn: Turn<ProfileId>,
}

impl Looking {
    pub fn of(path: &str, asked: &Asked) -> Self {
        Self {
            path: path.to_owned(),
            text: asked.q.chars().filter(|c| !c.is_control()).take(100).collect(),
            only: Only::of_text(&asked.only),
            turn: asked.turned.turn(),
            ..Self::default()
        }
    }

    /// The same for what a form says.
    pub fn said(path: &str, text: &str, only: &str) -> Self {
        Self::of(path, &Asked { q: text.to_owned(), only: only.to_owned(), ..Asked::default() })
    }

    pub fn wanted(&self) -> Sought<'_> {
        Sought { text: &self.text, only: self.only, turn: self.turn, most: PAGE }
    }

    /// With the addresses of the pages beside what was found.
    pub fn found(mut self, people: &Leaf<Person>) -> Self {
        let (first, last) = people.ends(|person| person.profile.id);
        self.before = first.map(|id| self.turned("before", id));
        self.after = last.map(|id| self.turned("after", id));
        self
    }

    fn turned(&self, side: &str, id: ProfileId) -> String {
        let id = id.to_string();
        let query = [("q", self.text.as_str()), ("only", self.only.text()), (side, &id)];
        let query: Vec<_> = query.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        format!("{}?{}", self.path, serde_html_form::to_string(query).unwrap_or_default())
    }

    #[cfg(test)]
    pub fn sample(path: &str, only: Only, has_pages: bool) -> Self {
        let page = |side: &str| has_pages.then(|| format!("{path}?q=a&{side}=1"));
        let (before, after) = (page("before"), page("after"));
        Self { path: path.into(), text: "a".into(), only, before, after, turn: Turn::First }
    }
}
