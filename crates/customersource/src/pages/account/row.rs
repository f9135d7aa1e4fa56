//! One person of the company as pages show them: state pills, last visit, last invitation. Knows no query.
use platform::{
    clock::Moment,
    mail,
    web::{Shell, Thing, Visit},
};

use crate::{
    association::{Association, InvitationId},
    people::{Fared, Involvement, Person},
    profile::Profile,
};

/// A person as buttons show them: who, at which address, in which version, with which association.
pub fn thing(profile: &Profile, current: Option<&Association>) -> Thing {
    Thing::of("professional")
        .and(profile.id.to_string())
        .and(profile.version.to_be_bytes())
        .and(profile.name())
        .and(&profile.email)
        .and(current.map(|current| current.id.to_string()).unwrap_or_default())
}

/// A person in a table or on their own page.
#[derive(Clone)]
pub struct Row {
    pub id: String,
    pub name: String,
    /// The saved address: invitations go here (CS-51).
    pub email: String,
    pub is_admin: bool,
    /// An administrator whom nobody reaches through the portal.
    pub is_unreachable: bool,
    pub standing: Involvement,
    pub fared: Option<Fared>,
    /// Why the last invitation did not arrive, in plain words; absent when nothing came back.
    pub why: Option<mail::Why>,
    /// Day of the last visit; empty: never.
    pub last_visit: String,
    /// When the last invitation was made; empty: never.
    pub invited_at: String,
    /// The invitation that can be withdrawn.
    pub live: Option<InvitationId>,
    /// What buttons beside this row act on.
    pub thing: Thing,
}

impl Row {
    pub fn of(person: &Person, visit: &Visit) -> Self {
        let now = visit.now;
        let seen = person.current.as_ref().and_then(|current| current.seen_at);
        let day = |at: Moment| visit.day_of(at);
        Self {
            id: person.profile.id.to_string(),
            name: person.profile.name(),
            email: person.profile.email.clone(),
            is_admin: person.profile.is_admin,
            is_unreachable: person.is_unreachable(now),
            standing: person.standing(now),
            fared: person.fared(now),
            why: person.invitation.as_ref().and_then(|last| Some(mail::Why::of(last.why.as_deref()?))),
            last_visit: seen.map(day).unwrap_or_default(),
            invited_at: person.invitation.as_ref().map(|last| day(last.created_at)).unwrap_or_default(),
            live: person.live_invitation(now).map(|live| live.id),
            thing: thing(&person.profile, person.current.as_ref()),
        }
    }

    pub fn standing_key(&self) -> &'static str {
        match self.standing {
            Involvement::NotInvited => "standing-not-invited",
            Involvement::Invited => "standing-invited",
            Involvement::Associated => "standing-associated",
            Involvement::Expired => "standing-expired",
        }
    }

    /// The class of the state's pill.
    pub fn standing_class(&self) -> &'static str {
        match self.standing {
            Involvement::NotInvited => "",
            Involvement::Invited => "warn",
            Involvement::Associated => "ok",
            Involvement::Expired => "bad",
        }
    }

    /// How the last invitation fared; empty: there was none.
    pub fn fared_key(&self) -> &'static str {
        match self.fared {
            None => "fared-none",
            Some(Fared::OnItsWay) => "fared-on-its-way",
            Some(Fared::Sent) => "fared-sent",
            Some(Fared::Accepted) => "fared-accepted",
            Some(Fared::Declined) => "fared-declined",
            Some(Fared::Replaced) => "fared-replaced",
            Some(Fared::Withdrawn) => "fared-withdrawn",
            Some(Fared::Expired) => "fared-expired",
            Some(Fared::Undeliverable) => "fared-undeliverable",
        }
    }

    /// How the last invitation fared, and why it did not arrive.
    pub fn fared_words(&self, shell: &Shell) -> String {
        in_words(shell.t(self.fared_key()), self.why.map(|why| shell.t(why.key())))
    }

    /// The same for a file.
    pub fn fared_text(&self, visit: &Visit) -> String {
        in_words(visit.t(self.fared_key()), self.why.map(|why| visit.t(why.key())))
    }

    #[cfg(test)]
    pub fn sample(name: &str, standing: Involvement, fared: Option<Fared>) -> Self {
        Self {
            id: "0193".into(),
            name: name.into(),
            email: "maria@contoso.example".into(),
            is_admin: standing == Involvement::Associated,
            is_unreachable: standing == Involvement::Associated && fared.is_none(),
            standing,
            fared,
            why: (fared == Some(Fared::Undeliverable)).then_some(mail::Why::NoMailbox),
            last_visit: if fared.is_some() { "2026-11-20".into() } else { String::new() },
            invited_at: if fared.is_some() { "2026-11-18".into() } else { String::new() },
            live: matches!(fared, Some(Fared::Sent | Fared::OnItsWay))
                .then_some(InvitationId(uuid::Uuid::nil())),
            thing: Thing::of("professional"),
        }
    }

    /// One of each state.
    #[cfg(test)]
    pub fn samples() -> Vec<Self> {
        [
            ("Ana Souza", Involvement::Associated, None),
            ("Maria Silva", Involvement::Associated, Some(Fared::Accepted)),
            ("João Lima", Involvement::NotInvited, None),
            ("Rui Reis", Involvement::NotInvited, Some(Fared::Declined)),
            ("Eva Dias", Involvement::NotInvited, Some(Fared::Undeliverable)),
            ("Zé Cruz", Involvement::NotInvited, Some(Fared::Withdrawn)),
            ("Lia Melo", Involvement::Invited, Some(Fared::Sent)),
            ("Gil Nunes", Involvement::Invited, Some(Fared::OnItsWay)),
            ("Ivo Pires", Involvement::Expired, Some(Fared::Expired)),
            ("Bea Rosa", Involvement::NotInvited, Some(Fared::Replaced)),
        ]
        .into_iter()
        .map(|(name, standing, fared)| Self::sample(name, standing, fared))
        .collect()
    }
}

fn in_words(fared: String, why: Option<String>) -> String {
    match why {
        Some(why) => format!("{fared}: {why}"),
        None => fared,
    }
}
