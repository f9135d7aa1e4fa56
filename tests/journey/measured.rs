//! The program that measures (`cargo xtask bench`), in short: every work is asked for and every answer looked at, and no
//! figure is judged. And the installation out of nothing that the portal is measured with.
use tokio::process::Command;

use crate::program::binary;

/// Runs it with these arguments to its end; answers whether that was good, and what it said.
async fn bench(arguments: &[&str]) -> (bool, String) {
    let passport = binary("passport");
    ran(Command::new(binary("bench")).arg("--passport").arg(passport).args(arguments)).await
}

async fn ran(command: &mut Command) -> (bool, String) {
    let output = command.kill_on_drop(true).output().await.unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

fn postgres() -> String {
    std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL is set; run: cargo xtask test")
}

#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn every_work_is_measured_on_both_engines_with_right_answers() {
    let (good, said) = bench(&["--smoke", "--postgres", &postgres()]).await;
    assert!(good, "{said}");
    for work in [
        "discovery",
        "JWKS",
        "client_credentials, opaque",
        "client_credentials, JWT",
        "code flow with a session",
        "refresh with rotation",
        "UserInfo",
        "introspection",
        "password sign-in",
    ] {
        let row = said.lines().find(|line| line.starts_with(&format!("| {work} |")));
        let row = row.unwrap_or_else(|| panic!("no row of {work}:\n{said}"));
        assert_eq!(row.matches("ms CPU").count() + row.matches("| – ").count(), 4, "{row}");
    }
    assert!(said.contains("| storm: 5 people"), "{said}");
}

#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn a_database_grows_by_rows_that_people_can_sign_in_with_on_both_engines() {
    let arguments = ["--smoke", "--postgres", &postgres(), "growth", "--rows", "20000"];
    let (good, said) = bench(&arguments).await;
    assert!(good, "{said}");
    for engine in ["SQLite", "PostgreSQL"] {
        for line in ["code flow with a session", "password sign-in", "sign-out everywhere holds"] {
            assert!(said.contains(&format!("| {engine}: {line}")), "{engine}, {line}:\n{said}");
        }
    }
}

#[tokio::test]
#[ignore = "needs the built programs: cargo xtask test"]
async fn a_work_that_nobody_knows_is_refused_with_the_names_of_those_that_are() {
    let (good, said) = bench(&["--only", "everything"]).await;
    assert!(!good && said.contains("everything") && said.contains("code-flow"), "{said}");
    let (good, said) = bench(&["--engine", "postgres"]).await;
    assert!(!good && said.contains("--postgres URL is missing"), "{said}");
}

#[tokio::test]
#[ignore = "needs the built programs: cargo xtask test"]
async fn a_portal_out_of_nothing_has_the_asked_size_and_is_made_in_an_empty_database_alone() {
    let folder = tempfile::tempdir().unwrap();
    let seed = async |arguments: &[&str]| {
        let mut command = Command::new(binary("customersource"));
        command.env("CUSTOMERSOURCE__SECRETS__KEY_FILE", folder.path().join("key"));
        let database = format!("sqlite:{}", folder.path().join("portal.db").display());
        ran(command.env("CUSTOMERSOURCE__DATABASE__URL", database).args(arguments)).await
    };
    let (good, said) = seed(&["seed", "--synthetic", "120", "--articles", "4"]).await;
    assert!(good && said.contains("3 companies, 120 profiles and 4 articles"), "{said}");
    let (good, said) = seed(&["dump"]).await;
    assert!(good, "{said}");
    let tables: serde_json::Value = serde_json::from_str(&said).unwrap();
    let rows = |table: &str| tables[table].as_array().unwrap().len();
    assert_eq!((rows("organization"), rows("profile"), rows("resource")), (3, 120, 4));
    let (good, said) = seed(&["seed", "--synthetic", "1"]).await;
    assert!(!good && said.contains("there are companies already"), "{said}");
}
