//! The passkey as the second proof, after the password.
use axum::response::Response;
use oidc::assurance::Method;
use platform::{Fault, web::Trouble};

use crate::{
    account::Account,
    acts::{
        arrive::Keep,
        sign_in_with_passkey::{Attempt, SignIn, sign_in},
    },
    pages::{arrival::Arrival, sign_in},
    passkey::{self, store},
    second_step::First,
    session::Browser,
    state::Passport,
    visitor,
};

pub(super) fn is_set_up(passport: &Passport, account: &Account) -> bool {
    account.factors.contains(Method::Passkey) && passport.takes_passkeys()
}

/// What the browser is asked: for one of the account's.
pub(super) async fn question(
    passport: &Passport,
    arrival: &Arrival,
    account: &Account,
) -> Result<Option<String>, Fault> {
    let rp = passkey::relying_party(&passport.site, &passport.settings.passkeys);
    let Some(rp) = rp else { return Ok(None) };
    let of = store::list_of_account(passport.db.reader(), account.id).await?;
    let visit = &arrival.visitor.visit;
    let asked = passport.passkeys.to_use(visit.now, &passport.random, &visit.browser, &rp, &of);
    Ok(Some(asked.to_string()))
}

/// Where the person goes; or what is wrong, in words, and `None` where the first proof is over.
pub(super) async fn take(
    passport: &Passport,
    arrival: &Arrival,
    first: &First,
    json: &str,
) -> Result<Result<Response, Option<&'static str>>, Trouble> {
    let visit = &arrival.visitor.visit;
    let rp = passkey::relying_party(&passport.site, &passport.settings.passkeys);
    let rp = rp.ok_or_else(Trouble::not_found)?;
    let (sessions, computer) = (arrival.visitor.sessions(), arrival.visitor.computer());
    let source = visitor::source(visit);
    let attempt = Attempt {
        rp: &rp,
        json,
        asked: &visit.browser,
        of: Some(first.account),
        after: Some(first),
        browser: Browser { source: &source, sessions: &sessions, shared: first.shared },
        keep: Keep {
            automatic: first.automatic,
            tokens: &arrival.visitor.tokens,
            computer: computer.as_ref().map(<[u8; 32]>::as_slice),
        },
    };
    Ok(match sign_in(passport, visit.now, attempt).await? {
        SignIn::Begun(begun) => Ok(sign_in::arrived(passport, arrival, &begun, false).await?),
        SignIn::Over | SignIn::Frozen => Err(None),
        SignIn::Late => Err(Some("passkey-late")),
        SignIn::Another => Err(Some("sign-in-passkey-another")),
        SignIn::Unknown(_) | SignIn::Refused => Err(Some("second-passkey-refused")),
    })
}
