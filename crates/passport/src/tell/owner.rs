//! Writing to an account's owner of what changed, at every address that is known, with a way to undo it.
use crate::{
    account::acting::Acting,
    budget::Budget,
    desk::Desk,
    history::{self, Kind, NewEvent},
    link::{self, NewLink, Purpose},
    notice::{Change, Told, addresses, letters::Writer},
};
use platform::{Fault, clock::Moment, email::EmailAddress, mail::Letter};

/// Sends a letter about an account. An address that the account never proved may be anybody's, whom somebody else has
/// written to by changing this and that all day: it gets no more than a few.
pub async fn post(desk: &Desk, tx: &Acting, now: Moment, letter: &Letter) -> Result<(), Fault> {
    let may = match EmailAddress::parse(&letter.to) {
        Ok(to) if !tx.account().has_proven(&letter.to) => {
            Budget::Unproven.spend(&desk.settings, tx, now, to.key()).await?
        }
        _ => true,
    };
    match may {
        true => desk.outbox.add(tx, now, letter).await,
        false => Ok(()),
    }
}

/// Writes a change down and tells its owner at every known address, each with a link of its own that undoes it
/// and freezes the account. Part of the transaction of the change.
pub async fn tell(desk: &Desk, tx: &Acting, now: Moment, change: Change<'_>) -> Result<(), Fault> {
    let Change { account, kind, source, detail, .. } = change;
    let event = NewEvent { account: account.id, kind, source, detail };
    history::record(tx, now, &desk.random, event).await?;
    write(desk, tx, now, change).await
}

/// The letters of [`tell`] alone, for what stands in the history already.
async fn write(desk: &Desk, tx: &Acting, now: Moment, change: Change<'_>) -> Result<(), Fault> {
    let Change { account, newly, .. } = change;
    let undoable = link::store::list_usable(tx, now, account.id, Purpose::NotMe).await?;
    let days = desk.settings.recovery.undo_days;
    let lifetime = std::time::Duration::from_secs(u64::from(days) * 24 * 3600);
    let writer = Writer { site: &desk.site, account };
    for to in addresses(account, &undoable, newly) {
        let told = Told {
            former: change.former.clone(),
            to: Some(to.clone()),
            keeps_factors: change.kind == Kind::WaiverAsked,
        };
        let detail = &serde_json::to_string(&told).map_err(Fault::bug)?;
        let new = NewLink { account: account.id, purpose: Purpose::NotMe, detail, lifetime };
        let path = link::make(tx, now, &desk.random, new).await?;
        post(desk, tx, now, &writer.changed(&to, &change, &path, now, days)?).await?;
    }
    Ok(())
}

/// The letters about something new that is signed in, a computer or a device: not more often than a person reads,
/// and not where the operator does not want them. The history has its line already.
pub async fn tell_of_arrival(desk: &Desk, tx: &Acting, now: Moment, change: Change<'_>) -> Result<(), Fault> {
    let who = change.account.id.to_string();
    if !desk.settings.session.tell_new_computers
        || !Budget::NewComputers.spend(&desk.settings, tx, now, &who).await?
    {
        return Ok(());
    }
    write(desk, tx, now, change).await
}
