//! The dialog against a server that a test scripts: who greets, who signs in, which roots are trusted.
use std::{
    io::{BufRead as _, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener},
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::*;
use crate::secrets::Secret;

/// One connection's dialog, on a thread of its own; what was said is kept.
fn talk(mut stream: impl Read + Write, said: &Mutex<Vec<String>>) -> std::io::Result<()> {
    stream.write_all(b"220 mail.test ESMTP\r\n")?;
    let mut stream = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end().to_owned();
        let reply = match line.get(..4) {
            Some("EHLO") => "250-mail.test\r\n250 AUTH PLAIN",
            Some("AUTH") => "235 2.7.0 Welcome",
            _ => "250 2.0.0 Ok",
        };
        said.lock().unwrap().push(line);
        stream.get_mut().write_all(format!("{reply}\r\n").as_bytes())?;
        stream.get_mut().flush()?;
    }
}

struct Scripted {
    port: u16,
    said: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    fn open(tls: Option<Arc<rustls::ServerConfig>>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let said = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&said);
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                // A client that leaves in the middle ends its dialog and no other.
                let _ = match &tls {
                    Some(tls) => {
                        let session = rustls::ServerConnection::new(Arc::clone(tls)).unwrap();
                        talk(rustls::StreamOwned::new(session, stream), &kept)
                    }
                    None => talk(stream, &kept),
                };
            }
        });
        Self { port, said }
    }

    fn said(&self) -> Vec<String> {
        self.said.lock().unwrap().clone()
    }
}

fn mailer(smtp_url: String, password: &str, extra_root: &str) -> Mailer {
    let mail = config::Mail {
        smtp_url,
        from: "Passport <no-reply@k\u{f6}ln.example>".into(),
        password: Secret::new(password),
        ..Default::default()
    };
    let outbound = config::Outbound { extra_root: extra_root.into(), ..Default::default() };
    Mailer::new(&mail, &outbound, "https://login.example").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_is_greeted_by_the_public_name_and_signed_in_at_as_the_address_that_was_meant() {
    let server = Scripted::open(None);
    let url = format!("smtp://mailer%40contoso.com@127.0.0.1:{}", server.port);
    mailer(url, "p%40ss", "").probe().await.unwrap();
    let said = server.said();
    let credentials = said[1].strip_prefix("AUTH PLAIN ").unwrap();
    assert_eq!(said[0], "EHLO login.example");
    assert_eq!(STANDARD.decode(credentials).unwrap(), b"\0mailer@contoso.com\0p%40ss");
    assert_eq!(said[2], "MAIL FROM:<no-reply@xn--kln-sna.example>");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_of_the_operator_is_trusted_for_smtp_and_without_it_the_reason_is_tls() {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let own =
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    let chain = vec![CertificateDer::from(own.der().to_vec())];
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let tls = rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
    let server = Scripted::open(Some(Arc::new(tls)));
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root.pem");
    std::fs::write(&root, authority.pem()).unwrap();

    let url = format!("smtps://localhost:{}", server.port);
    let refusal = mailer(url.clone(), "", "").probe().await.unwrap_err();
    assert!(refusal.stage == Stage::Tls && refusal.text.contains("UnknownIssuer"), "{refusal}");
    mailer(url, "", root.to_str().unwrap()).probe().await.unwrap();
}

#[tokio::test]
async fn the_real_reason_is_said_where_nobody_listens_or_no_such_name_is() {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let refusal = mailer(format!("smtp://127.0.0.1:{port}"), "", "").probe().await.unwrap_err();
    assert!(refusal.stage == Stage::Connection && refusal.text.contains("refused"), "{refusal}");
    let refusal = mailer("smtp://nowhere.invalid".into(), "", "").probe().await.unwrap_err();
    assert!(refusal.stage == Stage::Name && refusal.text.contains("nowhere.invalid"), "{refusal}");
}

#[test]
fn a_senders_domain_is_written_in_a_labels() {
    let sender = mailbox("Passport <no-reply@k\u{f6}ln.example>").unwrap();
    assert_eq!(sender.to_string(), "Passport <no-reply@xn--kln-sna.example>");
    assert!(mailbox("nobody").is_err());
}

#[test]
fn a_recipients_domain_is_written_as_every_server_takes_it_and_the_rest_stays() {
    for (stored, written) in [
        ("Ann@Contoso.example", "Ann@Contoso.example"),
        ("Mike@k\u{f6}ln.example", "Mike@xn--kln-sna.example"),
        ("Mike@xn--kln-sna.example", "Mike@xn--kln-sna.example"),
        ("jos\u{e9}@example.com", "jos\u{e9}@example.com"),
    ] {
        assert_eq!(recipient(stored).unwrap().to_string(), written);
    }
    assert!(recipient("nobody").is_err() && recipient("a@b@c").is_err());
}
