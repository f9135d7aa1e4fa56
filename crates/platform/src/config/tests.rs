//! What settings come to, from file and environment, and how they are refused.
use super::*;

#[derive(serde::Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
struct Sample {
    server: Server,
    mail: Mail,
    outbound: Outbound,
    secrets: Secrets,
    limits: Limits,
}

impl Default for Sample {
    fn default() -> Self {
        Self {
            server: Server { public_url: "https://own.example".into(), ..Default::default() },
            mail: Mail::default(),
            outbound: Outbound::default(),
            secrets: Secrets::default(),
            limits: Limits::default(),
        }
    }
}

impl Settings for Sample {
    const PREFIX: &'static str = "SAMPLE";
    fn problems(&self) -> Vec<Problem> {
        [self.server.problems(), self.mail.problems(), self.limits.problems()].concat()
    }
}

fn load_text(text: &str, environment: &[(&str, &str)]) -> Result<Sample, String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    load::<Sample>(Some(file.path()), environment)
        .map_err(|error| error.to_string().replace(&file.path().display().to_string(), "FILE"))
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let text = "[server]\nlisten = \"127.0.0.1:1\"\npublic_url = \"https://a.example\"\n";
    let environment = [
        ("SAMPLE__SERVER__LISTEN", "127.0.0.1:2"),
        ("SAMPLE__OUTBOUND__ALLOW", "localhost:8080, 127.0.0.1"),
        ("SAMPLE__LIMITS__SCALE", "100"),
        ("SAMPLE__MAIL__SMTP_URL", "smtp://mailer@127.0.0.1:2525"),
        ("SAMPLE__MAIL__PASSWORD", "12345"),
        ("OTHER__SERVER__LISTEN", "nonsense"),
    ];
    let settings = load_text(text, &environment).unwrap();
    assert_eq!(settings.server.listen, "127.0.0.1:2");
    assert_eq!(settings.server.public_url, "https://a.example");
    assert_eq!(settings.outbound.allow, ["localhost:8080", "127.0.0.1"]);
    assert!((settings.limits.scale - 100.0).abs() < f64::EPSILON);
    assert_eq!(settings.mail.password.expose(), "12345", "a text stays text though it looks like a number");
    assert_eq!(settings.mail.from, Mail::default().from);
}

#[test]
fn a_section_that_names_one_key_keeps_the_programs_own_defaults_for_the_others() {
    let settings = load_text("[server]\nlisten = \"127.0.0.1:1\"\n", &[]).unwrap();
    assert_eq!(settings.server.public_url, "https://own.example");
    let settings = load_text("", &[("SAMPLE__SERVER__LISTEN", "127.0.0.1:2")]).unwrap();
    assert_eq!(settings.server.public_url, "https://own.example");
}

#[test]
fn a_secret_may_come_from_a_file_and_a_setting_that_ends_in_file_is_itself() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "hush\n").unwrap();
    let path = file.path().to_str().unwrap();
    let environment = [
        ("SAMPLE__MAIL__SMTP_URL", "smtp://mailer@127.0.0.1:2525"),
        ("SAMPLE__MAIL__PASSWORD_FILE", path),
        ("SAMPLE__SECRETS__KEY_FILE", "/keys/master"),
    ];
    let settings = load_text("", &environment).unwrap();
    assert_eq!(settings.mail.password.expose(), "hush");
    assert_eq!(settings.secrets.key_file, "/keys/master");
}

#[test]
fn an_unknown_key_is_refused_with_its_line() {
    let error = load_text("[server]\nlisten = \"127.0.0.1:1\"\nlitsen = 1\n", &[]).err().unwrap();
    assert!(error.contains("line 3") && error.contains("litsen"), "{error}");
    let error = load_text("", &[("SAMPLE__SERVER__LITSEN", "x")]).err().unwrap();
    assert!(error.contains("litsen"), "{error}");
}

#[test]
fn ft_18_unsafe_settings_are_refused_with_their_line() {
    let error = load_text("[server]\npublic_url = \"http://passport.example\"\n", &[]).err().unwrap();
    assert_eq!(error, "FILE:2: server.public_url: must be https, or http on localhost");
    let error = load_text("[limits]\nscale = 0\n[server]\n\npublic_url = \"https://a.example/\"\n", &[])
        .err()
        .unwrap();
    assert_eq!(
        error,
        "FILE:5: server.public_url: must be the bare origin: https://a.example\n\
         FILE:2: limits.scale: must be a number above 0"
    );
    let error = load_text("", &[("SAMPLE__MAIL__FROM", "nobody")]).err().unwrap();
    assert!(error.starts_with("mail.from: "), "{error}");
}
