//! The search on both engines: the same questions, the same answers.
use std::collections::HashMap;

use customersource::{
    access::Rule,
    resource::{self, Resource, ResourceId, Section, State, Words},
    search::{self, Question},
};
use platform::language::Language;
use sea_orm::ConnectionTrait as _;

use crate::house::House;

async fn add(house: &House, slug: &str, words: &[(&str, &str, &str, &str)]) -> ResourceId {
    let (now, portal) = (house.now(), &house.portal);
    let about = Resource {
        id: ResourceId::new(now, &portal.random),
        section: Section::SelfHelp,
        slug: slug.into(),
        newsletter: None,
        product: String::new(),
        version: String::new(),
        rule: Rule::default(),
        state: State::Published,
        published_at: Some(now),
        updated_at: now,
        mailed_at: None,
        revision: 1,
    };
    let words: Vec<_> = words
        .iter()
        .map(|(language, title, summary, body)| Words {
            language: (*language).into(),
            title: (*title).into(),
            summary: (*summary).into(),
            body: (*body).into(),
        })
        .collect();
    let tx = portal.db.begin().await.unwrap();
    resource::store::add(&tx, &about).await.unwrap();
    resource::store::replace_words(&tx, about.id, &words).await.unwrap();
    tx.commit().await.unwrap();
    about.id
}

/// The slugs that a question finds, in their order.
async fn ask(house: &House, reader: Language, question: &str) -> String {
    let db = house.portal.db.reader();
    let hits = search::store::find(db, &Question::of(question).unwrap(), reader, 100).await.unwrap();
    let ids: Vec<_> = hits.iter().map(|hit| ResourceId(hit.id)).collect();
    let slugs: HashMap<_, _> = resource::store::list_by_id(db, &ids)
        .await
        .unwrap()
        .into_iter()
        .map(|resource| (resource.id, resource.slug))
        .collect();
    ids.iter().map(|id| slugs[id].clone()).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_word_finds_its_other_forms_titles_first_and_the_readers_language_before_others() {
    let house = House::open().await;
    add(&house, "body", &[("en-US", "Year end", "What to do.", "Every journal is **posted**.")]).await;
    add(&house, "summary", &[("en-US", "Journals", "Before you post them.", "Nothing else.")]).await;
    add(&house, "title", &[("en-US", "Posting a journal", "How.", "So.")]).await;
    add(
        &house,
        "setup",
        &[
            ("en-US", "Installing the update", "Setup of the companies.", "Run it."),
            ("pt-BR", "Instalação da atualização", "Configuração das empresas.", "Execute-a. Lançamentos."),
        ],
    )
    .await;
    add(&house, "post-pt", &[("pt-BR", "Post", "Um post do blogue.", "")]).await;
    for (reader, question, found) in [
        (Language::EnUs, "post", "title post-pt summary body"),
        (Language::PtBr, "post", "post-pt title summary body"),
        (Language::EnUs, "posting", "title summary body"),
        (Language::EnUs, "Posted journals", "title summary body"),
        (Language::EnUs, "company", "setup"),
        (Language::EnUs, "instal", "setup"),
        (Language::PtBr, "instalações", "setup"),
        (Language::PtBr, "instalacoes", "setup"),
        (Language::PtBr, "INSTALACAO atualizações", "setup"),
        (Language::PtBr, "lançamento", "setup"),
        (Language::PtBr, "lancamento empresa", "setup"),
        (Language::EnUs, "postal", ""),
        (Language::EnUs, "posting inventory", ""),
        (Language::EnUs, "year end", "body"),
    ] {
        assert_eq!(ask(&house, reader, question).await, found, "{question}");
    }
}

#[tokio::test]
async fn the_index_is_built_anew_when_its_scheme_is_another() {
    let house = House::open().await;
    add(&house, "title", &[("en-US", "Posting a journal", "How.", "So.")]).await;
    assert!(!customersource::content::index::refresh(&house.portal.db).await.unwrap(), "it is of today");
    let tx = house.portal.db.begin().await.unwrap();
    tx.execute_unprepared("UPDATE search_scheme SET version = 0").await.unwrap();
    tx.execute_unprepared("DELETE FROM search_text").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ask(&house, Language::EnUs, "posted").await, "");
    house.portal.migrate().await.unwrap();
    assert_eq!(ask(&house, Language::EnUs, "posted").await, "title");
    // And what is changed afterwards is found once.
    let id = add(&house, "other", &[("en-US", "Posted", "How.", "So.")]).await;
    let words = Words { language: "en-US".into(), title: "Printed".into(), ..Words::default() };
    let tx = house.portal.db.begin().await.unwrap();
    resource::store::replace_words(&tx, id, &[words]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ask(&house, Language::EnUs, "posted").await, "title");
    assert_eq!(ask(&house, Language::EnUs, "printing").await, "other");
}
