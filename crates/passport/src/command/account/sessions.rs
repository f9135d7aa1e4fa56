//! `passport account sessions`, `end-sessions` and `erase`.
use std::io::Write;

use super::{super::print_json, find};

use crate::{acts, automatic, computer, session, state::Passport};

pub async fn show(passport: &Passport, who: &str, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let account = find(passport, who).await?;
    let (reader, now) = (passport.db.reader(), passport.clock.now());
    let most = passport.settings.session.most_computers.into();
    let lifetime = (&passport.settings.session).into();
    let sessions = session::store::list_for_owner(reader, now, lifetime, account.id).await?;
    let automatic = automatic::store::list_of_account(reader, now, account.id).await?;
    let computers = computer::store::list_of_account(reader, account.id, most).await?;
    if json {
        let sessions: Vec<_> = sessions
            .iter()
            .map(|session| {
                serde_json::json!({
                    "id": session.id,
                    "agent": session.source.agent,
                    "network": session.source.address_block,
                    "shared": session.shared,
                    "created_at": session.created_at.rfc3339(),
                    "seen_at": session.seen_at.rfc3339(),
                    "auth_time": session.auth_time.rfc3339(),
                })
            })
            .collect();
        let all = serde_json::json!({
            "sessions": sessions,
            "automatic": automatic.len(),
            "computers": computers.len(),
        });
        return print_json(out, &all);
    }
    for session in &sessions {
        let agent = if session.source.agent.is_empty() { "unknown" } else { &session.source.agent };
        let shared = if session.shared { ", shared computer" } else { "" };
        let (since, seen) = (session.created_at.rfc3339(), session.seen_at.rfc3339());
        writeln!(
            out,
            "{}  since {since}  last {seen}  {agent}, {}{shared}",
            session.id, session.source.address_block
        )?;
    }
    let (many, auto, known) = (sessions.len(), automatic.len(), computers.len());
    writeln!(out, "Sessions: {many}; automatic sign-ins: {auto}; computers that know the account: {known}.")?;
    Ok(())
}

pub async fn end(passport: &Passport, who: &str, out: &mut impl Write) -> anyhow::Result<()> {
    let account = find(passport, who).await?;
    let ended = acts::sessions::end_by_operator(passport, passport.clock.now(), account.id).await?;
    writeln!(
        out,
        "Ended {} sessions of {}, every automatic sign-in and what sites held.",
        ended.unwrap_or_default(),
        account.email
    )?;
    Ok(())
}

pub async fn erase(
    passport: &Passport,
    who: &str,
    confirm: &str,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let account = find(passport, who).await?;
    anyhow::ensure!(
        confirm == account.email,
        "nothing was erased: --confirm must be the address of the account, {}",
        account.email
    );
    acts::close::erase(passport, passport.clock.now(), account.id).await?;
    writeln!(out, "Erased {} ({}); its sites are told.", account.email, account.id)?;
    Ok(())
}
