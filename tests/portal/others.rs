//! Somebody with several profiles: what one may not see and another may, and how to come there.
use customersource::content;
use testkit::{Engine, on_both_engines};

use crate::house::{Browser, House, minutes};

on_both_engines![
    a_locked_page_says_which_other_profile_of_the_reader_opens_it,
    whoever_may_switch_within_a_visit_comes_back_to_what_was_locked,
];

/// The profile of this name on a page that offers several.
pub fn choice(page: &str, person: &str) -> String {
    let button = page.split("value=\"").find(|part| part.contains(&format!("<span>{person}"))).unwrap();
    button.split('"').next().unwrap().to_owned()
}

/// Four days on: the plan of Contoso has ended, the one of Fabrikam runs.
async fn later(house: &House) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/demo/data/content");
    let (read, portal) = (content::read(&folder).unwrap(), &house.portal);
    let tx = portal.db.begin().await.unwrap();
    content::actions::apply(&tx, house.now(), &portal.random, &portal.audit_mac, &read).await.unwrap();
    tx.commit().await.unwrap();
    house.clock.advance(minutes(4 * 24 * 60));
}

/// The browser of somebody with three profiles, who follows a link and chooses one of Contoso.
async fn at_contoso<'a>(house: &'a House, path: &str) -> Browser<'a> {
    let mut tri = house.browser();
    tri.associate("tri", "three@example.com").await;
    later(house).await;
    let mut tri = house.browser();
    let back = tri.sign_in(&format!("/signin?next={path}"), "tri").await.leads_to().to_owned();
    let chooser = tri.get(&back).await.leads_to().to_owned();
    let page = tri.get(&chooser).await;
    let next = chooser.split_once("next=").map_or("/".into(), |(_, next)| next.replace("%2F", "/"));
    page.shows(200, &format!("<input type=\"hidden\" name=\"next\" value=\"{next}\">"));
    let chosen = [("profile", choice(page.text(), "Tri Lee")), ("next", next.clone())];
    let chosen: Vec<_> = chosen.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(tri.post("/choose", &chosen).await.leads_to(), next);
    tri
}

const OTHER: &str = "<li><strong>Fabrikam S.A.</strong> – Trio Lee</li>";

async fn a_locked_page_says_which_other_profile_of_the_reader_opens_it(house: House) {
    let mut tri = at_contoso(&house, "/newsgroups/gp").await;
    for path in ["/newsgroups/gp", "/resources", "/resources/self-help/who-may-sign-in", "/newsletters"] {
        let page = tri.get(path).await;
        assert!(page.text().contains("Another profile of yours can see this:"), "{path}: {}", page.text());
        assert!(page.text().contains(OTHER) && !page.text().contains("Tria Lee"), "{path}: {}", page.text());
        assert!(page.text().contains("To switch between profiles, close your browser"), "{path}");
    }
    tri.get("/").await.shows(403, OTHER);
    // What no profile of theirs opens says nothing of others.
    let handbook = tri.get("/resources/documentation/partner-handbook").await;
    assert!(handbook.status == 403 && !handbook.text().contains("id=\"others\""), "{}", handbook.text());
}

async fn whoever_may_switch_within_a_visit_comes_back_to_what_was_locked(engine: Engine) {
    let house = House::open_with(engine, |settings| settings.portal.in_session_switch = true).await;
    let mut tri = at_contoso(&house, "/newsgroups/gp").await;
    let switch = "/switch?next=%2Fnewsgroups%2Fgp";
    tri.get("/newsgroups/gp").await.shows(403, &format!("href=\"{switch}\""));
    let page = tri.get(switch).await;
    let trio = choice(page.text(), "Trio Lee");
    let answer = tri.post("/switch", &[("profile", &trio), ("next", "/newsgroups/gp")]).await;
    assert_eq!(answer.leads_to(), "/newsgroups/gp");
    tri.get("/newsgroups/gp").await.shows(200, "<strong>Fabrikam S.A.</strong> – Trio Lee");
    // Nobody is led to another site.
    let page = tri.get("/switch?next=%2F%2Fevil.example").await;
    page.shows(200, "name=\"next\" value=\"/\"");
    let tri_lee = choice(page.text(), "Tri Lee");
    let answer = tri.post("/switch", &[("profile", &tri_lee), ("next", "//evil.example")]).await;
    assert_eq!(answer.leads_to(), "/");
}
