//! What all pages of one half share; knows no request.
use std::sync::Arc;

use url::Url;

use super::{Proxies, assets::Assets, page::NavItem};
use crate::{
    clock::Clock,
    language::Language,
    random::Random,
    secrets::{Keyring, Mac, Seal},
    telemetry::Figures,
    texts::Texts,
};

/// The catalogue key of the label of a field that people write into, by the field's name. Hidden fields and secrets have
/// none.
pub type Labels = fn(&str) -> Option<&'static str>;

/// One half as the web sees it. Cheap to clone.
#[derive(Clone)]
pub struct Site(Arc<Inner>);

/// The parts of a [`Site`].
pub struct Inner {
    /// Names cookies, picks the accent colour.
    pub product: &'static str,
    /// The catalogue key of the product's name.
    pub name_key: &'static str,
    /// The origin that browsers see.
    pub public_url: Url,
    pub texts: Texts,
    /// The left-hand navigation that everybody sees.
    pub nav: Vec<NavItem>,
    pub clock: Clock,
    pub random: Random,
    pub figures: Figures,
    pub trusted_proxies: Proxies,
    pub assets: Assets,
    pub(crate) form_key: Mac,
    pub(crate) form_seal: Seal,
    pub default_language: Language,
    /// Routes whose requests may take long, because whole files come in.
    pub slow: &'static [&'static str],
    /// Where every page sends people who are not signed in, with `next`, the page to come back to.
    pub sign_in: Option<&'static str>,
    /// Routes that no browser shows: what goes wrong there is said in JSON.
    pub for_machines: &'static [&'static str],
    pub labels: Labels,
}

impl std::ops::Deref for Site {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// What a half says of itself.
pub struct Description {
    pub product: &'static str,
    pub name_key: &'static str,
    /// What browsers show beside the title: an SVG.
    pub mark: &'static [u8],
    /// Scripts that single pages have besides the one of all, by name.
    pub scripts: &'static [(&'static str, &'static [u8])],
    pub public_url: Url,
    pub trusted_proxies: Proxies,
    pub nav: Vec<NavItem>,
    /// Routes whose requests may take long, because whole files come in.
    pub slow: &'static [&'static str],
    /// Where every page sends people who are not signed in; `None`: pages say it themselves.
    pub sign_in: Option<&'static str>,
    /// Routes that no browser shows: what goes wrong there is said in JSON.
    pub for_machines: &'static [&'static str],
    pub labels: Labels,
}

impl Site {
    pub fn new(about: Description, texts: Texts, clock: Clock, random: Random, keyring: &Keyring) -> Self {
        Self(Arc::new(Inner {
            product: about.product,
            name_key: about.name_key,
            public_url: about.public_url,
            texts,
            nav: about.nav,
            clock,
            random,
            figures: Figures::default(),
            trusted_proxies: about.trusted_proxies,
            assets: Assets::new(about.mark, about.scripts),
            form_key: keyring.mac("form"),
            form_seal: keyring.seal("kept form"),
            default_language: Language::default(),
            slow: about.slow,
            sign_in: about.sign_in,
            for_machines: about.for_machines,
            labels: about.labels,
        }))
    }

    /// An absolute URL on this site. Links in mails are made from this, never from a request's Host header.
    pub fn url(&self, path: &str) -> String {
        let mut url = self.public_url.clone();
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        url.set_path(path);
        url.set_query(query);
        url.into()
    }

    /// The origin as browsers send it.
    pub fn origin(&self) -> String {
        self.public_url.origin().ascii_serialization()
    }
}
