//! From a code to an identity: token request, ID token, UserInfo, each checked. Knows no browser.
use std::sync::Arc;

use chrono::{DateTime, Utc};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret,
    EmptyAdditionalClaims, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdToken,
    IdTokenClaims, IdTokenFields, IdTokenVerifier, Nonce, OAuth2TokenResponse as _, RedirectUrl,
    RequestTokenError, SignatureVerificationError, StandardErrorResponse, StandardTokenResponse,
    SubjectIdentifier, TokenResponse as _, UserInfoClaims, UserInfoError,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken,
        CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use platform::{Fault, clock::Moment, email::EmailAddress};
use serde::{Deserialize, Serialize};

use super::{
    Failed, Identity, Rp, Subject,
    attempt::Attempt,
    provider::{Metadata, in_full},
};
use crate::rp::SKEW;

/// Claims of the ID token besides the standard ones.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct More {
    /// The provider's session (OIDC Back-Channel Logout §2.1).
    sid: Option<String>,
}

impl AdditionalClaims for More {}

type Fields = IdTokenFields<
    More,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
pub(super) type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
type Token = IdToken<More, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
pub(super) type UserInfo = UserInfoClaims<EmptyAdditionalClaims, CoreGenderClaim>;
type Claims = IdTokenClaims<More, CoreGenderClaim>;
type Client = openidconnect::Client<
    More,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A label is shown in every page's head: no longer than this.
const LONGEST_LABEL: usize = 120;

impl Rp {
    /// Redeems the code of `attempt` and answers who signed in.
    pub async fn finish(&self, now: Moment, attempt: &Attempt, code: &str) -> Result<Identity, Failed> {
        let metadata = self.0.provider.metadata(now).await?;
        let client = self.client(&metadata)?;
        let http = self.0.provider.http();
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| Failed::Fault(Fault::unavailable(error)))?;
        let tokens = request.set_pkce_verifier(attempt.verifier()).request_async(http).await;
        let tokens = tokens.map_err(|error| match error {
            RequestTokenError::Request(error) => away(error),
            RequestTokenError::ServerResponse(answer) => Failed::Refused(format!("token endpoint: {answer}")),
            error => Failed::Refused(format!("token endpoint: {}", in_full(error))),
        })?;
        let id_token =
            tokens.id_token().ok_or_else(|| Failed::Refused("the answer holds no ID token".into()))?;
        let nonce = Nonce::new(attempt.nonce.clone());
        let (claims, metadata) = self.verified(now, metadata, id_token, Some(&nonce)).await?;
        check_access_token(&self.verifier(now, &self.client(&metadata)?), id_token, claims, &tokens)?;
        let person = self.person(&metadata, &tokens, claims.subject()).await?;
        let mut identity = self.identity(id_token, claims, &person);
        identity.refresh_token =
            tokens.refresh_token().filter(|_| self.refreshes()).map(|token| token.secret().clone());
        Ok(identity)
    }

    /// What UserInfo says of the subject, and of nobody else.
    pub(super) async fn person(
        &self,
        metadata: &Arc<Metadata>,
        tokens: &Tokens,
        subject: &SubjectIdentifier,
    ) -> Result<UserInfo, Failed> {
        let http = self.0.provider.http();
        self.client(metadata)?
            .user_info(tokens.access_token().clone(), Some(subject.clone()))
            .map_err(|error| Failed::Refused(format!("UserInfo: {error}")))?
            .require_issuer_match(false)
            .require_audience_match(false)
            .request_async::<EmptyAdditionalClaims, _, CoreGenderClaim>(http)
            .await
            .map_err(|error| match error {
                UserInfoError::Request(error) => away(error),
                error => Failed::Refused(format!("UserInfo: {}", in_full(error))),
            })
    }

    pub(super) fn client(&self, metadata: &Arc<Metadata>) -> Result<Client, Failed> {
        let redirect = RedirectUrl::new(self.0.redirect_uri.clone()).map_err(Fault::bug)?;
        let secret = self.0.settings.client_secret.expose().to_owned();
        let id = ClientId::new(self.0.settings.client_id.clone());
        Ok(Client::from_provider_metadata(Metadata::clone(metadata), id, Some(ClientSecret::new(secret)))
            .set_redirect_uri(redirect))
    }

    fn verifier<'a>(&self, now: Moment, client: &'a Client) -> IdTokenVerifier<'a, CoreJsonWebKey> {
        client
            .id_token_verifier()
            .set_allowed_algs([self.0.algorithm.clone()])
            .set_time_fn(move || moment(now))
            .set_issue_time_verifier_fn(move |issued| {
                let issued = Moment::from_unix_seconds(issued.timestamp());
                if issued > now + SKEW { Err("issued in the future".into()) } else { Ok(()) }
            })
    }

    /// The ID token's claims (OIDC Core §3.1.3.7), with newer keys if those at hand do not fit. A refreshed one need have no nonce (§12.2).
    pub(super) async fn verified<'a>(
        &self,
        now: Moment,
        metadata: Arc<Metadata>,
        id_token: &'a Token,
        nonce: Option<&Nonce>,
    ) -> Result<(&'a Claims, Arc<Metadata>), Failed> {
        let read = |client: &Client| {
            let verifier = self.verifier(now, client);
            match nonce {
                Some(nonce) => id_token.claims(&verifier, nonce),
                None => id_token.claims(&verifier, |_: Option<&Nonce>| Ok(())),
            }
        };
        let error = match read(&self.client(&metadata)?) {
            Ok(claims) => return Ok((self.ours(claims)?, metadata)),
            Err(error) => error,
        };
        let refused = |error| Failed::Refused(format!("ID token: {}", in_full(error)));
        if !newer_keys_may_help(&error) {
            return Err(refused(error));
        }
        let Some(newer) = self.0.provider.newer_keys(now, &metadata).await? else {
            return Err(refused(error));
        };
        let claims = read(&self.client(&newer)?).map_err(refused)?;
        Ok((self.ours(claims)?, newer))
    }

    /// The library leaves this one out (OIDC Core §3.1.3.7 step 5).
    fn ours<'a>(&self, claims: &'a Claims) -> Result<&'a Claims, Failed> {
        match claims.authorized_party() {
            Some(azp) if azp.as_str() != self.0.settings.client_id => {
                Err(Failed::Refused("ID token: it was issued to another party".into()))
            }
            _ => Ok(claims),
        }
    }

    fn identity(&self, id_token: &Token, claims: &Claims, person: &UserInfo) -> Identity {
        Identity {
            subject: Subject { iss: self.issuer().to_owned(), sub: claims.subject().to_string() },
            sid: claims.additional_claims().sid.clone(),
            acr: claims.auth_context_ref().map(|context| context.to_string()),
            auth_time: claims.auth_time().map(|at| Moment::from_unix_seconds(at.timestamp())),
            label: label(person),
            email: verified_email(person),
            id_token: id_token.to_string(),
            refresh_token: None,
        }
    }
}

