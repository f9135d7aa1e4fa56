//! Account Services: what a person sees and changes of their Passport. Names no other account, ever (PP-11).
pub mod close;
pub mod export;
pub mod information;
pub mod language;
pub mod sessions;
pub mod sites;

use askama::Template;
use axum::{extract::State, response::Response};
use platform::{
    clock::Moment,
    dates,
    web::{Shell, Trouble},
};

use crate::{consent, session, state::Passport, visitor::SignedIn};

/// The shell of examples.
#[cfg(test)]
pub fn sample_shell(shell: &Shell) -> Shell {
    shell
        .clone()
        .with_person("maria@example.com", "/sign-out")
        .with_sub_nav("/account", crate::paths::ACCOUNT_SERVICES)
}

#[derive(Template)]
#[template(path = "pages/account.html")]
pub struct AccountPage {
    shell: Shell,
    email: String,
    email_verified: bool,
    since: Moment,
    /// When the person proved who they are in this session.
    signed_in: Moment,
    sessions: usize,
    sites: usize,
}

pub async fn show(State(passport): State<Passport>, who: SignedIn) -> Result<Response, Trouble> {
    let reader = passport.db.reader();
    let lifetime = (&passport.settings.session).into();
    let sessions = session::store::list_for_owner(reader, who.visit.now, lifetime, who.account.id).await?;
    let page = AccountPage {
        shell: who.shell(),
        email: who.account.email.clone(),
        email_verified: who.account.email_verified,
        since: who.account.created_at,
        signed_in: who.session.auth_time,
        sessions: sessions.len(),
        sites: consent::store::list_of_account(reader, who.account.id).await?.len(),
    };
    who.visit.ok(&page)
}

impl AccountPage {
    fn day(&self, moment: &Moment) -> String {
        dates::shown_day(&self.shell, *moment)
    }

    fn count(&self, key: &str, count: &usize) -> String {
        self.shell.t1(key, "count", &count.to_string())
    }
}

#[cfg(test)]
impl platform::web::page::Samples for AccountPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |month: i64| Self {
            shell: sample_shell(shell),
            email: "maria@example.com".into(),
            email_verified: month == 0,
            since: Moment::from_unix_seconds(1_155_643_200 + month * 2_629_746),
            signed_in: Moment::from_unix_seconds(1_155_643_200),
            sessions: 1,
            sites: 2,
        };
        (0..12).map(page).collect()
    }
}
