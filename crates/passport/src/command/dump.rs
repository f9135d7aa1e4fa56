//! `passport dump`: the database in sorted JSON, without anything secret.
use std::{io::Write, process::ExitCode};

use serde_json::json;

use super::print_json;
use crate::{account, client, consent, grant, key, passkey, session, state::Passport};

pub async fn run(passport: &Passport, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let reader = passport.db.reader();
    let clients: Vec<_> =
        client::store::list_all(reader).await?.into_iter().map(|registered| registered.client).collect();
    let keys: Vec<_> = key::store::list_all(reader)
        .await?
        .into_iter()
        .map(|row| json!({ "kid": row.kid, "alg": row.algorithm, "state": row.state.name() }))
        .collect();
    let (waiting, _) = platform::outbox::waiting(reader).await?;
    let dump = json!({
        "accounts": account::store::dump(reader).await?,
        "clients": clients,
        "grants": grant::store::dump(reader).await?,
        "passkeys": passkey::store::dump(reader).await?,
        "sessions": session::store::dump(reader).await?,
        "consents": consent::store::dump(reader).await?,
        "signing_keys": keys,
        "outbox_waiting": waiting,
    });
    print_json(out, &dump)?;
    Ok(ExitCode::SUCCESS)
}
