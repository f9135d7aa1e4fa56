//! “I got no mail”: a search for an address or a name, and what became of every letter that was to go there.
use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    email::EmailAddress,
    turn::Turn,
    web::{Shell, Trouble},
};
use serde::Deserialize;

use super::{letters::History, only};
use crate::{
    Portal,
    pages::{account::row::Row, signed_in_page},
    people::store::with_standing,
    profile,
    visitor::Staff,
};

/// Somebody whom the search found.
pub struct Card {
    row: Row,
    company: String,
    is_active: bool,
}

#[derive(Template)]
#[template(path = "staff/desk.html")]
pub struct DeskPage {
    shell: Shell,
    text: String,
    people: Vec<Card>,
    /// What was searched is an address.
    address: Option<String>,
    history: History,
}

#[cfg(test)]
impl platform::web::page::Samples for DeskPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |text: &str, people, address: Option<&str>, history| Self {
            shell: shell.clone(),
            text: text.into(),
            people,
            address: address.map(str::to_owned),
            history,
        };
        let card = |row: Row| Card { row, company: "Contoso Ltda".into(), is_active: true };
        let people: Vec<Card> = Row::samples().into_iter().map(card).collect();
        let gone = Card { is_active: false, ..card(Row::samples().remove(0)) };
        let address = Some("maria.silva@contoso.example");
        vec![
            page("", vec![], None, History::default()),
            page("maria", vec![], None, History::default()),
            page("maria.silva@contoso.example", vec![], address, History::default()),
            page("maria.silva@contoso.example", people, address, History::sample(shell)),
            page("maria", vec![gone], None, History::default()),
        ]
    }
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

/// So many people are shown; whoever searches for less says more.
const MOST: u64 = 30;

pub async fn search(
    State(portal): State<Portal>,
    visitor: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    let text: String = asked.q.trim().chars().filter(|c| !c.is_control()).take(200).collect();
    let (db, now, shell) = (portal.db.reader(), visitor.visit.now, visitor.shell());
    let address = EmailAddress::parse(&text).ok();
    let found = match (&address, text.chars().count()) {
        // An address is a whole address: nobody looks through those that merely hold it.
        (Some(address), _) => profile::store::list_of_address(db, address.key(), MOST).await?,
        (None, 2..) => profile::store::search(db, &text, (Turn::First, MOST)).await?.rows,
        (None, _) => vec![],
    };
    let mut people = Vec::new();
    let (profiles, companies): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    for (person, company) in with_standing(db, profiles).await?.iter().zip(companies) {
        let is_active = person.profile.is_active && company.is_active;
        people.push(Card { row: Row::of(person, &visitor.visit), company: company.name, is_active });
    }
    let history = match &address {
        Some(address) => History::load(&portal, &shell, now, (None, address.key())).await?,
        None => History::default(),
    };
    let address = address.map(|address| address.as_str().to_owned());
    let page = DeskPage { shell, text, people, address, history };
    signed_in_page(&visitor.visit, StatusCode::OK, &page)
}
