//! Everything that is kept about an account, as one JSON file for its owner: nothing that proves anybody.
use askama::Template;
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use platform::{
    Fault,
    clock::Moment,
    turn::Turn,
    web::{Checked, Shell, Trouble},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    account::Account,
    automatic, computer, consent,
    history::{self, Kind, NewEvent},
    passkey::{self, Passkey},
    response, session,
    state::Passport,
    visitor::{RecentlyProven, SignedIn},
};

#[derive(Template)]
#[template(path = "pages/account/export.html")]
pub struct ExportPage {
    shell: Shell,
}

pub async fn show(who: SignedIn) -> Result<Response, Trouble> {
    who.visit.ok(&ExportPage { shell: who.shell() })
}

#[derive(Deserialize)]
pub struct Nothing {}

pub async fn download(
    State(passport): State<Passport>,
    RecentlyProven(who): RecentlyProven,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response, Trouble> {
    let now = who.visit.now;
    let tx = who.acts(&passport).await?;
    let (kind, source) = (Kind::Exported, &who.source());
    let event = NewEvent { account: who.account.id, kind, source, detail: "" };
    history::record(&tx, now, &passport.random, event).await?;
    tx.commit().await?;
    let mut answer = response::json(StatusCode::OK, &everything(&passport, now, &who.account).await?);
    let name = HeaderValue::from_static("attachment; filename=\"passport.json\"");
    answer.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    Ok(answer)
}

/// Lines of history that are read at once.
const AT_ONCE: u64 = 500;
/// Most computers in a file.
const COMPUTERS: u64 = 1_000;

async fn everything(passport: &Passport, now: Moment, account: &Account) -> Result<Value, Fault> {
    let (reader, id) = (passport.db.reader(), account.id);
    let lifetime = (&passport.settings.session).into();
    let sessions = session::store::list_for_owner(reader, now, lifetime, id).await?;
    let sessions = sessions.iter().map(|listed| {
        json!({
            "signed_in_at": listed.auth_time.rfc3339(), "last_used_at": listed.seen_at.rfc3339(),
            "browser": listed.source.agent, "network": listed.source.address_block,
            "shared_computer": listed.shared,
        })
    });
    let automatic = automatic::store::list_of_account(reader, now, id).await?;
    let automatic = automatic.iter().map(|found| {
        json!({
            "allowed_at": found.created_at.rfc3339(), "last_used_at": found.rotated_at.rfc3339(),
            "browser": found.source.agent, "network": found.source.address_block,
        })
    });
    let computers = computer::store::list_of_account(reader, id, COMPUTERS).await?;
    let computers = computers.iter().map(|known| {
        json!({
            "first_used_at": known.created_at.rfc3339(), "last_used_at": known.seen_at.rfc3339(),
            "browser": known.agent,
        })
    });
    let passkeys = passkey::store::list_of_account(reader, id).await?;
    let sites = consent::store::list_of_account(reader, id).await?;
    let sites = sites.iter().map(|given| {
        json!({
            "client_id": given.client_id, "scope": given.scope.to_string(), "claims": given.claims,
            "agreed": given.agreed, "since": given.since.rfc3339(), "last_used_at": given.used_at.rfc3339(),
        })
    });
    Ok(json!({
        "account": account.as_json(),
        "claims": account.known_claims(),
        "sessions": sessions.collect::<Vec<_>>(),
        "automatic_sign_ins": automatic.collect::<Vec<_>>(),
        "computers": computers.collect::<Vec<_>>(),
        "passkeys": passkeys.iter().map(Passkey::as_json).collect::<Vec<_>>(),
        "sites": sites.collect::<Vec<_>>(),
        "history": whole_history(passport, account).await?,
        "exported_at": now.rfc3339(),
    }))
}

async fn whole_history(passport: &Passport, account: &Account) -> Result<Vec<Value>, Fault> {
    let mut lines = Vec::new();
    let mut turn = Turn::First;
    loop {
        let events = history::store::list_events(passport.db.reader(), account.id, turn, AT_ONCE).await?;
        lines.extend(events.rows.iter().map(|event| {
            json!({
                "at": event.at.rfc3339(), "what": event.kind.as_str(), "detail": event.detail,
                "browser": event.source.agent, "network": event.source.address_block,
            })
        }));
        let (_, Some(last)) = events.ends(|event| event.id) else { return Ok(lines) };
        turn = Turn::After(last);
    }
}

#[cfg(test)]
impl platform::web::page::Samples for ExportPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        vec![Self { shell: super::sample_shell(shell) }]
    }
}
