//! Passport's front door: what a Passport is, and where to begin.
use askama::Template;
use axum::response::Response;
use platform::web::{Shell, Trouble};

use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "pages/home.html")]
pub struct HomePage {
    shell: Shell,
    /// The address of the person who is signed in.
    who: Option<String>,
}

pub async fn show(visitor: Visitor) -> Result<Response, Trouble> {
    let who = visitor.signed_in.as_ref().map(|(_, account)| account.email.clone());
    visitor.visit.ok(&HomePage { shell: visitor.shell(), who })
}

#[cfg(test)]
impl platform::web::page::Samples for HomePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let signed_in = shell.clone().with_person("maria@example.com", "/sign-out");
        vec![
            Self { shell: shell.clone(), who: None },
            Self { shell: signed_in, who: Some("maria@example.com".into()) },
        ]
    }
}
