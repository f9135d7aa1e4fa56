//! Asking the provider about somebody who signed in a while ago (OIDC Core §12), and giving the token back that is
//! asked with. Knows no session.
use base64::{Engine as _, engine::general_purpose::STANDARD};
use openidconnect::{
    AsyncHttpClient as _, OAuth2TokenResponse as _, RefreshToken, RequestTokenError, SubjectIdentifier,
    TokenResponse as _,
    core::CoreErrorResponseType,
    http::{Request, header},
};
use platform::{Fault, clock::Moment};
use url::form_urlencoded;

use super::{
    Failed, Rp, Subject,
    exchange::{away, label, verified_email},
    provider::in_full,
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
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let settings = &self.0.settings;
        let credentials =
            format!("{}:{}", encode(&settings.client_id), encode(settings.client_secret.expose()));
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", refresh_token)
            .append_pair("token_type_hint", "refresh_token")
            .finish();
        // By hand: the library takes no endpoint on plain http, which a Passport on loopback has.
        let request = Request::post(endpoint)
            .header(header::AUTHORIZATION, format!("Basic {}", STANDARD.encode(credentials)))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body.into_bytes())
            .map_err(Fault::unavailable)?;
        let answer = self.0.provider.http().call(request).await.map_err(Fault::unavailable)?;
        Ok(answer.status().is_success())
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
