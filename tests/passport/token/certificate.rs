//! Clients that prove themselves with a certificate, and tokens bound to it (RFC 8705; fapi2 mTLS modules).
use oidc::{
    certificate::Certificate,
    client::{AuthMethod, Client, GrantType},
    scope::Scopes,
};
use platform::web::{
    serve::{self, Health},
    tls::Tls,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use serde_json::{Value, json};
use testkit::{Answer, Engine, House, Kind, Rp, net::Request, on_both_engines, rp::TokenCall};

on_both_engines![
    a_certificate_of_a_known_authority_proves_the_client_that_it_names,
    a_self_signed_certificate_proves_the_client_that_registered_its_key,
    a_header_that_no_trusted_proxy_sent_counts_for_nothing,
    a_token_is_bound_to_the_certificate,
    the_metadata_says_what_reaches_us,
    our_own_tls_passes_the_certificate_on,
];

const ONE: &str = include_str!("../../../crates/oidc/src/certificate/one.pem");
const OTHER: &str = include_str!("../../../crates/oidc/src/certificate/other.pem");

fn encoded(pem: &str) -> String {
    url::form_urlencoded::byte_serialize(pem.as_bytes()).collect::<String>().replace('+', "%20")
}

async fn house(engine: Engine, proxy: &str, verified: bool) -> House {
    House::with(engine, |settings| {
        settings.passport.server.trusted_proxies = vec![proxy.to_owned()];
        settings.passport.client_certificates.header = "x-client-cert".to_owned();
        if verified {
            settings.passport.client_certificates.verified_header = "x-client-verify".to_owned();
        }
    })
    .await
}

fn service(method: AuthMethod) -> impl FnOnce(&mut Client) {
    move |client| {
        client.token_endpoint_auth_method = method;
        client.grant_types = vec![GrantType::ClientCredentials];
        client.response_types = vec![];
        client.scope = Scopes::parse("orders").unwrap();
    }
}

async fn asked(rp: &Rp, pem: &str, verify: &str) -> Answer {
    let with = |call: TokenCall| {
        let call = call.header("x-client-cert", encoded(pem));
        if verify.is_empty() { call } else { call.header("x-client-verify", verify) }
    };
    rp.post("/oauth2/token", &[("grant_type", "client_credentials")], with).await
}

async fn a_certificate_of_a_known_authority_proves_the_client_that_it_names(engine: Engine) {
    let house = house(engine, "127.0.0.1", true).await;
    type Change = fn(&mut Client);
    let registered: [(Change, bool); 7] = [
        (
            |client| {
                client.tls_client_auth_subject_dn =
                    Some(r"CN=mtls.rp1.test, OU=Payments, O=Fourth Coffee\, Inc., C=US".to_owned())
            },
            true,
        ),
        (|client| client.tls_client_auth_san_dns = Some("MTLS.rp1.test".to_owned()), true),
        (|client| client.tls_client_auth_san_uri = Some("https://rp1.test/client".to_owned()), true),
        (|client| client.tls_client_auth_san_ip = Some("2001:db8:0::7".to_owned()), true),
        (|client| client.tls_client_auth_san_email = Some("ops@rp1.test".to_owned()), true),
        (|client| client.tls_client_auth_subject_dn = Some("CN=mtls.rp1.test".to_owned()), false),
        (|client| client.tls_client_auth_san_dns = Some("rp1.test".to_owned()), false),
    ];
    for (place, (change, serves)) in registered.into_iter().enumerate() {
        let rp = house.client_with(Kind::Web, |client| {
            service(AuthMethod::TlsClientAuth)(client);
            change(client);
        });
        let rp = rp.await;
        let answer = asked(&rp, ONE, "SUCCESS").await;
        assert_eq!(answer.status, if serves { 200 } else { 401 }, "{place}: {answer:?}");
        for (pem, verify) in
            [(ONE, ""), (ONE, "FAILED:self signed certificate"), (OTHER, "SUCCESS"), ("junk", "SUCCESS")]
        {
            asked(&rp, pem, verify).await.assert_token_error("invalid_client");
        }
    }
}

fn x5c_key(pem: &str) -> Value {
    let certificate = Certificate::read_header(pem).unwrap();
    let Some(oidc::jwk::PublicKey::P256 { x, y }) = certificate.public_key() else { panic!("a P-256 key") };
    let text =
        |bytes: &[u8]| base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bytes);
    json!({ "keys": [{ "kty": "EC", "crv": "P-256", "x": text(&x), "y": text(&y) }] })
}

async fn a_self_signed_certificate_proves_the_client_that_registered_its_key(engine: Engine) {
    let house = house(engine, "127.0.0.1", false).await;
    let rp = house.client_with(Kind::Web, |client| {
        service(AuthMethod::SelfSignedTlsClientAuth)(client);
        client.jwks = Some(x5c_key(ONE));
    });
    let rp = rp.await;
    asked(&rp, ONE, "").await.assert_status(200);
    asked(&rp, OTHER, "").await.assert_token_error("invalid_client");
    let none = rp.post("/oauth2/token", &[("grant_type", "client_credentials")], |call| call).await;
    none.assert_token_error("invalid_client");
    let twice =
        |call: TokenCall| call.header("x-client-cert", encoded(OTHER)).header("x-client-cert", encoded(ONE));
    rp.post("/oauth2/token", &[("grant_type", "client_credentials")], twice)
        .await
        .assert_token_error("invalid_client");
}

