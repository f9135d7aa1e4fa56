//! Asking the provider again about people who are signed in, in the background: no request waits for it.
use std::time::Duration;

use platform::{
    Fault,
    timed::{self, Next},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Portal,
    rp::refresh::{Asked, Known},
    session::{
        self,
        store::refresh::{self, Due},
    },
};

const EVERY: Duration = Duration::from_secs(30);
/// So many are asked about in one round.
const MOST: u64 = 100;

pub async fn run(portal: Portal, stop: CancellationToken) {
    if !portal.rp.refreshes() {
        return;
    }
    let round = |(portal, stop): (Portal, CancellationToken)| async move {
        until(&portal, &stop).await.map(|()| Next::InTime)
    };
    timed::run("ask the provider again", EVERY, (portal, stop.clone()), stop, round).await;
}

/// Everybody whose turn it is; any number of nodes may do this at once.
pub async fn once(portal: &Portal) -> Result<(), Fault> {
    until(portal, &CancellationToken::new()).await
}

/// A question that was asked is waited for, because its answer may hold a new token; no further one is asked after
/// the order to stop.
async fn until(portal: &Portal, stop: &CancellationToken) -> Result<(), Fault> {
    let now = portal.clock.now();
    let interval = Duration::from_secs(u64::from(portal.settings.passport.refresh_minutes) * 60);
    let lifetime = portal.session_lifetime;
    let due = refresh::list_due(portal.db.reader(), now, lifetime, now - interval, MOST).await?;
    for due in due.into_iter().take_while(|_| !stop.is_cancelled()) {
        let tx = portal.db.begin().await?;
        let mine = refresh::spend_turn(&tx, now, &due).await?;
        tx.commit().await?;
        if mine {
            ask(portal, &due).await?;
        }
    }
    Ok(())
}

async fn ask(portal: &Portal, due: &Due) -> Result<(), Fault> {
    let now = portal.clock.now();
    let Some(refresh_token) = portal.rp.open_token(&due.digest, &due.refresh_token) else {
        // One session of another key file must not keep the others waiting.
        tracing::error!("A refresh token cannot be opened: is this the key file it was sealed with?");
        return Ok(());
    };
    let known = Known {
        subject: &due.subject,
        auth_time: (due.auth_time != Default::default()).then_some(due.auth_time),
        refresh_token: &refresh_token,
    };
    // A provider that is away says nothing about anybody.
    let asked = portal.rp.renew(now, &known).await?;
    let tx = portal.db.begin().await?;
    match asked {
        Asked::Over(why) => {
            tracing::info!(why, "The provider ended a sign-in");
            session::store::end(&tx, due.digest).await?;
        }
        Asked::Fine(news) => {
            let next = news.refresh_token.as_deref();
            let next = next.map(|token| portal.rp.seal_token(&due.digest, token)).transpose()?;
            refresh::set_news(&tx, due.digest, &news.label, news.email.as_deref(), next).await?;
        }
    }
    tx.commit().await
}
