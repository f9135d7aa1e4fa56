//! An authorization request on its way through our pages: what it asks, the mark of the page that it opened, and where
//! its person goes next. For the doors; shows nothing and answers nobody.
pub mod destination;
pub mod interaction;
pub mod load;

use oidc::{authorize::AuthorizationRequest, client::Client};
use platform::{Fault, clock::Moment, web::Visit};

use crate::state::Passport;
use interaction::{Interactions, Mark};
use load::{Asked, load};

/// A request whose client and redirect URI are good, for the pages that serve it.
pub struct Asking {
    pub client: Client,
    pub login_hint: Option<String>,
    /// Space-separated, by preference.
    pub ui_locales: Option<String>,
    /// The raw query, as it must come back to the authorization endpoint.
    pub request: String,
    pub(crate) asked: Asked,
}

impl Asking {
    /// Reads the raw query of an authorization request; none if it could not be answered with a redirect.
    pub async fn of(passport: &Passport, visit: &Visit, request: &str) -> Result<Option<Self>, Fault> {
        let now = passport.clock.now();
        let (query, mark) = Interactions::new(&passport.keyring).read(request, now);
        match load(passport, query, Mark::coming(mark, now), &visit.address_block()).await? {
            Ok(asked) => Ok(Some(Self {
                client: asked.client.clone(),
                login_hint: asked.request.login_hint.clone(),
                ui_locales: ui_locales(&asked.request),
                request: request.to_owned(),
                asked,
            })),
            Err(_) => Ok(None),
        }
    }
}

pub fn ui_locales(request: &AuthorizationRequest) -> Option<String> {
    (!request.ui_locales.is_empty()).then(|| request.ui_locales.join(" "))
}

/// The request with the mark that the person picked an account on a page that it opened; the page is shown again
/// when the mark is too old.
pub fn with_choice(passport: &Passport, request: &str, now: Moment) -> String {
    let interactions = Interactions::new(&passport.keyring);
    match interactions.read(request, now) {
        (query, Some(mark)) => interactions.mark(query, Mark { chosen: true, ..mark }),
        (query, None) => query.to_owned(),
    }
}
