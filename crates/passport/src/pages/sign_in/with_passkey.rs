//! Signing in with a passkey: the same form, in which the browser's answer stands instead of a password.
use axum::{http::StatusCode, response::Response};
use platform::{
    Fault,
    web::{Errors, Trouble},
};

use super::{Form, SignInPage, arrived, frozen};

use crate::{
    acts::{
        arrive::Keep,
        sign_in_with_passkey::{Attempt, SignIn, sign_in},
    },
    pages::arrival::Arrival,
    passkey::{self, ceremony, store},
    session::Browser,
    state::Passport,
    visitor,
};

/// What the browser is asked: for any passkey of this site, or for one of the person who proves it once more.
pub(super) async fn question(passport: &Passport, arrival: &Arrival) -> Result<Option<String>, Fault> {
    let Some(rp) = passkey::relying_party(&passport.site, &passport.settings.passkeys) else {
        return Ok(None);
    };
    let of = match arrival.visitor.signed_in.as_ref().filter(|_| arrival.prove) {
        Some((_, account)) => store::list_of_account(passport.db.reader(), account.id).await?,
        None => Vec::new(),
    };
    let visit = &arrival.visitor.visit;
    let asked = passport.passkeys.to_use(visit.now, &passport.random, &visit.browser, &rp, &of);
    Ok(Some(asked.to_string()))
}

pub(super) async fn take(passport: &Passport, arrival: &Arrival, form: &Form) -> Result<Response, Trouble> {
    let visit = &arrival.visitor.visit;
    let rp = passkey::relying_party(&passport.site, &passport.settings.passkeys);
    let rp = rp.ok_or_else(Trouble::not_found)?;
    let again = async |key: &str, signals: Option<String>| {
        let page = SignInPage::of(passport, arrival, form, Errors::whole(visit.t(key))).await?;
        SignInPage { signals, ..page }.answer(arrival, StatusCode::UNPROCESSABLE_ENTITY)
    };
    if form.automatic.is_some() && form.shared.is_some() {
        return again("sign-in-automatic-or-shared", None).await;
    }
    let (sessions, computer) = (arrival.visitor.sessions(), arrival.visitor.computer());
    let source = visitor::source(visit);
    let proving = arrival.visitor.signed_in.as_ref().filter(|_| arrival.prove);
    let attempt = Attempt {
        rp: &rp,
        json: &form.passkey,
        asked: &visit.browser,
        of: proving.map(|(_, account)| account.id),
        after: None,
        browser: Browser { source: &source, sessions: &sessions, shared: form.shared.is_some() },
        keep: Keep {
            automatic: form.automatic.is_some(),
            tokens: &arrival.visitor.tokens,
            computer: computer.as_ref().map(<[u8; 32]>::as_slice),
        },
    };
    match sign_in(passport, visit.now, attempt).await? {
        SignIn::Begun(begun) => Ok(arrived(passport, arrival, &begun, false).await?),
        SignIn::Frozen => frozen(visit),
        SignIn::Unknown(id) => {
            let signals = serde_json::Value::from(vec![ceremony::unknown(&rp, &id)]).to_string();
            again("sign-in-passkey-unknown", Some(signals)).await
        }
        SignIn::Another => again("sign-in-passkey-another", None).await,
        SignIn::Late => again("passkey-late", None).await,
        SignIn::Refused | SignIn::Over => again("sign-in-passkey-refused", None).await,
    }
}
