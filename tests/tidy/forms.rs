//! How forms come in, and what a door may hold while it acts: one extractor, and one connection.

use crate::tree::{Source, find_word, hold, sources};

/// Where forms are read.
const READERS: &[&str] = &[
    "crates/platform/src/web/form.rs",
    "crates/platform/src/web/upload.rs",
    "crates/platform/src/web/upload/",
    // A mailbox for demonstrations; nobody signs in to it.
    "crates/mailbox/",
];

/// What reads a form past the reader.
const PAST_THE_READER: &[&str] = &["Form", "RawForm", "Multipart"];

/// Doors that take raw bytes: what comes in is no form of a page of ours.
const MACHINES: &[(&str, &str)] = &[
    (
        "crates/passport/src/endpoints/",
        "requests of clients; pages of ours come in as checked forms there, too",
    ),
    ("crates/customersource/src/pages/backchannel_logout.rs", "a token of the provider's"),
    ("crates/customersource/src/pages/security_events.rs", "a token of the provider's"),
    ("crates/customersource/src/pages/initiate.rs", "another site begins a sign-in (OpenID Connect Core §4)"),
];

/// Doors whose form says itself for whom it acts, or that act for nobody.
const OF_WHOM_IT_SAYS: &[(&str, &str)] = &[
    ("crates/platform/src/web/preferences.rs", "language and colours of the browser"),
    ("crates/passport/src/endpoints/authorize/mod.rs", "whoever does not want to go on names nobody"),
    ("crates/passport/src/pages/sign_in.rs", "name and password are in it"),
    ("crates/passport/src/pages/second_step.rs", "the code is of whoever proved the first step"),
    ("crates/passport/src/pages/sign_up/", "an account that is not there yet"),
    ("crates/passport/src/pages/letter_link.rs", "the link in a mail is the proof, and says whose"),
    ("crates/passport/src/pages/recover/", "the address, or the proof, of whoever is locked out"),
    ("crates/passport/src/pages/choose_account.rs", "names who goes on"),
    ("crates/passport/src/pages/remembered.rs", "names who goes on, or is forgotten"),
    ("crates/customersource/src/pages/confirm.rs", "the link is the one that it names"),
    ("crates/customersource/src/pages/decline.rs", "the link in a mail is the proof"),
    ("crates/customersource/src/pages/invitation.rs", "the link is the one that it names"),
    ("crates/customersource/src/pages/undo.rs", "the link in a mail is the proof"),
];

#[test]
fn forms_come_in_by_one_reader() {
    hold(sources().iter().flat_map(reads_forms));
}

fn reads_forms(source: &Source) -> Vec<String> {
    let stands = |places: &[&str]| places.iter().any(|place| source.path.starts_with(place));
    let listed = |places: &[(&str, &str)]| places.iter().any(|(place, _)| source.path.starts_with(place));
    if !source.is_product_code() || stands(READERS) {
        return Vec::new();
    }
    let is_door = source.path.contains("/pages/") || source.path.contains("/endpoints/");
    let ask = |line: &str| {
        let named = |name: &str| find_word(line, name).next().is_some();
        let from_axum = line.contains("axum") || line.contains("extract");
        if PAST_THE_READER.iter().any(|name| named(name)) && from_axum {
            Some("forms come in as Checked, Recoverable, About or OfBrowser (platform::web::form)")
        } else if is_door && named("Bytes") && !listed(MACHINES) {
            Some("a page takes no raw bytes: forms come in by platform::web::form")
        } else if named("OfBrowser")
            && is_door | source.path.contains("preferences")
            && !listed(OF_WHOM_IT_SAYS)
        {
            Some("OfBrowser looks at nobody's session: take Checked, Recoverable or About")
        } else {
            None
        }
    };
    source.code().filter_map(|(number, line)| ask(line).map(|what| source.complaint(number, what))).collect()
}

/// Passport's doors that know a form that was sent twice by something else, or need not know it (decision 0030).
const ALIKE_ANYWAY: &[(&str, &str)] = &[
    ("crates/passport/src/pages/letter_link.rs", "the link remembers by which browser it was used up"),
    ("crates/passport/src/pages/sign_in.rs", "who signs in twice is signed in"),
    ("crates/passport/src/pages/choose_account.rs", "who is chosen twice is chosen"),
    ("crates/passport/src/pages/remembered.rs", "who is chosen or forgotten twice is"),
    ("crates/passport/src/pages/sign_out.rs", "whoever is signed out already has what they want"),
    ("crates/passport/src/pages/account/sites.rs", "what is withdrawn stays withdrawn"),
    ("crates/passport/src/pages/account/language.rs", "the same language again"),
    ("crates/passport/src/pages/account/export.rs", "the same file again"),
    ("crates/passport/src/endpoints/end_session.rs", "whoever is signed out already has what they want"),
    ("crates/passport/src/endpoints/authorize/", "each yes leads on with a code of its own"),
];

