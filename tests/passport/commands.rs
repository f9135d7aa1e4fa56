//! The compiled `passport`, as an operator runs it: answers, refusals, and what its log may say.
use std::{
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;
use testkit::PASSWORD;

mod backups;
mod people;
mod served;

/// A folder with a configuration, and the program beside it.
struct Installation {
    folder: TempDir,
    port: u16,
}

impl Installation {
    fn new() -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let installation = Self { folder: tempfile::tempdir().unwrap(), port };
        installation.configure("");
        installation
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn issuer(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    fn configure(&self, more: &str) {
        let (folder, port) = (self.folder.path().display(), self.port);
        let text = format!(
            "[server]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"http://localhost:{port}\"\n\
             [database]\nurl = \"sqlite:{folder}/passport.db\"\n[password]\nmemory_kib = 7168\npasses = 5\n{more}"
        );
        std::fs::write(self.path("passport.toml"), text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let folder = std::env::var("TEST_BIN_DIR").expect("TEST_BIN_DIR is set; run: cargo xtask test");
        let mut command = Command::new(Path::new(&folder).join("passport"));
        command
            .args(arguments)
            .arg("--config")
            .arg(self.path("passport.toml"))
            .current_dir(self.folder.path());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).stdin(Stdio::null()).output().unwrap()
    }

    #[track_caller]
    fn good(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.good(arguments)).unwrap()
    }

    #[track_caller]
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success() && output.stdout.is_empty(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    fn add_account(&self, email: &str) -> Value {
        let mut command = self.command(&["account", "add", "--email", email, "--password-stdin", "--json"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{PASSWORD}").unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

#[test]
#[ignore = "needs built programs: cargo xtask test"]
fn a_recipe_needs_an_address_and_a_database() {
    let passport = Installation::new();
    let recipes = passport.good(&["client", "recipes"]);
    assert!(recipes.lines().count() >= 40 && recipes.contains("not run"), "{recipes}");
    let add = ["client", "add", "--for", "authlib", "https://app.test"];
    let refusal = passport.refused(&add);
    assert!(refusal.contains("is empty") && refusal.contains("passport migrate"), "{refusal}");
    passport.good(&["migrate"]);
    let printed = passport.good(&add);
    for part in ["client_id ", "app.py", "https://app.test/callback", "app.secret_key = \"", "1.9.10"] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
    assert!(passport.refused(&add[..4]).contains("--url https://SITE"));
    // Refused as a whole: what could not be written down is not registered.
    let secret = format!("{}#", "s".repeat(40));
    let hostile = ["client", "add", "--for", "grafana", "https://g.test", "--id", "g", "--secret", &secret];
    assert!(passport.refused(&hostile).contains("CLIENT_SECRET"));
    passport.refused(&["client", "show", "g"]);
}

#[test]
#[ignore = "needs built programs: cargo xtask test"]
fn a_site_is_registered_shown_and_removed() {
    let passport = Installation::new();
    passport.good(&["migrate"]);
    let add = [
        "client",
        "add",
        "--name",
        "Shop",
        "--redirect-uri",
        "https://shop.test/cb",
        "--id",
        "shop",
        "--json",
    ];
    let added = passport.json(&add);
    let secret = added["client_secret"].as_str().unwrap();
    assert!(secret.len() >= 43);
    assert_eq!((&added["client_id"], &added["issuer"]), (&"shop".into(), &passport.issuer().into()));
    assert_eq!(passport.json(&["client", "list", "--json"])[0]["client_id"], "shop");
    let shown = passport.good(&["client", "show", "shop", "--json"]);
    assert!(shown.contains("https://shop.test/cb") && !shown.contains(secret), "the secret is shown once");
    assert!(passport.refused(&add).contains("a client with this id exists"));
    passport.good(&["client", "remove", "shop"]);
    passport.refused(&["client", "show", "shop"]);
    passport.refused(&["client", "remove", "shop"]);
}

#[test]
#[ignore = "needs built programs: cargo xtask test"]
fn ru_03_ru_10_ru_11_ru_14_a_redirect_uri_that_leads_astray_is_not_registered() {
    let passport = Installation::new();
    passport.good(&["migrate"]);
    for uri in [
        "https://shop.test/cb#x",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        " https://shop.test/cb",
        "http://shop.test/cb",
        "https://shop.test/cb?code=x",
        "https://shop.test/cb?state=",
        "https://user@shop.test/cb",
        "https://*.shop.test/cb",
        "myapp:/cb",
        "not a uri",
    ] {
        let said = passport.refused(&["client", "add", "--name", "Shop", "--redirect-uri", uri]);
        assert!(said.contains("redirect_uris"), "{uri}: {said}");
    }
    passport.refused(&[
        "client",
        "add",
        "--name",
        "A",
        "--redirect-uri",
        "https://a.test/",
        "--secret",
        "short",
    ]);
    passport.refused(&["client", "add", "--name", "A\u{7}", "--redirect-uri", "https://a.test/"]);
    assert_eq!(passport.json(&["client", "list", "--json"]), Value::Array(vec![]), "nothing was stored");
}

#[test]
#[ignore = "needs built programs: cargo xtask test"]
fn accounts_are_made_listed_and_disabled_and_no_secret_is_ever_shown() {
    let passport = Installation::new();
    passport.good(&["migrate"]);
    let made = passport.add_account("Ann@acme.test");
    let shown = passport.good(&["account", "show", "ann@acme.test", "--json"]);
    let listed = passport.good(&["account", "list", "--json"]);
    let id = made["id"].as_str().or_else(|| made["sub"].as_str()).unwrap();
    assert!(shown.contains(id) && listed.contains(id) && listed.contains("Ann@acme.test"));
    passport.good(&["account", "disable", "ann@acme.test"]);
    assert!(passport.good(&["account", "show", "ann@acme.test", "--json"]).contains("disabled"));
    let all = [&shown, &listed, &passport.good(&["dump"]), &made.to_string()].map(String::as_str).concat();
    assert!(!all.contains("$argon2") && !all.contains(PASSWORD), "INV-12");
    passport.refused(&["account", "show", "nobody@acme.test"]);
}

#[test]
#[ignore = "needs built programs: cargo xtask test"]
fn a_seed_loaded_twice_changes_nothing_more_and_a_wrong_one_is_refused() {
    let passport = Installation::new();
    let seed = r#"{
      "clients": [{ "client_id": "shop", "client_name": "Shop", "redirect_uris": ["https://shop.test/cb"],
                    "client_secret": "a secret of enough characters" }],
      "accounts": [{ "email": "ann@acme.test", "password": "seven green kettles sing" }]
    }"#;
    std::fs::write(passport.path("seed.json"), seed).unwrap();
    passport.good(&["seed", "seed.json"]);
    let first = passport.json(&["dump"]);
    passport.good(&["seed", "seed.json"]);
    assert_eq!(passport.json(&["dump"]), first);
    assert_eq!(
        (first["clients"].as_array().unwrap().len(), first["accounts"].as_array().unwrap().len()),
        (1, 1)
    );
    for wrong in
        ["{", r#"{"people":[]}"#, r#"{"accounts":[{"email":"x","password":"seven green kettles sing"}]}"#]
    {
        std::fs::write(passport.path("seed.json"), wrong).unwrap();
        passport.refused(&["seed", "seed.json"]);
    }
    assert_eq!(passport.json(&["dump"]), first);
}

#[test]
#[ignore = "needs built programs: cargo xtask test"]
fn ft_18_settings_that_are_unsafe_or_unknown_stop_the_program_and_say_where() {
    let passport = Installation::new();
    for (more, said) in [
        ("[sever]\nlisten = 1\n", "sever"),
        ("[tokens]\ncode_second = 60\n", "code_second"),
        ("[tokens]\ncode_seconds = 600\n", "tokens.code_seconds"),
        ("[limits]\nscale = 0.0\n", "limits.scale"),
        ("[mail]\nsmtp_url = \"nonsense\"\n", "mail.smtp_url"),
        ("[session]\nidle_minutes = \"long\"\n", "idle_minutes"),
    ] {
        passport.configure(more);
        let error = passport.refused(&["serve"]);
        assert!(error.contains(said) && error.contains("passport.toml"), "{more}: {error}");
    }
    passport.configure("[tokens]\ncode_seconds = 600\n");
    assert!(passport.refused(&["migrate"]).contains("passport.toml:10"), "the very line");
    passport.configure("");
    let weak = passport.command(&["migrate"]).env("PASSPORT__PASSWORD__PASSES", "1").output().unwrap();
    assert!(!weak.status.success(), "weaker than the least that is safe");
    let open = passport
        .command(&["migrate"])
        .env("PASSPORT__SERVER__PUBLIC_URL", "http://passport.example")
        .output();
    assert!(!open.unwrap().status.success(), "http is for this machine only");
}

#[test]
#[ignore = "needs built programs: cargo xtask test"]
fn the_key_file_is_made_for_its_owner_alone_and_refused_when_others_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let passport = Installation::new();
    passport.good(&["migrate"]);
    let file = passport.path("passport.key");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(passport.refused(&["keys", "list"]).contains("passport.key"));
    std::fs::remove_file(&file).unwrap();
    // A new key opens nothing that the old one sealed: refused before one is made, and so is another's.
    let refusal = || {
        let output = passport.run(&["serve"]);
        assert!(!output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(refusal().contains("bring the key file") && !file.exists(), "{}", refusal());
    let other = Installation::new();
    other.good(&["migrate"]);
    std::fs::copy(other.path("passport.key"), &file).unwrap();
    assert!(refusal().contains("is this the newest key file"), "{}", refusal());
}

#[test]
#[ignore = "needs built programs: cargo xtask test"]
fn commands_before_the_first_migration_say_what_to_do() {
    let passport = Installation::new();
    for command in [&["client", "list"][..], &["keys", "list"], &["account", "list"], &["dump"]] {
        let refused = passport.refused(command);
        assert!(refused.contains("run `passport migrate`"), "{command:?}: {refused}");
    }
    let file = passport.path("connections");
    std::fs::write(&file, "5\n").unwrap();
    let migrated =
        passport.command(&["migrate"]).env("PASSPORT__DATABASE__CONNECTIONS_FILE", &file).output().unwrap();
    assert!(migrated.status.success(), "a number from a file: {migrated:?}");
}

#[test]
#[ignore = "needs built programs: cargo xtask test"]
fn keys_are_rotated_with_overlap_and_the_doctor_is_content() {
    let passport = Installation::new();
    passport.good(&["migrate"]);
    let states = |keys: &Value| {
        let mut states: Vec<_> =
            keys.as_array().unwrap().iter().map(|key| key["state"].as_str().unwrap().to_owned()).collect();
        states.sort();
        states
    };
    assert_eq!(
        states(&passport.json(&["keys", "list", "--json"])),
        ["active", "active", "active", "active", "next", "next", "next", "next"]
    );
    let rotated = passport.json(&["keys", "rotate", "--alg", "ES256", "--json"]);
    assert_eq!(
        states(&rotated),
        ["active", "active", "active", "active", "next", "next", "next", "next", "retired"]
    );
    passport.refused(&["keys", "rotate", "--alg", "HS256"]);
    let report = passport.run(&["doctor", "--json"]);
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    assert!(report.is_object() || report.is_array(), "{report}");
}
