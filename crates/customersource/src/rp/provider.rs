//! The provider's metadata and keys: fetched, compared to the byte, kept for a while, and its keys fetched
//! again when they no longer fit. Knows no person.
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::{
    FutureExt as _,
    future::{BoxFuture, Shared},
};
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

use crate::config;

/// Keys that do not fit are fetched again at most this often, for strangers send bad signatures, too; and so long it is
/// remembered that the provider did not answer.
const LATELY: Duration = Duration::from_secs(5);
/// So long metadata with their keys, or keys alone, may take.
const PATIENCE: Duration = Duration::from_secs(8);

/// What the standard type leaves out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct More {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_session_endpoint: Option<String>,
    /// RFC 8414 §2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation_endpoint: Option<String>,
    /// Initiating User Registration via OpenID Connect §4.2.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prompt_values_supported: Vec<String>,
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
}

/// One fetch that everybody who asks meanwhile waits for. It goes on when whoever began it is gone.
type Flight = Shared<BoxFuture<'static, Option<Arc<Metadata>>>>;

/// What is known, and what is on its way. Held for no longer than it takes to look.
#[derive(Default)]
struct Known {
    kept: Option<Kept>,
    metadata: Option<Flight>,
    keys: Option<Flight>,
    /// When metadata were not to be had.
    failed_at: Option<Moment>,
    /// When keys were last fetched again, and whether they came.
    keys_fetched_again: Option<(Moment, bool)>,
}

pub struct Provider(Arc<Inner>);

struct Inner {
    issuer: IssuerUrl,
    http: Http,
    ttl: Duration,
    known: Mutex<Known>,
}

fn is_lately(at: Moment, now: Moment) -> bool {
    at <= now && now.since(at) < LATELY
}

fn no_metadata() -> Fault {
    Fault::unavailable("the provider's metadata is not to be had")
}

impl Provider {
    pub fn new(settings: &config::Passport, outbound: Outbound) -> Result<Self, Fault> {
        Ok(Self(Arc::new(Inner {
            issuer: IssuerUrl::new(settings.issuer.clone()).map_err(Fault::bug)?,
            http: Http(outbound),
            ttl: Duration::from_secs(u64::from(settings.metadata_ttl_seconds)),
            known: Mutex::default(),
        })))
    }

    pub fn http(&self) -> &Http {
        &self.0.http
    }

    /// The provider's metadata with its keys, fetched when it is not at hand or too old. A provider that does not
    /// answer costs everybody who asks meanwhile one wait together, and whoever asks soon after none.
    pub async fn metadata(&self, now: Moment) -> Result<Arc<Metadata>, Fault> {
        let flight = {
            let mut known = self.0.known();
            if let Some(kept) = known.kept.as_ref().filter(|kept| now.is_within(self.0.ttl, kept.fetched_at))
            {
                return Ok(Arc::clone(&kept.metadata));
            }
            if known.failed_at.is_some_and(|at| is_lately(at, now)) {
                return Err(no_metadata());
            }
            let inner = Arc::clone(&self.0);
            known.metadata.get_or_insert_with(|| takes_off(inner.fetch_for_all(now))).clone()
        };
        flight.await.ok_or_else(no_metadata)
    }

    /// Fetches metadata and keys now. The issuer must be ours to the byte (OIDC Discovery §4.3).
    pub async fn fetch(&self) -> Result<Metadata, String> {
        self.0.fetch().await
    }

    /// After a signature that `used` could not verify: metadata with newer keys, or `None` when there are none.
    pub async fn newer_keys(
        &self,
        now: Moment,
        used: &Arc<Metadata>,
    ) -> Result<Option<Arc<Metadata>>, Fault> {
        let away = || Fault::unavailable("the provider's keys are not to be had");
        let flight = {
            let mut known = self.0.known();
            match &known.kept {
                Some(kept) if !Arc::ptr_eq(&kept.metadata, used) => {
                    return Ok(Some(Arc::clone(&kept.metadata)));
                }
                Some(_) => {}
                None => return Ok(None),
            }
            match known.keys_fetched_again {
                Some((at, true)) if is_lately(at, now) => return Ok(None),
                Some((at, false)) if is_lately(at, now) => return Err(away()),
                _ => {}
            }
            let (inner, used) = (Arc::clone(&self.0), Arc::clone(used));
            known.keys.get_or_insert_with(|| takes_off(inner.fetch_keys_for_all(now, used))).clone()
        };
        flight.await.map(Some).ok_or_else(away)
    }
}

/// Begins a fetch in a task of its own.
fn takes_off(fetch: impl Future<Output = Option<Arc<Metadata>>> + Send + 'static) -> Flight {
    let task = tokio::spawn(fetch);
    async move { task.await.ok().flatten() }.boxed().shared()
}

impl Inner {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn fetch(&self) -> Result<Metadata, String> {
        let found = Metadata::discover_async(self.issuer.clone(), &self.http);
        let metadata = in_time(found).await?;
        if metadata.issuer().as_str() != self.issuer.as_str() {
            return Err(format!("it names the issuer {}", metadata.issuer().as_str()));
        }
        Ok(metadata)
    }

    async fn fetch_for_all(self: Arc<Self>, now: Moment) -> Option<Arc<Metadata>> {
        let fetched = self.fetch().await;
        let mut known = self.known();
        known.metadata = None;
        match fetched {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                known.kept = Some(Kept { metadata: Arc::clone(&metadata), fetched_at: now });
                known.failed_at = None;
                Some(metadata)
            }
            Err(error) => {
                known.failed_at = Some(now);
                let issuer = self.issuer.as_str();
                tracing::error!(issuer, error, "The provider's metadata is not to be had");
                None
            }
        }
    }

    async fn fetch_keys_for_all(self: Arc<Self>, now: Moment, used: Arc<Metadata>) -> Option<Arc<Metadata>> {
        let keys = in_time(JsonWebKeySet::fetch_async(used.jwks_uri(), &self.http)).await;
        let mut known = self.known();
        known.keys = None;
        known.keys_fetched_again = Some((now, keys.is_ok()));
        match keys {
            Ok(keys) => {
                let newer = Arc::new(Metadata::clone(&used).set_jwks(keys));
                // Metadata that came meanwhile are newer still.
                if let Some(kept) = known.kept.as_mut().filter(|kept| Arc::ptr_eq(&kept.metadata, &used)) {
                    kept.metadata = Arc::clone(&newer);
                }
                Some(newer)
            }
            Err(error) => {
                tracing::error!(error, "The provider's keys are not to be had");
                None
            }
        }
    }
}

/// An answer before people leave, or none.
async fn in_time<T, E: std::error::Error>(work: impl Future<Output = Result<T, E>>) -> Result<T, String> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(answer) => answer.map_err(in_full),
        Err(_) => Err("no answer in time".into()),
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
