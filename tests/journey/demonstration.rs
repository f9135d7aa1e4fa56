//! What `cargo run` starts: it says when it is ready, leaves its people in a file, keeps its data, and forgets
//! them when asked.
use std::path::Path;

use serde_json::Value;

use crate::{
    PASSWORD, first_time,
    person::{Habits, Person},
    post::Post,
    program::{Program, free_port},
    world::{Addresses, turn},
};

struct Demonstration {
    program: Program,
    addresses: Addresses,
}

async fn start(data: &Path, ports: [u16; 4], reset: bool) -> Demonstration {
    let [passport, portal, mailbox, smtp] = ports.map(|port| port.to_string());
    let data_option = data.display().to_string();
    let mut arguments = vec!["--data", &data_option, "--passport-port", &passport, "--portal-port", &portal];
    arguments.extend(["--mailbox-port", &mailbox, "--smtp-port", &smtp]);
    arguments.extend(reset.then_some("--reset"));
    let log = data.with_file_name(if reset { "second.log" } else { "first.log" });
    let mut program = Program::start("demo", &arguments, log);
    program.says("ready").await;
    let at = |port: &str| format!("http://localhost:{port}");
    let addresses = Addresses { passport: at(&passport), portal: at(&portal), post: Post::Api(at(&mailbox)) };
    Demonstration { program, addresses }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn the_demonstration_leads_in_keeps_its_data_and_forgets_when_asked() {
    let _turn = turn().await;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let ports = [free_port(), free_port(), free_port(), free_port()];
    let first = start(&data, ports, false).await;

    let people: Value =
        serde_json::from_str(&std::fs::read_to_string(data.join("people.json")).unwrap()).unwrap();
    assert!(people["single"].as_array().unwrap().len() >= 5);
    for group in ["three", "lapsed", "partner", "employee", "admin"] {
        assert!(people[group][0].as_str().unwrap().contains('@'), "{group}");
    }
    let said = first.program.log();
    for told in [&first.addresses.passport, &first.addresses.portal, people["three"][0].as_str().unwrap()] {
        assert!(said.contains(told), "{told} is not told of:\n{said}");
    }

    let bruno = Person::with(&first.addresses, Habits::default()).await;
    first_time::ten_steps(bruno).await;
    first.program.end().await;

    let second = start(&data, ports, true).await;
    let bruno = Person::with(&second.addresses, Habits::default()).await;
    bruno.opens_portal().await;
    bruno.clicks("#sign-in").await;
    bruno.enters_passport(first_time::PASSPORT, PASSWORD).await;
    bruno.sees("This e-mail address and password do not match").await;
    second.program.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn the_demonstration_takes_up_where_it_was_left() {
    let _turn = turn().await;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let ports = [free_port(), free_port(), free_port(), free_port()];
    let mut demonstration = start(&data, ports, false).await;
    let bruno = Person::with(&demonstration.addresses, Habits::default()).await;
    bruno.signs_up(first_time::PASSPORT).await;
    demonstration.program.restart().await;
    demonstration.program.answers(&format!("{}/readyz", demonstration.addresses.portal)).await;
    bruno.signs_in(first_time::PASSPORT, PASSWORD).await;
    bruno.sees("Account association").await;
    demonstration.program.end().await;
}
