//! The verbs of notices: tell of a change, and undo what was not the owner's.
use oidc::security_event::AccountEvent;
use platform::{Fault, clock::Moment, email::EmailAddress, mail::Letter};

use super::{
    Change, Told, addresses,
    letters::Writer,
    roll_back::{RollBack, Word, roll_back},
};
use crate::{
    account::{self, Account, State, acting::Acting, budget::Budget, ended, ended::Ended},
    billing::{self, Blind},
    channel::{self, Channel},
    history::{self, Kind, NewEvent, Source},
    jobs::security_events,
    link::{self, Link, NewLink, Press, Purpose},
    state::Passport,
};

/// Sends a letter about an account. An address that the account never proved may be anybody's, whom somebody else has
/// written to by changing this and that all day: it gets no more than a few.
pub async fn post(passport: &Passport, tx: &Acting, now: Moment, letter: &Letter) -> Result<(), Fault> {
    let may = match EmailAddress::parse(&letter.to) {
        Ok(to) if !tx.account().has_proven(&letter.to) => {
            Budget::Unproven.spend(passport, tx, now, to.key()).await?
        }
        _ => true,
    };
    match may {
        true => passport.outbox.add(tx, now, letter).await,
        false => Ok(()),
    }
}

/// Writes a change down and tells its owner at every known address, each with a link of its own that undoes it
/// and freezes the account. Part of the transaction of the change.
pub async fn tell(passport: &Passport, tx: &Acting, now: Moment, change: Change<'_>) -> Result<(), Fault> {
    let Change { account, kind, source, detail, .. } = change;
    let event = NewEvent { account: account.id, kind, source, detail };
    history::record(tx, now, &passport.random, event).await?;
    write(passport, tx, now, change).await
}

/// The letters of [`tell`] alone, for what stands in the history already.
async fn write(passport: &Passport, tx: &Acting, now: Moment, change: Change<'_>) -> Result<(), Fault> {
    let Change { account, newly, .. } = change;
    let undoable = link::store::list_usable(tx, now, account.id, Purpose::NotMe).await?;
    let days = passport.settings.recovery.undo_days;
    let lifetime = std::time::Duration::from_secs(u64::from(days) * 24 * 3600);
    let writer = Writer { site: &passport.site, account };
    for to in addresses(account, &undoable, newly) {
        let told = Told { former: change.former.clone(), to: Some(to.clone()) };
        let detail = &serde_json::to_string(&told).map_err(Fault::bug)?;
        let new = NewLink { account: account.id, purpose: Purpose::NotMe, detail, lifetime };
        let path = link::make(tx, now, &passport.random, new).await?;
        post(passport, tx, now, &writer.changed(&to, &change, &path, now, days)?).await?;
    }
    Ok(())
}

/// The letters about something new that is signed in, a computer or a device: not more often than a person reads,
/// and not where the operator does not want them. The history has its line already.
pub async fn tell_of_arrival(
    passport: &Passport,
    tx: &Acting,
    now: Moment,
    change: Change<'_>,
) -> Result<(), Fault> {
    let who = change.account.id.to_string();
    if !passport.settings.session.tell_new_computers
        || !Budget::NewComputers.spend(passport, tx, now, &who).await?
    {
        return Ok(());
    }
    write(passport, tx, now, change).await
}

/// “This was not me”, by a link of a letter: see [`freeze`]. `None` when the link was used meanwhile, or there is no
/// such account.
pub async fn freeze_by_link(
    passport: &Passport,
    now: Moment,
    source: &Source,
    press: &Press,
) -> Result<Option<Ended>, Fault> {
    let Some(tx) = Acting::on(passport, press.account).await? else { return Ok(None) };
    let undoable = link::store::list_usable(&tx, now, tx.id(), Purpose::NotMe).await?;
    if press.purpose != Purpose::NotMe || !link::store::spend_link(&tx, now, press).await? {
        return Ok(None);
    }
    let sent = Told::read(&press.detail);
    let word = sent.to.as_deref().map_or(Word::Unknown, Word::Mailbox);
    frozen(passport, tx, now, source, &undoable, word).await.map(Some)
}

/// “This was not me”: freezes the account and ends everything that hangs on it. What was changed within the
/// time for undoing goes back to what it was, the newest change first, so that nobody keeps the account
/// through an address or an answer of theirs; no address comes back on its own word. `tx` is that of a person who
/// is signed in, so that nobody undoes anything by a session that its owner ended meanwhile.
pub async fn freeze(passport: &Passport, tx: Acting, now: Moment, source: &Source) -> Result<Ended, Fault> {
    let undoable = link::store::list_usable(&tx, now, tx.id(), Purpose::NotMe).await?;
    frozen(passport, tx, now, source, &undoable, Word::SignedIn).await
}

async fn frozen(
    passport: &Passport,
    tx: Acting,
    now: Moment,
    source: &Source,
    undoable: &[Link],
    word: Word<'_>,
) -> Result<Ended, Fault> {
    let (account, id) = (tx.account().clone(), tx.id());
    // Those who lose an address by this are told as well.
    let told = addresses(&account, undoable, None);
    let formers = undoable.iter().map(|link| Told::read(&link.detail).former);
    put_back(&tx, now, &account, roll_back(formers, word)).await?;
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
        post(passport, &tx, now, &writer.frozen(&to, now, source)?).await?;
    }
    tx.commit().await?;
    Ok(ended)
}

/// What comes back is new again, and waits before it counts.
async fn put_back(tx: &Acting, now: Moment, account: &Account, back: RollBack) -> Result<(), Fault> {
    let id = account.id;
    let RollBack { email, alternate, question, claims, billing } = back;
    let answer = question.is_some() || claims.is_some();
    let changed = [
        (Channel::Email, email.is_some()),
        (Channel::Alternate, alternate.is_some()),
        (Channel::Answer, answer),
        (Channel::Billing, !billing.is_empty()),
    ];
    if let Some((address, verified)) = email
        && let Ok(email) = EmailAddress::parse(&address)
    {
        // Somebody else may have signed up with it meanwhile; then the newer address stays.
        account::store::set_email(tx, now, id, &email, verified).await?;
    }
    if let Some(alternate) = alternate {
        account::store::set_alternate(tx, id, alternate).await?;
    }
    if let Some((question, answer_hash)) = question {
        account::store::set_question(tx, id, question.as_deref(), answer_hash.as_deref()).await?;
    }
    if let Some(claims) = claims {
        account::store::set_claims(tx, now, id, &claims).await?;
    }
    for (client_id, filed) in billing {
        match filed {
            Some(filed) => billing::store::set(tx, now, id, &client_id, Blind(filed)).await?,
            None => _ = billing::store::drop_facts(tx, id, &client_id).await?,
        }
    }
    for (channel, _) in changed.into_iter().filter(|(_, changed)| *changed) {
        channel::store::set_changed(tx, now, id, channel).await?;
    }
    Ok(())
}
