//! What a search finds: words of the query against one message; knows neither shelf nor web.

use crate::message::{Address, Message};

/// A query taken apart; every term must be found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Query(Vec<Term>);

/// Lower-case text and where it must stand.
#[derive(Debug, PartialEq, Eq)]
enum Term {
    To(String),
    From(String),
    Subject(String),
    Anywhere(String),
}

impl Query {
    /// Reads `to:`, `from:`, `subject:` and plain words; double quotes keep blanks together. `None` when nothing is asked.
    pub fn parse(query: &str) -> Option<Self> {
        let terms: Vec<Term> = words(&query.to_lowercase()).into_iter().filter_map(term).collect();
        (!terms.is_empty()).then_some(Self(terms))
    }

    pub fn matches(&self, message: &Message) -> bool {
        self.0.iter().all(|term| match term {
            Term::To(wanted) => {
                message.envelope_to.iter().any(|to| to.to_lowercase().contains(wanted))
                    || [&message.to, &message.cc, &message.bcc].into_iter().any(|list| names(list, wanted))
            }
            Term::From(wanted) => names(&message.from, wanted),
            Term::Subject(wanted) => message.subject.to_lowercase().contains(wanted),
            Term::Anywhere(wanted) => {
                [&message.subject, &message.text, &message.html]
                    .iter()
                    .any(|text| text.to_lowercase().contains(wanted))
                    || [&message.from, &message.to, &message.cc].into_iter().any(|list| names(list, wanted))
                    || message.envelope_to.iter().any(|to| to.to_lowercase().contains(wanted))
            }
        })
    }
}

fn names(list: &[Address], wanted: &str) -> bool {
    list.iter().any(|found| {
        found.address.to_lowercase().contains(wanted) || found.name.to_lowercase().contains(wanted)
    })
}

/// Splits at blanks outside double quotes, and drops the quotes.
fn words(query: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in query.chars() {
        match (c, words.last_mut()) {
            ('"', _) => quoted = !quoted,
            (c, _) if c.is_whitespace() && !quoted => words.push(String::new()),
            (c, Some(word)) => word.push(c),
            (_, None) => {}
        }
    }
    words
}

fn term(word: String) -> Option<Term> {
    let (kind, wanted): (fn(String) -> Term, &str) = if let Some(wanted) = word.strip_prefix("to:") {
        (Term::To, wanted)
    } else if let Some(wanted) = word.strip_prefix("from:") {
        (Term::From, wanted)
    } else if let Some(wanted) = word.strip_prefix("subject:") {
        (Term::Subject, wanted)
    } else {
        (Term::Anywhere, word.as_str())
    };
    (!wanted.is_empty()).then(|| kind(wanted.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{Query, Term};

    #[test]
    fn a_query_is_words_and_fields() {
        let term = |kind: fn(String) -> Term, text: &str| kind(text.to_owned());
        assert_eq!(
            Query::parse("to:Ana@X.test  subject:\"Your link\" olá"),
            Some(Query(vec![
                term(Term::To, "ana@x.test"),
                term(Term::Subject, "your link"),
                term(Term::Anywhere, "olá"),
            ]))
        );
        assert_eq!(Query::parse(" \"\" to: "), None);
    }
}