#[test]
fn a_form_that_comes_twice_is_known_by_every_door_of_passport() {
    hold(sources().iter().filter_map(knows_no_second));
}

fn knows_no_second(source: &Source) -> Option<String> {
    let is_door = ["crates/passport/src/pages/", "crates/passport/src/endpoints/"];
    let listed = ALIKE_ANYWAY.iter().any(|(place, _)| source.path.starts_with(place));
    if !source.is_product_code() || listed || !is_door.iter().any(|place| source.path.starts_with(place)) {
        return None;
    }
    let says = |words: &[&str]| source.code().find(|(_, line)| words.iter().any(|word| line.contains(word)));
    let (number, _) = says(&[": Checked<", ": Recoverable<", ": About<", ": OfBrowser<"])?;
    let knows = says(&["acts_once(", "Here::of(", "visitor::sending("]).is_some();
    let what = "some browsers send a form twice: take SignedIn::acts_once, Here or visitor::sending";
    (!knows).then(|| source.complaint(number, what))
}

#[test]
fn whoever_holds_a_transaction_asks_for_no_second_connection() {
    hold(sources().iter().flat_map(asks_twice));
}

/// The plain cases; what a called function asks for is found by `platform::db::held` when a test runs it.
fn asks_twice(source: &Source) -> Vec<String> {
    if !source.is_product_code() {
        return Vec::new();
    }
    // How deep the block stands that holds one.
    let mut holds: Option<usize> = None;
    let mut complaints = Vec::new();
    for (number, line) in source.delivered() {
        let begins = line.contains("db.begin()");
        let depth = line.len() - line.trim_start().len();
        let is_over = line.trim_start().starts_with('}') && holds.is_some_and(|held| depth < held);
        if is_over || line.contains(".commit()") || line.contains("drop(tx)") {
            holds = None;
        } else if holds.is_some() && (begins || line.contains("db.reader()")) {
            let what = "a transaction is held here: read by it, or before it";
            complaints.push(source.complaint(number, what));
        } else if begins {
            holds = Some(depth);
        }
    }
    complaints
}

#[test]
fn the_reader_is_told_apart() {
    let complaints = |path: &str, text: &str| reads_forms(&Source::new(path, text)).len();
    let page = "crates/customersource/src/pages/x.rs";
    for line in [
        "use axum::{Form, extract::State};\n",
        "use axum::extract::Multipart;\n",
        "use axum::body::Bytes;\n",
        "use platform::web::{Errors, OfBrowser};\n",
    ] {
        assert_eq!(complaints(page, line), 1, "{line}");
    }
    assert_eq!(complaints(page, "#[derive(Deserialize)]\nstruct Form {}\nuse platform::web::Checked;\n"), 0);
    assert_eq!(complaints("crates/passport/src/endpoints/par.rs", "use axum::body::Bytes;\n"), 0);
    assert_eq!(complaints("crates/passport/src/pages/sign_in.rs", "use platform::web::OfBrowser;\n"), 0);

    let door = |text: &str| knows_no_second(&Source::new("crates/passport/src/pages/x.rs", text)).is_some();
    assert!(door("    form: Checked<Form>,\n"));
    assert!(!door("    form: Checked<Form>,\nlet tx = who.acts_once(&passport).await?;\n"));

    let held = |text: &str| asks_twice(&Source::new(page, text)).len();
    assert_eq!(
        held("let tx = portal.db.begin().await?;\nfind(portal.db.reader());\ntx.commit().await?;\n"),
        1
    );
    assert_eq!(held("let tx = portal.db.begin().await?;\nlet two = portal.db.begin().await?;\n"), 1);
    assert_eq!(
        held("let tx = portal.db.begin().await?;\ntx.commit().await?;\nfind(portal.db.reader());\n"),
        0
    );
    assert_eq!(held("    let tx = portal.db.begin().await?;\n}\nfn b() { find(portal.db.reader()) }\n"), 0);
}
