//! Presets: what a site of each kind needs, so that a developer names the kind and not twenty members.
use clap::ValueEnum;
use oidc::{
    client::{ApplicationType, AuthMethod, Client, GrantType, Profile},
    jws::SigningAlgorithm,
    scope::{OFFLINE_ACCESS, Scopes},
};
use serde::Deserialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A site with a server that keeps a secret.
    Web,
    /// A page in the browser alone; public.
    Spa,
    /// An installed program; public, with loopback redirect URIs.
    Native,
    /// Something without a browser; the person types a code elsewhere.
    Device,
    /// A program that acts for itself, without a person.
    Service,
    /// A web site whose library sends no PKCE.
    Legacy,
    /// A site under the FAPI 2.0 Security Profile, with keys of its own.
    Fapi2,
}

impl Kind {
    /// The metadata to begin with on a server of this profile; id, name and addresses are still to come. None where
    /// the profile takes no site of this kind.
    pub fn metadata_under(self, server: Profile) -> Option<Client> {
        if server == Profile::Default {
            return Some(self.metadata());
        }
        let fapi = Self::Fapi2.metadata();
        match self {
            Self::Web | Self::Legacy | Self::Fapi2 => Some(Client { profile: server, ..fapi }),
            Self::Service => {
                let Client { response_types, grant_types, scope, .. } = self.metadata();
                Some(Client { response_types, grant_types, scope, profile: server, ..fapi })
            }
            // They have no key that could prove them.
            Self::Spa | Self::Native | Self::Device => None,
        }
    }

    /// The metadata to begin with; id, name and addresses are still to come.
    fn metadata(self) -> Client {
        let with = |grants: &[GrantType]| Client {
            grant_types: grants.to_vec(),
            scope: scope(grants.contains(&GrantType::RefreshToken)),
            ..Client::default()
        };
        let by_code = || with(&[GrantType::AuthorizationCode, GrantType::RefreshToken]);
        let public = |client| Client { token_endpoint_auth_method: AuthMethod::None, ..client };
        match self {
            Self::Web => by_code(),
            Self::Spa => public(by_code()),
            Self::Native => public(Client { application_type: ApplicationType::Native, ..by_code() }),
            Self::Device => public(Client {
                application_type: ApplicationType::Native,
                response_types: vec![],
                ..with(&[GrantType::DeviceCode, GrantType::RefreshToken])
            }),
            Self::Service => Client {
                response_types: vec![],
                scope: Scopes::default(),
                claims_in_id_token: false,
                ..with(&[GrantType::ClientCredentials])
            },
            Self::Legacy => Client { require_pkce: false, ..by_code() },
            Self::Fapi2 => Client {
                token_endpoint_auth_method: AuthMethod::PrivateKeyJwt,
                id_token_signed_response_alg: SigningAlgorithm::ES256,
                authorization_signed_response_alg: SigningAlgorithm::ES256,
                introspection_signed_response_alg: SigningAlgorithm::ES256,
                require_pushed_authorization_requests: true,
                dpop_bound_access_tokens: true,
                claims_in_id_token: false,
                profile: Profile::Fapi2,
                ..by_code()
            },
        }
    }

    /// The same at an address: with the redirect URIs that follow from it, where any are needed.
    pub fn at(self, metadata: Client, address: Option<&str>) -> Client {
        let loopback = ["http://127.0.0.1/callback", "http://[::1]/callback"];
        let redirect_uris = match (self, address) {
            (Self::Device | Self::Service, _) => vec![],
            (Self::Native, _) => loopback.map(str::to_owned).to_vec(),
            (_, address) => address.iter().map(|address| format!("{address}/callback")).collect(),
        };
        let has_pages = matches!(self, Self::Web | Self::Spa | Self::Legacy | Self::Fapi2);
        let home = address.filter(|_| has_pages).map(|address| format!("{address}/"));
        Client { redirect_uris, post_logout_redirect_uris: home.into_iter().collect(), ..metadata }
    }
}

fn scope(offline: bool) -> Scopes {
    let offline = if offline { Scopes::parse(OFFLINE_ACCESS).unwrap_or_default() } else { Scopes::default() };
    Client::default().scope.union(&offline)
}
