//! The page of the second step: in which ways it asks, and samples of it. Decides nothing about proofs.
use askama::Template;
use platform::web::{Errors, Shell};

use crate::{
    pages::client_panel::ClientPanel,
    paths::{SECOND_STEP, SECOND_STEP_OFF},
    request::destination::Destination,
};

/// What the page asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Passkey,
    App,
    RecoveryCode,
    /// Nothing of it is at hand.
    Lost,
}

impl Way {
    pub(super) fn of(word: Option<&str>) -> Option<Self> {
        match word? {
            "passkey" => Some(Self::Passkey),
            "app" => Some(Self::App),
            "recovery" => Some(Self::RecoveryCode),
            "lost" => Some(Self::Lost),
            _ => None,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Passkey => "passkey",
            Self::App => "app",
            Self::RecoveryCode => "recovery",
            Self::Lost => "lost",
        }
    }
}

/// What the account has, of what can be asked for here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Has {
    pub(super) app: bool,
    pub(super) passkey: bool,
}

impl Has {
    /// The way that is wanted, where it leads anywhere; else the strongest.
    pub(super) const fn way(self, wanted: Option<Way>) -> Way {
        match wanted {
            Some(Way::RecoveryCode) => Way::RecoveryCode,
            Some(Way::Lost) => Way::Lost,
            Some(Way::App) if self.app => Way::App,
            _ if self.passkey => Way::Passkey,
            _ if self.app => Way::App,
            _ => Way::RecoveryCode,
        }
    }
}

#[derive(Template)]
#[template(path = "pages/second_step.html")]
pub struct SecondStepPage {
    pub(super) shell: Shell,
    pub(super) client: Option<ClientPanel>,
    pub(super) destination: Destination,
    pub(super) email: String,
    pub(super) has: Has,
    pub(super) way: Way,
    /// There is a session, and it lacks this.
    pub(super) more: bool,
    /// The password alone opens then.
    pub(super) ready_at: Option<String>,
    /// What the browser is asked for a passkey.
    pub(super) question: Option<String>,
    pub(super) errors: Errors,
}

impl SecondStepPage {
    pub(super) const fn is_of_a_site(&self) -> bool {
        self.client.is_some()
    }

    fn at(&self, page: &str, way: Way) -> String {
        let carried = self.destination.carried_with(page, "way", way.word());
        if self.more { format!("{carried}&prove=1") } else { carried }
    }

    fn action(&self) -> String {
        self.at(SECOND_STEP, self.way)
    }

    fn passkey(&self) -> String {
        self.at(SECOND_STEP, Way::Passkey)
    }

    fn app(&self) -> String {
        self.at(SECOND_STEP, Way::App)
    }

    fn recovery(&self) -> String {
        self.at(SECOND_STEP, Way::RecoveryCode)
    }

    fn lost(&self) -> String {
        self.at(SECOND_STEP, Way::Lost)
    }

    fn off(&self) -> String {
        self.at(SECOND_STEP_OFF, Way::Lost)
    }

    fn cancel(&self) -> String {
        self.destination.carried_to("/sign-in/cancel")
    }

    fn asks_app(&self) -> bool {
        self.way == Way::App
    }

    fn asks_recovery_code(&self) -> bool {
        self.way == Way::RecoveryCode
    }

    fn is_lost(&self) -> bool {
        self.way == Way::Lost
    }

    fn offers_passkey(&self) -> bool {
        self.has.passkey && self.way != Way::Passkey
    }

    fn offers_app(&self) -> bool {
        self.has.app && self.way != Way::App
    }
}

#[cfg(test)]
impl platform::web::page::Samples for SecondStepPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |way, errors| Self {
            shell: shell.clone(),
            client: None,
            destination: Destination::Home,
            email: "maria@example.com".into(),
            has: Has { app: true, passkey: way != Way::App },
            way,
            more: false,
            ready_at: None,
            question: (way == Way::Passkey).then(|| "{}".into()),
            errors,
        };
        let mut wrong = Errors::default();
        wrong.add("code", shell.t("second-wrong"));
        let site = Destination::Site("client_id=portal&scope=openid".into());
        vec![
            page(Way::App, Errors::default()),
            Self {
                client: Some(ClientPanel::sample()),
                destination: site,
                more: true,
                ..page(Way::App, wrong)
            },
            page(Way::Passkey, Errors::default()),
            page(Way::Passkey, Errors::whole(shell.t("second-passkey-refused"))),
            page(Way::RecoveryCode, Errors::default()),
            page(Way::Lost, Errors::default()),
            Self { ready_at: Some("tomorrow at 08:15".into()), ..page(Way::Lost, Errors::default()) },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_asks_for_what_there_is_and_always_for_a_code_on_paper() {
        let way = |app, passkey, wanted| Has { app, passkey }.way(wanted);
        assert_eq!(way(true, true, None), Way::Passkey);
        assert_eq!(way(true, true, Some(Way::App)), Way::App);
        assert_eq!(way(true, false, Some(Way::Passkey)), Way::App);
        assert_eq!(way(false, true, Some(Way::App)), Way::Passkey);
        assert_eq!(way(false, false, Some(Way::Passkey)), Way::RecoveryCode);
        assert_eq!(way(false, true, Way::of(Some("recovery"))), Way::RecoveryCode);
        assert_eq!(way(false, true, Way::of(Some("lost"))), Way::Lost);
        assert_eq!(Way::of(Some("nothing")), None);
    }
}
