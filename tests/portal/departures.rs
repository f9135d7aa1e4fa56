//! Ends of an association: removed, ended, given up, moved, closed; each with its sessions, links and letters.
use customersource::audit::{self, Chain};
use serde_json::{Value, json};
use testkit::{Engine, on_both_engines};

use crate::{
    exchange::{ask, lively},
    house::{Browser, House, people, person},
    invitations::invite,
};

on_both_engines![
    cs_48_as_11_removing_ends_association_sessions_and_invitations_at_once,
    an_administrator_ends_an_association_and_the_profile_stays,
    somebody_gives_up_their_own_profile,
    every_end_of_an_association_ends_its_visits_tells_both_addresses_and_is_in_the_audit,
    an_association_that_another_one_supersedes_ends_likewise_and_takes_its_invitations_along,
    cs_64_who_moves_on_to_another_passport_of_their_own_keeps_the_invitations_they_sent,
    portal_rule_15_subscriptions_and_write_rights_end_with_the_profile_and_with_the_company,
    as_03_who_moves_to_another_company_takes_neither_rights_nor_links_along,
];

const LIST: &str = "/account/professionals";

async fn cs_48_as_11_removing_ends_association_sessions_and_invitations_at_once(house: House) {
    let (mut boss, mut ann) = (house.browser(), house.browser());
    boss.administer().await;
    ann.associate("ann", "ann@contoso.example").await;
    let (anns, tris) = (house.profile("ann").await, house.profile("three-1").await);
    let mut fields = person("Ann", "Ann@Contoso.example");
    fields.extend([("version", "1"), ("administrator", "on")]);
    let page = format!("{LIST}/{anns}");
    boss.fill_in(&page, &page, &fields).await.leads_to();
    // Ann invites Tri, and herself to another Passport.
    ann.fill_in(LIST, &format!("{LIST}/{tris}/invite"), &[]).await.leads_to();
    ann.fill_in("/account/profile", "/account/profile/invite", &[]).await.leads_to();
    let links: Vec<String> = house
        .mail()
        .await
        .iter()
        .filter(|mail| mail.text.contains("/associate/"))
        .map(|m| m.link())
        .collect();
    assert_eq!(links.len(), 2);

    let removed = boss.fill_in(&format!("{page}/remove"), &format!("{page}/remove"), &[]).await;
    assert_eq!(removed.leads_to(), "/account/professionals?done=removed");
    assert!(ann.get(LIST).await.leads_to().starts_with("/signin"), "the session ended");
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
    assert_eq!(ann.get("/account").await.leads_to(), "/associate");
    assert!(!boss.get(LIST).await.text().contains("Ann Lee"));
}

async fn an_administrator_ends_an_association_and_the_profile_stays(house: House) {
    let (mut boss, mut ann) = (house.browser(), house.browser());
    boss.administer().await;
    ann.associate("ann", "ann@contoso.example").await;
    let page = format!("{LIST}/{}", house.profile("ann").await);
    boss.get(&page).await.shows(200, "End this association");
    assert!(boss.post(&format!("{page}/end"), &[]).await.leads_to().ends_with("?done=ended"));
    assert!(ann.get("/").await.text().contains("The content of this site is locked"));
    assert!(boss.post(&format!("{page}/end"), &[]).await.leads_to().ends_with("?done=nothing"));
    boss.get(LIST).await.shows(200, "Ann Lee");
    assert_eq!(house.mail().await.len(), 1);
}

async fn somebody_gives_up_their_own_profile(house: House) {
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    ann.get("/account/leave").await.shows(200, "Give up this profile");
    assert_eq!(ann.post("/account/leave", &[]).await.leads_to(), "/signed-out");
    assert!(ann.get("/account").await.leads_to().starts_with("/signin"));
    assert_eq!(house.count("association", "revoked").await, 1);
    assert_eq!(house.mail().await[0].to, "Ann@Contoso.example");
    assert_eq!(house.deeds("association.ended").await, 1);
}

/// What the seed says of Ann, with something else in it.
fn ann_with(key: &str, value: &str) -> Value {
    let mut ann = people()["profiles"][0].clone();
    ann[key] = value.into();
    json!({ "profiles": [ann] })
}

