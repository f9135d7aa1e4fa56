//! Handshakes on this machine: which are made, what is known of the client, and a certificate that changes.
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use axum::{Router, routing::get};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::{ClientConfig, ClientConnection, NamedGroup, ServerConnection};
use tempfile::TempDir;

use super::*;
use crate::clock::Moment;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Certificate and key in PEM.
fn issued(by: &Authority, name: &str, usage: ExtendedKeyUsagePurpose) -> (String, String) {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.extended_key_usages = vec![usage];
    let key = KeyPair::generate().unwrap();
    (params.signed_by(&key, by).unwrap().pem(), key.serialize_pem())
}

struct Server {
    address: SocketAddr,
    tls: Tls,
    folder: TempDir,
    settings: config::Tls,
}

impl Server {
    fn write(folder: &TempDir, by: &Authority) {
        let (certificate, key) = issued(by, "localhost", ExtendedKeyUsagePurpose::ServerAuth);
        std::fs::write(folder.path().join("own.pem"), certificate).unwrap();
        std::fs::write(folder.path().join("own.key"), key).unwrap();
    }

    async fn start(by: &Authority, client_authority: Option<&Authority>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::write(&folder, by);
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let mut settings = config::Tls {
            certificate: path("own.pem"),
            key: path("own.key"),
            client_certificates: true,
            client_ca: String::new(),
        };
        if let Some(authority) = client_authority {
            std::fs::write(path("clients.pem"), authority.pem()).unwrap();
            settings.client_ca = path("clients.pem");
        }
        let clock = Clock::settable(Moment::from_unix_seconds(1_795_348_800));
        let tls = Tls::open(&settings, clock).unwrap().unwrap();
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let seen = |certificate: Extension<Option<ClientCertificate>>| async move {
            certificate.0.map_or("none".to_owned(), |certificate| {
                assert!(!certificate.der.is_empty());
                format!("vouched for: {}", certificate.is_vouched_for)
            })
        };
        let app = Router::new().route("/", get(seen)).into_make_service();
        let server = axum_server::from_tcp(listener).unwrap().acceptor(tls.acceptor());
        tokio::spawn(server.serve(app));
        Self { address, tls, folder, settings }
    }

    async fn ask(&self, client: reqwest::ClientBuilder) -> Result<String, String> {
        let client = client.no_proxy().resolve("localhost", self.address).build().unwrap();
        let url = format!("https://localhost:{}/", self.address.port());
        let answer = client.get(url).send().await.map_err(|error| format!("{error:?}"))?;
        Ok(answer.text().await.unwrap())
    }
}

fn client(trusts: &Authority) -> reqwest::ClientBuilder {
    let root = reqwest::Certificate::from_pem(trusts.pem().as_bytes()).unwrap();
    reqwest::Client::builder().tls_certs_only([root])
}

fn showing(builder: reqwest::ClientBuilder, by: &Authority) -> reqwest::ClientBuilder {
    let (certificate, key) = issued(by, "rp1.test", ExtendedKeyUsagePurpose::ClientAuth);
    builder.identity(reqwest::Identity::from_pem(format!("{certificate}{key}").as_bytes()).unwrap())
}

