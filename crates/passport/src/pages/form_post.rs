//! The page that carries an answer to a site as a form (Form Post Response Mode): it sends itself, and has
//! a button for browsers that run no script. It knows no meaning of the fields.
use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use platform::{
    secrets::digest,
    web::{Shell, Trouble, page::NoReferrer},
};
use url::Url;

use crate::visitor::Visitor;

/// The only script of the page, known to its policy by this digest.
const SCRIPT: &str = r#"document.getElementById("form-post").submit()"#;

#[derive(Template)]
#[template(path = "pages/form_post.html")]
pub struct FormPostPage {
    shell: Shell,
    /// The registered redirect URI.
    action: String,
    fields: Vec<(&'static str, String)>,
    /// Whose site it goes to.
    host: String,
    script: &'static str,
}

/// Answers with the page. Its policy lets it post to the site's origin and to nobody else (BR-11).
pub fn render(
    visitor: &Visitor,
    action: String,
    fields: Vec<(&'static str, String)>,
) -> Result<Response, Trouble> {
    let (origin, host) = place(&action).ok_or_else(|| Trouble::bug("a redirect URI is no URL"))?;
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self' 'sha256-{}'; img-src 'self' data:; \
         object-src 'none'; base-uri 'none'; form-action 'self' {origin}; frame-ancestors 'none'",
        STANDARD.encode(digest(SCRIPT.as_bytes()))
    );
    let page = FormPostPage { shell: visitor.visit.shell(), action, fields, host, script: SCRIPT };
    let mut response = visitor.visit.page(StatusCode::OK, &page)?;
    response.extensions_mut().insert(NoReferrer);
    let policy = HeaderValue::from_str(&policy).map_err(Trouble::bug)?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// Where the form goes, as a content security policy names it, and as a person does.
fn place(action: &str) -> Option<(String, String)> {
    let url = Url::parse(action).ok()?;
    let scheme = url.scheme();
    let Some(host) = url.host_str().filter(|_| matches!(scheme, "http" | "https")) else {
        return Some((format!("{scheme}:"), scheme.to_owned()));
    };
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    Some((format!("{scheme}://{host}"), host))
}

#[cfg(test)]
impl platform::web::page::Samples for FormPostPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        vec![Self {
            shell: shell.clone(),
            action: "https://shop.example/back".into(),
            fields: vec![("code", "c0de".into()), ("state", "\"><script>".into())],
            host: "shop.example".into(),
            script: SCRIPT,
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_goes_to_one_origin() {
        let of = |action| place(action).unwrap();
        assert_eq!(of("https://rp1.test/cb?a=b"), ("https://rp1.test".to_owned(), "rp1.test".to_owned()));
        assert_eq!(of("http://127.0.0.1:8080/cb").0, "http://127.0.0.1:8080");
        assert_eq!(of("http://[::1]:8080/cb").0, "http://[::1]:8080");
        assert_eq!(of("com.example.app:/cb").0, "com.example.app:");
        assert_eq!(place("cb"), None);
    }
}
