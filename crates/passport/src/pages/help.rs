//! What to do in each trouble, in the FAQ's words, and whom to ask when that does not help.
use askama::Template;
use axum::response::Response;
use platform::web::{Shell, Trouble, kept};

use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "pages/help.html")]
pub struct HelpPage {
    shell: Shell,
}

/// The end of a tab in which somebody signed in for another one.
pub async fn go_back(visitor: Visitor) -> Result<Response, Trouble> {
    kept::go_back(&visitor.visit, visitor.shell())
}

pub async fn show(visitor: Visitor) -> Result<Response, Trouble> {
    visitor.visit.ok(&HelpPage { shell: visitor.shell() })
}

#[cfg(test)]
impl platform::web::page::Samples for HelpPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        vec![Self { shell: shell.clone() }]
    }
}
