//! The stylesheet, the script and the mark, under names that change with their content; knows no page.
use axum::{
    Router,
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::secrets::digest;

const STYLE: &[u8] = include_bytes!("../../assets/style.css");
const SCRIPT: &[u8] = include_bytes!("../../assets/script.js");

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// The paths of this build's assets.
#[derive(Clone, Debug)]
pub struct Assets {
    pub style: String,
    pub script: String,
    pub mark: String,
    /// Scripts of single pages: what they are called, where they are, what they say.
    more: Vec<(&'static str, String, &'static [u8])>,
    mark_bytes: &'static [u8],
}

impl Assets {
    /// With the mark of the half, an SVG, and the scripts that single pages of it have besides.
    pub fn new(mark_bytes: &'static [u8], scripts: &[(&'static str, &'static [u8])]) -> Self {
        Self {
            style: named("style", "css", STYLE),
            script: named("script", "js", SCRIPT),
            mark: named("mark", "svg", mark_bytes),
            more: scripts.iter().map(|(stem, bytes)| (*stem, named(stem, "js", bytes), *bytes)).collect(),
            mark_bytes,
        }
    }

    /// Where the script of this name is.
    pub(super) fn script_named(&self, stem: &str) -> Option<&str> {
        self.more.iter().find(|(name, ..)| *name == stem).map(|(_, path, _)| path.as_str())
    }

    pub(super) fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let more = self.more.iter().map(|(_, path, bytes)| (path.clone(), JAVASCRIPT, *bytes));
        let all: Vec<_> = [
            (self.style.clone(), "text/css; charset=utf-8", STYLE),
            (self.script.clone(), JAVASCRIPT, SCRIPT),
            (self.mark.clone(), "image/svg+xml", self.mark_bytes),
        ]
        .into_iter()
        .chain(more)
        .collect();
        let find = move |Path(name): Path<String>| async move {
            let asset = all.iter().find(|(path, ..)| path.strip_prefix("/assets/") == Some(name.as_str()));
            asset
                .map_or_else(|| StatusCode::NOT_FOUND.into_response(), |(_, kind, bytes)| answer(kind, bytes))
        };
        let mark = self.mark_bytes;
        Router::new()
            .route("/assets/{name}", get(find))
            .route("/favicon.ico", get(move || async move { answer("image/svg+xml", mark) }))
    }
}

fn named(stem: &str, ending: &str, bytes: &[u8]) -> String {
    let hash: String = URL_SAFE_NO_PAD.encode(digest(bytes)).chars().take(10).collect();
    format!("/assets/{stem}-{hash}.{ending}")
}

fn answer(kind: &'static str, bytes: &'static [u8]) -> Response {
    let mut response = bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, forever);
    response
}
