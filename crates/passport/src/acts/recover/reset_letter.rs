//! The letter with a link to an address of the account: asked for by anybody, sent to whoever proved that address.
use platform::{
    Fault,
    clock::Moment,
    outbox::{Job, Outcome},
};
use serde::{Deserialize, Serialize};

use crate::{
    account::{self, acting::Acting},
    acts::recover::Prover,
    budget::Budget,
    desk::Vault,
    history::Source,
    link::{self, NewLink, Purpose},
    notice::letters::Writer,
    recovery::Way,
};

/// “Send a password reset e-mail to my alternate address”, or to the account's own: a job, so that asking takes the
/// same whoever is asked for.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendReset {
    email_key: String,
    address_block: String,
    agent: String,
    /// To the account's own address.
    #[serde(default)]
    to_own: bool,
}

impl Job for SendReset {
    const KIND: &'static str = "send_reset";
}

/// Takes the wish down, unless too many letters were asked for: false. The page says the same to everybody but the
/// signed-in owner (EM-10).
pub async fn ask_for_link(vault: &Vault, now: Moment, way: Way, prover: Prover<'_>) -> Result<bool, Fault> {
    let Prover { email, source, .. } = prover;
    let computer = prover.known_computer(vault).await?;
    let tx = vault.db.begin().await?;
    let may = match computer {
        // Strangers cannot spend what is kept for the owner's own computers.
        Some(id) => Budget::ComputerLetters.spend(&vault.settings, &tx, now, &id.to_string()).await?,
        None => {
            let by_address = Budget::Letters.spend(&vault.settings, &tx, now, email.key()).await?;
            let by_block =
                Budget::BlockLetters.spend(&vault.settings, &tx, now, &source.address_block).await?;
            by_address && by_block
        }
    };
    if !may {
        // Rolled back: a refusal writes nothing.
        return Ok(false);
    }
    let Source { address_block, agent } = source.clone();
    let to_own = way == Way::Email;
    let job = SendReset { email_key: email.key().to_owned(), address_block, agent, to_own };
    vault.outbox.add(&tx, now, &job).await?;
    tx.commit().await?;
    Ok(true)
}

/// Writes to the address that is stored, if there is one and it was proven. Older links live on to their
/// end: else a stranger who asks kills the one that the owner just got.
pub async fn send_reset(vault: &Vault, now: Moment, job: SendReset) -> Outcome {
    match try_send_reset(vault, now, job).await {
        Ok(()) => Outcome::Done,
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}

async fn try_send_reset(vault: &Vault, now: Moment, job: SendReset) -> Result<(), Fault> {
    let Some(id) = account::store::find_id(vault.db.reader(), &job.email_key).await? else {
        return Ok(());
    };
    let Some(tx) = Acting::on(&vault.db, id).await? else { return Ok(()) };
    let account = tx.account().clone();
    if !account.state.may_be_recovered() {
        return Ok(());
    }
    let leads_back = vault.settings.recovery.primary_email;
    let to = match job.to_own {
        true => account.proven_email().filter(|_| leads_back),
        false => account.proven_alternate(),
    };
    let Some(to) = to.map(str::to_owned) else { return Ok(()) };
    let new = NewLink {
        account: account.id,
        purpose: Purpose::Reset,
        detail: &to,
        lifetime: Purpose::Reset.lifetime(),
    };
    let path = link::make(&tx, now, &vault.random, new).await?;
    let source = Source { address_block: job.address_block, agent: job.agent };
    let writer = Writer { site: &vault.site, account: &account };
    let letter = writer.reset(&to, &path, now, &source)?.until(now + Purpose::Reset.lifetime());
    vault.outbox.add(&tx, now, &letter).await?;
    tx.commit().await
}
