//! What a sign-in page says of the site that sent the person: from the client record alone (OIDC
//! Registration §2), never from the request.
use oidc::client::Client;
use platform::web::Thing;
use url::Url;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientPanel {
    pub name: String,
    /// Where the person goes back to: host, and port if it is not the scheme's own.
    pub host: String,
    pub logo: Option<String>,
    pub policy: Option<String>,
    pub terms: Option<String>,
}

impl ClientPanel {
    pub fn of(client: &Client) -> Self {
        let host = client.redirect_uris.iter().filter_map(|uri| Url::parse(uri).ok()).find_map(|url| {
            let host = url.host_str()?;
            Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
        });
        // The content security policy shows pictures over https only.
        let secure = |uri: &&String| uri.starts_with("https://");
        let on_the_web = |uri: &&String| uri.starts_with("https://") || uri.starts_with("http://");
        Self {
            name: client.client_name.clone(),
            host: host.unwrap_or_default(),
            logo: client.logo_uri.as_ref().filter(secure).cloned(),
            policy: client.policy_uri.as_ref().filter(on_the_web).cloned(),
            terms: client.tos_uri.as_ref().filter(on_the_web).cloned(),
        }
    }

    /// Everything of it among what a page shows.
    pub fn among(&self, thing: Thing) -> Thing {
        let Self { name, host, logo, policy, terms } = self;
        let links = [logo, policy, terms].map(|link| link.as_deref().unwrap_or_default());
        links.into_iter().fold(thing.and(name).and(host), Thing::and)
    }

    /// An example, for the pages that show one.
    #[cfg(test)]
    pub fn sample() -> Self {
        Self {
            name: "CustomerSource".into(),
            host: "portal.example".into(),
            logo: Some("https://portal.example/logo.png".into()),
            policy: Some("https://portal.example/privacy".into()),
            terms: Some("https://portal.example/terms".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_record_speaks_and_only_web_addresses_become_links() {
        let client = Client {
            client_name: "<b>Shop</b>".into(),
            redirect_uris: vec!["com.example.app:/back".into(), "https://shop.example:8443/back".into()],
            logo_uri: Some("http://shop.example/logo.png".into()),
            policy_uri: Some("https://shop.example/privacy".into()),
            tos_uri: Some("javascript:alert(1)".into()),
            ..Client::default()
        };
        let panel = ClientPanel::of(&client);
        assert_eq!(panel.name, "<b>Shop</b>", "escaped where it is shown");
        assert_eq!(panel.host, "shop.example:8443");
        assert_eq!(panel.logo, None, "not over https");
        assert_eq!(panel.policy.as_deref(), Some("https://shop.example/privacy"));
        assert_eq!(panel.terms, None);
    }
}
