//! After a sign-in by the password alone, once, because its owner had waited for that: what to do now.
use askama::Template;
use axum::{extract::Query, response::Response};
use oidc::assurance::{Method, Methods};
use platform::web::{Shell, Trouble};

use crate::{
    paths::RECOVERY_CODES,
    request::destination::{Destination, Params},
    visitor::SignedIn,
};

pub const WAIVED: &str = "/sign-in/waived";

#[derive(Template)]
#[template(path = "pages/waived.html")]
pub struct WaivedPage {
    shell: Shell,
    factors: Methods,
    onward: String,
}

impl WaivedPage {
    fn has_passkeys(&self) -> bool {
        self.factors.contains(Method::Passkey)
    }

    fn has_app(&self) -> bool {
        self.factors.contains(Method::Code)
    }

    fn codes(&self) -> &'static str {
        RECOVERY_CODES
    }
}

pub async fn show(who: SignedIn, Query(params): Query<Params>) -> Result<Response, Trouble> {
    let onward = Destination::from(params).path();
    who.visit.ok(&WaivedPage { shell: who.visitor.shell(), factors: who.account.factors, onward })
}

#[cfg(test)]
impl platform::web::page::Samples for WaivedPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |factors| Self { shell: shell.clone(), factors, onward: "/account".into() };
        vec![page(Methods::of(Method::Passkey)), page(Methods::of(Method::Passkey).with(Method::Code))]
    }
}
