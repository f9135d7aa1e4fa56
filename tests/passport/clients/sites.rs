//! The public page of participating sites, and sign-ins that are started there (3rd-party-initiated login).
use testkit::{House, Kind, on_both_engines};

on_both_engines![only_sites_that_chose_it_are_listed, oidcc_3rd_party_init_login,];

async fn only_sites_that_chose_it_are_listed(house: House) {
    house.client(Kind::Web).await;
    house
        .client_with(Kind::Other, |client| {
            client.listed = true;
            client.client_uri = Some("https://rp2.test/".into());
        })
        .await;
    house.client_with(Kind::Spa, |client| client.listed = true).await;
    let page = house.browser().get("/sites").await.assert_status(200).page();
    assert_eq!(page.all("#sites li"), ["The other site rp2.test", "The spa site spa.test"]);
    assert_eq!(page.attributes("#sites a", "href"), ["https://rp2.test/"]);
}

async fn oidcc_3rd_party_init_login(house: House) {
    let web = house
        .client_with(Kind::Web, |client| {
            client.listed = true;
            client.initiate_login_uri = Some("https://rp1.test/login?tenant=1".into());
        })
        .await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let page = browser.get("/sites").await.page();
    let link = url::Url::parse(&page.attribute("#sites a", "href")).unwrap();
    assert!(link.as_str().starts_with("https://rp1.test/login?tenant=1&"), "{link}");
    let pairs: Vec<_> = link.query_pairs().skip(1).collect();
    assert_eq!(
        pairs,
        [("iss".into(), house.passport.issuer().into())],
        "who sends, and nothing of the person"
    );
    // What the site does next is an ordinary request.
    web.code(&browser).await;
}