fn rows<'a>(dump: &'a Value, table: &str, sub: &str) -> Vec<&'a Value> {
    dump[table].as_array().unwrap().iter().filter(|row| row["sub"] == sub).collect()
}

/// Ends Ann's association this way; `undo` is the link in the administrator's notice.
async fn end(house: &House, way: &str, boss: &mut Browser<'_>, ann: &mut Browser<'_>, undo: &str) {
    let id = house.profile("ann").await;
    match way {
        "removed by an administrator" => {
            let path = format!("{LIST}/{id}/remove");
            boss.fill_in(&path, &path, &[]).await.leads_to();
        }
        "ended by an administrator" => {
            boss.fill_in(&format!("{LIST}/{id}"), &format!("{LIST}/{id}/end"), &[]).await.leads_to();
        }
        "ended by staff" => {
            let mut sue = house.browser();
            sue.sign_in("/staff", "sue").await;
            let page = format!("/staff/people/{id}");
            sue.fill_in(&page, &format!("{page}/end"), &[("reason", "They called")]).await.leads_to();
        }
        "given up" => {
            ann.fill_in("/account/leave", "/account/leave", &[]).await.leads_to();
        }
        "undone by the link in a notice" => {
            house.browser().fill_in(undo, undo, &[]).await.shows(200, "no longer associated");
        }
        "not on file any more" => house.seed(ann_with("state", "removed")).await,
        "moved to another company" => house.seed(ann_with("company", "fabrikam")).await,
        _ => {
            let closed = json!({"external_id": "contoso", "name": "Contoso Ltda", "state": "closed"});
            house.seed(json!({ "companies": [closed] })).await;
        }
    }
}

async fn every_end_of_an_association_ends_its_visits_tells_both_addresses_and_is_in_the_audit(
    engine: Engine,
) {
    for way in [
        "removed by an administrator",
        "ended by an administrator",
        "ended by staff",
        "given up",
        "undone by the link in a notice",
        "not on file any more",
        "moved to another company",
        "closed with its company",
    ] {
        let house = House::open(engine).await;
        house.seed(json!({"staff": [{"subject": "sue", "name": "Sue", "role": "support"}]})).await;
        let (mut boss, mut ann, mut other) = (house.browser(), house.browser(), house.browser());
        boss.administer().await;
        house.provider.set(|said| said.email = Some("own@passport.example".into()));
        let link = invite(&house, &mut boss, "ann").await;
        ann.accept(&link, "ann").await.leads_to();
        other.sign_in("/account", "ann").await;
        house.provider.set(|said| said.email = None);
        let undo = house.mail().await[0].path("/undo/");
        // A switch that is not finished goes with it.
        ann.fill_in("/account/profile", "/account/profile/invite", &[]).await.leads_to();
        let switch = house.mail().await[0].link();

        end(&house, way, &mut boss, &mut ann, &undo).await;
        for browser in [&mut ann, &mut other] {
            assert!(browser.get("/account").await.leads_to().starts_with("/signin"), "{way}");
        }
        house.browser().get(&switch).await.shows(410, "This link was withdrawn");
        let (mails, dump) = (house.mail().await, house.dump().await);
        for address in ["Ann@Contoso.example", "own@passport.example"] {
            assert_eq!(mails.iter().filter(|mail| mail.to == address).count(), 1, "{way}: {mails:?}");
        }
        let associations = rows(&dump, "association", "ann");
        assert_eq!(associations.len(), 1);
        assert_eq!(associations[0]["state"], "revoked", "{way}");
        assert!(associations[0]["ended_by"].is_string() && !associations[0]["ended_at"].is_null());
        assert!(rows(&dump, "portal_session", "ann").is_empty(), "{way}");
        let lines = dump["audit"].as_array().unwrap().iter();
        let told = lines.filter(|line| {
            line["action"] == "association.ended" && line["detail"].to_string().contains("ann\\\"")
        });
        assert_eq!(told.count(), 1, "{way}");
        let chain = audit::store::verify(house.portal.db.reader(), &house.portal.audit_mac).await.unwrap();
        assert!(matches!(chain, Chain::Whole { .. }), "{way}");
    }
}

