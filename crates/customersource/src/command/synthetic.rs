//! `seed --synthetic`: an installation of any size out of nothing, for measuring. The same numbers make the same one.
use std::fmt::Write as _;

use anyhow::Context as _;
use clap::Args;
use platform::db::Filling;
use serde_json::json;

use super::{open, say};
use crate::{
    Portal, Settings,
    access::Rule,
    content::{self, Content, Item, Series},
    import::{
        Extent, Mapping, What,
        actions::{Work, carry_out, look},
        rows,
    },
    resource::{self, Section, State, Words},
    seed,
};

#[derive(Args)]
pub struct Synthetic {
    /// So many people, fifty in a company, for measuring: the database must be empty
    #[arg(long = "synthetic", value_name = "PROFILES", conflicts_with = "file")]
    profiles: u32,
    /// So many articles, in both languages
    #[arg(long, value_name = "N", default_value_t = 5_000, requires = "profiles")]
    articles: u32,
}

/// The source of all companies and people.
const SOURCE: &str = "synthetic";
const PEOPLE_A_COMPANY: u32 = 50;
/// So many companies, people and articles are stored in one go.
const COMPANIES_AT_ONCE: usize = 500;
const PROFILES_AT_ONCE: usize = 10_000;
const ARTICLES_AT_ONCE: usize = 100;

pub async fn fill(settings: Settings, wanted: &Synthetic) -> anyhow::Result<()> {
    let portal = open(settings).await?;
    portal.migrate().await?;
    anyhow::ensure!(
        crate::company::store::find_any(portal.db.reader()).await?.is_none(),
        "there are companies already: a synthetic installation is made in an empty database"
    );
    let companies = wanted.profiles.div_ceil(PEOPLE_A_COMPANY).max(1);
    store_companies(&portal, companies).await?;
    store_profiles(&portal, wanted.profiles, companies).await?;
    store_articles(&portal, wanted.articles).await?;
    say(&format!(
        "{companies} companies, {} profiles and {} articles are stored.",
        wanted.profiles, wanted.articles
    ))
}

async fn store_companies(portal: &Portal, count: u32) -> anyhow::Result<()> {
    let numbers: Vec<u32> = (0..count).collect();
    for numbers in numbers.chunks(COMPANIES_AT_ONCE) {
        let company = |number: &u32| {
            let kind = if number % 50 == 49 { "partner" } else { "customer" };
            let region = pick(&["BR", "US", "PT"], *number);
            let products = [pick(&PRODUCTS, *number / 3), pick(&PRODUCTS, *number / 3 + 1)];
            json!({"source": SOURCE, "external_id": format!("c{number}"), "name": format!("{} {number}", pick(&LAST, *number)),
                   "kind": kind, "region": region, "products": products})
        };
        let plan = |number: &u32| {
            let plan = pick(&["basic", "premier"], *number);
            json!({"source": SOURCE, "company": format!("c{number}"), "plan": plan, "starts_on": "2020-01-01", "ends_on": "9999-12-31"})
        };
        let data = json!({
            "companies": numbers.iter().map(company).collect::<Vec<_>>(),
            "plans": [
                {"code": "basic", "category": "service", "name": "Basic Service", "rank": 10},
                {"code": "premier", "category": "support", "name": "Premier Support", "rank": 30},
            ],
            "entitlements": numbers.iter().map(plan).collect::<Vec<_>>(),
        });
        seed::apply(portal, &seed::Seed::parse(&data.to_string())?).await?;
    }
    Ok(())
}

async fn store_profiles(portal: &Portal, count: u32, companies: u32) -> anyhow::Result<()> {
    let mapping = Mapping { source: SOURCE.to_owned(), ..Mapping::default() };
    let numbers: Vec<u32> = (0..count).collect();
    for numbers in numbers.chunks(PROFILES_AT_ONCE) {
        let mut table = "external_id,company,first_name,last_name,email,bill_to\n".to_owned();
        for number in numbers {
            let (first, last) = (pick(&FIRST, number / 7), pick(&LAST, number / 3));
            let (company, is_first) = (number % companies, u32::from(*number < companies));
            writeln!(table, "p{number},c{company},{first},{last},p{number}@c{company}.example,{is_first}")?;
        }
        let rows = rows(&table, &mapping, What::Profiles)?;
        let work = Work { db: &portal.db, clock: &portal.clock, desk: portal.desk() };
        let extent = Extent { is_full: false, let_go: 0 };
        let staged = look(&work, What::Profiles, (&rows, &mapping), extent).await?;
        carry_out(&work, staged, &mut |_| true).await?;
    }
    Ok(())
}

