//! A form that is half written: what the footer changes, and who else signs in beside it, takes nothing of it and sends
//! it nowhere else.
use testkit::Engine;

use crate::{
    PASSWORD,
    invited::an_administrator,
    person::{Habits, Person},
    world::World,
};

const FRANCES: &str = "frances@home.example";
const AT_FABRIKAM: &str = "frances.adams@fabrikam.example";
const NIA: &str = "nia.costa@contoso.example";

/// Begins to add somebody, and does not save.
async fn begins(ana: &Person) {
    ana.opens(&format!("{}/account/professionals/new", ana.addresses.portal)).await;
    ana.types("#first_name", "Nia").await;
    ana.types("#last_name", "Costa").await;
    ana.types("#email", NIA).await;
}

async fn is_still_typed(ana: &Person) {
    for (field, typed) in [("#first_name", "Nia"), ("#last_name", "Costa"), ("#email", NIA)] {
        assert_eq!(ana.reads_property(field, "value").await, typed, "{field}");
    }
}

async fn windows(person: &Person) -> usize {
    person.driver().windows().await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn what_is_typed_stays_when_colours_and_language_change() {
    let world = World::open(Engine::Sqlite).await;
    let ana = an_administrator(&world).await;
    begins(&ana).await;
    ana.clicks("button[name='theme'][value='dark']").await;
    ana.finds("html[data-theme='dark']").await;
    is_still_typed(&ana).await;
    ana.chooses("#language", "pt-BR").await;
    ana.clicks("form.locale button").await;
    ana.finds("html[lang='pt-BR']").await;
    is_still_typed(&ana).await;
    assert_eq!(windows(&ana).await, 1, "all of it in one tab");
    let kept = ana.driver().execute("return sessionStorage.length", vec![]).await.unwrap();
    assert_eq!(kept.json().as_i64(), Some(0), "nothing of it is left in the browser");
    ana.clicks("#save").await;
    ana.sees("Nia Costa").await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn what_is_typed_is_there_again_after_a_click_beside_the_form_and_back() {
    let world = World::open(Engine::Sqlite).await;
    let ana = an_administrator(&world).await;
    begins(&ana).await;
    // Wherever the menu is just now.
    ana.driver().execute("document.querySelector(\"a[href='/faq']\").click()", vec![]).await.unwrap();
    ana.arrives_at(&format!("{}/faq", world.addresses.portal)).await;
    ana.driver().back().await.unwrap();
    ana.finds("#first_name").await;
    is_still_typed(&ana).await;
    let kept = ana.driver().execute("return sessionStorage.length", vec![]).await.unwrap();
    assert_eq!(kept.json().as_i64(), Some(0), "nothing of it is left in the browser");
    ana.clicks("#save").await;
    ana.sees("Nia Costa").await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn what_is_typed_is_there_again_after_a_button_of_another_form_of_the_page() {
    let world = World::open(Engine::Sqlite).await;
    let ana = an_administrator(&world).await;
    ana.opens(&format!("{}/account/professionals", ana.addresses.portal)).await;
    ana.follows("Bruno Lima").await;
    ana.types("#first_name", "Bruno Luiz").await;
    ana.clicks("#send-invite").await;
    ana.sees("The invitation is on its way").await;
    assert_eq!(ana.reads_property("#first_name", "value").await, "Bruno Luiz");
    assert_eq!(windows(&ana).await, 1, "all of it in one tab");
    let kept = ana.driver().execute("return sessionStorage.length", vec![]).await.unwrap();
    assert_eq!(kept.json().as_i64(), Some(0), "nothing of it is left in the browser");
    ana.clicks("#save").await;
    ana.sees("Bruno Luiz Lima").await;
    world.close().await;
}

/// Chromium brings back a page that answered a form by sending that form again.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn what_is_typed_on_a_page_that_answered_a_form_is_there_again_after_a_click_beside_it_and_back() {
    let world = World::open(Engine::Sqlite).await;
    let ana = an_administrator(&world).await;
    begins(&ana).await;
    ana.types("#first_name", "www.nia.example").await;
    ana.clicks("#save").await;
    ana.finds("#error-summary").await;
    ana.types("#first_name", "Nia").await;
    ana.driver().execute("document.querySelector(\"a[href='/faq']\").click()", vec![]).await.unwrap();
    ana.arrives_at(&format!("{}/faq", world.addresses.portal)).await;
    ana.driver().back().await.unwrap();
    if !ana.has("#first_name").await {
        ana.driver().refresh().await.unwrap();
    }
    ana.finds("#first_name").await;
    is_still_typed(&ana).await;
    let kept = ana.driver().execute("return sessionStorage.length", vec![]).await.unwrap();
    assert_eq!(kept.json().as_i64(), Some(0), "nothing of it is left in the browser");
    ana.clicks("#save").await;
    ana.sees("Nia Costa").await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn without_javascript_the_change_opens_a_tab_and_the_form_stays_where_it_is() {
    let world = World::open(Engine::Sqlite).await;
    an_administrator(&world).await.closes_browser().await;
    let habits = Habits { javascript: false, ..Habits::default() };
    let ana = Person::with(&world.addresses, habits).await;
    ana.signs_in("ana@home.example", PASSWORD).await;
    begins(&ana).await;
    ana.clicks("button[name='theme'][value='dark']").await;
    is_still_typed(&ana).await;
    assert_eq!(windows(&ana).await, 2);
    // Nothing is written at home: there the change stays in its tab.
    ana.opens_portal().await;
    ana.clicks("button[name='theme'][value='light']").await;
    ana.finds("html[data-theme='light']").await;
    assert_eq!(windows(&ana).await, 2);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_form_of_one_company_comes_back_when_somebody_of_another_signed_in_beside_it() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(FRANCES).await;
    let mut frances = Person::new(&world).await;
    frances.associates(FRANCES, AT_FABRIKAM).await;
    let ana = an_administrator(&world).await;
    begins(&ana).await;
    let form = ana.driver().window().await.unwrap();
    let beside = ana.driver().new_tab().await.unwrap();
    ana.driver().switch_to_window(beside).await.unwrap();
    ana.opens_portal().await;
    ana.signs_out().await;
    ana.signs_in(FRANCES, PASSWORD).await;
    ana.driver().switch_to_window(form).await.unwrap();
    ana.clicks("#save").await;
    ana.finds("#error-summary").await;
    is_still_typed(&ana).await;
    ana.looks("11-other-company", "Add New Professionals").await;
    let people: Vec<_> = world.rows("profile").await;
    assert!(people.iter().all(|row| row["email"] != NIA), "nobody was added: {people:?}");
    assert!(world.letters_to(NIA).is_empty());
    world.close().await;
}
