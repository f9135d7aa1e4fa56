//! Participating sites that want to be found: who they are, and the way to sign in there (OIDC Core §4).
use askama::Template;
use axum::{extract::State, response::Response};
use oidc::client::{Client, redirect_uri::is_loopback};
use platform::web::{Shell, Trouble};
use url::Url;

use super::client_panel::ClientPanel;
use crate::{client, state::Passport, visitor::Visitor};

#[derive(Template)]
#[template(path = "pages/sites.html")]
pub struct SitesPage {
    shell: Shell,
    sites: Vec<Listed>,
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Listed {
    site: ClientPanel,
    /// Where a sign-in at the site begins, else its front page.
    link: Option<String>,
}

impl Listed {
    fn of(client: &Client, issuer: &str) -> Self {
        Self { site: ClientPanel::of(client), link: link(client, issuer) }
    }
}

/// A site that takes sign-ins started by others is told who sends the person; nothing else is, and nobody's name.
fn link(client: &Client, issuer: &str) -> Option<String> {
    // What runs on the reader's own computer is tried out there, and goes over no wire.
    let secure =
        |uri: &&String| uri.starts_with("https://") || (uri.starts_with("http://") && is_loopback(uri));
    if let Some(uri) = client.initiate_login_uri.as_ref().filter(secure) {
        let mut url = Url::parse(uri).ok()?;
        url.query_pairs_mut().append_pair("iss", issuer);
        return Some(url.into());
    }
    client.client_uri.as_ref().filter(secure).cloned()
}

pub async fn show(State(passport): State<Passport>, visitor: Visitor) -> Result<Response, Trouble> {
    let mut clients = client::store::list_all(passport.db.reader()).await?;
    clients.retain(|registered| registered.client.listed && !registered.client.disabled);
    clients.sort_by(|one, other| one.client.client_name.cmp(&other.client.client_name));
    let sites = clients.iter().map(|registered| Listed::of(&registered.client, passport.issuer()));
    visitor.visit.ok(&SitesPage { shell: visitor.shell(), sites: sites.collect() })
}

#[cfg(test)]
impl platform::web::page::Samples for SitesPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let listed =
            |link: Option<&str>| Listed { site: ClientPanel::sample(), link: link.map(str::to_owned) };
        let sites = vec![
            listed(Some("https://portal.example/login?iss=https%3A%2F%2Fpassport.example")),
            listed(None),
        ];
        [vec![], sites].map(|sites| Self { shell: shell.clone(), sites }).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_started_here_names_the_issuer_and_plain_http_is_no_link_but_to_this_computer() {
        let client = |initiate: Option<&str>, home: Option<&str>| Client {
            initiate_login_uri: initiate.map(str::to_owned),
            client_uri: home.map(str::to_owned),
            ..Client::default()
        };
        let link = |client: &Client| link(client, "https://op.test");
        let initiate = Some("https://rp1.test/login?tenant=1");
        assert_eq!(
            link(&client(initiate, Some("https://rp1.test/"))).as_deref(),
            Some("https://rp1.test/login?tenant=1&iss=https%3A%2F%2Fop.test")
        );
        assert_eq!(link(&client(None, Some("https://rp1.test/"))).as_deref(), Some("https://rp1.test/"));
        assert_eq!(link(&client(Some("http://rp1.test/login"), Some("http://rp1.test/"))), None);
        assert_eq!(
            link(&client(None, Some("http://localhost:8080"))).as_deref(),
            Some("http://localhost:8080")
        );
        assert_eq!(link(&client(None, Some("javascript://localhost/%0aalert(1)"))), None);
        assert_eq!(link(&client(None, None)), None);
    }
}
