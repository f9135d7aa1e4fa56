//! What a person let a site have, since when: agreed to, or given to a trusted site without asking. Knows no grant.
pub mod entity;
pub mod store;

use std::{collections::BTreeSet, time::Duration};

use oidc::{
    authorize::{AuthorizationRequest, step::Consent},
    claims::BY_SCOPE,
    client::Client,
    scope::Scopes,
};
use platform::clock::Moment;

/// How often the last use of a site is written down at most.
const NOTED_EVERY: Duration = Duration::from_secs(24 * 3600);

/// What a request wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub scope: Scopes,
    /// Claims asked for one by one (OIDC Core §5.5), and resources, by their addresses.
    pub claims: BTreeSet<String>,
}

impl Wanted {
    pub fn by(request: &AuthorizationRequest) -> Self {
        // What a token says of itself (`acr`, `auth_time`) tells nothing of the person.
        let tells = |claim: &String| BY_SCOPE.iter().any(|(_, claims)| claims.contains(&claim.as_str()));
        let claims = request.claims.everywhere().into_keys().filter(tells);
        Self {
            scope: request.scope.clone(),
            claims: claims.chain(request.resource.iter().cloned()).collect(),
        }
    }
}

/// What one site was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub client_id: String,
    pub scope: Scopes,
    pub claims: BTreeSet<String>,
    pub agreed: bool,
    pub since: Moment,
    pub used_at: Moment,
}

impl Given {
    fn covers(&self, wanted: &Wanted) -> bool {
        wanted.scope.is_subset_of(&self.scope) && wanted.claims.is_subset(&self.claims)
    }

    /// What is to be written down once this is wanted as well; `None` when it is all known.
    pub(crate) fn with(&self, wanted: &Wanted, agreed: bool, now: Moment) -> Option<Self> {
        let stale = now.since(self.used_at) >= NOTED_EVERY;
        if self.covers(wanted) && (self.agreed || !agreed) && !stale {
            return None;
        }
        // A yes covers what was shown, and nothing that the site was given unasked while it was trusted.
        let (scope, claims) = match agreed && !self.agreed {
            true => (wanted.scope.clone(), wanted.claims.clone()),
            false => (self.scope.union(&wanted.scope), self.claims.union(&wanted.claims).cloned().collect()),
        };
        let agreed = agreed || (self.agreed && self.covers(wanted));
        Some(Self { scope, claims, agreed, used_at: now, ..self.clone() })
    }
}

/// The same for a request of this client; a trusted one needs none.
pub fn earlier(given: Option<&Given>, client: &Client, wanted: &Wanted) -> Consent {
    if client.trusted { Consent::Missing } else { remembered(given, wanted) }
}

/// Whether an earlier yes serves this request: all that it wants, agreed to, or it is asked again (BR-17).
pub fn remembered(given: Option<&Given>, wanted: &Wanted) -> Consent {
    match given {
        Some(given) if given.agreed && given.covers(wanted) => Consent::Remembered,
        _ => Consent::Missing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(scope: &str, claims: &[&str]) -> Wanted {
        Wanted {
            scope: Scopes::parse(scope).unwrap(),
            claims: claims.iter().map(|claim| (*claim).to_owned()).collect(),
        }
    }

    fn given(scope: &str, claims: &[&str], agreed: bool) -> Given {
        let Wanted { scope, claims } = wanted(scope, claims);
        let (since, used_at) = (Moment::from_unix_seconds(0), Moment::from_unix_seconds(0));
        Given { client_id: "shop".into(), scope, claims, agreed, since, used_at }
    }

    #[test]
    fn br_17_an_earlier_yes_serves_for_as_much_and_no_more() {
        let yes = given("openid email", &["phone_number"], true);
        for (asked, serves) in [
            (wanted("openid", &[]), true),
            (wanted("openid email", &["phone_number"]), true),
            (wanted("openid email profile", &[]), false),
            (wanted("openid email", &["address"]), false),
            (wanted("openid email offline_access", &[]), false),
        ] {
            let expected = if serves { Consent::Remembered } else { Consent::Missing };
            assert_eq!(remembered(Some(&yes), &asked), expected, "{asked:?}");
        }
        assert_eq!(remembered(None, &wanted("openid", &[])), Consent::Missing);
        let unasked = given("openid", &[], false);
        assert_eq!(
            remembered(Some(&unasked), &wanted("openid", &[])),
            Consent::Missing,
            "it was trusted then"
        );
    }

    #[test]
    fn what_was_given_grows_and_is_written_only_when_something_changed() {
        let yes = given("openid email", &[], true);
        let soon = Moment::from_unix_seconds(60);
        assert_eq!(yes.with(&wanted("openid", &[]), false, soon), None);
        let more = yes.with(&wanted("openid profile", &["address"]), true, soon).unwrap();
        assert_eq!(more.scope, Scopes::parse("openid email profile").unwrap());
        assert!(more.claims.contains("address") && more.agreed && more.since == yes.since);
        assert!(yes.with(&wanted("openid", &[]), false, soon + NOTED_EVERY).is_some());
        let trusted = given("openid email", &["address"], false);
        let agreed = trusted.with(&wanted("openid", &[]), true, soon).unwrap();
        assert_eq!(
            (agreed.agreed, remembered(Some(&agreed), &wanted("openid", &[]))),
            (true, Consent::Remembered)
        );
        assert_eq!(remembered(Some(&agreed), &wanted("openid email", &[])), Consent::Missing, "never shown");
        assert_eq!(remembered(Some(&agreed), &wanted("openid", &["address"])), Consent::Missing);
        // Trusted since then, and given more without a question: the yes of before does not cover that.
        let more = yes.with(&wanted("openid email profile", &[]), false, soon).unwrap();
        assert_eq!(remembered(Some(&more), &wanted("openid profile", &[])), Consent::Missing);
    }
}
