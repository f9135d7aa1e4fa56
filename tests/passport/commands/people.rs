//! `passport account …`: finding people, setting their facts, letting them in again, ending and erasing.
use std::{io::Write as _, process::Stdio};

use serde_json::Value;

use super::Installation;

fn ready() -> Installation {
    let passport = Installation::new();
    passport.good(&["migrate"]);
    passport
}

/// How many letters wait to be sent.
fn letters(passport: &Installation) -> usize {
    let dump = passport.json(&["outbox", "list", "--json"]);
    dump.as_array().unwrap().iter().filter(|job| job["kind"] == "letter").count()
}

#[test]
#[ignore = "needs built programs: cargo xtask test"]
fn lists_turn_page_by_page_and_are_narrowed_down() {
    let passport = ready();
    for name in ["ann", "bea", "cid"] {
        passport.add_account(&format!("{name}@acme.test"));
    }
    passport.good(&["account", "disable", "cid@acme.test"]);
    passport.good(&["account", "set", "bea@acme.test", "email_verified=yes", "name=Béa Ávila"]);
    let emails = |arguments: &[&str]| -> Vec<String> {
        let listed = passport.json(&[&["account"], arguments, &["--json"]].concat());
        listed.as_array().unwrap().iter().map(|one| one["email"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(emails(&["list"]), ["ann@acme.test", "bea@acme.test", "cid@acme.test"]);
    assert_eq!(emails(&["list", "--state", "disabled"]), ["cid@acme.test"]);
    assert_eq!(emails(&["list", "--verified", "yes"]), ["bea@acme.test"]);
    assert_eq!(emails(&["list", "--without-recovery"]), ["ann@acme.test", "cid@acme.test"]);
    assert_eq!(emails(&["search", "avila"]), ["bea@acme.test"], "without its accents");
    assert_eq!(emails(&["search", "ACME"]).len(), 3);
    assert!(emails(&["search", "%"]).is_empty(), "nothing but a text");
    let first = passport.good(&["account", "list", "--limit", "2"]);
    let after = first.trim_end().rsplit(' ').next().unwrap();
    assert!(first.contains("There are more"), "{first}");
    assert_eq!(emails(&["list", "--limit", "2", "--after", after]), ["cid@acme.test"]);
    assert!(passport.refused(&["account", "list", "--after", "x"]).contains("not an id"));
    assert!(passport.refused(&["account", "search", " "]).contains("what to look for"));
    assert!(passport.good(&["account", "search", "nobody"]).contains("No account is like that"));
}

#[test]
#[ignore = "needs built programs: cargo xtask test"]
fn facts_are_set_told_and_refused_with_words() {
    let passport = ready();
    passport.add_account("ann@acme.test");
    passport.add_account("bea@acme.test");
    fn set<'a>(facts: &[&'a str]) -> Vec<&'a str> {
        [&["account", "set", "ann@acme.test"], facts].concat()
    }
    passport.good(&set(&[
        "name=Ann Lee",
        "country=Brasil",
        "postal_code=01310-100",
        "birthdate=1980-02-29",
        "alternate_email=ann@home.test",
        "alternate_email_verified=yes",
        "language=pt-BR",
    ]));
    let ann = passport.json(&["account", "show", "ann@acme.test", "--json"]);
    assert_eq!((ann["language"].as_str(), ann["claims"]["name"].as_str()), (Some("pt-BR"), Some("Ann Lee")));
    assert_eq!(ann["claims"]["address"]["country"].as_str(), Some("Brazil"), "in the language of before");
    assert_eq!(ann["alternate_email_verified"].as_bool(), Some(true));
    assert!(letters(&passport) >= 2, "each change is told");
    for (fact, said) in [
        ("email=bea@acme.test", "another account"),
        ("email=nonsense", "not an e-mail address"),
        ("alternate_email=ANN@acme.test", "other than the first"),
        ("email_verified=maybe", "yes or no"),
        ("country=Lemuria", "no country"),
        ("birthdate=2080-01-01", "not a birth date"),
        ("language=fr", "en-US or pt-BR"),
        ("password=x", "cannot be set"),
        ("name", "NAME=VALUE"),
    ] {
        let refused = passport.refused(&set(&[fact]));
        assert!(refused.contains(said), "{fact}: {refused}");
    }
    // One that cannot be set leaves all others as they were.
    passport.refused(&set(&["name=Nobody", "email=bea@acme.test"]));
    passport.good(&set(&["email=ann@third.test", "alternate_email="]));
    let ann = passport.json(&["account", "show", "ann@third.test", "--json"]);
    assert_eq!(
        (ann["claims"]["name"].as_str(), ann["email_verified"].as_bool()),
        (Some("Ann Lee"), Some(false))
    );
    assert!(ann["alternate_email"].is_null());
}

