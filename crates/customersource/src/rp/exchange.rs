//! From a code to an identity: token request, ID token, UserInfo, each checked. Knows no browser.
use std::sync::Arc;

use chrono::{DateTime, Utc};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret,
    EmptyAdditionalClaims, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdToken,
    IdTokenClaims, IdTokenFields, IdTokenVerifier, Nonce, OAuth2TokenResponse as _, RedirectUrl,
    RequestTokenError, SignatureVerificationError, StandardErrorResponse, StandardTokenResponse,
    TokenResponse as _, UserInfoClaims, UserInfoError,
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
use crate::association::SKEW;

/// Claims of the ID token besides the standard ones.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct More {
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
type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
type Token = IdToken<More, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
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
        let (claims, metadata) = self.verified(now, metadata, id_token, &nonce).await?;
        // The library leaves this one out (OIDC Core §3.1.3.7 step 5).
        if claims.authorized_party().is_some_and(|azp| azp.as_str() != self.0.settings.client_id) {
            return Err(Failed::Refused("ID token: it was issued to another party".into()));
        }
        let client = self.client(&metadata)?;
        check_access_token(&self.verifier(now, &client), id_token, claims, &tokens)?;
        let person = client
            .user_info(tokens.access_token().clone(), Some(claims.subject().clone()))
            .map_err(|error| Failed::Refused(format!("UserInfo: {error}")))?
            .require_issuer_match(false)
            .require_audience_match(false)
            .request_async::<EmptyAdditionalClaims, _, CoreGenderClaim>(http)
            .await
            .map_err(|error| match error {
                UserInfoError::Request(error) => away(error),
                error => Failed::Refused(format!("UserInfo: {}", in_full(error))),
            })?;
        Ok(self.identity(id_token, claims, &person))
    }

    fn client(&self, metadata: &Arc<Metadata>) -> Result<Client, Failed> {
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

    /// The ID token's claims (OIDC Core §3.1.3.7), with newer keys if those at hand do not fit.
    async fn verified<'a>(
        &self,
        now: Moment,
        metadata: Arc<Metadata>,
        id_token: &'a Token,
        nonce: &Nonce,
    ) -> Result<(&'a Claims, Arc<Metadata>), Failed> {
        let client = self.client(&metadata)?;
        let error = match id_token.claims(&self.verifier(now, &client), nonce) {
            Ok(claims) => return Ok((claims, metadata)),
            Err(error) => error,
        };
        let refused = |error| Failed::Refused(format!("ID token: {}", in_full(error)));
        if !newer_keys_may_help(&error) {
            return Err(refused(error));
        }
        let Some(newer) = self.0.provider.newer_keys(now, &metadata).await? else {
            return Err(refused(error));
        };
        let client = self.client(&newer)?;
        let claims = id_token.claims(&self.verifier(now, &client), nonce).map_err(refused)?;
        Ok((claims, newer))
    }

    fn identity(
        &self,
        id_token: &Token,
        claims: &Claims,
        person: &UserInfoClaims<EmptyAdditionalClaims, CoreGenderClaim>,
    ) -> Identity {
        let name = || person.name().and_then(|names| names.get(None)).map(|name| name.to_string());
        let label = person
            .preferred_username()
            .map(|name| name.to_string())
            .or_else(|| person.email().map(|email| email.to_string()))
            .or_else(|| claims.email().map(|email| email.to_string()))
            .or_else(name)
            .unwrap_or_else(|| claims.subject().to_string());
        let email = person
            .email()
            .filter(|_| person.email_verified() == Some(true))
            .and_then(|email| EmailAddress::parse(email).ok());
        Identity {
            subject: Subject { iss: self.issuer().to_owned(), sub: claims.subject().to_string() },
            sid: claims.additional_claims().sid.clone(),
            auth_time: claims.auth_time().map(|at| Moment::from_unix_seconds(at.timestamp())),
            label: label.chars().filter(|c| !c.is_control()).take(LONGEST_LABEL).collect(),
            email: email.map(|email| email.as_str().to_owned()),
            id_token: id_token.to_string(),
        }
    }
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

fn away(error: impl std::error::Error) -> Failed {
    Failed::Fault(Fault::unavailable(format!("the provider: {}", in_full(error))))
}

fn moment(now: Moment) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(now.unix_millis()).unwrap_or_default()
}
