//! Settings of resources: the APIs that tokens of ours are for, as the operator lists them.
use oidc::{
    authorize::Policy,
    resource::{Listed, is_lawful},
};
use platform::config::Problem;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Resources {
    /// Each with an identifier, a name, the scopes that it brings, the format of its tokens, and who may ask for them.
    pub list: Vec<Listed>,
}

impl Resources {
    pub(super) fn problems(&self) -> Vec<Problem> {
        let standard = Policy::default().scopes;
        let mut found = Vec::new();
        for (position, Listed { identifier, scopes, .. }) in self.list.iter().enumerate() {
            let mut complain = |text: String| found.push(Problem::new("resources.list", text));
            if let Err(problem) = is_lawful(identifier) {
                complain(format!("`{identifier}` {problem}"));
            }
            if self.list.iter().take(position).any(|earlier| earlier.identifier == *identifier) {
                complain(format!("`{identifier}` is listed twice"));
            }
            // These speak of the person, and are had by registration alone.
            let personal = scopes.intersection(&standard);
            if !personal.is_empty() {
                complain(format!("`{identifier}` cannot bring the scopes of Passport itself: {personal}"));
            }
        }
        found
    }
}
