//! What a security profile forces on a client, as one table (FAPI 2.0 Security Profile §5.3, FAPI 2.0
//! Message Signing §5). Every door reads it; none knows a profile by name.

use serde::{Deserialize, Serialize};

use super::{AuthMethod, Client, FieldError, GrantType};
use crate::{jws::SigningAlgorithm, wire::ResponseType};

/// A security profile, the stricter the greater.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// OpenID Connect with what the client's own metadata demands.
    #[default]
    Default,
    Fapi2,
    /// FAPI 2.0 with signed requests and signed answers.
    Fapi2MessageSigning,
}

impl Profile {
    pub const ALL: [Self; 3] = [Self::Default, Self::Fapi2, Self::Fapi2MessageSigning];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Fapi2 => "fapi2",
            Self::Fapi2MessageSigning => "fapi2_message_signing",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }

    /// What this profile forces.
    pub const fn rules(self) -> Rules {
        match self {
            Self::Default => Rules {
                pushed_requests_only: false,
                signed_requests_only: false,
                signed_responses_only: false,
                pkce_always: false,
                code_only: false,
                auth_methods: &AuthMethod::ALL,
                signing_algs: &ANY_ALG,
                sender_constrained: false,
                assertion_audience: AssertionAudience::IssuerOrTokenEndpoint,
                longest_code_seconds: 600,
                longest_clock_skew_seconds: 60,
                rotates_refresh_tokens: true,
            },
            Self::Fapi2 => FAPI2,
            Self::Fapi2MessageSigning => {
                Rules { signed_requests_only: true, signed_responses_only: true, ..FAPI2 }
            }
        }
    }
}

/// Whom a client assertion may be addressed to (RFC 7523 §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssertionAudience {
    /// The issuer or the token endpoint, alone or in an array.
    IssuerOrTokenEndpoint,
    /// The issuer, as a plain string.
    IssuerOnly,
}

/// What a profile forces, beyond what the client's own metadata says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// A request at the authorization endpoint names a pushed one and nothing else.
    pub pushed_requests_only: bool,
    /// Pushed parameters come as a signed request object.
    pub signed_requests_only: bool,
    /// Answers travel in a `jwt` response mode.
    pub signed_responses_only: bool,
    /// Every request has an S256 code challenge.
    pub pkce_always: bool,
    /// `response_type=code` alone.
    pub code_only: bool,
    pub auth_methods: &'static [AuthMethod],
    /// For everything that is signed: assertions, request objects, proofs, our own answers.
    pub signing_algs: &'static [SigningAlgorithm],
    /// Access tokens are bound to a DPoP key or a certificate.
    pub sender_constrained: bool,
    pub assertion_audience: AssertionAudience,
    pub longest_code_seconds: u32,
    /// How far in the future `iat` and `nbf` of a client's token may lie.
    pub longest_clock_skew_seconds: u32,
    /// False: a confidential client keeps its refresh token (FAPI 2.0 §5.3.2.1).
    pub rotates_refresh_tokens: bool,
}

const ANY_ALG: [SigningAlgorithm; 4] =
    [SigningAlgorithm::RS256, SigningAlgorithm::PS256, SigningAlgorithm::ES256, SigningAlgorithm::EdDSA];

const FAPI2: Rules = Rules {
    pushed_requests_only: true,
    signed_requests_only: false,
    signed_responses_only: false,
    pkce_always: true,
    code_only: true,
    auth_methods: &[
        AuthMethod::PrivateKeyJwt,
        AuthMethod::TlsClientAuth,
        AuthMethod::SelfSignedTlsClientAuth,
    ],
    signing_algs: &[SigningAlgorithm::PS256, SigningAlgorithm::ES256, SigningAlgorithm::EdDSA],
    sender_constrained: true,
    assertion_audience: AssertionAudience::IssuerOnly,
    longest_code_seconds: 60,
    longest_clock_skew_seconds: 10,
    rotates_refresh_tokens: false,
};

