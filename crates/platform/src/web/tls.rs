//! TLS of our own (RFC 8446, BCP 195): certificate files that may change while we serve, and what a client shows of
//! itself. Knows no client of the protocol.
use std::{
    future::Future,
    io,
    path::Path,
    pin::Pin,
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::{Extension, middleware::AddExtension};
use axum_server::{
    accept::Accept,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, PrivateKeyDer, UnixTime, pem::PemObject as _},
    server::{WebPkiClientVerifier, danger::ClientCertVerifier},
};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tower::Layer as _;

use crate::{clock::Clock, config};

mod ask;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// The certificate that a client showed, its private key proven by the handshake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// X.509 in DER.
    pub der: Arc<[u8]>,
    /// One of the authorities in `[tls] client_ca` vouches for it, now. Without that, only its key says anything.
    pub is_vouched_for: bool,
}

/// Certificate and key as they stand in their files. Clones share what was read last.
#[derive(Clone)]
pub struct Tls {
    settings: config::Tls,
    config: RustlsConfig,
    authorities: Option<Arc<dyn ClientCertVerifier>>,
    clock: Clock,
}

impl Tls {
    /// Reads the files; none when the settings name no certificate.
    ///
    /// # Errors
    /// In words, with the setting and the file.
    pub fn open(settings: &config::Tls, clock: Clock) -> Result<Option<Self>, String> {
        if !settings.is_on() {
            return Ok(None);
        }
        let config = RustlsConfig::from_config(Arc::new(read(settings)?));
        let authorities = match settings.client_ca.as_str() {
            "" => None,
            path => Some(authorities(path)?),
        };
        Ok(Some(Self { settings: settings.clone(), config, authorities, clock }))
    }

    /// For the server that takes connections.
    pub fn acceptor(&self) -> Acceptor {
        Acceptor {
            handshake: RustlsAcceptor::new(self.config.clone()),
            authorities: self.authorities.clone(),
            clock: self.clock.clone(),
        }
    }

    /// The same for handshakes that end within `patience`.
    pub(super) fn acceptor_within(&self, patience: Duration) -> Acceptor {
        let Acceptor { handshake, authorities, clock } = self.acceptor();
        Acceptor { handshake: handshake.handshake_timeout(patience), authorities, clock }
    }

    /// Reads the files again when one of them changed, or at SIGHUP; files that are no good change nothing.
    pub async fn keep_fresh(self, stop: CancellationToken) {
        let mut seen = self.changed_at();
        let mut asked = HangUp::listen();
        loop {
            let told = tokio::select! {
                () = stop.cancelled() => return,
                () = asked.wait() => true,
                () = tokio::time::sleep(LOOK_EVERY) => false,
            };
            let found = self.changed_at();
            if told || found != seen {
                seen = found;
                self.reload();
            }
        }
    }

    /// Reads the files now.
    pub fn reload(&self) {
        match read(&self.settings) {
            Ok(config) => {
                self.config.reload_from_config(Arc::new(config));
                tracing::info!("Read the TLS certificate again");
            }
            Err(error) => tracing::error!(error, "The TLS certificate cannot be read; the old one stays"),
        }
    }

    fn changed_at(&self) -> [Option<SystemTime>; 2] {
        let changed = |path: &String| std::fs::metadata(path).and_then(|file| file.modified()).ok();
        [changed(&self.settings.certificate), changed(&self.settings.key)]
    }
}

/// TLS 1.3, and of 1.2 what is beyond doubt: ECDHE with AES-GCM.
fn provider() -> CryptoProvider {
    use aws_lc_rs::cipher_suite::*;
    CryptoProvider {
        cipher_suites: vec![
            TLS13_AES_256_GCM_SHA384,
            TLS13_AES_128_GCM_SHA256,
            TLS13_CHACHA20_POLY1305_SHA256,
            TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        ],
        ..aws_lc_rs::default_provider()
    }
}

fn read(settings: &config::Tls) -> Result<ServerConfig, String> {
    let chain = certificates(&settings.certificate)
        .map_err(|error| format!("[tls] certificate: {}: {error}", settings.certificate))?;
    let key = PrivateKeyDer::from_pem_file(&settings.key)
        .map_err(|error| format!("[tls] key: {}: {error}", settings.key))?;
    let provider = Arc::new(provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|error| format!("[tls]: {error}"))?;
    let builder = match settings.client_certificates {
        true => builder.with_client_cert_verifier(Arc::new(ask::AskForAny::new(&provider))),
        false => builder.with_no_client_auth(),
    };
    let mut config = builder
        .with_single_cert(chain, key)
        .map_err(|error| format!("[tls] certificate and key: {error}"))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn certificates(path: impl AsRef<Path>) -> Result<Vec<CertificateDer<'static>>, String> {
    let found = CertificateDer::pem_file_iter(path).map_err(|error| error.to_string())?;
    let found = found.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
    if found.is_empty() { Err("holds no certificate".into()) } else { Ok(found) }
}

fn authorities(path: &str) -> Result<Arc<dyn ClientCertVerifier>, String> {
    let failed = |error: String| format!("[tls] client_ca: {path}: {error}");
    let mut roots = RootCertStore::empty();
    for root in certificates(path).map_err(failed)? {
        roots.add(root).map_err(|error| failed(error.to_string()))?;
    }
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::new(provider()))
        .build()
        .map(|verifier| verifier as Arc<dyn ClientCertVerifier>)
        .map_err(|error| failed(error.to_string()))
}

/// Takes connections, and tells every request of one what certificate its client showed.
#[derive(Clone)]
pub struct Acceptor {
    handshake: RustlsAcceptor,
    authorities: Option<Arc<dyn ClientCertVerifier>>,
    clock: Clock,
}

type Shaken<S> = <RustlsAcceptor as Accept<TcpStream, S>>::Service;
type Taken<Stream, Service> = Pin<Box<dyn Future<Output = io::Result<(Stream, Service)>> + Send>>;

impl<S: Send + 'static> Accept<TcpStream, S> for Acceptor {
    type Stream = <RustlsAcceptor as Accept<TcpStream, S>>::Stream;
    type Service = AddExtension<Shaken<S>, Option<ClientCertificate>>;
    type Future = Taken<Self::Stream, Self::Service>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let shaken = self.handshake.accept(stream, service);
        let (authorities, clock) = (self.authorities.clone(), self.clock.clone());
        Box::pin(async move {
            let (stream, service) = shaken.await?;
            let shown = stream.get_ref().1.peer_certificates().unwrap_or_default();
            let certificate = shown.split_first().map(|(leaf, chain)| ClientCertificate {
                der: leaf.as_ref().into(),
                is_vouched_for: authorities
                    .is_some_and(|authorities| vouches(authorities.as_ref(), leaf, chain, &clock)),
            });
            Ok((stream, Extension(certificate).layer(service)))
        })
    }
}

fn vouches(
    authorities: &dyn ClientCertVerifier,
    leaf: &CertificateDer<'_>,
    chain: &[CertificateDer<'_>],
    clock: &Clock,
) -> bool {
    let seconds = u64::try_from(clock.now().unix_seconds()).unwrap_or_default();
    let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    authorities.verify_client_cert(leaf, chain, now).is_ok()
}

/// SIGHUP, where there is one.
struct HangUp {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

impl HangUp {
    fn listen() -> Self {
        Self {
            #[cfg(unix)]
            signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
        }
    }

    async fn wait(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending().await
    }
}

#[cfg(test)]
mod tests;
