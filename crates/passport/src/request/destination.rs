//! Where a person goes after signing in: back to the site that asked, or to a page of ours.
use oidc::assurance::Level;
use platform::web::local_path;
use serde::Deserialize;

use crate::paths::{AUTHENTICATOR, AUTHORIZE, OFFER_PASSKEY, SECOND_STEP, SIGN_IN};

/// A site asks for a passkey.
pub const BY_PASSKEY: &str = "passkey";

/// The query of the sign-in and sign-up pages.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Params {
    /// The raw query of an authorization request, with the mark of the endpoint.
    pub request: Option<String>,
    /// A path of this site.
    pub next: Option<String>,
    /// The handle of an account that this computer remembers, or `other`.
    pub account: Option<String>,
    /// The person is signed in, and shall prove it again; [`BY_PASSKEY`]: by a passkey.
    pub prove: Option<String>,
    /// Which code a second step asks for.
    pub way: Option<String>,
    /// A second step took too long.
    pub late: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Destination {
    #[default]
    Home,
    /// A path of this site, checked.
    Page(String),
    /// On with an authorization request.
    Site(String),
}

impl From<Params> for Destination {
    fn from(params: Params) -> Self {
        match (params.request.filter(|request| !request.is_empty()), params.next) {
            (Some(request), _) => Self::Site(request),
            (None, Some(next)) if local_path(&next) != "/" => Self::Page(next),
            (None, _) => Self::Home,
        }
    }
}

impl Destination {
    /// `page` (a path) with this destination in its query, so that it is not lost on the way. Forms post to
    /// it as well: a page shown again, or in another language, still knows where it leads.
    pub fn carried_to(&self, page: &str) -> String {
        let (name, value) = match self {
            Self::Home => return page.to_owned(),
            Self::Page(path) => ("next", path),
            Self::Site(request) => ("request", request),
        };
        let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        format!("{page}?{name}={value}")
    }

    /// The same with one more parameter.
    pub fn carried_with(&self, page: &str, name: &str, value: &str) -> String {
        let carried = self.carried_to(page);
        let between = if carried.contains('?') { '&' } else { '?' };
        let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        format!("{carried}{between}{name}={value}")
    }

    /// The page where a person who is signed in proves more, up to this level, on the way.
    pub fn to_more(&self, level: Level, has_app: bool) -> String {
        match level > Level::TwoFactors || !has_app {
            true => self.carried_with(SIGN_IN, "prove", BY_PASSKEY),
            false => self.carried_with(SECOND_STEP, "prove", "1"),
        }
    }

    /// The page where something is set up that reaches this level, on the way.
    pub fn to_set_up(&self, level: Level) -> String {
        self.carried_to(if level > Level::TwoFactors { OFFER_PASSKEY } else { AUTHENTICATOR })
    }

    /// Where to go now; always a path of this site.
    pub fn path(&self) -> String {
        match self {
            Self::Home => "/".to_owned(),
            Self::Page(path) => local_path(path).to_owned(),
            Self::Site(request) => local_path(&format!("{AUTHORIZE}?{request}")).to_owned(),
        }
    }

    /// The authorization request, if a site waits.
    pub fn request(&self) -> Option<&str> {
        match self {
            Self::Site(request) => Some(request),
            Self::Home | Self::Page(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(request: &str, next: &str) -> Destination {
        Params { request: Some(request.to_owned()), next: Some(next.to_owned()), ..Params::default() }.into()
    }

    #[test]
    fn br_06_the_way_on_is_always_a_path_of_this_site() {
        for evil in ["//evil", "/\\evil", "https:evil", "/..//evil", "\r\nLocation: x", "javascript:alert(1)"]
        {
            assert_eq!(of("", evil).path(), "/", "{evil:?}");
        }
        assert_eq!(of("", "/account?a=b").path(), "/account?a=b");
        assert_eq!(of("client_id=a&state=%2F", "/account").path(), "/oauth2/authorize?client_id=a&state=%2F");
        assert_eq!(of("a\r\nb", "").path(), "/", "no second header line");
    }

    #[test]
    fn more_is_proven_by_what_the_person_has_and_reaches_what_is_asked_for() {
        let to = of("", "/account");
        let by_passkey = "/sign-in?next=%2Faccount&prove=passkey";
        assert_eq!(to.to_more(Level::TwoFactors, true), "/sign-in/second?next=%2Faccount&prove=1");
        assert_eq!(to.to_more(Level::TwoFactors, false), by_passkey, "a passkey is two factors");
        assert_eq!(to.to_more(Level::PhishingResistant, true), by_passkey);
        assert_eq!(to.to_set_up(Level::TwoFactors), "/account/authenticator?next=%2Faccount");
        assert_eq!(to.to_set_up(Level::PhishingResistant), "/sign-in/passkey?next=%2Faccount");
    }

    #[test]
    fn a_destination_survives_the_way_through_a_form() {
        let site = of("client_id=a&state=x+y%20z", "");
        let carried = site.carried_to("/sign-up");
        assert_eq!(carried, "/sign-up?request=client_id%3Da%26state%3Dx%2By%2520z");
        let query = carried.split_once('?').unwrap().1;
        let params: Params = serde_html_form::from_str(query).unwrap();
        assert_eq!(Destination::from(params), site);
        assert_eq!(of("", "/account").carried_to("/sign-in"), "/sign-in?next=%2Faccount");
        assert_eq!(of("", "/").carried_to("/sign-in"), "/sign-in");
    }
}
