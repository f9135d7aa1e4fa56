//! A page for whoever visits: with the sign-out form in its head when somebody is signed in.
use axum::{http::StatusCode, response::Response};
use platform::web::{Trouble, Visit, page::FormsLeadElsewhere};

use super::Anybody;

/// A page with the sign-out form in its head, which leads on to the provider.
pub fn signed_in_page(
    visit: &Visit,
    status: StatusCode,
    template: &impl askama::Template,
) -> Result<Response, Trouble> {
    let mut response = visit.page(status, template)?;
    response.extensions_mut().insert(FormsLeadElsewhere);
    Ok(response)
}

/// A page for everybody: with the sign-out form only when somebody is signed in.
pub fn anybodys_page(
    visitor: &Anybody,
    status: StatusCode,
    template: &impl askama::Template,
) -> Result<Response, Trouble> {
    match visitor.session() {
        Some(_) => signed_in_page(&visitor.visit, status, template),
        None => visitor.visit.page(status, template),
    }
}
