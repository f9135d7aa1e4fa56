//! Doors for time: what happens without anybody asking.
use std::time::Duration;

use platform::{
    Fault,
    clock::Moment,
    mail::Letter,
    outbox::{self, Worker},
    sweep::Over,
    timed::{self, Next},
};
use tokio_util::sync::CancellationToken;

use crate::{
    acts::{self, claim_name::SendClaim, recover::SendReset},
    automatic, billing, client, computer, device, grant, history, key, link, name_claim, pushed, recovery,
    second_step, session,
    state::Passport,
    support, tell,
};

pub mod put_back;
pub mod tell_sites;

/// The worker of Passport's outbox.
pub fn worker(passport: &Passport) -> Worker {
    let [for_mail, for_clients, for_events, for_resets, for_claims] =
        std::array::from_fn(|_| passport.clone());
    Worker::new(passport.db.clone(), passport.clock.clone(), &passport.keyring)
        .on(move |id, letter: Letter| {
            let passport = for_mail.clone();
            async move { passport.mailer.send(&id.to_string(), &letter).await.into() }
        })
        .on(move |_, job: tell::clients::TellClient| {
            let passport = for_clients.clone();
            async move { tell_sites::of_session(&passport, &job).await }
        })
        .on(move |_, job: tell::events::TellEvent| {
            let passport = for_events.clone();
            async move { tell_sites::of_account(&passport, &job).await }
        })
        .on(move |_, job: SendReset| {
            let passport = for_resets.clone();
            async move { acts::recover::send_reset(&passport, passport.clock.now(), job).await }
        })
        .on(move |_, job: SendClaim| {
            let passport = for_claims.clone();
            async move { acts::claim_name::send(&passport, passport.clock.now(), job).await }
        })
}

/// Every half minute: ends sessions whose time is over, so that their sites hear of it and their grants end.
pub async fn end_lapsed_until(passport: Passport, stop: CancellationToken) {
    let round = |passport: Passport| async move {
        let ended = acts::sessions::end_lapsed(&passport, passport.clock.now()).await?;
        Ok(if ended > 0 { Next::Soon } else { Next::InTime })
    };
    timed::run("end lapsed sessions", Duration::from_secs(30), passport, stop, round).await;
}

/// Every ten minutes: removes what has ended, and rotates keys that are old enough.
pub async fn sweep_until(passport: Passport, stop: CancellationToken) {
    let round = |passport: Passport| async move { sweep(&passport).await.map(|()| Next::InTime) };
    timed::run("sweep", Duration::from_secs(600), passport, stop, round).await;
}

/// What is swept.
const SWEPT: [Over; 16] = [
    session::store::OVER,
    grant::store::OVER,
    pushed::store::OVER,
    client::registration::store::OVER,
    client::registration::store::DOCUMENTS_OVER,
    link::store::OVER,
    recovery::store::OVER,
    history::store::OVER,
    platform::once::OVER,
    device::store::OVER,
    platform::limits::OVER,
    automatic::store::OVER,
    computer::store::OVER,
    name_claim::store::OVER,
    support::store::OVER,
    second_step::store::waivers::OVER,
];

/// One sweep. Nothing depends on it: what has ended is refused by its own time.
pub async fn sweep(passport: &Passport) -> Result<(), Fault> {
    let now = passport.clock.now();
    let keys = &passport.settings.keys;
    for over in SWEPT {
        over.sweep(&passport.db, now).await?;
    }
    outbox::given_up_over(passport.settings.outbox.kept()).sweep(&passport.db, now).await?;
    let overlap = Duration::from_secs(u64::from(keys.overlap_hours) * 3600);
    let tx = passport.db.begin().await?;
    key::store::drop_retired(&tx, now - overlap).await?;
    tx.commit().await?;
    acts::close::erase_due(passport, now).await?;
    acts::claim_name::carry_out_all(passport, now).await?;
    drop_unused_registrations(passport, now).await?;
    note_names(passport, now).await?;
    if keys.rotate_days > 0 {
        let age = Duration::from_secs(u64::from(keys.rotate_days) * 24 * 3600);
        for row in key::store::list_all(passport.db.reader()).await? {
            let old =
                row.active_at.is_some_and(|since| now.since(since) > age) && row.state == key::State::Active;
            if let Some(algorithm) = oidc::jws::SigningAlgorithm::parse(&row.algorithm).filter(|_| old) {
                let keys = &passport.keys;
                if keys.rotate_key(&passport.db, &passport.random, now, algorithm, &row.kid).await? {
                    tracing::info!(%algorithm, "Rotated a signing key");
                }
            }
        }
    }
    Ok(())
}

/// Sites that the operator lets ask by name: once, the names that they were given before names were noted.
async fn note_names(passport: &Passport, now: Moment) -> Result<(), Fault> {
    for client in billing::store::list_unnamed_suppliers(passport.db.reader()).await? {
        acts::give::note_names(passport, &client).await?;
        let tx = passport.db.begin().await?;
        billing::store::set_supplier_named(&tx, now, &client).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// How many registrations go in one transaction.
const BATCH: u64 = 200;

async fn drop_unused_registrations(passport: &Passport, now: Moment) -> Result<(), Fault> {
    let days = passport.settings.registration.unused_days;
    if days == 0 {
        return Ok(());
    }
    let before = now - Duration::from_secs(u64::from(days) * 24 * 3600);
    loop {
        let tx = passport.db.begin().await?;
        let removed = client::registration::store::drop_unused(&tx, before, BATCH).await?;
        tx.commit().await?;
        if removed > 0 {
            tracing::info!(removed, "Sites that registered by themselves and were not used are removed");
        }
        if removed < BATCH {
            return Ok(());
        }
    }
}
