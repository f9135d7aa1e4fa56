//! Somebody at the sign-in or sign-up page: where they want to go, and for which site.
use platform::{
    language::Language,
    web::{Shell, Trouble, see_other},
};

use super::client_panel::ClientPanel;

use crate::{
    request::{
        Asking,
        destination::{BY_PASSKEY, Destination, Params},
    },
    state::Passport,
    visitor::Visitor,
};

pub struct Arrival {
    /// In the language that the site asked for, unless the person chose one.
    pub visitor: Visitor,
    pub destination: Destination,
    pub client: Option<ClientPanel>,
    pub asking: Option<Asking>,
    /// The handle of a remembered account that was picked, or the word for another.
    pub account: Option<String>,
    /// A page of ours wants the person to prove who they are once more.
    pub prove: bool,
    /// A site wants it by a passkey.
    pub by_passkey: bool,
}

impl Arrival {
    /// A request that no longer checks goes back to the authorization endpoint, which says what is wrong.
    pub async fn of(passport: &Passport, visitor: Visitor, params: Params) -> Result<Self, Trouble> {
        let (account, prove) = (params.account.clone(), params.prove.is_some());
        let by_passkey = params.prove.as_deref() == Some(BY_PASSKEY);
        let destination = Destination::from(params);
        let Some(request) = destination.request() else {
            return Ok(Self { visitor, destination, client: None, asking: None, account, prove, by_passkey });
        };
        let Some(asking) = Asking::of(passport, &visitor.visit, request).await? else {
            return Err(see_other(&destination.path()).into());
        };
        let wanted = asking.ui_locales.as_deref().and_then(Language::of_list);
        let visitor = Visitor { visit: visitor.visit.in_language(wanted), ..visitor };
        let client = Some(ClientPanel::of(&asking.client));
        Ok(Self { visitor, destination, client, asking: Some(asking), account, prove, by_passkey })
    }

    pub fn shell(&self) -> Shell {
        self.visitor.shell()
    }
}
