//! What the form of a resource says, or what is wrong with it.
use platform::clock::Moment;

use super::edit::Fields;
use crate::{
    access::Rule,
    content::LONGEST_BODY,
    maintenance::parse_minute,
    newsletter::NewsletterId,
    resource::{Resource, ResourceId, Section, State, Words, is_slug, is_title},
    staff,
};

/// Every field that can be wrong, with the catalogue key of what to do.
pub const ERRORS: [(&str, &str); 13] = [
    ("section", "content-section-wrong"),
    ("slug", "content-slug-wrong"),
    ("published", "content-published-wrong"),
    ("min_rank", "content-rank-wrong"),
    ("categories", "content-categories-wrong"),
    ("kinds", "content-kinds-wrong"),
    ("title_en", "content-words-wrong"),
    ("title_pt", "content-words-wrong"),
    ("summary_en", "content-summary-wrong"),
    ("summary_pt", "content-summary-wrong"),
    ("body_en", "content-body-wrong"),
    ("body_pt", "content-body-wrong"),
    ("reason", "staff-reason-wrong"),
];

/// A form that can be stored.
#[derive(Debug, PartialEq, Eq)]
pub struct Draft {
    pub section: Section,
    pub state: State,
    pub published_at: Option<Moment>,
    pub rule: Rule,
    pub words: Vec<Words>,
    pub reason: String,
}

impl Draft {
    /// The draft, or which fields are wrong.
    pub fn read(fields: &Fields) -> Result<Self, Vec<(&'static str, &'static str)>> {
        let mut wrong = Vec::new();
        let mut complain = |field: &str| wrong.extend(ERRORS.into_iter().filter(|(name, _)| *name == field));
        let section = Section::of_text(&fields.section);
        if section.is_none() {
            complain("section");
        }
        if !is_slug(&fields.slug) {
            complain("slug");
        }
        let published = fields.published.trim();
        let published_at = parse_minute(&format!("{published}T00:00"));
        if !published.is_empty() && published_at.is_none() {
            complain("published");
        }
        let (rule, wrong_audience) = fields.audience().read();
        wrong_audience.iter().for_each(|field| complain(field));
        let mut words = Vec::new();
        let english = [&fields.title_en, &fields.summary_en, &fields.body_en];
        let portuguese = [&fields.title_pt, &fields.summary_pt, &fields.body_pt];
        for (language, names, texts) in [
            ("en-US", ["title_en", "summary_en", "body_en"], english),
            ("pt-BR", ["title_pt", "summary_pt", "body_pt"], portuguese),
        ] {
            let [title, summary, body] = texts;
            let is_empty = [title, summary, body].iter().all(|text| text.trim().is_empty());
            let hides = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
            let fits = [
                is_title(title),
                summary.chars().count() <= 500 && !summary.contains(hides),
                body.len() <= LONGEST_BODY && !body.contains(hides),
            ];
            if is_empty {
                continue;
            }
            names.iter().zip(fits).filter(|(_, fits)| !fits).for_each(|(name, _)| complain(name));
            if fits == [true; 3] {
                words.push(Words {
                    language: language.into(),
                    title: title.trim().to_owned(),
                    summary: summary.split_whitespace().collect::<Vec<_>>().join(" "),
                    body: body.replace("\r\n", "\n").trim().to_owned(),
                });
            }
        }
        let all = english.into_iter().chain(portuguese);
        if all.into_iter().all(|text| text.trim().is_empty()) {
            complain("title_en");
        }
        let reason = staff::reason(&fields.reason);
        if reason.is_none() {
            complain("reason");
        }
        match (section, reason) {
            (Some(section), Some(reason)) if wrong.is_empty() => {
                Ok(Self { section, state: State::of_text(&fields.state), published_at, rule, words, reason })
            }
            _ => Err(wrong),
        }
    }

    /// The resource as it is stored when it is new.
    pub fn resource(
        &self,
        id: ResourceId,
        fields: &Fields,
        newsletter: Option<NewsletterId>,
        now: Moment,
    ) -> Resource {
        let line = |text: &str| text.trim().chars().filter(|c| !c.is_control()).take(60).collect();
        Resource {
            id,
            section: self.section,
            slug: fields.slug.clone(),
            newsletter,
            product: line(&fields.product),
            version: line(&fields.version),
            rule: self.rule.clone(),
            state: self.state,
            published_at: self.published_at.or(Some(now)),
            updated_at: now,
            mailed_at: None,
            revision: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::company::Kind;

    fn fields() -> Fields {
        Fields {
            section: "documentation".into(),
            slug: "a-guide".into(),
            state: "published".into(),
            title_en: " A guide ".into(),
            kinds: "partner, employee".into(),
            reason: "It was asked for".into(),
            ..Fields::default()
        }
    }

    #[test]
    fn a_whole_form_is_a_draft() {
        let draft = Draft::read(&fields()).unwrap();
        assert_eq!((draft.section, draft.state), (Section::Documentation, State::Published));
        assert_eq!(draft.rule.kinds, [Kind::Partner, Kind::Employee]);
        assert_eq!((draft.words.len(), draft.words[0].title.as_str()), (1, "A guide"));
    }

    #[test]
    fn every_wrong_field_is_named() {
        let wrong = Fields {
            section: "x".into(),
            slug: "A".into(),
            published: "soon".into(),
            min_rank: "high".into(),
            categories: "gold".into(),
            kinds: "friend".into(),
            title_en: String::new(),
            title_pt: "x\ny".into(),
            summary_en: "x".repeat(501),
            summary_pt: "\u{7}".into(),
            body_en: "x".repeat(LONGEST_BODY + 1),
            body_pt: "\u{7}".into(),
            reason: "no".into(),
            ..fields()
        };
        let named: Vec<_> = Draft::read(&wrong).unwrap_err().iter().map(|(field, _)| *field).collect();
        let mut all: Vec<_> = ERRORS.iter().map(|(field, _)| *field).collect();
        all.sort_unstable();
        let mut sorted = named.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, all, "{named:?}");
    }
}
