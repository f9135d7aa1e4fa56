//! Which fields of a profile the portal decides: those that somebody changed here. The business system decides the
//! others. Knows no table.
use std::collections::BTreeSet;

/// A field that both sides may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    Email,
    FirstName,
    LastName,
    State,
}

impl Field {
    pub const ALL: [Self; 4] = [Self::Email, Self::FirstName, Self::LastName, Self::State];

    pub const fn text(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::State => "state",
        }
    }

    pub fn of_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.text() == text)
    }
}

/// The fields of one profile that the portal decides, until somebody accepts what the business system says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held(BTreeSet<Field>);

impl Held {
    pub fn of_text(text: &str) -> Self {
        Self(text.split(',').filter_map(Field::of_text).collect())
    }

    pub fn to_text(&self) -> String {
        self.0.iter().map(|field| field.text()).collect::<Vec<_>>().join(",")
    }

    pub fn has(&self, field: Field) -> bool {
        self.0.contains(&field)
    }

    pub fn hold(&mut self, field: Field) {
        self.0.insert(field);
    }

    pub fn release(&mut self, field: Field) {
        self.0.remove(&field);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_fields_survive_their_column() {
        let mut held = Held::of_text("state,email,nonsense");
        assert_eq!(held.to_text(), "email,state");
        held.hold(Field::FirstName);
        held.release(Field::State);
        assert_eq!(Held::of_text(&held.to_text()), held);
        assert!(held.has(Field::FirstName) && !held.has(Field::State));
        assert_eq!(Held::of_text("").to_text(), "");
    }
}
