//! Examples of the sign-in page.
use platform::web::{Errors, Shell};

use super::SignInPage;
use crate::{
    pages::{client_panel::ClientPanel, remembered::Remembered},
    request::destination::Destination,
};

#[cfg(test)]
impl platform::web::page::Samples for SignInPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let plain = || Self {
            shell: shell.clone(),
            client: None,
            destination: Destination::Home,
            username: String::new(),
            picked: None,
            remembered: vec![],
            current: None,
            prove: false,
            by_passkey: false,
            automatic: false,
            shared: false,
            question: Some("{}".into()),
            signals: None,
            errors: Errors::default(),
        };
        let known = |handle: &str, email: &str| Remembered { handle: handle.into(), email: email.into() };
        let remembered = vec![known("1", "maria@example.com"), known("2", "ze@example.com")];
        let site = || Self {
            client: Some(ClientPanel::sample()),
            destination: Destination::Site("client_id=portal&scope=openid".into()),
            ..plain()
        };
        let mut fields = Errors::default();
        fields.add("username", shell.t("sign-in-needs-email"));
        fields.add("password", shell.t("sign-in-needs-password"));
        fields.add("shared", shell.t("sign-in-automatic-or-shared"));
        let wrong = Errors::whole(shell.t("sign-in-wrong-pair"));
        let stale = Errors::whole(shell.t("problem-form-stale"));
        let who = "maria@example.com".to_owned();
        vec![
            plain(),
            site(),
            Self { username: who.clone(), current: Some(who.clone()), ..plain() },
            Self { errors: fields, automatic: true, shared: true, ..site() },
            Self { username: who.clone(), errors: wrong, ..site() },
            Self { username: who.clone(), errors: stale, question: None, ..site() },
            Self {
                errors: Errors::whole(shell.t("sign-in-passkey-unknown")),
                signals: Some("[]".into()),
                ..plain()
            },
            Self { username: who.clone(), remembered: remembered.clone(), ..plain() },
            Self { username: who.clone(), remembered, picked: Some("1".into()), ..site() },
            Self { username: who.clone(), prove: true, ..plain() },
            Self { username: who, prove: true, by_passkey: true, ..site() },
        ]
    }
}
