//! Turning the pages of a long list by the row where a page ends: the two-hundredth page costs what the first one
//! does, and no row is met twice or left out because others came or went. Knows no table.
use std::str::FromStr;

use serde::Deserialize;

/// Which page of a list is asked for, by the row beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Turn<K> {
    #[default]
    First,
    Last,
    After(K),
    Before(K),
}

/// What an address says of it; what cannot be read is the first page.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Turned {
    #[serde(default)]
    after: String,
    #[serde(default)]
    before: String,
}

impl Turned {
    pub fn turn<K: FromStr>(&self) -> Turn<K> {
        match (self.after.parse(), self.before.as_str(), self.before.parse()) {
            (Ok(key), ..) => Turn::After(key),
            (_, "end", _) => Turn::Last,
            (.., Ok(key)) => Turn::Before(key),
            _ => Turn::First,
        }
    }
}

/// The rows of one page, in the list's order, and whether there are others on either side.
#[derive(Clone, Debug)]
pub struct Leaf<T> {
    pub rows: Vec<T>,
    pub has_before: bool,
    pub has_after: bool,
}

impl<K> Turn<K> {
    /// The query goes from the end of the list towards its beginning.
    pub const fn is_backwards(&self) -> bool {
        matches!(self, Self::Last | Self::Before(_))
    }

    /// The row beside the page.
    pub const fn key(&self) -> Option<&K> {
        match self {
            Self::After(key) | Self::Before(key) => Some(key),
            Self::First | Self::Last => None,
        }
    }

    /// A page of `most` rows, of what a query for one more answered in its own direction.
    pub fn leaf<T>(&self, mut rows: Vec<T>, most: u64) -> Leaf<T> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let goes_on = rows.len() > most;
        rows.truncate(most);
        if self.is_backwards() {
            rows.reverse();
        }
        match self {
            Self::First => Leaf { rows, has_before: false, has_after: goes_on },
            Self::After(_) => Leaf { rows, has_before: true, has_after: goes_on },
            Self::Last => Leaf { rows, has_before: goes_on, has_after: false },
            Self::Before(_) => Leaf { rows, has_before: goes_on, has_after: true },
        }
    }
}

impl<T> Leaf<T> {
    pub fn map<U>(self, of: impl FnMut(T) -> U) -> Leaf<U> {
        let rows = self.rows.into_iter().map(of).collect();
        Leaf { rows, has_before: self.has_before, has_after: self.has_after }
    }

    /// The rows beside which the pages before and after lie.
    pub fn ends<K>(&self, key: impl Fn(&T) -> K) -> (Option<K>, Option<K>) {
        let first = self.rows.first().filter(|_| self.has_before);
        let last = self.rows.last().filter(|_| self.has_after);
        (first.map(&key), last.map(&key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every number up to `last` that comes on one side of the key, in the direction of the query, one too many.
    fn ask(turn: Turn<u32>, last: u32) -> Leaf<u32> {
        let mut all: Vec<u32> = (1..=last).collect();
        match turn {
            Turn::After(key) => all.retain(|one| *one > key),
            Turn::Before(key) => all.retain(|one| *one < key),
            Turn::First | Turn::Last => {}
        }
        if turn.is_backwards() {
            all.reverse();
        }
        all.truncate(4);
        turn.leaf(all, 3)
    }

    #[test]
    fn pages_lead_to_the_end_and_back_without_a_loop() {
        let (mut turn, mut forth) = (Turn::First, vec![]);
        while let leaf @ Leaf { has_after: true, .. } = ask(turn, 10) {
            turn = Turn::After(leaf.ends(|key| *key).1.unwrap());
            forth.push(leaf.rows);
        }
        assert_eq!(forth, [[1, 2, 3], [4, 5, 6], [7, 8, 9]]);
        assert_eq!(ask(turn, 10).rows, [10]);
        let (mut turn, mut back) = (Turn::Last, vec![]);
        while let leaf @ Leaf { has_before: true, .. } = ask(turn, 10) {
            turn = Turn::Before(leaf.ends(|key| *key).0.unwrap());
            back.push(leaf.rows);
        }
        assert_eq!(back, [[8, 9, 10], [5, 6, 7], [2, 3, 4]]);
        assert_eq!(ask(turn, 10).ends(|key| *key), (None, Some(1)));
    }

    #[test]
    fn an_address_that_says_nothing_readable_is_the_first_page() {
        let read =
            |after: &str, before: &str| Turned { after: after.into(), before: before.into() }.turn::<u32>();
        assert_eq!(read("", ""), Turn::First);
        assert_eq!(read("x", "-1"), Turn::First);
        assert_eq!(read("7", "9"), Turn::After(7));
        assert_eq!(read("x", "9"), Turn::Before(9));
        assert_eq!(read("", "end"), Turn::Last);
    }
}
