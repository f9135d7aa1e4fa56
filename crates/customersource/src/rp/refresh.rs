//! Asking the provider about somebody who signed in a while ago (OIDC Core §12), and giving the token back that is
//! asked with. Knows no session.
use oauth2::{
    AsyncHttpClient, ClientId, ClientSecret, HttpRequest, RefreshToken, RequestTokenError, RevocationUrl,
    StandardRevocableToken, TokenResponse as _, basic::BasicClient, http::Uri,
};
use openidconnect::{SubjectIdentifier, TokenResponse as _, core::CoreErrorResponseType};
use platform::{Fault, clock::Moment, outbound::Unreached};
use url::Url;

use super::{
    Failed, Rp, Subject,
    exchange::{away, label, verified_email},
    provider::{Http, in_full},
};

/// What is known of somebody when the provider is asked about them.
pub struct Known<'a> {
    pub subject: &'a Subject,
    /// None: the provider did not say.
    pub auth_time: Option<Moment>,
    pub refresh_token: &'a str,
}

/// What the provider says of somebody who is still signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    pub label: String,
    pub email: Option<String>,
    /// A newer one, if the provider changed it.
    pub refresh_token: Option<String>,
}

/// What came of asking.
#[derive(Debug)]
pub enum Asked {
    Fine(News),
    /// The provider ended the grant, or speaks of somebody else: the text is for the log.
    Over(String),
}

impl Rp {
    /// Asks about `known`.
    ///
    /// # Errors
    /// The provider is away, or does not take this client's word: nothing is known.
    pub async fn renew(&self, now: Moment, known: &Known<'_>) -> Result<Asked, Fault> {
        match self.ask(now, known).await {
            Ok(news) => Ok(Asked::Fine(news)),
            Err(Failed::Refused(why)) => Ok(Asked::Over(why)),
            Err(Failed::Fault(fault)) => Err(fault),
        }
    }

    /// Revokes a refresh token (RFC 7009 §2.1); false when the provider has no endpoint for it or refuses.
    ///
    /// # Errors
    /// The provider is away.
    pub async fn give_back(&self, now: Moment, refresh_token: &str) -> Result<bool, Fault> {
        let metadata = self.0.provider.metadata(now).await?;
        let Some(endpoint) = &metadata.additional_metadata().revocation_endpoint else { return Ok(false) };
        let settings = &self.0.settings;
        // The library writes for https alone, and a Passport on loopback has none: it is sent where the metadata says.
        let mut written_for = Url::parse(endpoint).map_err(Fault::unavailable)?;
        let _ = written_for.set_scheme("https");
        let endpoint: Uri = endpoint.parse().map_err(Fault::unavailable)?;
        let http = self.0.provider.http();
        let client = BasicClient::new(ClientId::new(settings.client_id.clone()))
            .set_client_secret(ClientSecret::new(settings.client_secret.expose().to_owned()))
            .set_revocation_url(RevocationUrl::from_url(written_for));
        let token = StandardRevocableToken::RefreshToken(RefreshToken::new(refresh_token.to_owned()));
        let request = client.revoke_token(token).map_err(Fault::unavailable)?;
        match request.request_async(&Sent { http, endpoint }).await {
            Ok(()) => Ok(true),
            Err(RequestTokenError::Request(error)) => Err(Fault::unavailable(error)),
            Err(_) => Ok(false),
        }
    }

    async fn ask(&self, now: Moment, known: &Known<'_>) -> Result<News, Failed> {
        let mut metadata = self.0.provider.metadata(now).await?;
        let client = self.client(&metadata)?;
        let token = RefreshToken::new(known.refresh_token.to_owned());
        let request = client
            .exchange_refresh_token(&token)
            .map_err(|error| Failed::Fault(Fault::unavailable(error)))?;
        let tokens = request.request_async(self.0.provider.http()).await.map_err(|error| match error {
            RequestTokenError::ServerResponse(answer)
                if *answer.error() == CoreErrorResponseType::InvalidGrant =>
            {
                Failed::Refused(format!("token endpoint: {answer}"))
            }
            RequestTokenError::Request(error) => away(error),
            error => Failed::Fault(Fault::unavailable(format!("token endpoint: {}", in_full(error)))),
        })?;
        if let Some(id_token) = tokens.id_token() {
            let (claims, newer) = self.verified(now, metadata, id_token, None).await?;
            metadata = newer;
            let auth_time = claims.auth_time().map(|at| Moment::from_unix_seconds(at.timestamp()));
            let is_another = claims.subject().as_str() != known.subject.sub
                || auth_time.zip(known.auth_time).is_some_and(|(told, known)| told != known);
            if is_another {
                return Err(Failed::Refused("the refreshed ID token is of another sign-in".into()));
            }
        }
        let subject = SubjectIdentifier::new(known.subject.sub.clone());
        let person = self.person(&metadata, &tokens, &subject).await?;
        Ok(News {
            label: label(&person),
            email: verified_email(&person),
            refresh_token: tokens.refresh_token().map(|token| token.secret().clone()),
        })
    }
}

/// A request that goes to an address of its own.
struct Sent<'a> {
    http: &'a Http,
    endpoint: Uri,
}

impl<'c> AsyncHttpClient<'c> for Sent<'_> {
    type Error = Unreached;
    type Future = <Http as AsyncHttpClient<'c>>::Future;

    fn call(&'c self, mut request: HttpRequest) -> Self::Future {
        *request.uri_mut() = self.endpoint.clone();
        self.http.call(request)
    }
}
