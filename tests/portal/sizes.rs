//! Companies of ten thousand people: every page leads on, the file has everybody, and states narrow a list down.
use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait as _, DbBackend};
use serde_json::json;
use testkit::on_both_engines;

use crate::house::{Answer, House};

on_both_engines![
    page_two_hundred_leads_on_and_the_file_has_everybody,
    a_row_of_another_company_is_no_place_in_this_one,
    lists_are_narrowed_down_by_state,
    staff_read_on_where_a_search_finds_more_than_a_page,
];

const LIST: &str = "/account/professionals";
const MANY: usize = 10_050;

/// Contoso gets many more people.
async fn crowd(house: &House) {
    let tx = house.portal.db.begin().await.unwrap();
    let (id, numbers) = match tx.get_database_backend() {
        DbBackend::Postgres => ("gen_random_uuid()", format!("generate_series(1, {MANY}) AS c(n)")),
        _ => (
            "randomblob(16)",
            format!(
                "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {MANY}) SELECT n FROM c)"
            ),
        ),
    };
    let sql = format!(
        "INSERT INTO profile (id, organization_id, source, first_name, last_name, email, email_key, is_bill_to, \
         is_admin, state, version, no_bulk_mail, held, left_out, folded) \
         SELECT {id}, (SELECT id FROM organization WHERE external_id = 'contoso'), 'portal', 'P' || n, \
         'Crowd' || (n % 7), 'p' || n || '@contoso.example', 'p' || n || '@contoso.example', FALSE, FALSE, 'active', 1, \
         FALSE, '', FALSE, 'crowd' || (n % 7) || ' p' || n || ' p' || n || '@contoso.example' FROM {numbers}"
    );
    tx.execute_unprepared(&sql).await.unwrap();
    tx.commit().await.unwrap();
}

/// The address that the button of one side leads to.
fn turned(page: &Answer, side: &str) -> Option<String> {
    let (page, button) = (page.page(), format!("#{side}"));
    let form = page.has(&button).then(|| page.form(&button))?;
    Some(format!("{}?{}", form.action, form.fields.encoded()))
}

fn addresses(page: &Answer) -> Vec<String> {
    let shown = page.text().split("<br><small>").skip(1);
    shown.map(|part| part.split('<').next().unwrap().to_owned()).collect()
}

/// The address of the page on one side of a list that is turned by links.
fn linked(page: &Answer, rel: &str) -> Option<String> {
    let link = format!("a[rel='{rel}']");
    page.page().has(&link).then(|| page.page().attribute(&link, "href"))
}

async fn page_two_hundred_leads_on_and_the_file_has_everybody(house: House) {
    crowd(&house).await;
    let mut boss = house.browser();
    boss.administer().await;
    let (mut seen, mut pages, mut next) = (BTreeSet::new(), 0, Some(LIST.to_owned()));
    let mut last = None;
    while let Some(path) = next {
        let page = boss.get(&path).await;
        for address in addresses(&page) {
            assert!(seen.insert(address.clone()), "{address} twice, on page {pages}");
        }
        pages += 1;
        next = turned(&page, "next");
        last = Some(page);
    }
    // And Contoso's own four.
    assert_eq!((seen.len(), pages), (MANY + 4, 202));
    // Back from there, also when whoever stood beside it is gone by now.
    let back = boss.get(&turned(&last.unwrap(), "previous").unwrap()).await;
    assert_eq!(addresses(&back).len(), 50);
    assert!(turned(&back, "previous").is_some() && turned(&back, "next").is_some());

    let file = boss.get("/account/professionals.csv").await;
    assert_eq!(file.text().lines().count(), MANY + 5);
    for address in ["p1@contoso.example", "p10050@contoso.example", "ann", "boss@contoso.example"] {
        assert!(file.text().to_lowercase().contains(address), "{address}");
    }

    // A search is turned like the list, and finds what is on no first page.
    let found = boss.get(&format!("{LIST}?q=crowd3")).await;
    let more = turned(&found, "next").unwrap();
    assert!(more.contains("q=crowd3"), "{more}");
    boss.get(&more).await.shows(200, "Crowd3");
    boss.get(&format!("{LIST}?q=p10050")).await.shows(200, "p10050@contoso.example");
    for odd in ["after=x", "before=x", "after=01930000-0000-7000-8000-000000000000", "only=x"] {
        assert_eq!(addresses(&boss.get(&format!("{LIST}?{odd}")).await).len(), 50, "{odd}");
    }
}