/// How pages call the person: sign-in name, address, name or, at last, the subject.
pub(super) fn label(person: &UserInfo) -> String {
    let name = || person.name().and_then(|names| names.get(None)).map(|name| name.to_string());
    let label = person
        .preferred_username()
        .map(|name| name.to_string())
        .or_else(|| person.email().map(|email| email.to_string()))
        .or_else(name)
        .unwrap_or_else(|| person.subject().to_string());
    label.chars().filter(|c| !c.is_control()).take(LONGEST_LABEL).collect()
}

/// The person's address, if the provider says that it is verified.
pub(super) fn verified_email(person: &UserInfo) -> Option<String> {
    let email = person.email().filter(|_| person.email_verified() == Some(true))?;
    EmailAddress::parse(email).ok().map(|email| email.as_str().to_owned())
}

/// A wrong hash means that the access token is not the one that the ID token came with.
fn check_access_token(
    verifier: &IdTokenVerifier<'_, CoreJsonWebKey>,
    id_token: &Token,
    claims: &Claims,
    tokens: &Tokens,
) -> Result<(), Failed> {
    let Some(expected) = claims.access_token_hash() else { return Ok(()) };
    let refused = |text: String| Failed::Refused(format!("at_hash: {text}"));
    let algorithm = id_token.signing_alg().map_err(|error| refused(error.to_string()))?;
    let key = id_token.signing_key(verifier).map_err(|error| refused(error.to_string()))?;
    let actual = AccessTokenHash::from_token(tokens.access_token(), algorithm, key)
        .map_err(|error| refused(error.to_string()))?;
    if actual == *expected { Ok(()) } else { Err(refused("it is another token's".into())) }
}

fn newer_keys_may_help(error: &ClaimsVerificationError) -> bool {
    matches!(
        error,
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey
                | SignatureVerificationError::AmbiguousKeyId(_)
                | SignatureVerificationError::CryptoError(_)
        )
    )
}

pub(super) fn away(error: impl std::error::Error) -> Failed {
    Failed::Fault(Fault::unavailable(format!("the provider: {}", in_full(error))))
}

fn moment(now: Moment) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(now.unix_millis()).unwrap_or_default()
}
