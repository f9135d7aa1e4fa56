//! Other profiles of the same Passport that may read what the one in use may not, and how to change to one.
use platform::{
    Fault,
    web::{Visit, local_path, page::ActingAs},
};

use super::{anybody::shown, sign_in::with_next};
use crate::{
    Portal,
    access::{self, Rule},
    association::Standing,
    paths::SWITCH,
};

#[derive(Clone, Debug, Default)]
pub struct Others {
    pub profiles: Vec<ActingAs>,
    /// The page that changes to one and comes back; `None` where a visit keeps its profile.
    pub switch: Option<String>,
}

impl Others {
    /// Those of `all` besides `acting` who may read what has this rule.
    pub async fn who_may(
        portal: &Portal,
        visit: &Visit,
        (all, acting): (&[Standing], &Standing),
        rule: &Rule,
    ) -> Result<Self, Fault> {
        let mut profiles = Vec::new();
        for other in all.iter().filter(|other| other.association.id != acting.association.id) {
            let about = (&other.profile, &other.company);
            let face =
                access::actions::face(portal.db.reader(), &portal.places, visit.now, about, rule).await?;
            if face.is_allowed() {
                profiles.push(shown(other));
            }
        }
        let switch = portal.settings.portal.in_session_switch;
        Ok(Self { profiles, switch: switch.then(|| with_next(SWITCH, local_path(&visit.path))) })
    }

    #[cfg(test)]
    pub fn sample(switch: bool) -> Self {
        let profiles = vec![ActingAs { company: "Fabrikam S.A.".into(), person: "Maria Silva".into() }];
        Self { profiles, switch: switch.then(|| "/switch?next=%2Fresources".into()) }
    }
}