/// What of the client's own metadata contradicts its profile.
pub(super) fn contradictions(client: &Client, profile: Profile) -> Vec<FieldError> {
    let rules = profile.rules();
    let alg_fits = |alg: &SigningAlgorithm| rules.signing_algs.contains(alg);
    let assertion = client.token_endpoint_auth_signing_alg;
    let bound = client.dpop_bound_access_tokens || client.tls_client_certificate_bound_access_tokens;
    let table = [
        ("token_endpoint_auth_method", !rules.auth_methods.contains(&client.token_endpoint_auth_method)),
        (
            "token_endpoint_auth_signing_alg",
            rules.code_only
                && assertion.is_some_and(|alg| !alg.asymmetric().is_some_and(|alg| alg_fits(&alg))),
        ),
        (
            "response_types",
            rules.code_only && client.response_types.iter().any(|kind| *kind != ResponseType::Code),
        ),
        ("grant_types", rules.code_only && client.may_use(GrantType::Implicit)),
        ("id_token_signed_response_alg", !alg_fits(&client.id_token_signed_response_alg)),
        (
            "request_object_signing_alg",
            client.request_object_signing_alg.as_ref().is_some_and(|alg| !alg_fits(alg)),
        ),
        (
            "authorization_signed_response_alg",
            rules.signed_responses_only && !alg_fits(&client.authorization_signed_response_alg),
        ),
        ("dpop_bound_access_tokens", rules.sender_constrained && !bound),
    ];
    let wrong = table.into_iter().filter(|(_, wrong)| *wrong);
    wrong
        .map(|(field, _)| FieldError {
            field,
            value: None,
            problem: "is not what the profile of the client or of the server allows",
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::AssertionAlgorithm;

    fn fapi_client() -> Client {
        Client {
            client_id: "a".to_owned(),
            client_name: "A".to_owned(),
            redirect_uris: vec!["https://rp1.test/cb".to_owned()],
            token_endpoint_auth_method: AuthMethod::PrivateKeyJwt,
            jwks_uri: Some("https://rp1.test/jwks".to_owned()),
            id_token_signed_response_alg: SigningAlgorithm::PS256,
            authorization_signed_response_alg: SigningAlgorithm::PS256,
            dpop_bound_access_tokens: true,
            profile: Profile::Fapi2,
            ..Client::default()
        }
    }

    type Change = fn(&mut Client);

    fn fields(client: &Client, profile: Profile) -> Vec<&'static str> {
        contradictions(client, profile).into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn the_stricter_of_client_and_server_wins() {
        let client = fapi_client();
        assert_eq!(client.rules(Profile::Default), Profile::Fapi2.rules());
        assert_eq!(client.rules(Profile::Fapi2MessageSigning), Profile::Fapi2MessageSigning.rules());
        assert_eq!(Client::default().rules(Profile::Fapi2), Profile::Fapi2.rules());
        assert_eq!(Client::default().rules(Profile::Default), Profile::Default.rules());
    }

    #[test]
    fn fapi_2_demands_par_pkce_code_bound_tokens_and_the_issuer_alone() {
        let rules = Profile::Fapi2.rules();
        assert!(
            rules.pushed_requests_only && rules.pkce_always && rules.code_only && rules.sender_constrained
        );
        assert!(!rules.signed_requests_only && !rules.signed_responses_only && !rules.rotates_refresh_tokens);
        assert_eq!(rules.assertion_audience, AssertionAudience::IssuerOnly);
        assert_eq!(rules.longest_code_seconds, 60);
        assert!(!rules.signing_algs.contains(&SigningAlgorithm::RS256));
        assert!(rules.auth_methods.iter().all(|method| !method.uses_secret() && *method != AuthMethod::None));
    }

    #[test]
    fn message_signing_adds_signed_requests_and_answers() {
        let rules = Profile::Fapi2MessageSigning.rules();
        assert!(rules.signed_requests_only && rules.signed_responses_only);
        assert_eq!(Rules { signed_requests_only: false, signed_responses_only: false, ..rules }, FAPI2);
    }

    #[test]
    fn each_contradiction_is_named_by_its_field() {
        assert_eq!(fields(&fapi_client(), Profile::Fapi2MessageSigning), [""; 0]);
        assert_eq!(fields(&Client::default(), Profile::Default), [""; 0]);
        let changes: [(Change, &str); 7] = [
            (
                |client| client.token_endpoint_auth_method = AuthMethod::ClientSecretBasic,
                "token_endpoint_auth_method",
            ),
            (
                |client| client.token_endpoint_auth_signing_alg = Some(AssertionAlgorithm::RS256),
                "token_endpoint_auth_signing_alg",
            ),
            (|client| client.response_types.push(ResponseType::CodeIdToken), "response_types"),
            (|client| client.grant_types.push(GrantType::Implicit), "grant_types"),
            (
                |client| client.id_token_signed_response_alg = SigningAlgorithm::RS256,
                "id_token_signed_response_alg",
            ),
            (
                |client| client.request_object_signing_alg = Some(SigningAlgorithm::RS256),
                "request_object_signing_alg",
            ),
            (|client| client.dpop_bound_access_tokens = false, "dpop_bound_access_tokens"),
        ];
        for (change, field) in changes {
            let mut client = fapi_client();
            change(&mut client);
            assert_eq!(fields(&client, Profile::Fapi2), [field]);
        }
        let unsigned = Client { authorization_signed_response_alg: SigningAlgorithm::RS256, ..fapi_client() };
        assert_eq!(fields(&unsigned, Profile::Fapi2), [""; 0]);
        assert_eq!(fields(&unsigned, Profile::Fapi2MessageSigning), ["authorization_signed_response_alg"]);
    }

    #[test]
    fn names_on_the_wire_are_the_names_in_storage() {
        for profile in Profile::ALL {
            assert_eq!(serde_json::to_value(profile).unwrap(), profile.as_str());
            assert_eq!(Profile::parse(profile.as_str()), Some(profile));
        }
    }
}
