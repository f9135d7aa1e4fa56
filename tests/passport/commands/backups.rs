//! `passport backup` and `passport restore`, as an operator runs them.
use std::process::Command;

use super::Installation;

/// An identity of age in a file, and its recipient.
fn recipient(installation: &Installation, name: &str) -> String {
    let file = installation.path(name);
    let made = Command::new("age-keygen")
        .arg("-o")
        .arg(&file)
        .output()
        .expect("age is there; run: cargo xtask test");
    assert!(made.status.success(), "{made:?}");
    let text = std::fs::read_to_string(file).unwrap();
    text.lines().find_map(|line| line.strip_prefix("# public key: ")).unwrap().to_owned()
}

#[test]
#[ignore = "needs the compiled program: cargo xtask test"]
fn a_sealed_backup_is_read_by_whom_it_was_sealed_to_alone() {
    let here = Installation::new();
    here.good(&["migrate"]);
    here.add_account("ann@acme.test");
    let ours = recipient(&here, "ours");
    recipient(&here, "theirs");
    let told = here.good(&["backup", "--to", "one.age", "--recipient", &ours, "--key-to", "kept.key"]);
    assert!(told.contains("kept.key") && told.contains("one.age: passport of"), "{told}");
    let sealed = std::fs::read(here.path("one.age")).unwrap();
    assert!(
        sealed.starts_with(b"age-encryption.org/v1") && !sealed.windows(8).any(|part| part == b"manifest")
    );
    let left = |entry: std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with(".backup");
    assert!(
        !std::fs::read_dir(here.path("")).unwrap().any(|entry| left(entry.unwrap())),
        "nothing lies open"
    );
    let told = here.refused(&["restore", "--verify", "one.age"]);
    assert!(told.contains("--identity FILE"), "{told}");
    let told = here.refused(&["restore", "--verify", "one.age", "--identity", "theirs"]);
    assert!(told.contains("age"), "{told}");
    let told = here.good(&["restore", "--verify", "one.age", "--identity", "ours"]);
    assert!(told.starts_with("Whole: passport of") && told.contains("signing keys open"), "{told}");

    let there = Installation::new();
    for (from, to) in [("one.age", "one.age"), ("ours", "ours"), ("kept.key", "passport.key")] {
        std::fs::copy(here.path(from), there.path(to)).unwrap();
    }
    let told = there.good(&["restore", "one.age", "--identity", "ours"]);
    assert!(told.starts_with("Put back: passport of") && told.contains("Everybody signs in again"), "{told}");
    assert!(there.good(&["account", "list"]).contains("ann@acme.test"));
}

#[test]
#[ignore = "needs the compiled program: cargo xtask test"]
fn a_folder_keeps_the_newest_and_wrong_words_make_nothing() {
    let here = Installation::new();
    here.good(&["migrate"]);
    std::fs::create_dir(here.path("kept")).unwrap();
    std::fs::write(here.path("kept/passport-20250101T000000Z.backup"), "of old").unwrap();
    std::fs::write(here.path("kept/notes"), "ours").unwrap();
    let told = here.good(&["backup", "--to", "kept", "--keep", "1"]);
    assert!(told.contains("; 1 older removed"), "{told}");
    assert_eq!(std::fs::read_dir(here.path("kept")).unwrap().count(), 2);
    assert!(here.path("kept/notes").exists());
    for (wrong, says) in [
        (&["backup", "--to", "one", "--every", "24h"][..], "need a folder"),
        (&["backup", "--to", "kept", "--every", "soon"], "30m, 24h or 7d"),
        (&["backup", "--to", "nowhere/one"], "nowhere"),
        (&["backup", "--to", "one", "--recipient", "age1nobody"], "age"),
        (&["restore", "nowhere", "--verify"], "nowhere"),
        (&["restore", "kept/notes"], "tables already"),
    ] {
        let told = here.refused(wrong);
        assert!(told.contains(says), "{wrong:?}: {told}");
    }
    assert!(!here.path("one").exists());
}