async fn an_association_that_another_one_supersedes_ends_likewise_and_takes_its_invitations_along(
    house: House,
) {
    let (mut boss, mut ann, mut new) = (house.browser(), house.browser(), house.browser());
    boss.administer().await;
    ann.associate("ann", "ann@contoso.example").await;
    let mut fields = person("Ann", "Ann@Contoso.example");
    fields.extend([("version", "1"), ("administrator", "on")]);
    let page = format!("{LIST}/{}", house.profile("ann").await);
    boss.fill_in(&page, &page, &fields).await.leads_to();
    house.mail().await;
    let invited = invite(&house, &mut ann, "three-1").await;
    new.associate("new", "ann@contoso.example").await;
    assert!(ann.get("/account").await.leads_to().starts_with("/signin"));
    house.browser().get(&invited).await.shows(410, "This link was withdrawn");
    let dump = house.dump().await;
    assert_eq!(rows(&dump, "association", "ann")[0]["state"], "superseded");
    let lines = dump["audit"].as_array().unwrap();
    let made = lines.iter().rfind(|line| line["action"] == "association.made").unwrap();
    assert!(made["detail"].to_string().contains(&format!("{} ann", house.provider.issuer)), "{made}");
    house.mail().await;
}

async fn cs_64_who_moves_on_to_another_passport_of_their_own_keeps_the_invitations_they_sent(house: House) {
    let (mut boss, mut new) = (house.browser(), house.browser());
    boss.administer().await;
    let invited = invite(&house, &mut boss, "ann").await;
    boss.fill_in("/account/profile", "/account/profile/invite", &[]).await.leads_to();
    let switch = house.mail().await[0].link();
    new.accept(&switch, "boss-at-home").await.leads_to();
    assert_eq!(house.browser().get(&invited).await.leads_to(), "/associate/invitation", "it is good still");
    house.mail().await;
}

async fn portal_rule_15_subscriptions_and_write_rights_end_with_the_profile_and_with_the_company(
    engine: Engine,
) {
    for what in [
        ann_with("state", "removed"),
        json!({ "companies": [{"external_id": "contoso", "name": "Contoso Ltda", "state": "closed"}] }),
        ann_with("company", "fabrikam"),
    ] {
        let house = lively(engine).await;
        let mut ann = house.browser();
        let thread = ask(&mut ann).await;
        ann.get("/newsletters").await;
        ann.post("/newsletters/customersource-news", &[("subscribe", "1")]).await.leads_to();
        let dump = house.dump().await;
        assert_eq!(dump["newsletter_subscription"].as_array().unwrap().len(), 1);
        house.seed(what.clone()).await;
        let dump = house.dump().await;
        assert_eq!(dump["newsletter_subscription"].as_array().unwrap().len(), 0, "{what}");
        assert_eq!(dump["watch"].as_array().map_or(0, Vec::len), 0, "{what}");
        assert_eq!(dump["post"].as_array().unwrap().len(), 1, "what was written stays");
        ann.post(&format!("{thread}/reply"), &[("body", "x")]).await.shows(403, "You are signed out");
        house.mail().await;
    }
}

async fn as_03_who_moves_to_another_company_takes_neither_rights_nor_links_along(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let to_ann = invite(&house, &mut boss, "ann").await;
    let mut data = people()["profiles"][7].clone();
    data["company"] = "fabrikam".into();
    house
        .seed(json!({"profiles": [{"external_id": "own", "company": "fabrikam", "first_name": "O",
        "last_name": "Wn", "email": "own@fabrikam.example", "bill_to": true}]}))
        .await;
    house.seed(json!({ "profiles": [data.clone()] })).await;
    house.browser().get(&to_ann).await.shows(410, "This link was withdrawn");
    assert!(!house.current("boss").await.is_admin, "what Contoso granted is nothing to Fabrikam");
    assert_eq!(house.deeds("profile.moved").await, 1);
    house.mail().await;
    boss.associate("boss", "boss@contoso.example").await;
    boss.get(LIST).await.shows(403, "Only for administrators");
    house.seed(json!({ "profiles": [data] })).await;
    assert_eq!(house.deeds("profile.moved").await, 1, "said once more, it is nothing new");
    boss.get("/account").await.shows(200, "Fabrikam S.A.");
}