#[test]
#[ignore = "needs built programs: cargo xtask test"]
fn one_operator_lets_somebody_in_by_a_letter_or_by_a_code() {
    let passport = ready();
    passport.add_account("ann@acme.test");
    let ask = ["account", "recover", "ann@acme.test", "--operator", "ana"];
    assert!(passport.refused(&ask).contains("--reason"));
    let with = |more: &[&'static str]| [&ask[..], &["--reason", "showed the ID card"], more].concat();
    assert!(passport.refused(&with(&[])).contains("no address of this account was proven"));
    let printed = passport.good(&with(&["--print"]));
    let code = printed.lines().next().unwrap();
    assert!(code.len() == 31 && printed.contains("/recover/return"), "{printed}");
    assert_eq!(letters(&passport), 1, "the owner is told and can stop it");
    let all = passport.good(&["dump"]);
    assert!(!all.contains(code) && !all.contains(&code.replace('-', "")), "INV-12");
    passport.good(&["account", "set", "ann@acme.test", "email_verified=yes"]);
    assert!(passport.good(&with(&[])).contains("on its way to ann@acme.test"));
    assert!(passport.refused(&[&ask[..], &["--reason", " "]].concat()).contains("who and why"));
    passport.good(&["account", "disable", "ann@acme.test"]);
    assert!(passport.refused(&with(&["--print"])).contains("release it first"));
}

#[test]
#[ignore = "needs built programs: cargo xtask test"]
fn where_it_takes_two_the_second_operator_lets_somebody_in() {
    let passport = ready();
    passport.configure("[recovery]\nsupport = \"two\"\n");
    passport.add_account("ann@acme.test");
    let ask = ["account", "recover", "ann@acme.test", "--print", "--reason", "called back"];
    let asked = passport.good(&[&ask[..], &["--operator", "ana"]].concat());
    let case = asked.trim_end().rsplit(' ').next().unwrap();
    assert_eq!(letters(&passport), 0, "nothing is opened yet");
    let confirm = |operator| ["account", "recover", "--confirm", case, "--operator", operator];
    assert!(passport.refused(&confirm("ANA")).contains("somebody else"));
    let printed = passport.good(&confirm("bea"));
    assert!(printed.lines().next().unwrap().len() == 31, "{printed}");
    assert_eq!(letters(&passport), 1);
    assert!(passport.refused(&confirm("bea")).contains("no such case"), "once");
    assert!(
        passport.refused(&["account", "recover", "--confirm", "x", "--operator", "b"]).contains("no case")
    );
}

#[test]
#[ignore = "needs built programs: cargo xtask test"]
fn an_account_is_erased_only_when_it_is_named_twice() {
    let passport = ready();
    passport.add_account("ann@acme.test");
    let sessions = passport.json(&["account", "sessions", "ann@acme.test", "--json"]);
    assert_eq!(
        (sessions["sessions"].as_array().unwrap().len(), &sessions["computers"]),
        (0, &Value::from(0))
    );
    assert!(passport.good(&["account", "end-sessions", "ann@acme.test"]).contains("Ended 0 sessions"));
    let erase = |confirm| ["account", "erase", "ann@acme.test", "--confirm", confirm];
    assert!(passport.refused(&erase("bea@acme.test")).contains("nothing was erased"));
    passport.good(&erase("ann@acme.test"));
    assert!(passport.refused(&["account", "show", "ann@acme.test"]).contains("no account"));
    assert!(passport.refused(&["account", "sessions", "ann@acme.test"]).contains("no account"));
}

#[test]
#[ignore = "needs built programs: cargo xtask test"]
fn a_public_list_of_breaches_becomes_a_filter_that_knows_its_passwords() {
    let passport = ready();
    let load = ["passwords", "load", "list"];
    assert!(passport.refused(&load).contains("[password] breached"));
    passport.configure("breached = \"passwords.filter\"\n");
    assert!(passport.refused(&load).contains("list"), "there is none");
    std::fs::write(passport.path("list"), "no hash\n").unwrap();
    assert!(passport.refused(&load).contains("line 1"));
    // “password” and “password1”.
    let (first, second) =
        ("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8", "E38AD214943DAAD1D64C102FAEC29DE4AFE9DA3D");
    std::fs::write(passport.path("list"), format!("{first}:9545824\r\n{second}:2413945\r\n")).unwrap();
    assert!(passport.good(&load).starts_with("2 passwords in "));
    let check = |password: &str| {
        let mut command = passport.command(&["passwords", "check"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
    };
    assert_eq!((check("password1").trim(), check(testkit::PASSWORD).trim()), ("breached", "not known"));
}
