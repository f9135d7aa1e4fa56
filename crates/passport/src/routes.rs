//! Where everything of Passport stands, and who answers: the one table of its routes.
use axum::{
    Router,
    middleware::from_fn_with_state,
    routing::{get, post, put},
};

use crate::{
    endpoints::{
        authorize, billing, device_authorization, discovery, end_session, introspect, par,
        passkeys as passkey_places, register, revoke, token, userinfo,
    },
    pages::{
        account, choose_account,
        credentials::{
            alternate, authenticator, email, history, passkeys, password, question, recovery_codes,
        },
        device, errors, help, home, letter_link, name_claimed, offer_passkey, passwords, recover, remembered,
        second_step, sign_in, sign_out, sign_up, sites, waived,
    },
    paths::{
        AUTHENTICATOR, AUTHORIZE, BILLING, CHOOSE_ACCOUNT, CONFIGURATION, CONSENT, DEVICE,
        DEVICE_AUTHORIZATION, END_SESSION, END_SESSION_ANSWER, ERRORS, INTROSPECT, JWKS, OFFER_PASSKEY,
        PASSKEY_ENDPOINTS, PASSKEYS, PUSH, RECOVERY_CODES, REGISTER, REGISTERED, RELATED_ORIGINS, REVOKE,
        SECOND_STEP, SECOND_STEP_OFF, SERVER_METADATA, SIGN_IN, SIGN_UP, TOKEN, USERINFO,
    },
    response,
    state::Passport,
};

/// The pages.
pub fn people() -> Router<Passport> {
    Router::new()
        .route("/", get(home::show))
        .route(SIGN_UP, get(sign_up::show).post(sign_up::take))
        .route("/sign-up/done", get(sign_up::done::show))
        .route("/sign-up/mine", post(sign_up::mine))
        .route(SIGN_IN, get(sign_in::show).post(sign_in::take))
        .route(SECOND_STEP, get(second_step::show).post(second_step::take))
        .route(SECOND_STEP_OFF, post(second_step::off))
        .route(waived::WAIVED, get(waived::show))
        .route("/sign-in/account", post(remembered::choose))
        .route(OFFER_PASSKEY, get(offer_passkey::show).post(offer_passkey::take))
        .route(name_claimed::NAME_CLAIMED, get(name_claimed::show))
        .route(passwords::ADVICE, get(passwords::show))
        .route(CHOOSE_ACCOUNT, get(choose_account::show).post(choose_account::take))
        .route("/sign-out", post(sign_out::sign_out))
        .route("/signed-out", get(sign_out::show_signed_out))
        .route("/account", get(account::show))
        .route("/account/information", get(account::information::show).post(account::information::take))
        .route("/account/sessions", get(account::sessions::show).post(account::sessions::take))
        .route("/account/sessions/everywhere", post(account::sessions::sign_out_everywhere))
        .route("/account/sites", get(account::sites::show).post(account::sites::withdraw))
        .route("/account/language", get(account::language::show).post(account::language::take))
        .route("/account/export", get(account::export::show).post(account::export::download))
        .route("/account/close", get(account::close::show).post(account::close::take))
        .route("/account/close/asked", get(account::close::asked))
        .route("/account/close/undo/{secret}", get(account::close::arrive))
        .route("/account/close/undo", get(account::close::show_undo).post(account::close::undo))
        .route("/account/password", get(password::show).post(password::take))
        .route(AUTHENTICATOR, get(authenticator::show).post(authenticator::take))
        .route(RECOVERY_CODES, get(recovery_codes::show).post(recovery_codes::renew))
        .route("/account/authenticator/remove", post(authenticator::remove))
        .route(PASSKEYS, get(passkeys::show).post(passkeys::take))
        .route("/account/passkeys/name", post(passkeys::rename))
        .route("/account/passkeys/remove", post(passkeys::remove))
        .route("/account/email", get(email::show).post(email::take))
        .route("/account/email/verify", post(email::verify))
        .route("/account/alternate-email", get(alternate::show).post(alternate::take))
        .route("/account/alternate-email/remove", post(alternate::remove))
        .route("/account/question", get(question::show).post(question::take))
        .route("/account/history", get(history::show))
        .route("/account/not-me", get(history::ask).post(history::not_me))
        .route("/.well-known/change-password", get(password::well_known))
        .route("/link/{secret}", get(letter_link::arrive))
        .route("/link", get(letter_link::show).post(letter_link::take))
        .route(recover::RECOVER, get(recover::show).post(recover::take))
        .route("/recover/password", get(recover::show_password).post(recover::take_password))
        .route("/recover/return", get(recover::show_return).post(recover::take_return))
        .route("/help", get(help::show))
        .route("/go-back", get(help::go_back))
        .route(DEVICE, get(device::show).post(device::answer))
        .route(ERRORS, get(errors::list))
        .route("/help/errors/{code}", get(errors::show))
        .route("/sites", get(sites::show))
}

/// The protocol's endpoints that browsers lead people to.
pub fn on_the_way(passport: &Passport) -> Router<Passport> {
    Router::new()
        .route(AUTHORIZE, get(authorize::by_get).post(authorize::by_post))
        .route("/sign-in/cancel", post(authorize::cancel))
        .route(CONSENT, post(authorize::consent))
        .route(END_SESSION, get(end_session::by_get).post(end_session::by_post))
        .route(END_SESSION_ANSWER, post(end_session::answered))
        .layer(from_fn_with_state(passport.clone(), response::told))
}

/// The protocol's endpoints that machines call: nobody is signed in there, and no page says what went wrong.
pub fn machines(passport: &Passport) -> Router<Passport> {
    Router::new()
        .route(CONFIGURATION, get(discovery::metadata))
        .route(SERVER_METADATA, get(discovery::metadata))
        .route(PASSKEY_ENDPOINTS, get(passkey_places::places))
        .route(RELATED_ORIGINS, get(passkey_places::origins))
        .route(JWKS, get(discovery::jwks))
        .route(PUSH, post(par::push))
        .route(TOKEN, post(token::exchange))
        .route(DEVICE_AUTHORIZATION, post(device_authorization::begin))
        .route(INTROSPECT, post(introspect::introspect))
        .route(REVOKE, post(revoke::revoke))
        .route(USERINFO, get(userinfo::by_get).post(userinfo::by_post))
        .route(BILLING, put(billing::put).delete(billing::delete))
        .layer(from_fn_with_state(passport.clone(), response::told))
        .route(REGISTER, post(register::add))
        .route(REGISTERED, get(register::show).put(register::set).delete(register::remove))
}