async fn a_header_that_no_trusted_proxy_sent_counts_for_nothing(engine: Engine) {
    let house = house(engine, "192.0.2.1", true).await;
    let rp = house.client_with(Kind::Web, |client| {
        service(AuthMethod::TlsClientAuth)(client);
        client.tls_client_auth_san_dns = Some("mtls.rp1.test".to_owned());
    });
    asked(&rp.await, ONE, "SUCCESS").await.assert_token_error("invalid_client");
}

async fn a_token_is_bound_to_the_certificate(engine: Engine) {
    let house = house(engine, "127.0.0.1", false).await;
    let web =
        house.client_with(Kind::Web, |client| client.tls_client_certificate_bound_access_tokens = true).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let code = web.code(&browser).await;
    web.redeem(&code).await.assert_token_error("invalid_request");
    let bound = web.redeem_with(&code, |call| call.header("x-client-cert", encoded(ONE))).await;
    let tokens = web.tokens_in(&bound);
    let told = web.introspect(&tokens.access).await;
    let thumbprint = Certificate::read_header(ONE).unwrap().thumbprint();
    assert_eq!(told["cnf"], json!({ "x5t#S256": thumbprint }));
    let userinfo = async |pem: Option<&str>| {
        let mut request = Request::get(&house.url("/oauth2/userinfo"));
        request = request.header("authorization", format!("Bearer {}", tokens.access));
        if let Some(pem) = pem {
            request = request.header("x-client-cert", encoded(pem));
        }
        house.net.send(request).await.status
    };
    assert_eq!(userinfo(Some(ONE)).await, 200);
    assert_eq!(userinfo(Some(OTHER)).await, 401);
    assert_eq!(userinfo(None).await, 401);
}

async fn the_metadata_says_what_reaches_us(engine: Engine) {
    let told = async |house: House| {
        let answer = house.net.send(Request::get(&house.url("/.well-known/openid-configuration"))).await;
        let told = answer.json();
        let methods = told["token_endpoint_auth_methods_supported"].clone();
        let has = |name: &str| methods.as_array().unwrap().iter().any(|method| method == name);
        let bound = told["tls_client_certificate_bound_access_tokens"].as_bool().unwrap();
        (has("tls_client_auth"), has("self_signed_tls_client_auth"), bound)
    };
    assert_eq!(told(House::open(engine).await).await, (false, false, false));
    assert_eq!(told(house(engine, "127.0.0.1", false).await).await, (false, true, true));
    assert_eq!(told(house(engine, "127.0.0.1", true).await).await, (true, true, true));
}

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

async fn our_own_tls_passes_the_certificate_on(engine: Engine) {
    let (own, friends, strangers) = (authority(), authority(), authority());
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (certificate, key) = issued(&own, "localhost", ExtendedKeyUsagePurpose::ServerAuth);
    std::fs::write(path("own.pem"), certificate).unwrap();
    std::fs::write(path("own.key"), key).unwrap();
    std::fs::write(path("friends.pem"), friends.pem()).unwrap();
    let house = House::with(engine, |settings| {
        settings.passport.tls = platform::config::Tls {
            certificate: path("own.pem"),
            key: path("own.key"),
            client_certificates: true,
            client_ca: path("friends.pem"),
        };
    })
    .await;
    let rp = house.client_with(Kind::Web, |client| {
        service(AuthMethod::TlsClientAuth)(client);
        client.tls_client_auth_san_dns = Some("api.rp1.test".to_owned());
    });
    let client_id = rp.await.id.clone();
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let tls = Tls::open(&house.passport.settings.tls, house.clock.clone()).unwrap();
    let (passport, health) = (house.passport.clone(), Health::new(house.passport.db.clone()));
    let stop = tokio_util::sync::CancellationToken::new();
    let ended = stop.clone();
    tokio::spawn(async move {
        let routes = passport::router(&passport);
        serve::run_tls(listener, tls, &passport.site, &health, routes, ended).await.unwrap();
    });
    let asked = async |shown: Option<(String, String)>| {
        let root = reqwest::Certificate::from_pem(own.pem().as_bytes()).unwrap();
        let mut http =
            reqwest::Client::builder().tls_certs_only([root]).no_proxy().resolve("localhost", address);
        if let Some((certificate, key)) = shown {
            let both = format!("{certificate}{key}");
            http = http.identity(reqwest::Identity::from_pem(both.as_bytes()).unwrap());
        }
        let url = format!("https://localhost:{}/oauth2/token", address.port());
        let form = [("grant_type", "client_credentials"), ("client_id", client_id.as_str())];
        http.build().unwrap().post(url).form(&form).send().await.unwrap().status().as_u16()
    };
    let usage = ExtendedKeyUsagePurpose::ClientAuth;
    assert_eq!(asked(Some(issued(&friends, "api.rp1.test", usage.clone()))).await, 200);
    assert_eq!(asked(Some(issued(&friends, "other.rp1.test", usage.clone()))).await, 401);
    assert_eq!(asked(Some(issued(&strangers, "api.rp1.test", usage))).await, 401);
    assert_eq!(asked(None).await, 401);
    stop.cancel();
}
