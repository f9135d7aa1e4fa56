//! The verbs of notices: tell of a change, and undo what was not the owner's.
use oidc::security_event::AccountEvent;
use platform::{Fault, clock::Moment};

use super::{Change, Former, addresses, letters::Writer};
use crate::{
    account::{self, Account, AccountId, State, acting::Acting, ended, ended::Ended},
    history::{self, Kind, NewEvent, Source},
    jobs::security_events,
    link::{self, Link, NewLink, Purpose},
    state::Passport,
};

/// Writes a change down and tells its owner at every known address, each with a link of its own that undoes it
/// and freezes the account. Part of the transaction of the change.
pub async fn tell(passport: &Passport, tx: &Acting, now: Moment, change: Change<'_>) -> Result<(), Fault> {
    let Change { account, kind, source, detail, former, newly } = change;
    let event = NewEvent { account: account.id, kind, source, detail };
    history::record(tx, now, &passport.random, event).await?;
    let undoable = link::store::list_usable(tx, now, account.id, Purpose::NotMe).await?;
    let former = serde_json::to_string(&former).map_err(Fault::bug)?;
    let days = passport.settings.recovery.undo_days;
    let lifetime = std::time::Duration::from_secs(u64::from(days) * 24 * 3600);
    let writer = Writer { site: &passport.site, account };
    for to in addresses(account, &undoable, newly) {
        let new = NewLink { account: account.id, purpose: Purpose::NotMe, detail: &former, lifetime };
        let path = link::make(tx, now, &passport.random, new).await?;
        passport.outbox.add(tx, now, &writer.changed(&to, kind, &path, now, source, days)?).await?;
    }
    Ok(())
}

/// “This was not me”: freezes the account and ends everything that hangs on it. What was changed within the
/// time for undoing goes back to what it was, the newest change first, so that nobody keeps the account
/// through an address or an answer of theirs. `through` is the link that was followed.
///
/// False when the link was used meanwhile, or there is no such account.
pub async fn freeze(
    passport: &Passport,
    now: Moment,
    id: AccountId,
    source: &Source,
    through: Option<&Link>,
) -> Result<Option<Ended>, Fault> {
    let Some(tx) = Acting::on(passport, id).await? else { return Ok(None) };
    let undoable = link::store::list_usable(&tx, now, id, Purpose::NotMe).await?;
    if let Some(link) = through
        && !link::store::spend_link(&tx, now, link.id).await?
    {
        return Ok(None);
    }
    let account = tx.account().clone();
    // Those who lose an address by this are told as well.
    let told = addresses(&account, &undoable, None);
    for link in &undoable {
        put_back(&tx, now, &account, serde_json::from_str(&link.detail).unwrap_or_default()).await?;
    }
    link::store::end_links(&tx, now, id, &[Purpose::NotMe]).await?;
    if account.state == State::Active {
        account::store::set_state(&tx, now, id, State::Frozen).await?;
        security_events::enqueue(passport, &tx, now, id, AccountEvent::Disabled).await?;
    }
    let ended = ended::end_everything(passport, &tx, now, id).await?;
    let event = NewEvent { account: id, kind: Kind::Frozen, source, detail: "" };
    history::record(&tx, now, &passport.random, event).await?;
    let now_is = account::store::find(&tx, id).await?.unwrap_or(account);
    let writer = Writer { site: &passport.site, account: &now_is };
    for to in told {
        passport.outbox.add(&tx, now, &writer.frozen(&to, now, source)?).await?;
    }
    tx.commit().await?;
    Ok(Some(ended))
}

async fn put_back(tx: &Acting, now: Moment, account: &Account, former: Former) -> Result<(), Fault> {
    match former {
        Former::Nothing => Ok(()),
        Former::Email { address, verified } => {
            if let Ok(email) = platform::email::EmailAddress::parse(&address) {
                // Somebody else may have signed up with it meanwhile; then the newer address stays.
                account::store::set_email(tx, now, account.id, &email, verified).await?;
            }
            Ok(())
        }
        Former::Alternate { address } => account::store::set_alternate_email(tx, account.id, address).await,
        Former::Question { question, answer_hash } => {
            account::store::set_question(tx, account.id, question.as_deref(), answer_hash.as_deref()).await
        }
        Former::Information { claims } => account::store::set_claims(tx, now, account.id, &claims).await,
    }
}
