//! Our CustomerSource Accounts: everybody of the administrator's company, and the same as a file (CS-44, CS-49).
use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use platform::{
    language::Language,
    web::{Shell, Trouble, page::Samples},
};
use serde::Deserialize;

use super::{done_of, is_done_well, row::Row};
use crate::{
    Portal, company,
    pages::signed_in_page,
    visitor::{Acting, Administrator},
};

/// So many people stand on a page.
const PAGE: u64 = 50;
/// So many are in a file.
const MOST: u64 = 10_000;

pub fn router() -> Router<Portal> {
    Router::new().route("/account/professionals", get(show)).route("/account/professionals.csv", get(export))
}

#[derive(Template)]
#[template(path = "account/professionals.html")]
pub struct ProfessionalsPage {
    shell: Shell,
    acting: Acting,
    rows: Vec<Row>,
    /// What was searched for.
    text: String,
    page: u64,
    has_more: bool,
    done: Option<&'static str>,
}

impl ProfessionalsPage {
    fn is_well(&self) -> bool {
        self.done.is_some_and(is_done_well)
    }

    fn turned(&self, page: u64) -> String {
        let query = [("q", self.text.clone()), ("page", page.to_string())];
        let query = serde_html_form::to_string(query).unwrap_or_default();
        format!("/account/professionals?{query}")
    }
}

impl Samples for ProfessionalsPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |rows, text: &str, page, done| Self {
            shell: shell.clone(),
            acting: Acting { company: "Contoso Ltda".into(), person: "Maria Silva".into() },
            rows,
            text: text.into(),
            page,
            has_more: page == 1,
            done,
        };
        vec![
            page(Row::samples(), "", 0, None),
            page(Row::samples(), "a", 1, Some("done-removed")),
            page(vec![], "zzz", 0, Some("done-too-soon")),
        ]
    }
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: String,
}

async fn show(
    State(portal): State<Portal>,
    visitor: Administrator,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let page = asked.page.parse::<u64>().unwrap_or(0).min(MOST / PAGE);
    let text: String = asked.q.chars().filter(|c| !c.is_control()).take(100).collect();
    let window = (page * PAGE, PAGE + 1);
    let mut people = company::store::people(portal.db.reader(), &visitor.acts, &text, window).await?;
    let has_more = people.len() as u64 > PAGE;
    people.truncate(PAGE as usize);
    let now = visitor.visit().now;
    let page = ProfessionalsPage {
        shell: visitor.associated.account_shell(),
        acting: visitor.associated.acting(),
        rows: people.iter().map(|person| Row::of(person, now)).collect(),
        text,
        page,
        has_more,
        done: done_of(visitor.visit()),
    };
    signed_in_page(visitor.visit(), StatusCode::OK, &page)
}

/// Everybody as CSV (RFC 4180, UTF-8 with the mark that spreadsheets look for), safe to open (AS-17).
async fn export(State(portal): State<Portal>, visitor: Administrator) -> Result<Response, Trouble> {
    let people = company::store::people(portal.db.reader(), &visitor.acts, "", (0, MOST)).await?;
    let (visit, now) = (visitor.visit(), visitor.visit().now);
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
    let mut text = String::from("\u{feff}");
    text.push_str(&company::csv::line(titles.iter().map(String::as_str)));
    for person in &people {
        let row = Row::of(person, now);
        let (standing, fared) = (visit.t(row.standing_key()), row.fared_text(visit));
        let is_admin = visit.t(if row.is_admin { "yes" } else { "no" });
        text.push_str(&company::csv::line([
            person.profile.first_name.as_str(),
            person.profile.last_name.as_str(),
            row.email.as_str(),
            is_admin.as_str(),
            standing.as_str(),
            row.last_visit.as_str(),
            fared.as_str(),
            row.invited_at.as_str(),
        ]));
    }
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    let attachment = HeaderValue::from_static("attachment; filename=\"professionals.csv\"");
    headers.insert(header::CONTENT_DISPOSITION, attachment);
    if let Ok(language) = HeaderValue::from_str(Language::tag(visit.language)) {
        headers.insert(header::CONTENT_LANGUAGE, language);
    }
    Ok(response)
}
