//! Other profiles of the same Passport that may read what the one in use may not, and how to change to one.
use platform::web::{Visit, local_path, page::ActingAs};

use super::{anybody::shown, sign_in::with_next};
use crate::{
    Portal,
    access::{self, Rule},
    association::Standing,
    paths::SWITCH,
    plan::Entitlements,
    strength::AsAdministrator,
};

#[derive(Clone, Debug, Default)]
pub struct Others {
    pub profiles: Vec<ActingAs>,
    /// The page that changes to one and comes back; `None` where a visit keeps its profile.
    pub switch: Option<String>,
}

impl Others {
    /// Those of `all` besides `acting` who may read what has this rule, by what their companies are entitled to.
    pub fn who_may(
        portal: &Portal,
        visit: &Visit,
        (all, acting): (&[Standing], &Standing),
        (entitlements, mark): (&Entitlements, Option<AsAdministrator>),
        rule: &Rule,
    ) -> Self {
        let may = |other: &&Standing| {
            let (about, own) = ((&other.profile, &other.company), entitlements.of(other.company.id));
            other.association.id != acting.association.id
                && access::actions::judge_visit(&portal.places, visit.now, about, (own, mark), rule)
                    .is_allowed()
        };
        let profiles = all.iter().filter(may).map(shown).collect();
        let switch = portal.settings.portal.in_session_switch;
        Self { profiles, switch: switch.then(|| with_next(SWITCH, local_path(&visit.path))) }
    }

    #[cfg(test)]
    pub fn sample(switch: bool) -> Self {
        let profiles = vec![ActingAs { company: "Fabrikam S.A.".into(), person: "Maria Silva".into() }];
        Self { profiles, switch: switch.then(|| "/switch?next=%2Fresources".into()) }
    }
}
