//! A form acts on what it was shown for, and on nothing else: another tab, another person, another profile (FX-03).
use testkit::{
    Browser, PASSWORD, Town, on_both_engines,
    town::{ANN, TRI},
};

on_both_engines![
    fx_03_three_links_in_three_tabs_and_each_button_associates_what_its_page_names,
    fx_03_a_form_of_one_company_saves_nothing_at_another,
    fx_03_a_personal_profile_overwrites_no_other,
    fx_03_a_form_of_ones_own_goes_on_after_signing_in_again,
];

/// How many people of this name have a Passport at this company.
async fn at(town: &Town, company: &str, name: &str) -> i64 {
    let sql = format!(
        "SELECT COUNT(*) FROM association a JOIN profile p ON p.id = a.profile_id \
         JOIN organization o ON o.id = p.organization_id \
         WHERE a.state = 'active' AND o.name = '{company}' AND p.last_name = '{name}'"
    );
    town.neighbour().ground.count(&sql).await
}

async fn people_of(town: &Town, company: &str) -> i64 {
    let sql = format!(
        "SELECT COUNT(*) FROM profile p JOIN organization o ON o.id = p.organization_id WHERE o.name = '{company}'"
    );
    town.neighbour().ground.count(&sql).await
}

async fn fx_03_three_links_in_three_tabs_and_each_button_associates_what_its_page_names(town: Town) {
    let browser = town.browser();
    browser.join("tri@mail.test").await;
    browser.enter().await;
    browser.claim(TRI).await;
    let links = town.postbox(TRI).links().await;
    assert_eq!(links.len(), 3, "{links:?}");
    let tabs: Vec<Browser> = links.iter().map(|_| browser.tab()).collect();
    for (tab, link) in tabs.iter().zip(&links) {
        let mut page = tab.get(link).await;
        if page.page().has("#sign-in-submit") {
            page = tab.fill_in_sign_in("tri@mail.test", PASSWORD).await;
        }
        assert!(page.page().has("#associate"), "{page:?}");
    }
    for (pressed, tab) in tabs.iter().enumerate() {
        let facts = tab.here().page().all(".facts dd");
        let (name, company) = (facts[0].rsplit(' ').next().unwrap(), facts[1].as_str());
        assert_eq!(at(&town, company, name).await, 0, "{facts:?}");
        let done = tab.click("#associate").await;
        assert_eq!(at(&town, company, name).await, 1, "{facts:?}: {done:?}");
        assert_eq!(town.associations().await, pressed as i64 + 1, "one button, one association");
        assert_eq!(done.url.path(), "/associate/done", "{done:?}");
    }
    town.leave_mail();
}

/// Ann administers Acme and Tri Beta: both use one browser.
async fn two_companies(town: &Town) -> (Browser, Browser) {
    town.seed(r#"{"profiles":[{"external_id":"bea","company":"beta","first_name":"Bea","last_name":"Beta","email":"bea@beta.test","administrator":true}]}"#).await;
    let browser = town.browser();
    browser.associate(town, "bea@mail.test", "bea@beta.test").await;
    let elsewhere = town.browser();
    elsewhere.associate(town, "ann@mail.test", ANN).await;
    town.leave_mail();
    (elsewhere.tab(), elsewhere)
}

/// Signs out in a tab, and in again as somebody else.
async fn change_to(town: &Town, browser: &Browser, email: &str) {
    browser.get(&town.portal_url("/account")).await;
    browser.submit("form[action='/sign-out']", &[]).await;
    browser.enter().await;
    browser.fill_in_sign_in(email, PASSWORD).await.assert_status(200);
}

async fn fx_03_a_form_of_one_company_saves_nothing_at_another(town: Town) {
    let (tab, browser) = two_companies(&town).await;
    tab.get(&town.portal_url("/account/professionals/new")).await.assert_status(200);
    change_to(&town, &browser, "bea@mail.test").await;
    let before = (people_of(&town, "Acme Tools").await, people_of(&town, "Beta Foods").await);
    let typed = [("first_name", "Nia"), ("last_name", "Hired"), ("email", "nia@acme.test"), ("invite", "on")];
    let answer = tab.submit("#save", &typed).await;
    assert_eq!(answer.status, 409, "{answer:?}");
    assert!(answer.text().contains("nia@acme.test"), "what was typed comes back: {answer:?}");
    assert!(answer.page().words().contains("Beta Foods") || answer.text().contains("Beta Foods"));
    assert_eq!((people_of(&town, "Acme Tools").await, people_of(&town, "Beta Foods").await), before);
    assert!(town.postbox("nia@acme.test").letters().await.is_empty(), "nobody was invited");
    // Whoever looks at it and saves it once more means it.
    let saved = tab.submit("#save", &[]).await;
    assert_eq!(saved.status, 200, "{saved:?}");
    assert_eq!(people_of(&town, "Beta Foods").await, before.1 + 1);
    town.leave_mail();
}

async fn fx_03_a_personal_profile_overwrites_no_other(town: Town) {
    let (tab, browser) = two_companies(&town).await;
    tab.get(&town.portal_url("/account/profile")).await.assert_status(200);
    change_to(&town, &browser, "bea@mail.test").await;
    let answer = tab.submit("#save", &[("first_name", "Anna")]).await;
    assert_eq!(answer.status, 409, "{answer:?}");
    let bea = "SELECT COUNT(*) FROM profile WHERE first_name = 'Bea' AND last_name = 'Beta'";
    assert_eq!(town.neighbour().ground.count(bea).await, 1);
    assert!(answer.text().contains("value=\"Anna\""), "what was typed comes back: {answer:?}");
    town.leave_mail();
}

async fn fx_03_a_form_of_ones_own_goes_on_after_signing_in_again(town: Town) {
    let (tab, browser) = two_companies(&town).await;
    tab.get(&town.portal_url("/account/profile")).await.assert_status(200);
    change_to(&town, &browser, "ann@mail.test").await;
    let answer = tab.submit("#save", &[("first_name", "Anna")]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let anna = "SELECT COUNT(*) FROM profile WHERE first_name = 'Anna'";
    assert_eq!(town.neighbour().ground.count(anna).await, 1);
    town.leave_mail();
}
