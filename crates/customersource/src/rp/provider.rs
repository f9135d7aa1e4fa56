//! The provider's metadata and keys: fetched, compared to the byte, kept for a while, and its keys fetched
//! again when they no longer fit. Knows no person.
use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use openidconnect::{
    AdditionalProviderMetadata, AsyncHttpClient, HttpRequest, HttpResponse, IssuerUrl, JsonWebKeySet,
    ProviderMetadata,
    core::{
        CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
        CoreSubjectIdentifierType,
    },
};
use platform::{
    Fault,
    clock::Moment,
    outbound::{Outbound, Unreached},
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::config;

/// Keys that do not fit are fetched again at most this often: strangers send bad signatures, too.
const REFETCH: Duration = Duration::from_secs(5);

/// What the standard type leaves out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct More {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_session_endpoint: Option<String>,
    /// RFC 8414 §2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation_endpoint: Option<String>,
    /// RFC 9207 §3: every authorization response names the issuer.
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for More {}

pub type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// HTTP to the provider, through the guard. An answer that says the provider is in trouble is no answer.
#[derive(Clone)]
pub struct Http(Outbound);

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Unreached;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Unreached>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let request =
                request.try_into().map_err(|_| Unreached::Failed("an unwritable request".into()))?;
            let answer = self.0.send(request).await?;
            if answer.status().is_server_error() {
                return Err(Unreached::Failed(format!("status {}", answer.status())));
            }
            Ok(answer)
        })
    }
}

struct Kept {
    metadata: Arc<Metadata>,
    fetched_at: Moment,
    keys_fetched_again_at: Option<Moment>,
}

pub struct Provider {
    issuer: IssuerUrl,
    http: Http,
    ttl: Duration,
    kept: Mutex<Option<Kept>>,
}

impl Provider {
    pub fn new(settings: &config::Passport, outbound: Outbound) -> Result<Self, Fault> {
        Ok(Self {
            issuer: IssuerUrl::new(settings.issuer.clone()).map_err(Fault::bug)?,
            http: Http(outbound),
            ttl: Duration::from_secs(u64::from(settings.metadata_ttl_seconds)),
            kept: Mutex::default(),
        })
    }

    pub fn http(&self) -> &Http {
        &self.http
    }

    /// The provider's metadata with its keys, fetched when it is not at hand or too old.
    pub async fn metadata(&self, now: Moment) -> Result<Arc<Metadata>, Fault> {
        let mut kept = self.kept.lock().await;
        if let Some(kept) = kept.as_ref()
            && now.is_within(self.ttl, kept.fetched_at)
        {
            return Ok(Arc::clone(&kept.metadata));
        }
        match self.fetch().await {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                let again = kept.as_ref().and_then(|kept| kept.keys_fetched_again_at);
                *kept = Some(Kept {
                    metadata: Arc::clone(&metadata),
                    fetched_at: now,
                    keys_fetched_again_at: again,
                });
                Ok(metadata)
            }
            Err(error) => {
                tracing::error!(
                    issuer = self.issuer.as_str(),
                    error,
                    "The provider's metadata is not to be had"
                );
                Err(Fault::unavailable("the provider's metadata is not to be had"))
            }
        }
    }

    /// Fetches metadata and keys now. The issuer must be ours to the byte (OIDC Discovery §4.3).
    pub async fn fetch(&self) -> Result<Metadata, String> {
        let metadata = Metadata::discover_async(self.issuer.clone(), &self.http).await.map_err(in_full)?;
        if metadata.issuer().as_str() != self.issuer.as_str() {
            return Err(format!("it names the issuer {}", metadata.issuer().as_str()));
        }
        Ok(metadata)
    }

    /// After a signature that `used` could not verify: metadata with newer keys, or `None` when there are none.
    pub async fn newer_keys(
        &self,
        now: Moment,
        used: &Arc<Metadata>,
    ) -> Result<Option<Arc<Metadata>>, Fault> {
        let mut guard = self.kept.lock().await;
        let Some(kept) = guard.as_mut() else { return Ok(None) };
        if !Arc::ptr_eq(&kept.metadata, used) {
            return Ok(Some(Arc::clone(&kept.metadata)));
        }
        if kept.keys_fetched_again_at.is_some_and(|at| now.since(at) < REFETCH && at <= now) {
            return Ok(None);
        }
        let keys = JsonWebKeySet::fetch_async(used.jwks_uri(), &self.http).await.map_err(|error| {
            tracing::error!(error = in_full(error), "The provider's keys are not to be had");
            Fault::unavailable("the provider's keys are not to be had")
        })?;
        let newer = Arc::new(Metadata::clone(used).set_jwks(keys));
        kept.metadata = Arc::clone(&newer);
        kept.keys_fetched_again_at = Some(now);
        Ok(Some(newer))
    }
}

/// An error with its causes in one line.
pub fn in_full(error: impl std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
