//! `passport doctor`: looks at everything that people would stumble over, and says what to do.
use std::{io::Write, process::ExitCode};

use platform::{
    config, nodes,
    outbound::{self, Outbound, Unreached},
    outbox,
};
use serde::Serialize;

use super::print_json;
use crate::{client, key::State, state::Passport};

#[derive(Serialize)]
struct Finding {
    what: &'static str,
    /// `ok`, `warning` or `wrong`.
    state: &'static str,
    text: String,
}

struct Findings(Vec<Finding>);

impl Findings {
    fn ok(&mut self, what: &'static str, text: impl Into<String>) {
        self.0.push(Finding { what, state: "ok", text: text.into() });
    }

    fn warning(&mut self, what: &'static str, text: impl Into<String>) {
        self.0.push(Finding { what, state: "warning", text: text.into() });
    }

    fn wrong(&mut self, what: &'static str, text: impl Into<String>) {
        self.0.push(Finding { what, state: "wrong", text: text.into() });
    }
}

pub async fn run(passport: &Passport, json: bool, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let mut found = Findings(vec![]);
    found.ok("settings", format!("issuer {}", passport.issuer()));
    for finding in passport.db.examine().await {
        if finding.ok {
            found.ok(finding.what, finding.text)
        } else {
            found.wrong(finding.what, finding.text)
        }
    }
    if schema(passport, &mut found).await? {
        keys(passport, &mut found).await;
        other_nodes(passport, &mut found).await?;
        clients(passport, &mut found).await?;
        queue(passport, &mut found).await?;
    }
    mail(passport, &mut found).await;
    issuer(passport, &mut found).await;
    let healthy = found.0.iter().all(|finding| finding.state != "wrong");
    if json {
        print_json(out, &found.0)?;
    } else {
        for finding in &found.0 {
            writeln!(out, "{:<8} {:<10} {}", finding.state, finding.what, finding.text)?;
        }
    }
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn schema(passport: &Passport, found: &mut Findings) -> anyhow::Result<bool> {
    let pending = migrations::pending::<migrations::passport::Migrator>(&passport.db.ground()).await?;
    let newer = migrations::newer::<migrations::passport::Migrator>(&passport.db.ground()).await?;
    if !pending.is_empty() {
        found.wrong("schema", format!("is behind, run `passport migrate`: {}", pending.join(", ")));
    } else if !newer.is_empty() {
        let text = format!("is newer than this binary, which works with it: {}", newer.join(", "));
        found.ok("schema", text);
    } else {
        found.ok("schema", "up to date");
    }
    Ok(pending.is_empty())
}

async fn keys(passport: &Passport, found: &mut Findings) {
    match passport.keys.current(&passport.db, passport.clock.now()).await {
        Err(fault) => found.wrong("keys", fault.to_string()),
        Ok(keys) => {
            let signing = keys.iter().filter(|key| key.state == State::Active).count();
            found.ok("keys", format!("{signing} signing, {} published", keys.iter().count()));
        }
    }
}

async fn other_nodes(passport: &Passport, found: &mut Findings) -> anyhow::Result<()> {
    let now = passport.clock.now();
    let ours = &passport.settings.server.public_url;
    for other in nodes::strangers(passport.db.reader(), ours, now).await? {
        found.wrong("nodes", other.in_words(now));
    }
    Ok(())
}

async fn clients(passport: &Passport, found: &mut Findings) -> anyhow::Result<()> {
    let all = client::store::list_all(passport.db.reader()).await?;
    for registered in &all {
        let client = &registered.client;
        if !client.needs_pkce() {
            found.warning("client", format!("{}: PKCE is off", client.client_id));
        }
        for uri in [&client.backchannel_logout_uri, &client.security_events_uri].into_iter().flatten() {
            let allowed = url::Url::parse(uri).is_ok_and(|url| passport.outbound.check(&url).is_ok());
            if !allowed {
                let text =
                    format!("{}: {uri} is internal; list its host in [outbound] allow", client.client_id);
                found.wrong("client", text);
            }
        }
    }
    found.ok("clients", format!("{} registered", all.len()));
    Ok(())
}

async fn queue(passport: &Passport, found: &mut Findings) -> anyhow::Result<()> {
    let report = outbox::Report::read(passport.db.reader(), passport.clock.now()).await?;
    match report.in_words("passport") {
        (true, text) => found.warning("outbox", text),
        (false, text) => found.ok("outbox", text),
    }
    Ok(())
}

async fn mail(passport: &Passport, found: &mut Findings) {
    match passport.mailer.probe().await {
        Ok(()) => found.ok("mail", "the SMTP server takes mail from us"),
        Err(refusal) => found.warning("mail", format!("mail waits: {refusal}")),
    }
}

/// What the world sees at the public URL must be this issuer, to the byte.
async fn issuer(passport: &Passport, found: &mut Findings) {
    let url = format!("{}/.well-known/openid-configuration", passport.issuer());
    let settings = config::Outbound {
        // The operator named it, wherever it is.
        allow: vec![outbound::host_and_port(passport.issuer())],
        ..passport.settings.outbound.clone()
    };
    let outbound = match Outbound::new(&settings, "passport-doctor") {
        Ok(outbound) => outbound,
        Err(trouble) => return found.wrong("issuer", trouble),
    };
    let answer = match outbound.client().get(&url).build() {
        Ok(request) => outbound.send(request).await,
        Err(error) => Err(Unreached::Failed(error.to_string())),
    };
    let answer: Option<serde_json::Value> = match answer {
        Ok(answer) => serde_json::from_slice(answer.body()).ok(),
        Err(trouble) => {
            let text = format!("{url} does not answer; is `passport serve` running? ({trouble})");
            return found.warning("issuer", text);
        }
    };
    match answer.as_ref().and_then(|metadata| metadata.get("issuer")).and_then(|issuer| issuer.as_str()) {
        Some(issuer) if issuer == passport.issuer() => {
            found.ok("issuer", "the public URL answers with this issuer")
        }
        Some(issuer) => found.wrong("issuer", format!("the public URL names another issuer: {issuer}")),
        None => {
            found.wrong("issuer", format!("{url} does not answer with provider metadata; look at the proxy"))
        }
    }
}
