//! Where everything stands: the paths that doors, letters and recipes name. Knows nothing behind them.
use platform::web::page::NavItem;

// For machines.
pub const AUTHORIZE: &str = "/oauth2/authorize";
pub const PUSH: &str = "/oauth2/par";
pub const CONSENT: &str = "/oauth2/consent";
pub const BILLING: &str = "/api/v1/accounts/{sub}/billing";
pub const TOKEN: &str = "/oauth2/token";
pub const DEVICE_AUTHORIZATION: &str = "/oauth2/device_authorization";
pub const INTROSPECT: &str = "/oauth2/introspect";
pub const REVOKE: &str = "/oauth2/revoke";
pub const USERINFO: &str = "/oauth2/userinfo";
pub const JWKS: &str = "/oauth2/jwks";
pub const END_SESSION: &str = "/oauth2/end-session";
pub const CONFIGURATION: &str = "/.well-known/openid-configuration";
pub const SERVER_METADATA: &str = "/.well-known/oauth-authorization-server";
pub const PASSKEY_ENDPOINTS: &str = "/.well-known/passkey-endpoints";
pub const RELATED_ORIGINS: &str = "/.well-known/webauthn";
pub const REGISTERED: &str = "/oauth2/register/{id}";
pub const REGISTER: &str = "/oauth2/register";
pub const END_SESSION_ANSWER: &str = "/oauth2/end-session/answer";

/// Whoever calls these reads JSON, whatever goes wrong.
pub const FOR_MACHINES: &[&str] = &[
    CONFIGURATION,
    SERVER_METADATA,
    PASSKEY_ENDPOINTS,
    RELATED_ORIGINS,
    JWKS,
    PUSH,
    TOKEN,
    DEVICE_AUTHORIZATION,
    INTROSPECT,
    REVOKE,
    USERINFO,
    BILLING,
    REGISTER,
    REGISTERED,
];

// For people.
pub const SIGN_IN: &str = "/sign-in";
pub const CHOOSE_ACCOUNT: &str = "/sign-in/choose";
pub const SECOND_STEP: &str = "/sign-in/second";
pub const SECOND_STEP_OFF: &str = "/sign-in/second/off";
pub const OFFER_PASSKEY: &str = "/sign-in/passkey";
pub const PASSKEYS: &str = "/account/passkeys";
pub const AUTHENTICATOR: &str = "/account/authenticator";
pub const RECOVERY_CODES: &str = "/account/authenticator/codes";
pub const SIGN_UP: &str = "/sign-up";
pub const DEVICE: &str = "/device";
pub const ERRORS: &str = "/help/errors";

/// The navigation of every page.
pub fn nav() -> Vec<NavItem> {
    vec![
        NavItem { path: "/", key: "nav-home" },
        NavItem { path: SIGN_UP, key: "nav-sign-up" },
        NavItem { path: "/account", key: "nav-account-services" },
        NavItem { path: "/sites", key: "sites-heading" },
        NavItem { path: "/help", key: "nav-help" },
    ]
}

/// The same for somebody who is signed in.
pub fn nav_of_people() -> Vec<NavItem> {
    nav().into_iter().filter(|item| item.path != SIGN_UP).collect()
}

/// The pages of Account Services, in the left-hand navigation.
pub static ACCOUNT_SERVICES: &[NavItem] = &[
    NavItem { path: "/account/information", key: "nav-information" },
    NavItem { path: "/account/password", key: "nav-password" },
    NavItem { path: AUTHENTICATOR, key: "nav-authenticator" },
    NavItem { path: PASSKEYS, key: "nav-passkeys" },
    NavItem { path: "/account/email", key: "nav-email" },
    NavItem { path: "/account/alternate-email", key: "nav-alternate-email" },
    NavItem { path: "/account/question", key: "nav-question" },
    NavItem { path: "/account/sessions", key: "nav-sessions" },
    NavItem { path: "/account/sites", key: "nav-sites-used" },
    NavItem { path: "/account/history", key: "nav-history" },
    NavItem { path: "/account/language", key: "nav-language" },
    NavItem { path: "/account/export", key: "nav-export" },
    NavItem { path: "/account/close", key: "nav-close" },
];
