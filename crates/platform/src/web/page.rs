//! Pages: the shell that every template is given, and rendering; knows no particular page.
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    Trouble, Visit,
    visit::{ZONE, cookie_name},
};
use crate::{Fault, clock::Moment, day::Zone, language::Language};

/// One line of the left-hand navigation.
#[derive(Clone, Debug)]
pub struct NavItem {
    pub path: &'static str,
    /// Catalogue key of the words.
    pub key: &'static str,
}

/// What every page needs besides its own facts: words, navigation, who is signed in, form token.
#[derive(Clone)]
pub struct Shell {
    pub(super) visit: Visit,
    nav: Vec<NavItem>,
    /// Lines that hang under one of the navigation's.
    sub_nav: (&'static str, &'static [NavItem]),
    /// The signed-in person's name or address, and where the form to sign out posts to.
    pub person: Option<SignedInAs>,
    /// For whom they act.
    pub acting: Option<ActingAs>,
    /// The page has fields that somebody may be filling in.
    has_fields: Arc<AtomicBool>,
}

#[derive(Clone, Debug)]
pub struct SignedInAs {
    pub name: String,
    pub sign_out: &'static str,
}

/// The company that a person acts for, and their name there.
#[derive(Clone, Debug)]
pub struct ActingAs {
    pub company: String,
    pub person: String,
}

impl Visit {
    /// A shell for a page of this visit.
    pub fn shell(&self) -> Shell {
        Shell {
            visit: self.clone(),
            nav: self.site.nav.clone(),
            sub_nav: ("", &[]),
            person: None,
            acting: None,
            has_fields: Arc::default(),
        }
    }

    /// Renders `template` as an answer.
    pub fn page(&self, status: StatusCode, template: &impl Template) -> Result<Response, Trouble> {
        let html = template.render().map_err(|error| Trouble::from(Fault::bug(error)))?;
        Ok(html_response(status, html))
    }

    /// Renders `template` with status 200.
    pub fn ok(&self, template: &impl Template) -> Result<Response, Trouble> {
        self.page(StatusCode::OK, template)
    }
}

pub(super) fn html_response(status: StatusCode, html: String) -> Response {
    let mut response = (status, html).into_response();
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response
}

/// Put into an answer's extensions by pages whose POST leads on to other sites: Chromium applies
/// `form-action` to the whole chain of redirects, so such pages go without it.
#[derive(Clone, Copy)]
pub struct FormsLeadElsewhere;

/// Put into an answer's extensions by pages whose URL must not be told to anybody.
#[derive(Clone, Copy)]
pub struct NoReferrer;

/// Put into an answer's extensions by pages that load frames: the origins that these may come from.
#[derive(Clone, Debug)]
pub struct Frames(pub Vec<String>);

impl Shell {
    #[must_use]
    pub fn with_person(mut self, name: impl Into<String>, sign_out: &'static str) -> Self {
        self.person = Some(SignedInAs { name: name.into(), sign_out });
        self
    }

