//! The form of a profile, as administrators and people themselves fill it in. Knows no page.
use platform::{email::EmailAddress, web::Errors};
use serde::Deserialize;

use crate::profile::{Profile, name_of, store::Details, typed_name};

/// The form as it was filled in; nothing else of a profile can be set by it (AS-09).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    /// Present when the box is ticked.
    pub administrator: Option<String>,
    pub invite: Option<String>,
    pub version: i32,
}

impl Fields {
    pub fn is_administrator(&self) -> bool {
        self.administrator.is_some()
    }

    pub fn is_to_invite(&self) -> bool {
        self.invite.is_some()
    }

    pub fn of(profile: &Profile) -> Self {
        Self {
            first_name: profile.first_name.clone(),
            last_name: profile.last_name.clone(),
            email: profile.email.clone(),
            administrator: profile.is_admin.then(|| "on".into()),
            invite: None,
            version: profile.version,
        }
    }

    /// What they say, or what is wrong with them, field by field.
    pub fn details(&self, say: impl Fn(&str) -> String) -> Result<Details, Errors> {
        let (first, last) = (typed_name(&self.first_name), typed_name(&self.last_name));
        let email = EmailAddress::parse(&self.email).ok();
        let mut errors = Errors::default();
        for (field, found, typed, wrong) in [
            ("first_name", &first, &self.first_name, "person-first-name-wrong"),
            ("last_name", &last, &self.last_name, "person-last-name-wrong"),
        ] {
            if found.is_none() {
                let is_link = name_of(typed).is_some();
                errors.add(field, say(if is_link { "person-name-link" } else { wrong }));
            }
        }
        if email.is_none() {
            errors.add("email", say("associate-email-malformed"));
        }
        match (first, last, email) {
            (Some(first_name), Some(last_name), Some(email)) => Ok(Details { first_name, last_name, email }),
            _ => Err(errors),
        }
    }
}
