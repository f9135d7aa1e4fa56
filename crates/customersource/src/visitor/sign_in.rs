//! Where whoever must sign in first is sent, and comes back from. Knows not how signing in goes.
use axum::{
    Json,
    http::{
        HeaderValue, StatusCode,
        header::{CACHE_CONTROL, WWW_AUTHENTICATE},
    },
    response::IntoResponse as _,
};
use platform::web::{Trouble, Visit, kept::GO_BACK, local_path, see_other};
use serde_json::json;

use crate::{
    Portal,
    paths::SIGN_IN,
    strength::{Demand, RECENT},
};

/// RFC 9470 §3.
const INSUFFICIENT: &str = "insufficient_user_authentication";

/// The path that signs somebody in and comes back to `next`, a path of this site.
pub fn path_to(next: &str) -> String {
    with_next(SIGN_IN, next)
}

/// `page`, and what it leads on to.
pub fn with_next(page: &str, next: &str) -> String {
    match next {
        "/" if page != SIGN_IN => page.to_owned(),
        next => {
            let query = serde_html_form::to_string([("next", next)]).unwrap_or_default();
            format!("{page}?{query}")
        }
    }
}

/// For a form that nobody is signed in to send: it is kept, and its sender signs in beside it.
pub fn first() -> Trouble {
    Trouble::SignIn { path: path_to(GO_BACK), key: "error-signed-out" }
}

/// What a visit lacks for what it is about to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lacking {
    /// A stronger proof than it has.
    pub strength: Option<Demand>,
    /// A proof of the last minutes.
    pub recent: bool,
}

impl Lacking {
    pub fn strength(demand: Demand) -> Self {
        Self { strength: Some(demand), recent: false }
    }

    /// A recent proof, of the strength that is demanded of whoever this is.
    pub fn recent(demand: Option<Demand>) -> Self {
        Self { strength: demand, recent: true }
    }

    /// The path that proves what is missing and comes back to `next`.
    pub fn path(self, next: &str) -> String {
        let stronger = self.strength.map(|demand| ("stronger", demand.word()));
        let recent = self.recent.then_some(("fresh", "1"));
        let query: Vec<_> = [Some(("next", next)), stronger, recent].into_iter().flatten().collect();
        format!("{SIGN_IN}?{}", serde_html_form::to_string(query).unwrap_or_default())
    }
}

/// Whoever was proven too weakly or too long ago is sent to prove what is missing, and comes back; a form is kept, and a
/// program is told what would do (RFC 9470).
pub fn prove(portal: &Portal, visit: &Visit, lacking: Lacking) -> Trouble {
    match visit.is_look() {
        _ if visit.is_of_a_program() => challenge(portal, lacking),
        true => see_other(&lacking.path(local_path(&visit.path))).into(),
        false => prove_first(lacking),
    }
}

/// The same for a form, whoever sent it.
pub fn prove_first(lacking: Lacking) -> Trouble {
    let key = if lacking.recent { "error-prove" } else { "error-prove-more" };
    Trouble::SignIn { path: lacking.path(GO_BACK), key }
}

/// RFC 9470 §3: what an authorization request must ask for.
fn challenge(portal: &Portal, lacking: Lacking) -> Trouble {
    let contexts = lacking.strength.map(|demand| portal.demands.contexts(demand).join(" "));
    let description = "A stronger or more recent proof of who this is, is needed.";
    let mut header = format!("Bearer error=\"{INSUFFICIENT}\", error_description=\"{description}\"");
    if let Some(contexts) = contexts.as_ref().filter(|contexts| !contexts.is_empty()) {
        header.push_str(&format!(", acr_values=\"{contexts}\""));
    }
    if lacking.recent {
        header.push_str(&format!(", max_age=\"{}\"", RECENT.as_secs()));
    }
    let body = Json(json!({ "error": INSUFFICIENT, "error_description": description }));
    match HeaderValue::from_str(&header) {
        Ok(header) => {
            let headers = [(WWW_AUTHENTICATE, header), (CACHE_CONTROL, HeaderValue::from_static("no-store"))];
            (StatusCode::UNAUTHORIZED, headers, body).into_response().into()
        }
        Err(fault) => Trouble::bug(fault),
    }
}