    /// Called where a field is shown; shows nothing itself.
    pub fn notes_field(&self) -> &'static str {
        self.has_fields.store(true, Ordering::Relaxed);
        ""
    }

    /// Whether leaving this page could lose what was typed. Known once the page is written, in its footer.
    pub fn has_fields(&self) -> bool {
        self.has_fields.load(Ordering::Relaxed)
    }

    /// Whether the page answers a form: its address alone may show another page, or none.
    pub fn is_answer(&self) -> bool {
        !self.visit.is_look()
    }

    #[must_use]
    pub fn with_nav(mut self, nav: Vec<NavItem>) -> Self {
        self.nav = nav;
        self
    }

    /// Hangs `items` under the navigation line of `path`.
    #[must_use]
    pub fn with_sub_nav(mut self, path: &'static str, items: &'static [NavItem]) -> Self {
        self.sub_nav = (path, items);
        self
    }

    /// What hangs under a navigation line.
    pub fn under(&self, item: &NavItem) -> &'static [NavItem] {
        let (path, items) = self.sub_nav;
        if path == item.path { items } else { &[] }
    }

    pub fn t(&self, key: &str) -> String {
        self.visit.t(key)
    }

    pub fn t1(&self, key: &str, name: &'static str, value: &str) -> String {
        self.visit.site.texts.get(self.visit.language, key, &[(name, value)])
    }

    /// A text that follows the rules of plural.
    pub fn count(&self, key: &str, name: &'static str, number: u64) -> String {
        self.visit.site.texts.count(self.visit.language, key, (name, number))
    }

    pub fn t2(&self, key: &str, one: &'static str, first: &str, two: &'static str, second: &str) -> String {
        self.visit.site.texts.get(self.visit.language, key, &[(one, first), (two, second)])
    }

    pub(crate) fn now(&self) -> Moment {
        self.visit.now
    }

    /// The reader's time zone, and whether they said it themselves.
    pub fn zone(&self) -> (Zone, bool) {
        self.visit.zone()
    }

    /// The cookie in which a browser says its time zone, where it has not yet.
    pub fn zone_cookie(&self) -> Option<String> {
        let is_known = self.visit.own_zone.is_some();
        (!is_known).then(|| cookie_name(&self.visit.site, ZONE).to_string())
    }

    pub fn zone_place(&self) -> String {
        self.visit.zone().0.place()
    }

    pub fn zone_name(&self) -> String {
        self.visit.zone().0.name().to_owned()
    }

    /// To choose from; the reader's own is among them, whatever it is called.
    pub fn zone_names(&self) -> Vec<String> {
        let (mut names, own) = (Zone::names(), self.zone_name());
        if let Err(place) = names.binary_search(&own) {
            names.insert(place, own);
        }
        names
    }

    pub fn language(&self) -> Language {
        self.visit.language
    }

    pub fn languages(&self) -> [Language; 2] {
        Language::ALL
    }

    pub fn theme(&self) -> &'static str {
        self.visit.theme
    }

    pub fn product(&self) -> &'static str {
        self.visit.site.product
    }

    pub fn product_name(&self) -> String {
        self.t(self.visit.site.name_key)
    }

    pub fn style(&self) -> &str {
        &self.visit.site.assets.style
    }

    pub fn script(&self) -> &str {
        &self.visit.site.assets.script
    }

    /// Where a script of single pages is.
    pub fn script_named(&self, stem: &str) -> &str {
        self.visit.site.assets.script_named(stem).unwrap_or_default()
    }

    pub fn mark(&self) -> &str {
        &self.visit.site.assets.mark
    }

    pub fn nav(&self) -> &[NavItem] {
        &self.nav
    }

    /// The value of `aria-current` for a navigation line: `page` on the page itself, `true` on pages below it that
    /// have no nearer line, empty elsewhere.
    pub fn current(&self, item: &NavItem) -> &'static str {
        let path = self.visit.path.split('?').next().unwrap_or_default();
        let lines = self.nav.iter().flat_map(|item| std::iter::once(item).chain(self.under(item)));
        match nearest(path, lines.map(|item| item.path)) {
            Some(near) if near == item.path => {
                if path == near {
                    "page"
                } else {
                    "true"
                }
            }
            _ => "",
        }
    }

    /// Where the language and theme forms come back to: this page, if it was fetched with GET.
    pub fn here(&self) -> &str {
        &self.visit.path
    }

    /// Where somebody who is not signed in can sign in, to come back to this page; `None` for everybody else.
    pub fn sign_in(&self) -> Option<String> {
        let path = self.visit.site.sign_in.filter(|_| self.person.is_none() && self.visit.is_nobodys())?;
        let query =
            serde_html_form::to_string([("next", self.visit.page_to_come_back_to(path))]).unwrap_or_default();
        Some(format!("{path}?{query}"))
    }

    pub fn request_id(&self) -> &str {
        &self.visit.request_id
    }

    pub fn support(&self) -> &str {
        &self.visit.site.texts.brand().support
    }
}

/// The longest of `lines` that `path` is or lies below. Home is above everything, and so says nothing of what is
/// below it.
fn nearest<'a>(path: &str, lines: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let is_above = |line: &&str| {
        let rest = path.strip_prefix(*line);
        rest.is_some_and(|rest| rest.is_empty() || (*line != "/" && rest.starts_with('/')))
    };
    lines.filter(is_above).max_by_key(|line| line.len())
}

/// A page that can show itself with example facts, so that one test renders every page in every language. Only
/// test builds have pages that do.
pub trait Samples: Template + Sized {
    /// Name of the page and its variants: empty and filled, with and without errors.
    fn samples(shell: &Shell) -> Vec<Self>;

    /// Every sample, rendered; an error's text in its place.
    fn render_samples(shell: &Shell) -> Vec<String> {
        Self::samples(shell)
            .iter()
            .map(|page| page.render().unwrap_or_else(|error| format!("⟦{error}⟧")))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_page_lies_under_the_nearest_line_of_the_navigation() {
        let lines = ["/", "/resources", "/staff", "/staff/content", "/account"];
        for (path, near) in [
            ("/", Some("/")),
            ("/resources", Some("/resources")),
            ("/resources/self-help/bank", Some("/resources")),
            ("/staff/content/1/files", Some("/staff/content")),
            ("/staff/contents", Some("/staff")),
            ("/accounts", None),
            ("/faq", None),
        ] {
            assert_eq!(nearest(path, lines.into_iter()), near, "{path}");
        }
    }
}