async fn store_articles(portal: &Portal, count: u32) -> anyhow::Result<()> {
    let (english, portuguese) = (vocabulary(&ENGLISH), vocabulary(&PORTUGUESE));
    let series = |name: &str| Series {
        language: "en-US".into(),
        name: name.into(),
        about: "For measuring.".into(),
        audience: Rule::default(),
        read_only: false,
    };
    let mut content = Content {
        newsletters: vec![("news".into(), series("News"))],
        newsgroups: vec![("questions".into(), series("Questions"))],
        items: vec![],
    };
    let mut filling = Filling::of(&portal.db, resource::store::TABLES.to_vec());
    let numbers: Vec<u32> = (0..count).collect();
    for numbers in numbers.chunks(ARTICLES_AT_ONCE) {
        content.items = numbers.iter().map(|number| item(*number, &english, &portuguese)).collect();
        let tx = portal.db.begin().await?;
        let now = portal.clock.now();
        content::actions::apply(&tx, now, &portal.random, &portal.audit_mac, &content)
            .await
            .context("articles")?;
        tx.commit().await?;
        filling.added(numbers.len()).await;
    }
    filling.end().await;
    Ok(())
}

fn item(number: u32, english: &[String], portuguese: &[String]) -> Item {
    let mut chance = Chance(u64::from(number) + 1);
    let mut words = |language: &str, all: &[String]| Words {
        language: language.to_owned(),
        title: format!("{} {number}", chance.text(all, 5)),
        summary: format!("{}.", chance.text(all, 18)),
        body: (0..6).map(|_| format!("{}.\n\n", chance.text(all, 45))).collect(),
    };
    Item {
        section: match number % 3 {
            0 => Section::SelfHelp,
            1 => Section::ProductUpdates,
            _ => Section::Documentation,
        },
        newsletter: None,
        slug: format!("article-{number}"),
        about: content::About {
            product: pick(&["GP", "NAV", "CRM", ""], number).into(),
            audience: Rule { min_rank: number.is_multiple_of(5).then_some(20), ..Rule::default() },
            ..content::About::default()
        },
        state: State::Published,
        published_at: None,
        words: vec![words("en-US", english), words("pt-BR", portuguese)],
        folder: std::path::PathBuf::new(),
    }
}

/// The same numbers each time (Knuth's MMIX).
struct Chance(u64);

impl Chance {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % count.max(1)
    }

    /// Words as texts have them: a few often, most seldom.
    fn text(&mut self, words: &[String], count: usize) -> String {
        let word = |_| {
            let most = self.below(words.len()) + 1;
            let most = self.below(most) + 1;
            words.get(self.below(most)).map(String::as_str).unwrap_or_default()
        };
        (0..count).map(word).collect::<Vec<_>>().join(" ")
    }
}

/// Real words, and three thousand that are made of syllables.
fn vocabulary(words: &[&str]) -> Vec<String> {
    let made = (0..3_000).map(|number: u32| {
        [number, number / 15, number / 225].map(|number| pick(&SYLLABLES, number)).concat()
    });
    words.iter().map(|word| (*word).to_owned()).chain(made).collect()
}

fn pick<'a>(of: &[&'a str], number: u32) -> &'a str {
    usize::try_from(number)
        .ok()
        .and_then(|number| of.iter().cycle().nth(number % of.len().max(1)))
        .copied()
        .unwrap_or_default()
}

const PRODUCTS: [&str; 3] = ["GP", "NAV", "CRM"];
const SYLLABLES: [&str; 15] =
    ["ba", "cor", "den", "fi", "gal", "ho", "lis", "mer", "no", "pra", "rus", "sel", "ti", "vo", "zan"];
const FIRST: [&str; 12] =
    ["Ana", "Bruno", "Carla", "Diego", "Elisa", "Fábio", "Grace", "Henry", "Irene", "João", "Kate", "Luís"];
const LAST: [&str; 14] = [
    "Almeida", "Baker", "Costa", "Dias", "Évora", "Foster", "Gomes", "Hall", "Ivanov", "Jones", "Lima",
    "Moore", "Nunes", "Sá",
];
const ENGLISH: [&str; 30] = [
    "the",
    "posting",
    "journal",
    "invoice",
    "account",
    "company",
    "period",
    "report",
    "customer",
    "vendor",
    "payment",
    "update",
    "install",
    "close",
    "year",
    "bank",
    "balance",
    "inventory",
    "setup",
    "user",
    "batch",
    "ledger",
    "tax",
    "currency",
    "budget",
    "order",
    "item",
    "price",
    "batch",
    "reconcile",
];
const PORTUGUESE: [&str; 30] = [
    "o",
    "lançamento",
    "diário",
    "fatura",
    "conta",
    "empresa",
    "período",
    "relatório",
    "cliente",
    "fornecedor",
    "pagamento",
    "atualização",
    "instalação",
    "fechamento",
    "ano",
    "banco",
    "saldo",
    "estoque",
    "configuração",
    "usuário",
    "lote",
    "razão",
    "imposto",
    "moeda",
    "orçamento",
    "pedido",
    "item",
    "preço",
    "lote",
    "conciliação",
];
