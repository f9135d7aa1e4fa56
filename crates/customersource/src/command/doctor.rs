//! `doctor`: every part that the portal depends on, asked once, and what to do about what is wrong.
use std::path::PathBuf;

use platform::{
    clock::Clock,
    config::{Settings as _, load},
    nodes, outbox,
    random::Random,
};
use serde::Serialize;

use super::say;
use crate::{Portal, Settings};

/// One thing looked at.
#[derive(Serialize)]
struct Finding {
    what: &'static str,
    ok: bool,
    text: String,
}

pub async fn examine(config: &Option<PathBuf>, json: bool) -> anyhow::Result<()> {
    let mut findings = Vec::new();
    let mut note = |what, ok, text: String| findings.push(Finding { what, ok, text });
    match load::<Settings>(config.as_deref(), std::env::vars()) {
        Err(error) => note("settings", false, error.to_string()),
        Ok(settings) => {
            let problems = [settings.problems(), settings.problems_to_serve()].concat();
            note(
                "settings",
                problems.is_empty(),
                match problems.first() {
                    None => "readable and consistent".into(),
                    Some(problem) => format!("{}: {}", problem.key, problem.text),
                },
            );
            note("register", true, registration(&settings));
            match Portal::open(settings, Clock::system(), Random::system()).await {
                Err(fault) => note("database", false, fault.to_string()),
                Ok(portal) => look_at(&portal, &mut note).await,
            }
        }
    }
    let wrong = findings.iter().filter(|finding| !finding.ok).count();
    if json {
        say(&serde_json::to_string(&findings)?)?;
    } else {
        for finding in &findings {
            let mark = if finding.ok { "ok   " } else { "WRONG" };
            say(&format!("{mark}  {:<10}  {}", finding.what, finding.text))?;
        }
    }
    anyhow::ensure!(wrong == 0, "{wrong} of {} things are wrong", findings.len());
    Ok(())
}

/// What an operator of Passport types to make this portal known there, and nothing besides.
fn registration(settings: &Settings) -> String {
    // Single quotes of a shell: an id may hold whatever is printable.
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
    let (url, id) = (quoted(&settings.server.public_url), quoted(&settings.passport.client_id));
    let refreshed = settings.passport.refresh_minutes > 0;
    let more = if refreshed { " --grant-type authorization_code refresh_token" } else { "" };
    format!(
        "made known to Passport by: passport client add --for customersource --url {url} --id {id} --trusted{more}"
    )
}

async fn look_at(portal: &Portal, note: &mut impl FnMut(&'static str, bool, String)) {
    for finding in portal.db.examine().await {
        note(finding.what, finding.ok, finding.text);
    }
    match portal.steps().await {
        Ok((pending, newer)) if pending.is_empty() && newer.is_empty() => {
            note("schema", true, "up to date".into())
        }
        Ok((pending, newer)) if pending.is_empty() => {
            let text = format!("is newer than this binary, which works with it: {}", newer.join(", "));
            note("schema", true, text);
        }
        Ok((pending, _)) => {
            note("schema", false, format!("lacks {}; run `customersource migrate`", pending.join(", ")));
        }
        Err(fault) => note("schema", false, fault.to_string()),
    }
    let now = portal.clock.now();
    match nodes::strangers(portal.db.reader(), &portal.settings.server.public_url, now).await {
        Ok(others) => others.iter().for_each(|other| note("nodes", false, other.in_words(now))),
        Err(fault) => note("nodes", false, fault.to_string()),
    }
    match portal.rp.provider().fetch().await {
        Err(error) => note("provider", false, format!("{}: {error}", portal.rp.issuer())),
        Ok(metadata) => {
            note("provider", true, format!("{} answers and names itself so", portal.rp.issuer()));
            let keys = metadata.jwks().keys().len();
            note("keys", keys > 0, format!("{keys} published"));
            let signs_out = metadata.additional_metadata().end_session_endpoint.is_some();
            let text = if signs_out { "the provider signs people out" } else { "no end_session_endpoint" };
            note("sign-out", signs_out, text.into());
        }
    }
    match portal.mailer.probe().await {
        Ok(()) => note("mail", true, "the SMTP server takes mail from us".into()),
        Err(refusal) => note("mail", false, format!("mail waits: {refusal}")),
    }
    if let Some(folder) = portal.settings.bounces.folder() {
        let lacks = ["new", "cur"].map(|part| folder.join(part)).into_iter().find(|part| !part.is_dir());
        let text = match &lacks {
            None => format!("returned mail is read in {}", folder.display()),
            Some(part) => format!("[bounces] maildir: there is no folder {}", part.display()),
        };
        note("bounces", lacks.is_none(), text);
    }
    match outbox::Report::read(portal.db.reader(), portal.clock.now()).await {
        Ok(report) => {
            let (is_wrong, text) = report.in_words("customersource");
            note("outbox", !is_wrong, text);
        }
        Err(fault) => note("outbox", false, fault.to_string()),
    }
}
