//! Where a forgotten password leads: for now to people who can help.
use askama::Template;
use axum::{extract::Query, response::Response};
use platform::web::{Shell, Trouble, page::Samples};

use super::{
    SIGN_IN,
    destination::{Destination, Params},
};
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "pages/recover.html")]
pub struct RecoverPage {
    shell: Shell,
    /// Back to where the person came from.
    back: String,
}

pub async fn show(visitor: Visitor, Query(params): Query<Params>) -> Result<Response, Trouble> {
    let back = Destination::from(params).carried_to(SIGN_IN);
    visitor.visit.ok(&RecoverPage { shell: visitor.shell(), back })
}

impl Samples for RecoverPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        vec![Self { shell: shell.clone(), back: SIGN_IN.to_owned() }]
    }
}
