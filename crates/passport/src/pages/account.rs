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

use crate::{
    acts::recover::ways_back,
    consent,
    recovery::{
        Way,
        back::{Back, WayState},
    },
    session,
    state::Passport,
    visitor::SignedIn,
};

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
    back: Back,
    has_question: bool,
}

/// A way back that is not ready: what to do about it, and where.
struct Mending {
    path: &'static str,
    key: &'static str,
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
        back: ways_back(&passport, &who.account).await?,
        has_question: who.account.question.is_some(),
    };
    who.visit.ok(&page)
}

impl AccountPage {
    fn day(&self, moment: &Moment) -> String {
        dates::shown_day(&self.shell, *moment)
    }

    fn ready(&self) -> u64 {
        self.back.ready() as u64
    }

    /// What each way is called.
    fn way(&self, way: &Way) -> String {
        let key = match way {
            Way::Email => "recovery-way-email",
            Way::Alternate => "recovery-way-alternate",
            Way::Answer => "recovery-way-answer",
            Way::Billing | Way::Support => "recovery-way-billing",
        };
        self.shell.t(key)
    }

    fn mending(&self, way: &Way, standing: &WayState) -> Option<Mending> {
        let (path, key) = match (way, standing) {
            (_, WayState::Ready) | (Way::Billing | Way::Support, _) => return None,
            (Way::Email, _) => ("/account/email", "recovery-mend-email"),
            (Way::Alternate, WayState::Unproven) => ("/account/alternate-email", "recovery-mend-unproven"),
            (Way::Alternate, WayState::Missing) => ("/account/alternate-email", "recovery-mend-alternate"),
            (Way::Answer, _) if self.has_question => ("/account/information", "recovery-mend-information"),
            (Way::Answer, _) => ("/account/question", "recovery-mend-question"),
        };
        Some(Mending { path, key })
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
            back: Back::sample(month),
            has_question: month % 2 == 0,
        };
        (0..12).map(page).collect()
    }
}
