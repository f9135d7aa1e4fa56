//! Ends of an association: removed, ended, given up, moved, closed; each with its sessions, links and letters.
use serde_json::json;

use crate::house::{House, people, person};

const LIST: &str = "/account/professionals";

#[tokio::test]
async fn cs_48_as_11_removing_ends_association_sessions_and_invitations_at_once() {
    let house = House::open().await;
    let (mut boss, mut ann) = (house.browser(), house.browser());
    boss.administer().await;
    ann.associate("ann", "ann@contoso.example").await;
    let (anns, tris) = (house.profile("ann").await, house.profile("three-1").await);
    let mut fields = person("Ann", "Ann@Contoso.example");
    fields.extend([("version", "1"), ("administrator", "on")]);
    let page = format!("{LIST}/{anns}");
    boss.fill_in(&page, &page, &fields).await.location();
    // Ann invites Tri, and herself to another Passport.
    ann.fill_in(LIST, &format!("{LIST}/{tris}/invite"), &[]).await.location();
    ann.post("/account/profile/invite", &[]).await.location();
    let links: Vec<String> = house
        .mail()
        .await
        .iter()
        .filter(|mail| mail.text.contains("/associate/"))
        .map(|m| m.link())
        .collect();
    assert_eq!(links.len(), 2);

    let removed = boss.fill_in(&format!("{page}/remove"), &format!("{page}/remove"), &[]).await;
    assert_eq!(removed.location(), "/account/professionals?done=removed");
    assert!(ann.get(LIST).await.location().starts_with("/signin"), "the session ended");
    for link in links {
        house.browser().get(&link).await.shows(410, "This link was withdrawn");
    }
    assert_eq!(house.count("association", "revoked").await, 1);
    let dump = house.dump().await;
    assert!(dump["portal_session"].as_array().unwrap().iter().all(|row| row["sub"] == "boss"));
    let told: Vec<_> = house.mail().await;
    assert!(told.iter().any(|mail| mail.to == "Ann@Contoso.example" && mail.subject.contains("was removed")));
    boss.get(&page).await.shows(404, "Page not found");
    ann.sign_in("/account", "ann").await;
    assert_eq!(ann.get("/account").await.location(), "/associate");
    assert!(!boss.get(LIST).await.body.contains("Ann Lee"));
}

#[tokio::test]
async fn an_administrator_ends_an_association_and_the_profile_stays() {
    let house = House::open().await;
    let (mut boss, mut ann) = (house.browser(), house.browser());
    boss.administer().await;
    ann.associate("ann", "ann@contoso.example").await;
    let page = format!("{LIST}/{}", house.profile("ann").await);
    boss.get(&page).await.shows(200, "End this association");
    assert!(boss.post(&format!("{page}/end"), &[]).await.location().ends_with("?done=ended"));
    assert!(ann.get("/").await.body.contains("The content of this site is locked"));
    assert!(boss.post(&format!("{page}/end"), &[]).await.location().ends_with("?done=nothing"));
    boss.get(LIST).await.shows(200, "Ann Lee");
    assert_eq!(house.mail().await.len(), 1);
}

#[tokio::test]
async fn somebody_gives_up_their_own_profile() {
    let house = House::open().await;
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    ann.get("/account/leave").await.shows(200, "Give up this profile");
    assert_eq!(ann.post("/account/leave", &[]).await.location(), "/signed-out");
    assert!(ann.get("/account").await.location().starts_with("/signin"));
    assert_eq!(house.count("association", "revoked").await, 1);
    assert_eq!(house.mail().await[0].to, "Ann@Contoso.example");
    assert_eq!(house.deeds("association.ended").await, 1);
}
