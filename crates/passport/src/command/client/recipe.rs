//! Ready configurations: what a developer pastes into the framework that the site is built with. Each is a file of
//! `recipes/`, its `@NAMES@` filled in with the site's own values.
use clap::ValueEnum;
use oidc::{
    client::Client,
    scope::{OFFLINE_ACCESS, OPENID},
};
use url::Url;

use super::kind::Kind;

use crate::{
    paths::{AUTHORIZE, END_SESSION, JWKS, TOKEN, USERINFO},
    state::Passport,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Framework {
    /// Apache
    #[value(name = "mod_auth_openidc")]
    ModAuthOpenidc,
    /// Node.js
    #[value(name = "openid-client")]
    OpenidClient,
    /// Python, with Flask
    Authlib,
    /// mozilla-django-oidc
    Django,
    /// passport-openidconnect
    Express,
    /// Spring Security
    Spring,
    #[value(name = "oauth2-proxy")]
    Oauth2Proxy,
    /// auth_request, with oauth2-proxy beside it
    Nginx,
    /// A page in the browser
    #[value(name = "oidc-client-ts")]
    OidcClientTs,
    Gitea,
    Grafana,
}

/// What is known of a framework.
struct Facts {
    /// Where it takes the answer, below the site's address.
    redirect: &'static str,
    /// Where it goes after signing out.
    post_logout: &'static str,
    /// It can send a code challenge.
    pkce: bool,
    text: &'static str,
}

impl Framework {
    fn facts(self) -> Facts {
        let facts = |redirect, pkce, text| Facts { redirect, post_logout: "/", pkce, text };
        match self {
            Self::ModAuthOpenidc => {
                facts("/oidc/callback", true, include_str!("recipes/mod_auth_openidc.txt"))
            }
            Self::OpenidClient => facts("/callback", true, include_str!("recipes/openid_client.txt")),
            Self::Authlib => facts("/callback", true, include_str!("recipes/authlib.txt")),
            Self::Django => facts("/oidc/callback/", true, include_str!("recipes/django.txt")),
            Self::Express => facts("/callback", false, include_str!("recipes/express.txt")),
            Self::Spring => facts("/login/oauth2/code/passport", false, include_str!("recipes/spring.txt")),
            Self::Oauth2Proxy => facts("/oauth2/callback", true, include_str!("recipes/oauth2_proxy.txt")),
            Self::Nginx => facts("/oauth2/callback", true, include_str!("recipes/nginx.txt")),
            Self::OidcClientTs => facts("/callback", true, include_str!("recipes/oidc_client_ts.txt")),
            Self::Gitea => facts("/user/oauth2/passport/callback", false, include_str!("recipes/gitea.txt")),
            Self::Grafana => Facts {
                post_logout: "/login",
                ..facts("/login/generic_oauth", true, include_str!("recipes/grafana.txt"))
            },
        }
    }

    /// The kind of site that this framework makes.
    pub const fn kind(self) -> Kind {
        match self {
            Self::OidcClientTs => Kind::Spa,
            _ => Kind::Web,
        }
    }

    pub fn redirect_path(self) -> &'static str {
        self.facts().redirect
    }

    pub fn post_logout_path(self) -> &'static str {
        self.facts().post_logout
    }

    pub fn can_pkce(self) -> bool {
        self.facts().pkce
    }

    /// The configuration for this client.
    pub fn configuration(self, passport: &Passport, client: &Client, secret: Option<&str>) -> String {
        let at = |path: &str| format!("{}{path}", passport.issuer());
        let redirect_uri = client.redirect_uris.first().cloned().unwrap_or_default();
        let redirect = Url::parse(&redirect_uri).ok();
        let origin = redirect.as_ref().map(|url| url.origin().ascii_serialization()).unwrap_or_default();
        let path = redirect.as_ref().map(|url| url.path().to_owned()).unwrap_or_default();
        // A site that wants to act while nobody is there asks for that by itself.
        let named = client.scope.iter().filter(|name| ![OPENID, OFFLINE_ACCESS].contains(name));
        let scope = std::iter::once(OPENID).chain(named).collect::<Vec<_>>().join(" ");
        let values = [
            ("@ISSUER@", passport.issuer().to_owned()),
            ("@CLIENT_ID@", client.client_id.clone()),
            ("@CLIENT_SECRET@", secret.unwrap_or_default().to_owned()),
            ("@REDIRECT_URI@", redirect_uri),
            ("@REDIRECT_PATH@", path),
            ("@URL@", origin),
            ("@SCOPE_COMMAS@", scope.replace(' ', ",")),
            ("@SCOPE@", scope),
            ("@ID_TOKEN_ALG@", client.id_token_signed_response_alg.as_str().to_owned()),
            ("@AUTHORIZE@", at(AUTHORIZE)),
            ("@TOKEN@", at(TOKEN)),
            ("@USERINFO@", at(USERINFO)),
            ("@JWKS@", at(JWKS)),
            ("@END_SESSION@", at(END_SESSION)),
        ];
        values.iter().fold(self.facts().text.to_owned(), |text, (name, value)| text.replace(name, value))
    }
}
