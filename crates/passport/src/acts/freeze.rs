//! “This was not me”: freezing an account, and putting back what was not its owner's doing.
use crate::{
    account::{self, Account, State, acting::Acting},
    acts::{self, end::Ended},
    billing::{self, Blind},
    channel::{self, Channel},
    desk::Desk,
    history::{self, Kind, NewEvent, Source},
    link::{self, Link, PressedLink, Purpose},
    notice::{
        Former, Told, addresses,
        letters::Writer,
        roll_back::{RollBack, Word, roll_back},
    },
    session::Session,
    tell::{self, owner::post},
};
use oidc::{assurance::Level, security_event::AccountEvent};
use platform::{Fault, clock::Moment, email::EmailAddress};

/// “This was not me”, by a link of a letter: see [`freeze`]. `None` when the link was used meanwhile, or there is no
/// such account.
pub async fn freeze_by_link(
    desk: &Desk,
    now: Moment,
    source: &Source,
    press: &PressedLink,
) -> Result<Option<Ended>, Fault> {
    let Some(tx) = Acting::on(&desk.db, press.account).await? else { return Ok(None) };
    let undoable = link::store::list_usable(&tx, now, tx.id(), Purpose::NotMe).await?;
    if press.purpose != Purpose::NotMe || !link::store::spend_link(&tx, now, press).await? {
        return Ok(None);
    }
    let sent = Told::read(&press.detail);
    let word = sent.to.as_deref().map_or(Word::Unknown, Word::Mailbox);
    let undone = undoable.iter().map(|link| Told::read(&link.detail).former);
    let undone = undone.filter(|former| !(sent.keeps_factors && former.is_factor())).collect();
    frozen(desk, tx, now, source, (&undoable, undone), word).await.map(Some)
}

/// “This was not me”: freezes the account and ends everything that hangs on it. What was changed within the
/// time for undoing goes back to what it was, the newest change first, so that nobody keeps the account
/// through an address or an answer of theirs; no address comes back on its own word. `tx` is that of the person of this
/// session, so that nobody undoes anything by one that its owner ended meanwhile.
pub async fn freeze(
    desk: &Desk,
    tx: Acting,
    now: Moment,
    session: &Session,
    source: &Source,
) -> Result<Ended, Fault> {
    let undoable = link::store::list_usable(&tx, now, tx.id(), Purpose::NotMe).await?;
    // Proven since: by what the account has now, and not by what its owner has just taken away.
    let since = undoable.iter().all(|link| link.created_at <= session.auth_time);
    let is_proven = session.methods.level() > Level::Password
        && tx.account().is_fully_proven(session.methods, desk.takes_passkeys());
    let undone = undoable.iter().map(|link| Told::read(&link.detail).former).collect();
    frozen(desk, tx, now, source, (&undoable, undone), Word::SignedIn { by_more: since && is_proven }).await
}

async fn frozen(
    desk: &Desk,
    tx: Acting,
    now: Moment,
    source: &Source,
    (undoable, undone): (&[Link], Vec<Former>),
    word: Word<'_>,
) -> Result<Ended, Fault> {
    let (account, id) = (tx.account().clone(), tx.id());
    // Those who lose an address by this are told as well.
    let told = addresses(&account, undoable, None);
    let stays_out = put_back(&tx, now, &account, roll_back(undone, word)).await?;
    link::store::end_links(&tx, now, id, &[Purpose::NotMe]).await?;
    if account.state == State::Active {
        account::store::set_state(&tx, now, id, State::Frozen).await?;
        tell::events::enqueue(desk, &tx, now, id, AccountEvent::Disabled).await?;
    }
    let ended = acts::end::end_everything(desk, &tx, now, id).await?;
    let event = NewEvent { account: id, kind: Kind::Frozen, source, detail: "" };
    history::record(&tx, now, &desk.random, event).await?;
    let now_is = account::store::find(&tx, id).await?.unwrap_or(account);
    let writer = Writer { site: &desk.site, account: &now_is };
    for to in told {
        post(desk, &tx, now, &writer.frozen(&to, now, source, stays_out)?).await?;
    }
    tx.commit().await?;
    Ok(ended)
}

/// What comes back is new again, and waits before it counts. True when something that proves the account stays out: then
/// every way back waits.
async fn put_back(tx: &Acting, now: Moment, account: &Account, mut back: RollBack) -> Result<bool, Fault> {
    let id = account.id;
    let stays_out = acts::second_step::put_back(tx, now, &mut back).await?;
    let RollBack { email, alternate, question, claims, billing, .. } = back;
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
    for (channel, _) in changed.into_iter().filter(|(_, changed)| *changed || stays_out) {
        channel::store::set_changed(tx, now, id, channel).await?;
    }
    Ok(stays_out)
}
