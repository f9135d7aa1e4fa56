//! The FAQ and the help page, open to everybody (CS-07).
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use platform::web::{Shell, Trouble, kept};

use super::anybodys_page;
use crate::{Portal, visitor::Anybody};

#[derive(Template)]
#[template(path = "faq.html")]
pub struct FaqPage {
    shell: Shell,
    /// Where Passport is.
    passport: String,
}

#[cfg(test)]
impl platform::web::page::Samples for FaqPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        vec![Self { shell: shell.clone(), passport: "https://passport.example".into() }]
    }
}

#[derive(Template)]
#[template(path = "help.html")]
pub struct HelpPage {
    shell: Shell,
    passport: String,
}

#[cfg(test)]
impl platform::web::page::Samples for HelpPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        vec![Self { shell: shell.clone(), passport: "https://passport.example".into() }]
    }
}

/// The end of a tab in which somebody signed in for another one.
pub async fn go_back(visitor: Anybody) -> Result<Response, Trouble> {
    kept::go_back(&visitor.visit, visitor.shell())
}

pub async fn faq(State(portal): State<Portal>, visitor: Anybody) -> Result<Response, Trouble> {
    let page = FaqPage { shell: visitor.shell(), passport: portal.rp.issuer().to_owned() };
    anybodys_page(&visitor, StatusCode::OK, &page)
}

pub async fn help(State(portal): State<Portal>, visitor: Anybody) -> Result<Response, Trouble> {
    let page = HelpPage { shell: visitor.shell(), passport: portal.rp.issuer().to_owned() };
    anybodys_page(&visitor, StatusCode::OK, &page)
}
