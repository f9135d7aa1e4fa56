//! As whom somebody writes, read again inside the transaction; each is made here and nowhere else.
use platform::clock::Moment;

use super::{Acting, Footing, Locks, Refusal, begin};
use crate::{
    association::{self, AssociationId},
    company::Company,
    profile::{self, Profile, ProfileId},
    rp::Subject,
    session::Session,
    staff::{self, Staff},
};

/// Somebody signed in.
pub struct Signed(());

/// Somebody who acts as a profile.
pub struct Own {
    profile: Profile,
    company: Company,
}

/// An administrator of a company.
pub struct Administration {
    own: Own,
    acts: profile::Administrator,
}

/// Somebody of the staff.
pub struct Duty(Staff);

impl Acting<Signed> {
    pub async fn signed_in(footing: &Footing, now: Moment, read: &Session) -> Result<Self, Refusal> {
        Self::about(footing, now, read, &Locks::default()).await
    }

    /// The same for whoever concerns a profile that is not theirs yet.
    pub async fn about(
        footing: &Footing,
        now: Moment,
        read: &Session,
        locks: &Locks,
    ) -> Result<Self, Refusal> {
        let (tx, session) = begin(footing, now, read, locks).await?;
        Ok(Self { tx, session, stands_on: Signed(()) })
    }
}

impl Acting<Own> {
    /// As the profile of an association that the request acted by.
    pub async fn own(
        footing: &Footing,
        now: Moment,
        read: &Session,
        by: (AssociationId, ProfileId),
    ) -> Result<Self, Refusal> {
        Self::taking(footing, now, read, by, &Locks::of_person(by.1)).await?.asked(footing, now)
    }

    /// The same for whoever leaves it for another one, whatever their company asks for.
    pub async fn leaving(
        footing: &Footing,
        now: Moment,
        read: &Session,
        by: (AssociationId, ProfileId),
    ) -> Result<Self, Refusal> {
        Self::taking(footing, now, read, by, &Locks::of_person(by.1)).await
    }

    /// Whether the visit was proven as strongly as the company asks of its people.
    fn asked(self, footing: &Footing, now: Moment) -> Result<Self, Refusal> {
        footing.demands.company(now, self.stands_on.company.second_step_from, &self.session.acr)?;
        Ok(self)
    }

    async fn taking(
        footing: &Footing,
        now: Moment,
        read: &Session,
        (association, profile): (AssociationId, ProfileId),
        locks: &Locks,
    ) -> Result<Self, Refusal> {
        let (tx, session) = begin(footing, now, read, locks).await?;
        // Whoever has one profile only need not have chosen it.
        if session.association.is_some_and(|chosen| chosen != association) {
            return Err(Refusal::NoProfile);
        }
        let current = association::store::find_active(&tx, association).await?;
        if current.is_none_or(|current| current.profile != profile || current.subject != session.subject) {
            return Err(Refusal::NoProfile);
        }
        let found = profile::store::find(&tx, profile).await?;
        let found = found.filter(|(profile, company)| profile.is_active && company.is_active);
        let (profile, company) = found.ok_or(Refusal::NoProfile)?;
        Ok(Self { tx, session, stands_on: Own { profile, company } })
    }

    /// The profile, as it was when its row was locked.
    pub fn profile(&self) -> &Profile {
        &self.stands_on.profile
    }

    pub fn company(&self) -> &Company {
        &self.stands_on.company
    }
}

impl Acting<Administration> {
    /// As an administrator, for one of the company's people or for nobody in particular. Two who take each other's
    /// rights at the same time take turns, and who has just lost theirs writes nothing (AS-11).
    pub async fn administrator(
        footing: &Footing,
        now: Moment,
        read: &Session,
        (association, acts): (AssociationId, &profile::Administrator),
        about: Option<ProfileId>,
    ) -> Result<Self, Refusal> {
        let by = (association, acts.profile());
        let locks = Locks::of_company(acts.company()).and([by.1]).and(about);
        let taken = Acting::<Own>::taking(footing, now, read, by, &locks).await?.asked(footing, now)?;
        let Acting { tx, session, stands_on } = taken;
        let mark = footing.demands.administrator(&session.acr)?;
        match profile::Administrator::of(&stands_on.profile, mark) {
            Some(now) if now == *acts => {
                Ok(Self { tx, session, stands_on: Administration { own: stands_on, acts: now } })
            }
            _ => Err(Refusal::NoAdministrator),
        }
    }

    /// What every query on the company's people begins with.
    pub fn acts(&self) -> &profile::Administrator {
        &self.stands_on.acts
    }

    pub fn company(&self) -> &Company {
        &self.stands_on.own.company
    }
}

impl Acting<Duty> {
    /// As the member of the staff that the request was let in as, with whatever role they have now.
    pub async fn staff(
        footing: &Footing,
        now: Moment,
        read: &Session,
        known: &Staff,
        locks: &Locks,
    ) -> Result<Self, Refusal> {
        let (tx, session) = begin(footing, now, read, locks).await?;
        let member = staff::store::hold(&tx, &session.subject).await?;
        let member = member.ok_or(Refusal::NoStaff)?.proven(footing.demands.staff(&session.acr)?);
        if member != *known {
            return Err(Refusal::NoStaff);
        }
        if !session.proves(now, staff::FRESH) {
            return Err(Refusal::NotProven);
        }
        Ok(Self { tx, session, stands_on: Duty(member) })
    }

    pub fn member(&self) -> &Staff {
        &self.stands_on.0
    }

    /// The Passport, and how pages call it.
    pub fn by(&self) -> (&Subject, &str) {
        (&self.session.subject, &self.session.label)
    }
}