async fn a_row_of_another_company_is_no_place_in_this_one(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let other = house.profile("three-3").await;
    let first = addresses(&boss.get(LIST).await);
    assert_eq!(addresses(&boss.get(&format!("{LIST}?after={other}")).await), first);
    // One of its own is, removed or not.
    let ann = house.profile("ann").await;
    let after = addresses(&boss.get(&format!("{LIST}?after={ann}")).await);
    assert!(!after.is_empty() && after.len() < first.len());
}

async fn lists_are_narrowed_down_by_state(house: House) {
    house.seed(json!({"staff": [{"subject": "sue", "name": "Sue", "role": "support"}]})).await;
    let mut boss = house.browser();
    boss.administer().await;
    let tri = house.profile("three-1").await;
    boss.get(LIST).await;
    boss.post(&format!("{LIST}/{tri}/invite"), &[("from", LIST)]).await.leads_to();
    let tria = house.profile("three-2").await;
    boss.get(&format!("{LIST}/{tria}/remove")).await;
    boss.post(&format!("{LIST}/{tria}/remove"), &[]).await.leads_to();
    house.mail().await;
    // Gone again: no association, but there was one.
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    ann.get("/account/leave").await;
    ann.post("/account/leave", &[]).await.leads_to();

    let names = |page: &Answer| addresses(page).join(" ").to_lowercase();
    let (boss_is, ann_is, tri_is) = ("boss@contoso.example", "ann@contoso.example", "three@example.com");
    for (only, expected) in [
        ("associated", boss_is.to_owned()),
        ("invited", tri_is.to_owned()),
        ("not-invited", ann_is.to_owned()),
        ("never", tri_is.to_owned()),
        ("", format!("{boss_is} {ann_is} {tri_is}")),
    ] {
        assert_eq!(names(&boss.get(&format!("{LIST}?only={only}")).await), expected, "{only}");
    }
    assert_eq!(names(&boss.get(&format!("{LIST}?only=removed")).await), "", "that is staff’s business");

    let mut sue = house.browser();
    sue.sign_in("/staff", "sue").await;
    let company = house.dump().await["organization"].as_array().unwrap().clone();
    let contoso = company.iter().find(|row| row["external_id"] == "contoso").unwrap()["id"].as_str().unwrap();
    let page = format!("/staff/companies/{contoso}");
    assert_eq!(names(&sue.get(&format!("{page}?only=removed")).await), "three@example.com");
    sue.get(&format!("{page}?only=removed")).await.shows(200, "Tria Lee");
    assert_eq!(names(&sue.get(&format!("{page}?only=never")).await), tri_is);
    assert_eq!(addresses(&sue.get(&page).await).len(), 4);
    assert_eq!(names(&sue.get(&format!("{page}?q=boss")).await), boss_is);
}

async fn staff_read_on_where_a_search_finds_more_than_a_page(house: House) {
    crowd(&house).await;
    house.seed(json!({"staff": [{"subject": "sue", "name": "Sue", "role": "support"}]})).await;
    let mut sue = house.browser();
    sue.sign_in("/staff", "sue").await;
    let first = sue.get("/staff?q=crowd3").await;
    let second = sue.get(&linked(&first, "next").unwrap()).await;
    let people = |page: &Answer| -> BTreeSet<String> {
        page.text().split("/staff/people/").skip(1).map(|part| part[..36].to_owned()).collect()
    };
    assert_eq!((people(&first).len(), people(&second).len()), (50, 50));
    assert!(people(&first).is_disjoint(&people(&second)));
}