/// What a plain client of TLS agrees on with `address`, or with nothing newer than X25519.
fn agreed(address: SocketAddr, trusts: &Authority, is_old: bool) -> NamedGroup {
    let mut roots = RootCertStore::empty();
    roots.add(trusts.der().clone()).unwrap();
    let mut provider = aws_lc_rs::default_provider();
    provider.kx_groups.retain(|group| !is_old || group.name() == NamedGroup::X25519);
    let config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut client = ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
    client.complete_io(&mut TcpStream::connect(address).unwrap()).unwrap();
    client.negotiated_key_exchange_group().unwrap().name()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_can_agrees_on_a_key_that_no_later_computer_breaks_and_who_cannot_is_served() {
    let own = authority();
    let server = Server::start(&own, None).await;
    assert_eq!(agreed(server.address, &own, false), NamedGroup::X25519MLKEM768);
    assert_eq!(agreed(server.address, &own, true), NamedGroup::X25519);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_to_other_sites_offer_the_same_first() {
    let own = authority();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    Server::write(&folder, &own);
    std::fs::write(path("root.pem"), own.pem()).unwrap();
    let (chain, key) =
        (certificates(path("own.pem")).unwrap(), PrivateKeyDer::from_pem_file(path("own.key")));
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key.unwrap()).unwrap();
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let site = std::thread::spawn(move || {
        let mut server = ServerConnection::new(Arc::new(config)).unwrap();
        server.complete_io(&mut listener.accept().unwrap().0).unwrap();
        server.negotiated_key_exchange_group().unwrap().name()
    });
    let settings = config::Outbound { allow: vec!["localhost".into()], extra_root: path("root.pem") };
    let outbound = crate::outbound::Outbound::new(&settings, "sample").unwrap();
    let request = outbound.client().get(format!("https://localhost:{port}/")).build().unwrap();
    // The site hangs up after the handshake.
    outbound.send(request).await.unwrap_err();
    assert_eq!(site.join().unwrap(), NamedGroup::X25519MLKEM768);
}

#[tokio::test]
async fn tls_1_3_and_1_2_are_spoken() {
    let own = authority();
    let server = Server::start(&own, None).await;
    for version in [reqwest::tls::Version::TLS_1_2, reqwest::tls::Version::TLS_1_3] {
        let one = client(&own).min_tls_version(version).max_tls_version(version);
        assert_eq!(server.ask(one).await.unwrap(), "none", "{version:?}");
    }
}

#[test]
fn of_tls_1_2_only_ecdhe_with_aes_gcm_is_spoken() {
    let names: Vec<_> = provider().cipher_suites.iter().map(|suite| format!("{:?}", suite.suite())).collect();
    let older: Vec<_> = names.iter().filter(|name| !name.starts_with("TLS13_")).collect();
    assert_eq!((older.len(), names.len()), (4, 7));
    for name in older {
        assert!(name.starts_with("TLS_ECDHE_") && name.contains("_AES_") && name.contains("_GCM_"), "{name}");
    }
}

#[tokio::test]
async fn a_client_certificate_is_shown_and_vouched_for_by_our_authorities_alone() {
    let (own, friends, strangers) = (authority(), authority(), authority());
    let server = Server::start(&own, Some(&friends)).await;
    assert_eq!(server.ask(client(&own)).await.unwrap(), "none", "nobody must show one");
    assert_eq!(server.ask(showing(client(&own), &friends)).await.unwrap(), "vouched for: true");
    assert_eq!(server.ask(showing(client(&own), &strangers)).await.unwrap(), "vouched for: false");
    let unjudged = Server::start(&own, None).await;
    assert_eq!(unjudged.ask(showing(client(&own), &friends)).await.unwrap(), "vouched for: false");
}

#[tokio::test]
async fn a_new_certificate_is_used_once_it_was_read_and_a_broken_one_never() {
    let (old, new) = (authority(), authority());
    let server = Server::start(&old, None).await;
    assert!(server.ask(client(&old)).await.is_ok());
    std::fs::write(server.folder.path().join("own.pem"), "broken").unwrap();
    server.tls.reload();
    assert!(server.ask(client(&old)).await.is_ok(), "the old one stays");
    let before = server.tls.changed_at();
    Server::write(&server.folder, &new);
    assert_ne!(server.tls.changed_at(), before);
    server.tls.reload();
    assert!(server.ask(client(&new)).await.is_ok());
    assert!(server.ask(client(&old)).await.is_err());
}

#[tokio::test]
async fn files_that_are_no_good_are_named() {
    let server = Server::start(&authority(), None).await;
    let clock = Clock::settable(Moment::from_unix_seconds(0));
    let mut settings = server.settings.clone();
    settings.key = "nowhere.key".into();
    let error = Tls::open(&settings, clock.clone()).err().unwrap();
    assert!(error.starts_with("[tls] key: nowhere.key: "), "{error}");
    let (_, foreign) = issued(&authority(), "localhost", ExtendedKeyUsagePurpose::ServerAuth);
    let path = server.folder.path().join("foreign.key");
    std::fs::write(&path, foreign).unwrap();
    settings.key = path.to_str().unwrap().to_owned();
    let error = Tls::open(&settings, clock.clone()).err().unwrap();
    assert!(error.starts_with("[tls] certificate and key: "), "{error}");
    assert!(Tls::open(&config::Tls::default(), clock).unwrap().is_none());
}

#[test]
fn settings_that_contradict_themselves_are_refused() {
    let keys = |settings: config::Tls| -> Vec<String> {
        settings.problems().into_iter().map(|problem| problem.key).collect()
    };
    let on = config::Tls { certificate: "a".into(), key: "b".into(), ..Default::default() };
    assert_eq!(keys(on.clone()), [""; 0]);
    assert_eq!(keys(config::Tls { key: String::new(), ..on.clone() }), ["tls.key"]);
    assert_eq!(keys(config::Tls { client_ca: "c".into(), ..on }), ["tls.client_ca"]);
    let asking = config::Tls { client_certificates: true, ..Default::default() };
    assert_eq!(keys(asking), ["tls.client_certificates"]);
}
