//! What the server has enabled, and what it demands of one client's requests. It knows no request.

use super::{ResponseMode, ResponseType, context::Context};
use crate::{
    assurance::Level,
    client::{Client, Profile},
    jws::SigningAlgorithm,
    resource::Listed,
    scope::Scopes,
};

/// What this server has enabled.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The server's own name; as a resource it is everybody's.
    pub issuer: String,
    pub response_types: Vec<ResponseType>,
    pub response_modes: Vec<ResponseMode>,
    /// Every scope that the server knows; an operator may register further ones for a client.
    pub scopes: Scopes,
    /// The resources that the operator lists.
    pub resources: Vec<Listed>,
    /// Requests of every client are pushed or not taken at all (RFC 9126 §5).
    pub pushed_requests_only: bool,
    /// The security profile that binds every client.
    pub profile: Profile,
    /// The strongest way in which people can be proven here.
    pub highest: Level,
    /// How strongly everybody must be proven, whatever a client asks for.
    pub least: Level,
}

/// Hybrid and implicit: what older sites still ask for.
const LEGACY: [ResponseType; 5] = [
    ResponseType::IdToken,
    ResponseType::IdTokenToken,
    ResponseType::CodeIdToken,
    ResponseType::CodeToken,
    ResponseType::CodeIdTokenToken,
];

impl Default for Policy {
    /// The code flow in every response mode, with the standard scopes.
    fn default() -> Self {
        Self {
            issuer: String::new(),
            response_types: vec![ResponseType::Code],
            response_modes: ResponseMode::ALL.to_vec(),
            scopes: Scopes::parse("openid profile email address phone offline_access").unwrap_or_default(),
            resources: Vec::new(),
            pushed_requests_only: false,
            profile: Profile::Default,
            highest: Level::TwoFactors,
            least: Level::Password,
        }
    }
}

impl Policy {
    /// The same with the hybrid and implicit flows, for clients that registered them.
    #[must_use]
    pub fn with_legacy_response_types(mut self) -> Self {
        self.response_types.extend(LEGACY);
        self
    }

    /// The same under a profile: without what it refuses to everybody.
    #[must_use]
    pub fn under(mut self, profile: Profile) -> Self {
        let rules = profile.rules();
        self.profile = profile;
        self.response_types.retain(|kind| !rules.code_only || *kind == ResponseType::Code);
        self.response_modes.retain(|mode| !rules.signed_responses_only || mode.is_signed());
        self
    }

    /// Whether a client could be registered for a flow without a code.
    pub fn allows_implicit(&self) -> bool {
        self.response_types.iter().any(|known| known.is_front_channel())
    }

    /// How strongly everybody is proven for this client, whatever its requests ask for.
    pub fn least_of(&self, client: &Client) -> Level {
        let required = client.require_acr.as_deref().and_then(Context::parse);
        required.map_or(self.least, |context| self.least.max(context.level()))
    }

    /// What must hold for every request of this client: its own wish, the server's, and what a profile
    /// of either forces.
    pub fn demands(&self, client: &Client) -> Demands {
        let rules = client.rules(self.profile);
        Demands {
            pushed: self.pushed_requests_only
                || client.require_pushed_authorization_requests
                || rules.pushed_requests_only,
            signed: client.require_signed_request_object || rules.signed_requests_only,
            signed_response: rules.signed_responses_only,
            pkce: client.needs_pkce() || rules.pkce_always,
            code_only: rules.code_only,
            signing_algs: rules.signing_algs,
            skew: i64::from(rules.longest_clock_skew_seconds),
        }
    }
}

/// What must hold for every request of one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demands {
    /// It was pushed.
    pub pushed: bool,
    /// It came as a signed object, and only what stands inside counts.
    pub signed: bool,
    /// It asks for a signed answer.
    pub signed_response: bool,
    /// It has an S256 code challenge, where a code comes back.
    pub pkce: bool,
    /// It asks for a code alone.
    pub code_only: bool,
    /// What an object may be signed with.
    pub signing_algs: &'static [SigningAlgorithm],
    /// How far ahead the client's clock may be, in seconds.
    pub skew: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strictest_of_client_server_and_profile_rules() {
        let open = Policy::default().demands(&Client { require_pkce: false, ..Client::default() });
        assert!(!open.pushed && !open.signed && !open.signed_response && !open.pkce && !open.code_only);
        let server = Policy { pushed_requests_only: true, ..Policy::default() };
        assert!(server.demands(&Client::default()).pushed);
        let client = Client { require_signed_request_object: true, ..Client::default() };
        assert!(Policy::default().demands(&client).signed);
        let fapi = Client { profile: Profile::Fapi2MessageSigning, require_pkce: false, ..Client::default() };
        let demands = Policy::default().demands(&fapi);
        assert!(
            demands.pushed && demands.signed && demands.signed_response && demands.pkce && demands.code_only
        );
        assert!(!demands.signing_algs.contains(&SigningAlgorithm::RS256));
    }
}
