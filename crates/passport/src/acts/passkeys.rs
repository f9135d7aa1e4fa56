//! An owner's passkeys: made, named, taken away. Making one and taking one away are changes of what an account is signed
//! in by: told at every address, and undone by “this was not me”. Knows no page.
use oidc::assurance::Method;
use platform::{Fault, clock::Moment};

use crate::{
    account::{
        self,
        acting::{Acting, Refusal},
    },
    acts::{credentials::Owner, recover, second_step::set_up},
    desk::Vault,
    history::Kind,
    notice::{Change, Former},
    passkey::{
        Passkey, PasskeyId,
        ceremony::Ceremony,
        model, store,
        webauthn::{
            RelyingParty, Wrong,
            registration::{Creation, Manner, NewPasskey},
        },
    },
    second_step::{self, codes},
    tell,
};

/// What a browser answered to the question of making a passkey.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    pub rp: &'a RelyingParty,
    /// The browser that was asked.
    pub browser: &'a str,
    pub json: &'a str,
    pub manner: Manner,
    /// For one whose model has no name.
    pub name: &'a str,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// With recovery codes in their plain form, to be shown this once, where the account had none: a password alone opens
    /// it no more, and a lost passkey shuts nobody out.
    Done(Vec<String>),
    /// Its authenticator has made it for somebody before, this account or another.
    Known,
    /// The account has as many as it may.
    Full,
    /// The page lay open for too long, is another browser's, or its question was answered before.
    Late,
    Refused(Wrong),
}

pub async fn add(vault: &Vault, now: Moment, owner: Owner<'_>, answer: Answer<'_>) -> Result<Made, Refusal> {
    let registration = match Creation::read(answer.json) {
        Ok(registration) => registration,
        Err(wrong) => return Ok(Made::Refused(wrong)),
    };
    // They follow from the question, which is answered once: a form that comes twice is shown the same.
    let seed = registration.client.challenge.clone();
    let codes = codes::make(&vault.second.making, owner.account.id, seed.as_bytes());
    let tags = set_up::tags(vault, owner.account.id, &codes);
    if owner.sending.came_before(vault.db.reader(), now).await? {
        let made = second_step::store::holds(vault.db.reader(), owner.account.id, &tags).await?;
        return Ok(Made::Done(if made { codes } else { Vec::new() }));
    }
    let ceremony = Ceremony::Make(owner.account.id, answer.manner);
    let challenge = vault.passkeys.read(now, &registration.client.challenge, answer.browser, ceremony);
    let Some(challenge) = challenge else { return Ok(Made::Late) };
    let models = vault.passkeys.models().map(|models| (models, now));
    let new = match registration.judge(answer.rp, answer.manner, models) {
        Ok(new) => new,
        Err(wrong) => return Ok(Made::Refused(wrong)),
    };
    let Some(tx) = owner.acts(vault, now).await? else { return Ok(Made::Done(codes)) };
    if !challenge.once.spend(tx.tx()).await? {
        return Ok(Made::Late);
    }
    if store::count_of_account(&tx, tx.id()).await? >= u64::from(vault.settings.passkeys.most) {
        return Ok(Made::Full);
    }
    let NewPasskey { attested, sign_count, backup_eligible, backed_up, transports } = new;
    let passkey = Passkey {
        id: PasskeyId::new(now, &vault.random),
        account: tx.id(),
        credential_id: attested.credential_id,
        user_handle: challenge.user_handle,
        public_key: attested.encoded_key,
        aaguid: attested.aaguid,
        backup_eligible,
        backed_up,
        transports,
        sign_count: sign_count.into(),
        name: model::name(attested.aaguid).unwrap_or(answer.name).to_owned(),
        agent: owner.source.agent.clone(),
        created_at: now,
        used_at: None,
    };
    if !store::add(&tx, &passkey).await? {
        return Ok(Made::Known);
    }
    count(&tx).await?;
    tx.raise_epoch().await?;
    recover::end_begun(&tx, now).await?;
    let makes_codes = second_step::store::count_codes(&tx, tx.id()).await? == 0;
    if makes_codes {
        second_step::store::set_codes(&tx, tags).await?;
    }
    let former = Former::NoPasskey { id: passkey.id, codes: makes_codes.then(Vec::new) };
    tell::owner::tell(vault, &tx, now, change(owner, Kind::PasskeyAdded, &passkey.name, former)).await?;
    tx.commit().await?;
    Ok(Made::Done(if makes_codes { codes } else { Vec::new() }))
}

/// Calls one by another name. Nothing depends on it: it is not told.
pub async fn rename(
    vault: &Vault,
    now: Moment,
    owner: Owner<'_>,
    id: PasskeyId,
    name: &str,
) -> Result<(), Refusal> {
    let Some(tx) = owner.acts(vault, now).await? else { return Ok(()) };
    store::set_name(&tx, id, name).await?;
    Ok(tx.commit().await?)
}

/// Takes one away; with the last thing that they stand for, the recovery codes. Sessions that it began stay.
pub async fn remove(vault: &Vault, now: Moment, owner: Owner<'_>, passkey: Passkey) -> Result<(), Refusal> {
    let Some(tx) = owner.acts(vault, now).await? else { return Ok(()) };
    if !store::drop_passkey(&tx, passkey.id).await? {
        return Ok(());
    }
    count(&tx).await?;
    tx.raise_epoch().await?;
    let is_last = !tx.account().has_app() && store::count_of_account(&tx, tx.id()).await? == 0;
    let codes = match is_last {
        true => Some(second_step::store::list_tags(&tx).await?),
        false => None,
    };
    if is_last {
        second_step::store::set_tags(&tx, &[]).await?;
    }
    let name = passkey.name.clone();
    let former = Former::Passkey { passkey: Box::new(passkey), codes };
    tell::owner::tell(vault, &tx, now, change(owner, Kind::PasskeyRemoved, &name, former)).await?;
    Ok(tx.commit().await?)
}

fn change<'a>(owner: Owner<'a>, kind: Kind, detail: &'a str, former: Former) -> Change<'a> {
    Change { account: owner.account, kind, source: owner.source, detail, former, newly: None }
}

/// Puts back what a freeze undoes: one of several changes, the newest first.
pub(super) async fn put_back(tx: &Acting, former: Former) -> Result<(), Fault> {
    match former {
        Former::NoPasskey { id, .. } => _ = store::drop_passkey(tx, id).await?,
        Former::Passkey { passkey, .. } => _ = store::add(tx, &passkey).await?,
        _ => {}
    }
    Ok(())
}

/// Writes down whether the account can be proven by one.
pub(super) async fn count(tx: &Acting) -> Result<(), Fault> {
    // Read anew: what else the transaction changed is kept.
    let factors = account::store::find(tx, tx.id()).await?.map(|account| account.factors).unwrap_or_default();
    let factors = match store::count_of_account(tx, tx.id()).await? {
        0 => factors.without(Method::Passkey),
        _ => factors.with(Method::Passkey),
    };
    account::store::set_factors(tx, factors).await
}
