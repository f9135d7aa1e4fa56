//! Agents: who registered themselves ask for a resource that the operator lists, and people see what that is (RFC 8707,
//! RFC 9728).
use jsonwebtoken::Algorithm;
use oidc::{
    resource::{Listed, Who},
    scope::Scopes,
};
use passport::config::RegistrationMode;
use serde_json::json;
use testkit::{Answer, Browser, Engine, House, Kind, Rp, on_both_engines};

use super::registration::register;

on_both_engines![
    an_agent_that_registered_itself_gets_a_token_for_a_resource_of_anybodys,
    who_may_ask_for_a_resource_is_the_operators_word_each_time,
    a_yes_for_one_resource_is_none_for_another,
    nothing_is_given_for_a_resource_that_the_person_was_not_asked_about,
    a_resource_brings_its_scopes_and_nobody_has_them_without_it,
];

const MCP: &str = "https://orders.test/mcp";
const OTHER: &str = "https://other.test/mcp";

fn listed(identifier: &str, who: Who) -> Listed {
    Listed {
        identifier: identifier.to_owned(),
        name: "Orders".to_owned(),
        scopes: Scopes::parse("orders.read").unwrap(),
        token_format: Some(oidc::client::TokenFormat::Jwt),
        who,
    }
}

async fn house_of(engine: Engine, who: Who) -> House {
    House::with(engine, |settings| {
        settings.passport.registration.mode = RegistrationMode::Open;
        settings.passport.resources.list = vec![listed(MCP, who), listed(OTHER, who)];
    })
    .await
}

/// Registers itself as the SDKs of agents do: public, on this computer.
async fn agent(house: &House) -> Rp {
    let said = json!({
        "client_name": "Agent", "redirect_uris": ["http://localhost:4711/cb"], "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
    });
    house.registered(&register(house, &said).await)
}

async fn person(house: &House) -> Browser {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser
}

async fn asks(agent: &Rp, browser: &Browser, resource: &str, scope: &str) -> Answer {
    agent.ask(browser, |asked| asked.with("resource", resource).with("scope", scope)).await
}

async fn an_agent_that_registered_itself_gets_a_token_for_a_resource_of_anybodys(engine: Engine) {
    let house = house_of(engine, Who::Anybody).await;
    let (agent, browser) = (agent(&house).await, person(&house).await);
    let asked = asks(&agent, &browser, MCP, "orders.read offline_access").await;
    let page = asked.text();
    assert!(asked.page().has("#consent-agent"), "{page}");
    assert!(
        page.contains(&format!("Orders ({MCP})"))
            && page.contains("orders.read")
            && page.contains("Nobody has vouched"),
        "{page}"
    );
    let code = agent.code_in(&browser.click("#consent-approve").await);
    let tokens = agent.tokens_in(&agent.redeem_with(&code, |call| call.with("resource", MCP)).await);
    let claims = house.verified(&tokens.access, Algorithm::RS256).await;
    assert_eq!((&claims["aud"], &claims["scope"]), (&json!(MCP), &json!("offline_access orders.read")));
    house.userinfo(&tokens.access).await.assert_status(401);
    let again = agent.refresh_with(tokens.refresh(), |call| call.with("resource", MCP)).await;
    let claims = house.verified(&agent.tokens_in(&again).access, Algorithm::RS256).await;
    assert_eq!((&claims["aud"], &claims["scope"]), (&json!(MCP), &json!("offline_access orders.read")));
}

async fn who_may_ask_for_a_resource_is_the_operators_word_each_time(engine: Engine) {
    for who in [Who::Registered, Who::Nobody] {
        let house = house_of(engine, who).await;
        let (agent, browser) = (agent(&house).await, person(&house).await);
        asks(&agent, &browser, MCP, "openid").await.assert_stays_here();
        let web = house.client_with(Kind::Web, |client| client.resources = vec![MCP.to_owned()]).await;
        let asked = web.ask(&browser, |asked| asked.with("resource", MCP)).await;
        match who {
            Who::Registered => drop(web.tokens_in(&web.redeem(&web.code_in(&asked)).await)),
            _ => web.assert_told(&asked, "invalid_target"),
        }
        asks(&agent, &browser, "https://unlisted.test", "openid").await.assert_stays_here();
    }
}

async fn a_yes_for_one_resource_is_none_for_another(engine: Engine) {
    let house = house_of(engine, Who::Anybody).await;
    // Not on this computer, where each time is asked about.
    let (site, browser) = (house.client(Kind::Evil).await, person(&house).await);
    asks(&site, &browser, MCP, "orders.read").await.assert_status(200);
    site.code_in(&browser.click("#consent-approve").await);
    site.code_in(&asks(&site, &browser, MCP, "orders.read").await);
    let other = asks(&site, &browser, OTHER, "orders.read").await;
    assert!(other.page().has("#consent-approve") && other.text().contains(OTHER), "{other:?}");
}

async fn nothing_is_given_for_a_resource_that_the_person_was_not_asked_about(engine: Engine) {
    let house = house_of(engine, Who::Anybody).await;
    let (agent, browser) = (agent(&house).await, person(&house).await);
    agent.ask(&browser, |asked| asked.with("scope", "openid offline_access")).await.assert_status(200);
    let code = agent.code_in(&browser.click("#consent-approve").await);
    agent.redeem_with(&code, |call| call.with("resource", MCP)).await.assert_token_error("invalid_target");
    let tokens = agent.tokens_in(&agent.redeem(&code).await);
    let refused = agent.refresh_with(tokens.refresh(), |call| call.with("resource", MCP)).await;
    refused.assert_token_error("invalid_target");
}

async fn a_resource_brings_its_scopes_and_nobody_has_them_without_it(engine: Engine) {
    let house = house_of(engine, Who::Anybody).await;
    let browser = person(&house).await;
    let web = house.client(Kind::Web).await;
    let asked = web.ask(&browser, |asked| asked.with("scope", "openid orders.read")).await;
    let tokens = web.tokens_in(&web.redeem(&web.code_in(&asked)).await);
    assert_eq!(web.introspect(&tokens.access).await["scope"], "openid");
    let asked = asks(&web, &browser, MCP, "openid orders.read").await;
    let tokens = web.tokens_in(&web.redeem(&web.code_in(&asked)).await);
    let claims = house.verified(&tokens.access, Algorithm::RS256).await;
    assert_eq!(claims["scope"], "openid orders.read");
}
