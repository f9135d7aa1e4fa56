//! Writing for the person behind a session: the account's lock, and what the session stands on, read again.
use platform::{clock::Moment, db::Database};

use super::{Lifetime, Session, store};
use crate::{
    account::{
        Account,
        acting::{Acting, Refusal},
    },
    sending::Sending,
};

impl Acting {
    /// For the person behind a session, as a request read both. Refused when the session or the account ended
    /// since, or what proves the person was changed.
    pub async fn in_session(
        db: &Database,
        lifetime: Lifetime,
        now: Moment,
        session: &Session,
        account: &Account,
    ) -> Result<Self, Refusal> {
        let acting = Self::to_protect(db, lifetime, now, session).await?;
        if acting.account().epoch == account.epoch { Ok(acting) } else { Err(Refusal::Ended) }
    }

    /// For what takes authority away, and for a password that was proven anew: the session must live, but nothing
    /// that somebody else changes meanwhile keeps its owner from it.
    pub async fn to_protect(
        db: &Database,
        lifetime: Lifetime,
        now: Moment,
        session: &Session,
    ) -> Result<Self, Refusal> {
        let acting = Self::on(db, session.account).await?.ok_or(Refusal::Ended)?;
        acting.is_of_live(lifetime, now, session).await?;
        Ok(acting)
    }

    /// The same for a form that does its work once, however often it is sent: `None` when it was done. What it does
    /// may end the very session.
    pub async fn once(
        db: &Database,
        lifetime: Lifetime,
        now: Moment,
        session: &Session,
        sending: &Sending,
    ) -> Result<Option<Self>, Refusal> {
        let acting = Self::on(db, session.account).await?.ok_or(Refusal::Ended)?;
        if !sending.is_first(&acting, now).await? {
            return Ok(None);
        }
        acting.is_of_live(lifetime, now, session).await?;
        Ok(Some(acting))
    }

    async fn is_of_live(&self, lifetime: Lifetime, now: Moment, session: &Session) -> Result<(), Refusal> {
        let live = self.account().is_active() && store::is_live(self, now, lifetime, session.id).await?;
        live.then_some(()).ok_or(Refusal::Ended)
    }
}
