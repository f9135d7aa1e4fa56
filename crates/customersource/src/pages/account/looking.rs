//! Looking through people: what is asked for, and the addresses of the pages on both sides. Knows no query.
use platform::{
    turn::{Leaf, Turn, Turned},
    web::Visit,
};
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
    /// The first and the last person of the page, where others stand beside them.
    pub first: Option<String>,
    pub last: Option<String>,
    turn: Turn<ProfileId>,
}

/// Whom somebody chose on the way through a list.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Chosen {
    who: Vec<String>,
}

/// Whom this address says to be chosen.
pub fn chosen(visit: &Visit) -> Vec<ProfileId> {
    let query = visit.path.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let Chosen { who } = serde_html_form::from_str(query).unwrap_or_default();
    who.iter().filter_map(|id| id.parse().ok()).collect()
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
        (self.first, self.last) = (first.map(|id| id.to_string()), last.map(|id| id.to_string()));
        self
    }

    /// The address of this very page of the list.
    pub fn here(&self) -> String {
        match self.turn {
            Turn::First | Turn::Last => self.address(&[]),
            Turn::Before(id) => self.turned("before", id),
            Turn::After(id) => self.turned("after", id),
        }
    }

    fn turned(&self, side: &str, id: ProfileId) -> String {
        self.address(&[(side, &id.to_string())])
    }

    fn address(&self, turn: &[(&str, &str)]) -> String {
        let query = [("q", self.text.as_str()), ("only", self.only.text())];
        let query = query.iter().chain(turn).filter(|(_, value)| !value.is_empty());
        match serde_html_form::to_string(query.collect::<Vec<_>>()).unwrap_or_default() {
            query if query.is_empty() => self.path.clone(),
            query => format!("{}?{query}", self.path),
        }
    }

    #[cfg(test)]
    pub fn sample(path: &str, only: Only, has_pages: bool) -> Self {
        let page = |side: &str| has_pages.then(|| format!("{path}?q=a&{side}=1"));
        let (before, after) = (page("before"), page("after"));
        let (first, last) = (has_pages.then(|| "1".into()), has_pages.then(|| "1".into()));
        Self { path: path.into(), text: "a".into(), only, before, after, first, last, turn: Turn::First }
    }
}
