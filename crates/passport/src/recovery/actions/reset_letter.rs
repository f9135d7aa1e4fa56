//! The letter with a link to the alternate address: asked for by anybody, sent to whoever proved that address.
use platform::{
    Fault,
    clock::Moment,
    outbox::{Job, Outcome},
};
use serde::{Deserialize, Serialize};

use super::Prover;
use crate::{
    account::{self, acting::Acting, budget::Budget},
    history::Source,
    link::{self, NewLink, Purpose},
    notice::letters::Writer,
    state::Passport,
};

/// “Send a password reset e-mail to my alternate address”: a job, so that asking takes the same whoever is
/// asked for.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendReset {
    email_key: String,
    address_block: String,
    agent: String,
}

impl Job for SendReset {
    const KIND: &'static str = "send_reset";
}

/// Takes the wish down, unless too many letters were asked for: false. The page says the same to everybody but the
/// signed-in owner (EM-10).
pub async fn ask_for_link(passport: &Passport, now: Moment, prover: Prover<'_>) -> Result<bool, Fault> {
    let Prover { email, source, .. } = prover;
    let computer = prover.known_computer(passport).await?;
    let tx = passport.db.begin().await?;
    let may = match computer {
        // Strangers cannot spend what is kept for the owner's own computers.
        Some(id) => Budget::ComputerLetters.spend(passport, &tx, now, &id.to_string()).await?,
        None => {
            let by_address = Budget::Letters.spend(passport, &tx, now, email.key()).await?;
            let by_block = Budget::BlockLetters.spend(passport, &tx, now, &source.address_block).await?;
            by_address && by_block
        }
    };
    if !may {
        // Rolled back: a refusal writes nothing.
        return Ok(false);
    }
    let Source { address_block, agent } = source.clone();
    let job = SendReset { email_key: email.key().to_owned(), address_block, agent };
    passport.outbox.add(&tx, now, &job).await?;
    tx.commit().await?;
    Ok(true)
}

/// Writes to the alternate address that is stored, if there is one and it was proven. Older links live on to their
/// end: else a stranger who asks kills the one that the owner just got.
pub async fn send_reset(passport: &Passport, job: SendReset) -> Outcome {
    match try_send_reset(passport, job).await {
        Ok(()) => Outcome::Done,
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}

async fn try_send_reset(passport: &Passport, job: SendReset) -> Result<(), Fault> {
    let now = passport.clock.now();
    let Some(id) = account::store::find_id(passport.db.reader(), &job.email_key).await? else {
        return Ok(());
    };
    let Some(tx) = Acting::on(passport, id).await? else { return Ok(()) };
    let account = tx.account().clone();
    if !account.state.may_be_recovered() {
        return Ok(());
    }
    let Some(to) = account.proven_alternate().map(str::to_owned) else { return Ok(()) };
    let new = NewLink {
        account: account.id,
        purpose: Purpose::Reset,
        detail: &to,
        lifetime: Purpose::Reset.lifetime(),
    };
    let path = link::make(&tx, now, &passport.random, new).await?;
    let source = Source { address_block: job.address_block, agent: job.agent };
    let writer = Writer { site: &passport.site, account: &account };
    let letter = writer.reset(&to, &path, now, &source)?.until(now + Purpose::Reset.lifetime());
    passport.outbox.add(&tx, now, &letter).await?;
    tx.commit().await
}
