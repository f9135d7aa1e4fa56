//! The compiled `passport` while it serves: what it writes into its log, what it survives, what the doctor sees of it.
use std::{
    process::{Command, Stdio},
    time::Duration,
};

use platform::{clock::Clock, config, web::tls::Tls};
use rcgen::{CertificateParams, KeyPair};
use serde_json::Value;
use testkit::{PASSWORD, net::Request};

use super::Installation;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs built programs: cargo xtask test"]
async fn the_doctor_trusts_the_roots_that_the_settings_name() {
    let passport = Installation::new();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(passport.path("own.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
    std::fs::write(passport.path("own.key"), key.serialize_pem()).unwrap();
    let path = |name: &str| passport.path(name).to_str().unwrap().to_owned();
    let settings =
        config::Tls { certificate: path("own.pem"), key: path("own.key"), ..config::Tls::default() };
    let tls = Tls::open(&settings, Clock::system()).unwrap().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let metadata = axum::Json(serde_json::json!({ "issuer": &url }));
    let answer = axum::routing::get(move || std::future::ready(metadata.clone()));
    let app = axum::Router::new().route("/.well-known/openid-configuration", answer);
    let server = axum_server::from_tcp(listener).unwrap().acceptor(tls.acceptor());
    tokio::spawn(server.serve(app.into_make_service()));

    passport.good(&["migrate"]);
    let issuer = |more: &str| {
        let file = passport.path("passport.toml");
        passport.configure(more);
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replace(&passport.issuer(), &url)).unwrap();
        let report: Value = serde_json::from_slice(&passport.run(&["doctor", "--json"]).stdout).unwrap();
        let found = report.as_array().unwrap().iter().find(|line| line["what"] == "issuer").unwrap();
        found["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(issuer(""), "warning", "nobody vouches for this certificate");
    assert_eq!(issuer(&format!("[outbound]\nextra_root = \"{}\"\n", path("own.pem"))), "ok");
}

#[tokio::test]
#[ignore = "needs built programs: cargo xtask test"]
async fn a_served_passport_answers_logs_in_json_without_secrets_and_leaves_in_order() {
    let passport = Installation::new();
    passport.good(&["migrate"]);
    passport.add_account("ann@acme.test");
    let log = std::fs::File::create(passport.path("log")).unwrap();
    let mut child = passport.command(&["serve"]).stdout(log).spawn().unwrap();
    let browser = testkit::browser_of(&passport.issuer());
    until_ready(&passport).await;
    browser.sign_in("ann@acme.test", PASSWORD).await;
    let session = browser.cookies().value("-session").unwrap().to_owned();
    let odd = format!("{}/sign-in?next=%1b%5b31m%0d%0aevil&request=hush", passport.issuer());
    browser.net().send(Request::get(&odd).header("user-agent", "a\u{9}b\\x1b[31m")).await;
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let ended = tokio::task::spawn_blocking(move || child.wait()).await.unwrap().unwrap();
    assert!(ended.success(), "{ended}");
    let log = std::fs::read_to_string(passport.path("log")).unwrap();
    let lines: Vec<Value> =
        log.lines().map(|line| serde_json::from_str(line).expect("every line is JSON")).collect();
    assert!(lines.iter().any(|line| line["message"] == "passport is ready"), "{log}");
    assert!(lines.iter().any(|line| line.to_string().contains("request_id")), "{log}");
    for secret in [PASSWORD, &session, session.split_once('.').unwrap().1, "hush", "\u{1b}"] {
        assert!(!log.contains(secret), "INV-12, HT-10: {log}");
    }
}

#[tokio::test]
#[ignore = "needs built programs: cargo xtask test"]
async fn ft_14_out_of_file_descriptors_is_told_and_over_when_there_are_some() {
    let passport = Installation::new();
    passport.good(&["migrate"]);
    let log = std::fs::File::create(passport.path("log")).unwrap();
    let serve = passport.command(&["serve"]);
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -n 64 && exec \"$0\" \"$@\""])
        .arg(serve.get_program())
        .args(serve.get_args())
        .current_dir(passport.folder.path())
        .stdin(Stdio::null())
        .stdout(log)
        .spawn()
        .unwrap();
    until_ready(&passport).await;
    let mut held = Vec::new();
    for _ in 0..80 {
        held.push(tokio::net::TcpStream::connect(("127.0.0.1", passport.port)).await.unwrap());
    }
    for _ in 0..200 {
        if std::fs::read_to_string(passport.path("log")).unwrap().contains("look at the limit of open files")
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let log = std::fs::read_to_string(passport.path("log")).unwrap();
    assert!(log.contains("look at the limit of open files"), "{log}");
    assert!(child.try_wait().unwrap().is_none(), "it lives: {log}");
    drop(held);
    let browser = testkit::browser_of(&passport.issuer());
    browser.get("/sign-up").await.assert_status(200);
    browser.sign_up("ann@acme.test").await;
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let ended = tokio::task::spawn_blocking(move || child.wait()).await.unwrap().unwrap();
    assert!(ended.success(), "{ended}");
}

#[tokio::test]
#[ignore = "needs built programs: cargo xtask test"]
async fn nodes_with_different_public_urls_on_one_database_are_told_by_the_doctor() {
    let passport = Installation::new();
    passport.good(&["migrate"]);
    let mut child = passport.command(&["serve"]).stdout(Stdio::null()).spawn().unwrap();
    until_ready(&passport).await;
    let other = |url: &str| {
        let run = passport.command(&["doctor"]).env("PASSPORT__SERVER__PUBLIC_URL", url).output().unwrap();
        String::from_utf8(run.stdout).unwrap()
    };
    let words = "give every node the same [server] public_url";
    for _ in 0..100 {
        if other("http://localhost:9").contains(words) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let report = other("http://localhost:9");
    assert!(
        report.contains(&format!("answers as {}", passport.issuer())) && report.contains(words),
        "{report}"
    );
    let report = other(&passport.issuer());
    assert!(!report.contains(words), "{report}");
    child.kill().unwrap();
    child.wait().unwrap();
}

async fn until_ready(passport: &Installation) {
    for _ in 0..200 {
        if tokio::net::TcpStream::connect(("127.0.0.1", passport.port)).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never listened");
}
