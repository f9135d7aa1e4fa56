//! What the form of a newsgroup or newsletter says, or what is wrong with it.
use platform::{language::Language, web::Shell};
use serde::Deserialize;
use uuid::Uuid;

use super::super::{
    audience::{self, Audience, unlike, unlike_box},
    serial::Serial,
};
use crate::{
    resource::{is_slug, is_title},
    staff,
};

/// The form as it is sent. Lists are separated by commas.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    pub slug: String,
    pub language: String,
    pub name: String,
    pub about: String,
    pub min_rank: String,
    pub categories: String,
    pub kinds: String,
    pub regions: String,
    pub products: String,
    pub administrators: String,
    pub read_only: String,
    pub state: String,
    pub revision: i32,
    pub reason: String,
}

impl Fields {
    pub fn of(about: &Serial) -> Self {
        let Audience { min_rank, categories, kinds, regions, products, administrators } =
            Audience::of(&about.rule);
        Self {
            slug: about.slug.clone(),
            language: about.language.clone(),
            name: about.name.clone(),
            about: about.about.clone(),
            min_rank,
            categories,
            kinds,
            regions,
            products,
            administrators,
            read_only: if about.is_readonly { "1".into() } else { String::new() },
            state: if about.is_open { "open" } else { "closed" }.into(),
            revision: about.revision,
            reason: String::new(),
        }
    }

    /// Where `theirs` says otherwise: labels, and what it says.
    pub fn unlike(&self, theirs: &Self, shell: &Shell) -> Vec<(String, String)> {
        let mut all = unlike([
            (shell.t("series-name"), &self.name, &theirs.name),
            (shell.t("series-about"), &self.about, &theirs.about),
            (shell.t("series-language"), &self.language, &theirs.language),
        ]);
        if self.state != theirs.state {
            all.push((shell.t("csv-standing"), shell.t(&format!("series-{}", theirs.state))));
        }
        all.extend(unlike_box((&self.read_only, &theirs.read_only), shell, "newsgroup-readonly-label"));
        all.extend(self.audience().unlike(&theirs.audience(), shell));
        all
    }

    pub fn audience(&self) -> Audience {
        Audience {
            min_rank: self.min_rank.clone(),
            categories: self.categories.clone(),
            kinds: self.kinds.clone(),
            regions: self.regions.clone(),
            products: self.products.clone(),
            administrators: self.administrators.clone(),
        }
    }

    /// What the form says with its reason, or which fields are wrong.
    pub fn read(&self, id: Uuid) -> Result<(Serial, String), Vec<(&'static str, &'static str)>> {
        let mut wrong = Vec::new();
        let mut check = |fits: bool, field: &'static str, key: &'static str| {
            if !fits {
                wrong.push((field, key));
            }
        };
        check(is_slug(&self.slug), "slug", "content-slug-wrong");
        check(Language::of_tag(&self.language).is_some(), "language", "series-language-wrong");
        check(is_title(&self.name), "name", "series-name-wrong");
        let about = self.about.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_plain = !about.contains(char::is_control);
        check(is_plain && about.chars().count() <= 500, "about", "series-about-wrong");
        let (rule, wrong_audience) = self.audience().read();
        for (field, key) in audience::ERRORS {
            check(!wrong_audience.contains(&field), field, key);
        }
        let reason = staff::reason(&self.reason);
        check(reason.is_some(), "reason", "staff-reason-wrong");
        match reason {
            Some(reason) if wrong.is_empty() => {
                let about = Serial {
                    id,
                    slug: self.slug.clone(),
                    language: self.language.clone(),
                    name: self.name.trim().to_owned(),
                    about,
                    rule,
                    is_readonly: !self.read_only.is_empty(),
                    is_open: self.state != "closed",
                    revision: self.revision,
                };
                Ok((about, reason))
            }
            _ => Err(wrong),
        }
    }
}
