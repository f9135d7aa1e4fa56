//! Reading the audit, newest first; of one company or of all.
use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use platform::web::{Shell, Trouble, page::Samples};
use serde::Deserialize;
use uuid::Uuid;

use super::only;
use crate::{
    Portal,
    audit::{Line, store},
    pages::signed_in_page,
    visitor::Staff,
};

const PAGE: u64 = 50;

pub fn router() -> Router<Portal> {
    Router::new().route("/staff/audit", get(show))
}

#[derive(Template)]
#[template(path = "staff/audit.html")]
pub struct AuditPage {
    shell: Shell,
    lines: Vec<Line>,
    organization: String,
    next: Option<i64>,
}

impl AuditPage {
    fn when(&self, line: &Line) -> String {
        self.shell.moment(&line.at)
    }
}

impl Samples for AuditPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let line = Line {
            seq: 12,
            at: platform::clock::Moment::from_unix_seconds(1_795_000_000),
            actor: "staff https://passport.example 42".into(),
            acting_profile: None,
            organization: Some(Uuid::nil()),
            action: "case.opened".into(),
            target: "case:1".into(),
            detail: "{\"reason\":\"<b>\"}".into(),
        };
        let page = |lines, next| Self { shell: shell.clone(), lines, organization: String::new(), next };
        vec![page(vec![], None), page(vec![line], Some(12))]
    }
}

#[derive(Deserialize)]
struct Asked {
    before: Option<String>,
    #[serde(default)]
    company: String,
}

async fn show(
    State(portal): State<Portal>,
    visitor: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    let before = asked.before.and_then(|text| text.parse::<i64>().ok());
    let organization: Option<Uuid> = asked.company.parse().ok();
    let lines = store::list(portal.db.reader(), before, organization, PAGE).await?;
    let is_full = lines.len() as u64 == PAGE;
    let next = lines.last().filter(|_| is_full).map(|line| line.seq);
    let organization = organization.map(|id| id.to_string()).unwrap_or_default();
    let page = AuditPage { shell: visitor.shell(), lines, organization, next };
    signed_in_page(&visitor.visit, StatusCode::OK, &page)
}
