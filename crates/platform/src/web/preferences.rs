//! The language and theme switches in every page's footer, and the reader's time zone; they change a cookie and
//! nothing else.
use axum::{Router, response::Response, routing::post};
use serde::Deserialize;

use super::{Cookie, OfBrowser, Trouble, Visit, local_path, see_other, visit};
use crate::{day::Zone, language::Language};

const YEAR: i64 = 365 * 24 * 3600;

#[derive(Deserialize)]
struct LanguageForm {
    #[serde(default)]
    language: String,
    #[serde(default)]
    return_to: String,
}

#[derive(Deserialize)]
struct ThemeForm {
    #[serde(default)]
    theme: String,
    #[serde(default)]
    return_to: String,
}

#[derive(Deserialize)]
struct ZoneForm {
    #[serde(default)]
    time_zone: String,
    #[serde(default)]
    return_to: String,
}

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/language", post(set_language))
        .route("/theme", post(set_theme))
        .route("/time-zone", post(set_zone))
}

async fn set_language(visit: Visit, form: OfBrowser<LanguageForm>) -> Result<Response, Trouble> {
    let form = form.checked()?;
    let mut response = see_other(local_path(&form.return_to));
    if let Some(language) = Language::of_tag(&form.language) {
        let name = visit::cookie_name(&visit.site, visit::LANGUAGE);
        Cookie::lasting(name, language.tag(), YEAR).set(response.headers_mut());
    }
    Ok(response)
}

/// What is no zone changes nothing.
async fn set_zone(visit: Visit, form: OfBrowser<ZoneForm>) -> Result<Response, Trouble> {
    let form = form.checked()?;
    let mut response = see_other(local_path(&form.return_to));
    if let Some(zone) = Zone::named(&form.time_zone) {
        let name = visit::cookie_name(&visit.site, visit::ZONE);
        Cookie::lasting(name, zone.name(), YEAR).set(response.headers_mut());
    }
    Ok(response)
}

async fn set_theme(visit: Visit, form: OfBrowser<ThemeForm>) -> Result<Response, Trouble> {
    let form = form.checked()?;
    let mut response = see_other(local_path(&form.return_to));
    let name = visit::cookie_name(&visit.site, visit::THEME);
    let cookie = match form.theme.as_str() {
        theme @ ("light" | "dark") => Cookie::lasting(name, theme, YEAR),
        _ => Cookie::gone(name),
    };
    cookie.set(response.headers_mut());
    Ok(response)
}
