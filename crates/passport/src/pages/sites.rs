//! The participating sites that chose to be listed, for everybody to see.
use askama::Template;
use axum::{extract::State, response::Response};
use platform::web::{Shell, Trouble, page::Samples};

use super::client_panel::ClientPanel;
use crate::{client, state::Passport, visitor::Visitor};

/// One listed site.
pub struct Site {
    name: String,
    host: String,
    /// Its home page, if the record names one.
    home: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/sites.html")]
pub struct SitesPage {
    shell: Shell,
    sites: Vec<Site>,
}

pub async fn show(State(passport): State<Passport>, visitor: Visitor) -> Result<Response, Trouble> {
    let all = client::store::list_all(passport.db.reader()).await?;
    let listed = all.into_iter().map(|registered| registered.client).filter(|client| client.listed);
    let mut sites: Vec<Site> = listed
        .map(|client| Site {
            name: client.client_name.clone(),
            host: ClientPanel::of(&client).host,
            home: client
                .client_uri
                .clone()
                .filter(|uri| uri.starts_with("https://") || uri.starts_with("http://")),
        })
        .collect();
    sites.sort_by_key(|site| site.name.to_lowercase());
    visitor.visit.ok(&SitesPage { shell: visitor.shell(), sites })
}

impl Samples for SitesPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let site = |name: &str, home: Option<&str>| Site {
            name: name.into(),
            host: "portal.example".into(),
            home: home.map(str::to_owned),
        };
        let sites = vec![site("CustomerSource", Some("https://portal.example/")), site("Contoso Shop", None)];
        vec![Self { shell: shell.clone(), sites: vec![] }, Self { shell: shell.clone(), sites }]
    }
}
