//! For whom something is, as forms ask it: lists separated by commas. Knows no form in particular.
use platform::{Fault, db::Reader, web::Shell};

use crate::{
    access::Rule,
    company::{self, Kind, products_of},
};

/// The fields as they were sent, or as a rule fills them.
#[derive(Clone, Debug, Default)]
pub struct Audience {
    pub min_rank: String,
    pub categories: String,
    pub kinds: String,
    pub regions: String,
    pub products: String,
    /// Empty, or ticked.
    pub administrators: String,
}

/// Every field that can be wrong, with the catalogue key of what to do.
pub const ERRORS: [(&str, &str); 3] = [
    ("min_rank", "content-rank-wrong"),
    ("categories", "content-categories-wrong"),
    ("kinds", "content-kinds-wrong"),
];

/// Of label, mine and theirs, those that differ: label and theirs. What is empty is a dash.
pub fn unlike<const N: usize>(fields: [(String, &String, &String); N]) -> Vec<(String, String)> {
    let same = |text: &str| text.replace("\r\n", "\n").trim().to_owned();
    let differ = fields.into_iter().filter(|(_, mine, theirs)| same(mine) != same(theirs));
    let said = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    differ.map(|(label, _, theirs)| (label, said(theirs))).collect()
}

/// The same of a box that is ticked or empty.
pub fn unlike_box((mine, theirs): (&str, &str), shell: &Shell, label: &str) -> Option<(String, String)> {
    let said = if theirs.is_empty() { "no" } else { "yes" };
    (mine.is_empty() != theirs.is_empty()).then(|| (shell.t(label), shell.t(said)))
}

/// What companies have, beside the fields that ask for it: names in use, and those of the fields that nobody has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InUse {
    pub regions: String,
    pub products: String,
    pub strange_regions: String,
    pub strange_products: String,
}

/// So many names are told beside a field.
const TOLD: usize = 20;

impl InUse {
    pub async fn beside(db: &Reader, audience: &Audience) -> Result<Self, Fault> {
        let (regions, products) = company::store::list_in_use(db).await?;
        let told = |names: &[String]| {
            let rest = if names.len() > TOLD { ", …" } else { "" };
            names.iter().take(TOLD).cloned().collect::<Vec<_>>().join(", ") + rest
        };
        let strange = |said: &str, known: &[String]| {
            let mut names = products_of(said);
            names.retain(|name| !known.iter().any(|known| known.eq_ignore_ascii_case(name)));
            names.join(", ")
        };
        Ok(Self {
            strange_regions: strange(&audience.regions, &regions),
            strange_products: strange(&audience.products, &products),
            regions: told(&regions),
            products: told(&products),
        })
    }

    #[cfg(test)]
    pub fn sample() -> Self {
        Self {
            regions: "BR, US".into(),
            products: "GP, NAV".into(),
            strange_regions: "BRA".into(),
            strange_products: "GPX".into(),
        }
    }
}

impl Audience {
    pub fn of(rule: &Rule) -> Self {
        let kinds: Vec<_> = rule.kinds.iter().map(|kind| kind.text()).collect();
        Self {
            min_rank: rule.min_rank.map(|rank| rank.to_string()).unwrap_or_default(),
            categories: rule.categories.join(", "),
            kinds: kinds.join(", "),
            regions: rule.regions.join(", "),
            products: rule.products.join(", "),
            administrators: if rule.administrators { "1".into() } else { String::new() },
        }
    }

    /// Where `theirs` says otherwise: labels, and what it says.
    pub fn unlike(&self, theirs: &Self, shell: &Shell) -> Vec<(String, String)> {
        let mut all = unlike([
            (shell.t("content-rank"), &self.min_rank, &theirs.min_rank),
            (shell.t("content-categories"), &self.categories, &theirs.categories),
            (shell.t("content-kinds"), &self.kinds, &theirs.kinds),
            (shell.t("content-regions"), &self.regions, &theirs.regions),
            (shell.t("content-products"), &self.products, &theirs.products),
        ]);
        all.extend(unlike_box(
            (&self.administrators, &theirs.administrators),
            shell,
            "content-administrators",
        ));
        all
    }

    /// The rule; and which fields are wrong.
    pub fn read(&self) -> (Rule, Vec<&'static str>) {
        let mut wrong = Vec::new();
        let min_rank = self.min_rank.trim();
        let rank: Option<i32> = min_rank.parse().ok();
        if !min_rank.is_empty() && rank.is_none() {
            wrong.push("min_rank");
        }
        let categories = products_of(&self.categories);
        if categories.iter().any(|name| !["service", "support", "enhancement"].contains(&name.as_str())) {
            wrong.push("categories");
        }
        let names = products_of(&self.kinds);
        let kinds: Vec<Kind> = names.iter().map(|name| Kind::of_text(name)).collect();
        if kinds.iter().zip(&names).any(|(kind, name)| kind.text() != name) {
            wrong.push("kinds");
        }
        let rule = Rule {
            min_rank: rank,
            categories,
            kinds,
            regions: products_of(&self.regions),
            products: products_of(&self.products),
            administrators: !self.administrators.is_empty(),
            newsletter: None,
        };
        (rule, wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_comes_back_out_of_its_own_fields() {
        let rule = Rule {
            min_rank: Some(20),
            categories: vec!["support".into(), "service".into()],
            kinds: vec![Kind::Partner, Kind::Employee],
            regions: vec!["BR".into()],
            products: vec!["GP".into(), "NAV".into()],
            administrators: true,
            newsletter: None,
        };
        assert_eq!(Audience::of(&rule).read(), (rule, vec![]));
        assert_eq!(Audience::of(&Rule::default()).read(), (Rule::default(), vec![]));
        let wrong = Audience {
            min_rank: "high".into(),
            categories: "gold".into(),
            kinds: "friend".into(),
            ..Audience::default()
        };
        assert_eq!(wrong.read().1, ["min_rank", "categories", "kinds"]);
    }
}
