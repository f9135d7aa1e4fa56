//! The search on both engines: the same questions, the same answers.
use std::collections::HashMap;

use customersource::{
    access::Rule,
    resource::{self, Resource, ResourceId, Section, State, Words},
    search::{self, Question},
};
use platform::language::Language;
use sea_orm::ConnectionTrait as _;
use testkit::on_both_engines;

use crate::house::House;

on_both_engines![
    a_word_finds_its_other_forms_titles_first_and_the_readers_language_before_others,
    the_index_is_built_anew_when_its_scheme_is_another,
    accents_are_no_matter_on_either_side,
    a_name_of_letters_and_digits_is_found_however_it_is_typed,
    who_mistypes_a_word_is_asked_what_they_meant,
    what_another_plan_opens_is_found_as_locked_and_by_nothing_that_stands_in_it,
    a_search_asks_the_store_as_often_for_thirty_hits_as_for_one,
];

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

async fn a_word_finds_its_other_forms_titles_first_and_the_readers_language_before_others(house: House) {
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
        // A single letter is a word, not the beginning of half of all words.
        (Language::EnUs, "p", ""),
        (Language::EnUs, "a", "title setup"),
        (Language::EnUs, "posting inventory", ""),
        (Language::EnUs, "year end", "body"),
    ] {
        assert_eq!(ask(&house, reader, question).await, found, "{question}");
    }
}

async fn the_index_is_built_anew_when_its_scheme_is_another(house: House) {
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

async fn accents_are_no_matter_on_either_side(house: House) {
    add(&house, "avila", &[("en-US", "Ávila", "Of Ávila.", "")]).await;
    add(&house, "plain", &[("en-US", "Avila", "Of Avila.", "")]).await;
    for question in ["Ávila", "avila", "AVILA", "A\u{301}vila"] {
        let found = ask(&house, Language::EnUs, question).await;
        assert!(found.contains("avila") && found.contains("plain"), "{question}: {found}");
    }
    // People and companies, as staff look for them.
    house
        .seed(serde_json::json!({
            "staff": [{"subject": "sue", "name": "Sue", "role": "support"}],
            "companies": [{"external_id": "acores", "name": "Açores Comércio"}],
            "profiles": [{"external_id": "jose", "company": "acores", "first_name": "José", "last_name": "Ávila", "email": "jose@acores.example"}],
        }))
        .await;
    let mut sue = house.browser();
    sue.sign_in("/staff", "sue").await;
    for question in ["avila", "%C3%81VILA", "jose%20avila", "avila%20jos%C3%A9"] {
        sue.get(&format!("/staff?q={question}")).await.shows(200, "José Ávila");
    }
    for question in ["acores", "A%C3%87ORES", "comercio%20acores"] {
        sue.get(&format!("/staff?q={question}")).await.shows(200, "Açores Comércio</a>");
    }
}

async fn a_name_of_letters_and_digits_is_found_however_it_is_typed(house: House) {
    add(&house, "joined", &[("en-US", "GP1042", "An error.", "")]).await;
    add(&house, "apart", &[("en-US", "GP-1042", "An error.", "")]).await;
    add(&house, "other", &[("en-US", "GP-1043", "An error.", "")]).await;
    for question in ["gp1042", "GP-1042", "gp 1042", "gp.1042", "1042"] {
        let mut found: Vec<_> =
            ask(&house, Language::EnUs, question).await.split(' ').map(str::to_owned).collect();
        found.sort();
        assert_eq!(found.join(" "), "apart joined", "{question}");
    }
}

async fn who_mistypes_a_word_is_asked_what_they_meant(house: House) {
    add(&house, "how", &[("en-US", "Accept an invitation", "How.", "So.")]).await;
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    let page = ann.get("/resources?q=acept%20invitaton").await;
    page.shows(200, "Did you mean “accept invitation”?");
    page.shows(200, "href=\"/resources?q=accept+invitation\"");
    ann.get("/resources?q=accept+invitation").await.shows(200, "/resources/self-help/how");
    assert!(!ann.get("/resources?q=xyzzy").await.text().contains("Did you mean"));
    // Nor by what leads to nothing that this visitor may see.
    hide(&house, "how").await;
    assert!(!ann.get("/resources?q=invitaton").await.text().contains("Did you mean"));
}

async fn hide(house: &House, slug: &str) {
    let tx = house.portal.db.begin().await.unwrap();
    tx.execute_unprepared(&format!("UPDATE resource SET state = 'draft' WHERE slug = '{slug}'"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn what_another_plan_opens_is_found_as_locked_and_by_nothing_that_stands_in_it(house: House) {
    add(&house, "deep", &[("en-US", "Ledger repair", "For experts.", "The secretword is here.")]).await;
    let tx = house.portal.db.begin().await.unwrap();
    tx.execute_unprepared("UPDATE resource SET rule = '{\"min_rank\":9}' WHERE slug = 'deep'").await.unwrap();
    tx.commit().await.unwrap();
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    let page = ann.get("/resources?q=ledger").await;
    page.shows(200, "/resources/self-help/deep");
    page.shows(200, "Needs another plan");
    assert!(!page.text().contains("secretword"));
    assert!(!ann.get("/resources?q=secretword").await.text().contains("/resources/self-help/deep"));
}

async fn a_search_asks_the_store_as_often_for_thirty_hits_as_for_one(house: House) {
    add(&house, "one", &[("en-US", "A single thing", "How.", "So.")]).await;
    for number in 0..40 {
        add(&house, &format!("many-{number}"), &[("en-US", "A journal", "How.", "Journal, journal.")]).await;
    }
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    let mut asked = Vec::new();
    for question in ["single", "journal", "jurnal"] {
        let path = format!("/resources?q={question}");
        let (page, counted) = platform::db::counted(ann.get(&path)).await;
        assert_eq!(page.status, 200);
        asked.push(counted.reads.len());
    }
    let (_, without) = platform::db::counted(ann.get("/resources")).await;
    let without = without.reads.len();
    assert_eq!(asked[0], asked[1], "{asked:?}");
    assert!(asked[1] - without <= 7, "{asked:?}, {without} without");
    assert!(asked[2] - without <= 13, "{asked:?}, {without} without");
}
