//! The values that a recipe names, and the one way in which they come into its text: as a literal of its syntax.
use anyhow::Context as _;
use oidc::{
    client::Client,
    scope::{OFFLINE_ACCESS, OPENID},
};
use url::Url;

use super::literal::Syntax;

use crate::paths::{
    AUTHORIZE, CONFIGURATION, DEVICE_AUTHORIZATION, END_SESSION, INTROSPECT, JWKS, REVOKE, TOKEN, USERINFO,
};

/// What stands for `{NAME}`.
#[derive(Default)]
pub struct Values(Vec<(&'static str, String)>);

impl Values {
    /// Of the site's address alone: what its registration is made of.
    pub fn of_address(address: Option<&str>) -> Self {
        let Some((text, url)) = address.and_then(|text| Some((text, Url::parse(text).ok()?))) else {
            return Self::default();
        };
        let host = url.host_str().unwrap_or_default().to_owned();
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Self(vec![
            ("URL", text.trim_end_matches('/').to_owned()),
            ("ORIGIN", url.origin().ascii_serialization()),
            ("HOST", host.clone()),
            ("HOST_AND_PORT", format!("{host}{port}")),
        ])
    }

    /// Of a registered site. `chance` is a text of 256 random bits, for what the site keeps to itself.
    pub fn of_site(
        issuer: &str,
        address: Option<&str>,
        client: &Client,
        secret: Option<&str>,
        chance: String,
    ) -> Self {
        let Self(mut values) = Self::of_address(address);
        let first = |list: &[String]| list.first().cloned();
        let redirect = first(&client.redirect_uris).and_then(|uri| Url::parse(&uri).ok());
        let port = redirect.as_ref().and_then(Url::port_or_known_default);
        // A site that wants to act while nobody is there asks for that by itself, where it needs to.
        let named: Vec<_> = client.scope.iter().filter(|name| *name != OPENID).collect();
        let beyond: Vec<_> = named.iter().filter(|name| **name != OFFLINE_ACCESS).copied().collect();
        let with_openid = |rest: &[&str]| {
            let openid = client.scope.contains(OPENID).then_some(OPENID);
            openid.into_iter().chain(rest.iter().copied()).collect::<Vec<_>>().join(" ")
        };
        let host = Url::parse(issuer).ok().and_then(|url| url.host_str().map(str::to_owned));
        let known = [
            ("NAME", Some(client.client_name.clone())),
            ("ISSUER", Some(issuer.to_owned())),
            ("ISSUER_HOST", host),
            ("CLIENT_ID", Some(client.client_id.clone())),
            ("CLIENT_SECRET", secret.map(str::to_owned)),
            ("REDIRECT_URI", first(&client.redirect_uris)),
            ("REDIRECT_PATH", redirect.as_ref().map(|url| url.path().to_owned())),
            ("REDIRECT_PORT", port.map(|port| port.to_string())),
            ("POST_LOGOUT_URI", first(&client.post_logout_redirect_uris)),
            ("BACKCHANNEL_URI", client.backchannel_logout_uri.clone()),
            ("SCOPE", Some(with_openid(&beyond))),
            ("SCOPE_OFFLINE", Some(with_openid(&named))),
            ("SCOPE_BEYOND_OPENID", Some(beyond.join(" "))),
            ("RESOURCE", first(&client.resources)),
            ("SERVES", first(&client.serves)),
            ("ID_TOKEN_ALG", Some(client.id_token_signed_response_alg.as_str().to_owned())),
            ("CHANCE", Some(chance)),
        ];
        values.extend(known.into_iter().filter_map(|(name, value)| Some((name, value?))));
        for (name, path) in [
            ("DISCOVERY", CONFIGURATION),
            ("AUTHORIZE", AUTHORIZE),
            ("TOKEN", TOKEN),
            ("USERINFO", USERINFO),
            ("JWKS", JWKS),
            ("INTROSPECT", INTROSPECT),
            ("REVOKE", REVOKE),
            ("DEVICE", DEVICE_AUTHORIZATION),
            ("END_SESSION", END_SESSION),
        ] {
            values.push((name, format!("{issuer}{path}")));
        }
        Self(values)
    }

    /// `{NAME}` replaced by its value, `{NAME:query}` by the value as part of a query. Not for configurations: these
    /// are made by [`Values::fill`].
    ///
    /// # Errors
    /// For a name that has no value.
    pub fn expand(&self, text: &str) -> anyhow::Result<String> {
        let mut expanded = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').context("a { without its }")?;
            expanded.push_str(before);
            match name.strip_suffix(":query") {
                Some(name) => {
                    let value = self.get(name)?;
                    expanded.extend(url::form_urlencoded::byte_serialize(value.as_bytes()));
                }
                None => expanded.push_str(self.get(name)?),
            }
            rest = behind;
        }
        Ok(expanded + rest)
    }

    fn get(&self, name: &str) -> anyhow::Result<&str> {
        let found = self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
        match name {
            "URL" | "ORIGIN" | "HOST" | "HOST_AND_PORT" => {
                found.context("say the site's address: --url https://SITE")
            }
            _ => found.with_context(|| format!("the site has no {name}")),
        }
    }

    /// A recipe's text with each «…» replaced by what stands in it: expanded, then written as one literal of
    /// `syntax`. `«shell|…»` takes another syntax for once, `«[…]»` makes a literal of each word, with commas between.
    ///
    /// # Errors
    /// For a name without a value, and for a value that cannot be written there.
    pub fn fill(&self, text: &str, syntax: Syntax) -> anyhow::Result<String> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('«') {
            let (inside, behind) = after.split_once('»').context("a « without its »")?;
            filled.push_str(before);
            filled.push_str(&self.literal(inside, syntax).with_context(|| format!("«{inside}»"))?);
            rest = behind;
        }
        Ok(filled + rest)
    }

    fn literal(&self, inside: &str, syntax: Syntax) -> anyhow::Result<String> {
        let (syntax, inside) = match inside.split_once('|') {
            Some((name, inside)) => (serde_json::from_value(name.into())?, inside),
            None => (syntax, inside),
        };
        match inside.strip_prefix('[').and_then(|list| list.strip_suffix(']')) {
            Some(list) => {
                let words = self.expand(list)?;
                let literals: Result<Vec<_>, _> =
                    words.split_whitespace().map(|word| syntax.literal(word)).collect();
                Ok(literals?.join(", "))
            }
            None => Ok(syntax.literal(&self.expand(inside)?)?),
        }
    }
}
