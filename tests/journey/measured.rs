//! The program that measures (`cargo xtask bench`), in short: every work is asked for and every answer looked at, and no
//! figure is judged.
use std::path::Path;

use tokio::process::Command;

/// Runs it with these arguments to its end; answers whether that was good, and what it said.
async fn bench(arguments: &[&str]) -> (bool, String) {
    let folder = std::env::var("TEST_BIN_DIR").expect("TEST_BIN_DIR is set; run: cargo xtask test");
    let folder = Path::new(&folder);
    let mut command = Command::new(folder.join("bench"));
    command.arg("--passport").arg(folder.join("passport")).args(arguments).kill_on_drop(true);
    let output = command.output().await.unwrap();
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
