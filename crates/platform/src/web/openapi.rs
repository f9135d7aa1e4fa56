//! `/openapi.json`: the endpoints that machines call, described from the published surface (OpenAPI 3.1). Knows no
//! endpoint itself, so that it cannot say what the surface does not.
use std::collections::BTreeMap;

use axum::{Router, http::header, routing::get};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::config;

/// The same file that operators read; a test compares it with the routes.
const SURFACE: &str = include_str!("../../../../deploy/surface.json");
/// Whoever is none of these has a browser.
const MACHINES: [&str; 7] = [
    "machine",
    "client",
    "access token",
    "registration access token",
    "client that may supply billing facts",
    "Passport",
    "operator",
];

#[derive(Deserialize)]
struct Route {
    method: String,
    path: String,
    role: String,
    purpose: String,
    /// Of a form or a query; a question mark behind a name: it may be absent.
    #[serde(default)]
    fields: Vec<String>,
}

/// The route, where `[server] openapi` is on.
pub fn router<S: Clone + Send + Sync + 'static>(settings: &config::Server, program: &str) -> Router<S> {
    if !settings.openapi {
        return Router::new();
    }
    let text = document(program, &settings.public_url).to_string();
    let answer = move || async move { ([(header::CONTENT_TYPE, "application/json")], text) };
    Router::new().route("/openapi.json", get(answer))
}

/// The document of one program.
pub fn document(program: &str, public_url: &str) -> Value {
    let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for route in routes(program) {
        paths.entry(route.path.clone()).or_default().insert(route.method.to_lowercase(), operation(&route));
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": program, "version": env!("CARGO_PKG_VERSION") },
        "servers": [{ "url": public_url }],
        "paths": paths,
        "components": {
            "schemas": { "error": {
                "type": "object",
                "required": ["error"],
                "properties": {
                    "error": { "type": "string" },
                    "error_description": { "type": "string" },
                    "error_uri": { "type": "string", "format": "uri" },
                },
            } },
            "securitySchemes": {
                "client": { "type": "http", "scheme": "basic" },
                "token": { "type": "http", "scheme": "bearer" },
            },
        },
    })
}

fn routes(program: &str) -> Vec<Route> {
    let surface: Value = serde_json::from_str(SURFACE).unwrap_or_default();
    let of = |program: &str| {
        let routes = surface.pointer(&format!("/programs/{program}/routes")).cloned().unwrap_or_default();
        serde_json::from_value::<Vec<Route>>(routes).unwrap_or_default()
    };
    of(program)
        .into_iter()
        .chain(of("platform"))
        .filter(|route| MACHINES.contains(&route.role.as_str()))
        .collect()
}

fn error(description: &str) -> Value {
    json!({
        "description": description,
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/error" } } },
    })
}

fn operation(route: &Route) -> Value {
    let names = || route.fields.iter().map(|field| field.trim_end_matches('?'));
    let in_path = route.path.split(['{', '}']).skip(1).step_by(2);
    let mut parameters: Vec<Value> = in_path
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    let described = json!({
        "summary": route.purpose,
        "responses": {
            "2XX": { "description": "as the summary says" },
            "4XX": error("what was asked is refused"),
            "5XX": error("our own trouble"),
        },
    });
    let Value::Object(mut operation) = described else { return described };
    let text = json!({ "type": "string" });
    if route.method == "GET" {
        parameters.extend(names().map(|name| json!({ "name": name, "in": "query", "schema": text })));
    } else if !route.fields.is_empty() {
        let properties: Map<_, _> = names().map(|name| (name.to_owned(), text.clone())).collect();
        let form = json!({ "schema": { "type": "object", "properties": properties } });
        let body = json!({ "content": { "application/x-www-form-urlencoded": form } });
        operation.insert("requestBody".into(), body);
    }
    if !parameters.is_empty() {
        operation.insert("parameters".into(), parameters.into());
    }
    let scheme = match route.role.as_str() {
        "access token" | "registration access token" => Some("token"),
        role if role.starts_with("client") => Some("client"),
        _ => None,
    };
    if let Some(scheme) = scheme {
        operation.insert("security".into(), json!([{ scheme: [] }]));
    }
    operation.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_for_machines_is_described_and_no_page_is() {
        let passport = document("passport", "https://passport.test");
        let paths = passport["paths"].as_object().unwrap();
        for path in ["/oauth2/token", "/oauth2/userinfo", "/oauth2/register/{id}", "/healthz"] {
            assert!(paths.contains_key(path), "{path}");
        }
        for path in ["/sign-in", "/account", "/oauth2/authorize"] {
            assert!(!paths.contains_key(path), "{path}");
        }
        let token = &paths["/oauth2/token"]["post"];
        assert_eq!(token["security"], json!([{ "client": [] }]));
        let answers = token["responses"].as_object().unwrap();
        assert_eq!(answers.keys().collect::<Vec<_>>(), ["2XX", "4XX", "5XX"]);
        assert_eq!(answers["2XX"].get("content"), None, "a success is no error");
        assert!(answers["4XX"]["content"]["application/json"]["schema"]["$ref"].is_string());
        let form = &token["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"];
        assert!(form["properties"]["grant_type"].is_object());
        assert_eq!(paths["/oauth2/register/{id}"]["get"]["parameters"][0]["name"], "id");
        let portal = document("customersource", "https://portal.test");
        assert!(portal["paths"]["/backchannel-logout"]["post"].is_object());
    }
}
