//! The sites that the account was used at: since when, what they were given, and taking it back.
use askama::Template;
use axum::{extract::State, response::Response};
use oidc::{claims::wishes::Wishes, scope::OFFLINE_ACCESS};
use platform::{
    clock::Moment,
    dates,
    web::{Checked, Shell, Trouble, see_other},
};
use serde::Deserialize;

use crate::{
    acts, client, consent,
    pages::{client_panel::ClientPanel, consent::values},
    state::Passport,
    visitor::SignedIn,
};

/// One site.
pub struct Site {
    id: String,
    name: String,
    host: String,
    since: Moment,
    last: Moment,
    /// Catalogue keys of what it receives, and the values of today.
    values: Vec<(&'static str, String)>,
    offline: bool,
    /// The person was asked.
    agreed: bool,
}

#[derive(Template)]
#[template(path = "pages/account/sites.html")]
pub struct SitesUsedPage {
    shell: Shell,
    sites: Vec<Site>,
}

pub async fn show(State(passport): State<Passport>, who: SignedIn) -> Result<Response, Trouble> {
    let reader = passport.db.reader();
    let mut sites = Vec::new();
    for given in consent::store::list_of_account(reader, who.account.id).await? {
        let Some(registered) = client::store::find(reader, &given.client_id).await? else { continue };
        let panel = ClientPanel::of(&registered.client);
        let wishes: Wishes = given.claims.iter().map(|claim| (claim.clone(), Default::default())).collect();
        sites.push(Site {
            values: values(&who.account.known_to(&registered.client), &given.scope, &wishes),
            offline: given.scope.contains(OFFLINE_ACCESS),
            agreed: given.agreed,
            id: given.client_id,
            name: panel.name,
            host: panel.host,
            since: given.since,
            last: given.used_at,
        });
    }
    who.visit.ok(&SitesUsedPage { shell: who.shell(), sites })
}

#[derive(Deserialize)]
pub struct Withdrawal {
    client: String,
}

pub async fn withdraw(
    State(passport): State<Passport>,
    who: SignedIn,
    Checked(form): Checked<Withdrawal>,
) -> Result<Response, Trouble> {
    if let Some(registered) = client::store::find(passport.db.reader(), &form.client).await? {
        let (now, account, source) = (who.visit.now, who.account.id, who.source());
        let tx = who.protects(&passport).await?;
        acts::give::withdraw(&passport, &tx, now, account, &registered.client, &source).await?;
        tx.commit().await?;
    }
    Ok(see_other("/account/sites"))
}

impl SitesUsedPage {
    fn day(&self, moment: &Moment) -> String {
        dates::shown_day(&self.shell, *moment)
    }
}

#[cfg(test)]
impl platform::web::page::Samples for SitesUsedPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let site = |agreed: bool| Site {
            id: "shop".into(),
            name: "Contoso Shop".into(),
            host: "shop.example".into(),
            since: Moment::from_unix_seconds(1_155_643_200),
            last: Moment::from_unix_seconds(1_155_643_200),
            values: if agreed { vec![("claim-email", "maria@example.com".into())] } else { vec![] },
            offline: agreed,
            agreed,
        };
        let shell = super::sample_shell(shell);
        vec![
            Self { shell: shell.clone(), sites: vec![] },
            Self { shell, sites: vec![site(true), Site { host: String::new(), ..site(false) }] },
        ]
    }
}
