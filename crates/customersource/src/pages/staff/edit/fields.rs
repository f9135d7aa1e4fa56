//! The form of a resource, as it is sent and as a resource fills it.
use platform::{language::Language, web::Shell};
use serde::{Deserialize, Serialize};

use super::super::audience::{Audience, unlike};
use crate::resource::{self, Resource};

/// The form as it is sent. Lists are separated by commas.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Fields {
    pub section: String,
    pub newsletter: String,
    pub slug: String,
    pub product: String,
    #[serde(rename = "for_version")]
    pub version: String,
    pub state: String,
    pub published: String,
    pub min_rank: String,
    pub categories: String,
    pub kinds: String,
    pub regions: String,
    pub products: String,
    pub administrators: String,
    pub title_en: String,
    pub summary_en: String,
    pub body_en: String,
    pub title_pt: String,
    pub summary_pt: String,
    pub body_pt: String,
    pub revision: i32,
    pub reason: String,
}

impl Fields {
    pub fn of(about: &Resource, words: &[resource::Words]) -> Self {
        let in_language = |language: Language| {
            words.iter().find(|words| words.language == language.tag()).cloned().unwrap_or_default()
        };
        let (english, portuguese) = (in_language(Language::EnUs), in_language(Language::PtBr));
        let mut fields = Self {
            section: about.section.text().into(),
            newsletter: String::new(),
            slug: about.slug.clone(),
            product: about.product.clone(),
            version: about.version.clone(),
            state: about.state.text().into(),
            published: about.published_at.map(|at| at.date().to_string()).unwrap_or_default(),
            title_en: english.title,
            summary_en: english.summary,
            body_en: english.body,
            title_pt: portuguese.title,
            summary_pt: portuguese.summary,
            body_pt: portuguese.body,
            revision: about.revision,
            ..Self::default()
        };
        fields.set_audience(Audience::of(&about.rule));
        fields
    }

    /// Where `theirs` says otherwise: labels, and what it says.
    pub fn unlike(&self, theirs: &Self, shell: &Shell) -> Vec<(String, String)> {
        let in_language = |key, language| format!("{} ({})", shell.t(key), shell.t(language));
        let english = |key| in_language(key, "content-english");
        let portuguese = |key| in_language(key, "content-portuguese");
        let pairs = [
            (english("content-title"), &self.title_en, &theirs.title_en),
            (english("content-summary"), &self.summary_en, &theirs.summary_en),
            (english("content-body"), &self.body_en, &theirs.body_en),
            (portuguese("content-title"), &self.title_pt, &theirs.title_pt),
            (portuguese("content-summary"), &self.summary_pt, &theirs.summary_pt),
            (portuguese("content-body"), &self.body_pt, &theirs.body_pt),
            (shell.t("content-product"), &self.product, &theirs.product),
            (shell.t("content-version"), &self.version, &theirs.version),
            (shell.t("content-day"), &self.published, &theirs.published),
        ];
        let mut all = unlike(pairs);
        if self.state != theirs.state {
            all.push((shell.t("csv-standing"), shell.t(&format!("content-{}", theirs.state))));
        }
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

    pub fn set_audience(&mut self, audience: Audience) {
        self.min_rank = audience.min_rank;
        self.categories = audience.categories;
        self.kinds = audience.kinds;
        self.regions = audience.regions;
        self.products = audience.products;
        self.administrators = audience.administrators;
    }
}
