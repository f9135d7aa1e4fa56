//! Account Services: what this Passport is and where it is in use. Names no other account, ever (PP-11).
use askama::Template;
use axum::{extract::State, response::Response};
use platform::{
    clock::Moment,
    web::{Shell, Trouble, page::Samples},
};

use crate::{client, grant, state::Passport, texts, visitor::SignedIn};

#[derive(Template)]
#[template(path = "pages/account.html")]
pub struct AccountPage {
    shell: Shell,
    email: String,
    email_verified: bool,
    since: Moment,
    /// When the person signed in to this session.
    signed_in: Moment,
    /// Names of the sites that hold something live.
    sites: Vec<String>,
}

pub async fn show(State(passport): State<Passport>, who: SignedIn) -> Result<Response, Trouble> {
    let reader = passport.db.reader();
    let mut sites = Vec::new();
    for id in grant::store::list_clients_of_account(reader, who.visit.now, who.account.id).await? {
        if let Some(registered) = client::store::find(reader, &id).await? {
            sites.push(registered.client.client_name);
        }
    }
    sites.sort();
    let page = AccountPage {
        shell: who.shell(),
        email: who.account.email.clone(),
        email_verified: who.account.email_verified,
        since: who.account.created_at,
        signed_in: who.session.auth_time,
        sites,
    };
    who.visit.ok(&page)
}

impl AccountPage {
    /// A day (UTC) as the language writes it.
    fn day(&self, moment: &Moment) -> String {
        texts::shown_day(&self.shell, *moment)
    }
}

impl Samples for AccountPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let shell = shell.clone().with_person("maria@example.com", "/sign-out");
        let sites = vec!["Contoso Shop".to_owned(), "CustomerSource".to_owned()];
        let page = |(month, sites): (i64, Vec<String>)| Self {
            shell: shell.clone(),
            email: "maria@example.com".into(),
            email_verified: sites.is_empty(),
            since: Moment::from_unix_seconds(1_155_643_200 + month * 2_629_746),
            signed_in: Moment::from_unix_seconds(1_155_643_200),
            sites,
        };
        let mut pages: Vec<Self> = (0..12).map(|month| (month, vec![])).map(page).collect();
        pages.push(page((0, sites)));
        pages
    }
}
