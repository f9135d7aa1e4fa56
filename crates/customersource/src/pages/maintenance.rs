//! Closed for maintenance: while a window runs every page answers 503 and says until when (CS-05), but for signing
//! in and out, the provider's own calls, and the staff. Planned windows are public.
use askama::Template;
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use platform::web::{Saying, Shell, Trouble, Visit};

use super::anybodys_page;
use crate::{
    Portal,
    maintenance::{Window, store},
    paths,
    presence::Presence,
    rp::{
        BACKCHANNEL_LOGOUT_PATH, FRONTCHANNEL_LOGOUT_PATH, POST_LOGOUT_PATH, REDIRECT_PATH,
        SECURITY_EVENTS_PATH,
    },
    visitor::{Anybody, presence},
};

/// What works in any case. Health, figures and assets are served beside the portal's routes.
const OPEN: [&str; 8] = [
    paths::MAINTENANCE,
    "/signin",
    REDIRECT_PATH,
    paths::SIGN_OUT,
    POST_LOGOUT_PATH,
    BACKCHANNEL_LOGOUT_PATH,
    FRONTCHANNEL_LOGOUT_PATH,
    SECURITY_EVENTS_PATH,
];

#[derive(Template)]
#[template(path = "maintenance.html")]
pub struct MaintenancePage {
    shell: Shell,
    window: Window,
}

#[derive(Template)]
#[template(path = "planned.html")]
pub struct PlannedPage {
    shell: Shell,
    windows: Vec<Window>,
}

/// An example for pages that show one.
#[cfg(test)]
pub fn sample_window() -> Window {
    sample("")
}

#[cfg(test)]
fn sample(message: &str) -> Window {
    use platform::clock::Moment;
    Window {
        id: crate::maintenance::WindowId(uuid::Uuid::nil()),
        starts_at: Moment::from_unix_seconds(1_795_000_000),
        ends_at: Moment::from_unix_seconds(1_795_007_200),
        message: message.into(),
    }
}

#[cfg(test)]
impl platform::web::page::Samples for MaintenancePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |message| Self { shell: shell.clone(), window: sample(message) };
        vec![page(""), page("New servers.")]
    }
}

#[cfg(test)]
impl platform::web::page::Samples for PlannedPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |windows| Self { shell: shell.clone(), windows };
        vec![page(vec![]), page(vec![sample(""), sample("New servers.")])]
    }
}

/// Stands before every route of the portal. Who visits is read with it, and handed on to the page.
pub async fn gate(State(portal): State<Portal>, visit: Visit, mut request: Request, next: Next) -> Response {
    use axum::response::IntoResponse as _;
    let path = request.uri().path();
    if OPEN.contains(&path) || path == "/staff" || path.starts_with("/staff/") {
        return next.run(request).await;
    }
    match presence(&portal, &visit).await {
        Ok(Presence { window: Some(window), known }) => {
            let visitor = Anybody::recognized(&portal, visit, known).await;
            // A form that comes in meanwhile is kept on the page that says so.
            if visitor.visit.is_look() {
                closed(&visitor, window).into_response()
            } else {
                kept(&visitor.visit, &window)
            }
        }
        Ok(presence) => {
            request.extensions_mut().insert(presence);
            next.run(request).await
        }
        Err(fault) => Trouble::from(fault).into_response(),
    }
}

/// The operator's words, before others that follow.
fn sentence(words: &str) -> String {
    let words = words.trim();
    let ends = words.is_empty() || words.ends_with(['.', '!', '?', '…', ':']);
    if ends { words.to_owned() } else { format!("{words}.") }
}

/// Until when, and the operator's words, on the page that keeps the form.
fn kept(visit: &Visit, window: &Window) -> Response {
    use axum::response::IntoResponse as _;
    let until = visit.shell().wait(&window.ends_at);
    let said = [visit.shell().t1("maintenance-until", "until", until.as_str()), sentence(&window.message)];
    let said = said.into_iter().filter(|text| !text.is_empty());
    let text: Vec<_> = said.chain([visit.t("maintenance-form-kept")]).collect();
    let mut response = Trouble::page(StatusCode::SERVICE_UNAVAILABLE, "maintenance").into_response();
    response.extensions_mut().insert(Saying(text.join(" ")));
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(window.retry_after(visit.now)));
    response
}

fn closed(visitor: &Anybody, window: Window) -> Result<Response, Trouble> {
    let seconds = window.retry_after(visitor.visit.now);
    let page = MaintenancePage { shell: visitor.shell(), window };
    let mut response = anybodys_page(visitor, StatusCode::SERVICE_UNAVAILABLE, &page)?;
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    Ok(response)
}

pub async fn planned(State(portal): State<Portal>, visitor: Anybody) -> Result<Response, Trouble> {
    let windows = store::list_ahead(portal.db.reader(), visitor.visit.now).await?;
    anybodys_page(&visitor, StatusCode::OK, &PlannedPage { shell: visitor.shell(), windows })
}
