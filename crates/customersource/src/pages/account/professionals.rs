//! Our CustomerSource Accounts: everybody of the administrator's company, and the same as a file (CS-44, CS-49).
use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use futures_util::{StreamExt as _, stream};
use platform::{
    Fault,
    turn::Turn,
    web::{Shell, Trouble, Visit, page::ActingAs, streamed},
};

use super::{
    done_of, is_done_well,
    looking::{Asked, Looking, chosen},
    person::LIST,
    row::Row,
};
use crate::{
    Portal,
    bulk::MOST,
    pages::signed_in_page,
    people::{self, Only, Person, store::Sought},
    profile::{self, ProfileId},
    visitor::Administrator,
};

#[derive(Template)]
#[template(path = "account/professionals.html")]
pub struct ProfessionalsPage {
    shell: Shell,
    acting: ActingAs,
    rows: Vec<Row>,
    looking: Looking,
    /// Ids of whoever is chosen, and of these the names whose rows stand on other pages of the list.
    chosen: Vec<String>,
    elsewhere: Vec<(String, String)>,
    done: Option<&'static str>,
}

impl ProfessionalsPage {
    fn is_chosen(&self, row: &Row) -> bool {
        self.chosen.contains(&row.id)
    }

    fn is_well(&self) -> bool {
        self.done.is_some_and(is_done_well)
    }
}

#[cfg(test)]
impl platform::web::page::Samples for ProfessionalsPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |rows, only, has_pages, done| Self {
            shell: shell.clone(),
            acting: ActingAs { company: "Contoso Ltda".into(), person: "Maria Silva".into() },
            rows,
            looking: Looking::sample(LIST, only, has_pages),
            chosen: if has_pages { vec!["0193".into()] } else { vec![] },
            elsewhere: if has_pages { vec![("0194".into(), "João Souza".into())] } else { vec![] },
            done,
        };
        vec![
            page(Row::samples(), Only::Everybody, false, None),
            page(Row::samples(), Only::Invited, true, Some("done-removed")),
            page(vec![], Only::NeverSignedIn, false, Some("done-too-soon")),
        ]
    }
}

pub async fn show(
    State(portal): State<Portal>,
    visitor: Administrator,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let (now, looking) = (visitor.visit().now, Looking::of(LIST, &asked));
    let wanted = looking.wanted();
    let db = portal.db.reader();
    let people = people::store::people(db, now, &visitor.acts, &wanted).await?;
    let chosen = chosen(visitor.visit());
    let stands = |id: ProfileId| people.rows.iter().any(|person| person.profile.id == id);
    let far: Vec<ProfileId> = chosen.iter().copied().filter(|id| !stands(*id)).take(MOST).collect();
    let elsewhere = profile::store::list_own(db, &visitor.acts, &far).await?;
    let page = ProfessionalsPage {
        chosen: chosen.iter().map(ToString::to_string).collect(),
        elsewhere: elsewhere.iter().map(|other| (other.id.to_string(), other.name())).collect(),
        shell: visitor.associated.shell(),
        acting: visitor.associated.acting(),
        looking: looking.found(&people),
        rows: people.rows.iter().map(|person| Row::of(person, visitor.visit())).collect(),
        done: done_of(visitor.visit()),
    };
    signed_in_page(visitor.visit(), StatusCode::OK, &page)
}

/// So many people are in a piece of the file.
const PIECE: u64 = 500;

/// Everybody as CSV (RFC 4180, UTF-8 with the mark that spreadsheets look for), safe to open (AS-17), piece by piece
/// as the reader takes it: there is no end to a company, and none to the file.
pub async fn export(State(portal): State<Portal>, visitor: Administrator) -> Result<Response, Trouble> {
    let (visit, by) = (visitor.visit().clone(), visitor.acts);
    let head = titles(&visit);
    let pieces = stream::unfold(Some(Turn::First), move |turn| {
        let (portal, visit) = (portal.clone(), visit.clone());
        async move {
            let wanted = Sought { turn: turn?, most: PIECE, ..Sought::default() };
            let people = people::store::people(portal.db.reader(), visit.now, &by, &wanted).await;
            Some(match people {
                Ok(people) => {
                    let text: String = people.rows.iter().map(|person| line(person, &visit)).collect();
                    (Ok(text), people.ends(|person| person.profile.id).1.map(Turn::After))
                }
                // The connection breaks off, so that nobody takes a part for the whole.
                Err(fault) => (Err(fault), None),
            })
        }
    });
    let language = visitor.visit().language;
    let body = streamed(stream::once(async { Ok::<_, Fault>(head) }).chain(pieces));
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    let attachment = HeaderValue::from_static("attachment; filename=\"professionals.csv\"");
    headers.insert(header::CONTENT_DISPOSITION, attachment);
    if let Ok(language) = HeaderValue::from_str(language.tag()) {
        headers.insert(header::CONTENT_LANGUAGE, language);
    }
    Ok(response)
}

fn titles(visit: &Visit) -> String {
    let titles = [
        "csv-first-name",
        "csv-last-name",
        "csv-email",
        "administrator",
        "csv-standing",
        "csv-last-visit",
        "csv-invitation",
        "csv-invited",
    ]
    .map(|key| visit.t(key));
    format!("\u{feff}{}", people::csv::line(titles.iter().map(String::as_str)))
}

fn line(person: &Person, visit: &Visit) -> String {
    let row = Row::of(person, visit);
    let is_admin = if row.is_admin { "yes" } else { "no" };
    let [is_admin, standing] = [is_admin, row.standing_key()].map(|key| visit.t(key));
    let fared = row.fared_text(visit);
    people::csv::line([
        person.profile.first_name.as_str(),
        person.profile.last_name.as_str(),
        row.email.as_str(),
        is_admin.as_str(),
        standing.as_str(),
        row.last_visit.as_str(),
        fared.as_str(),
        row.invited_at.as_str(),
    ])
}
