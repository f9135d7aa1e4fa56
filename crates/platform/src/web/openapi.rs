//! `/openapi.json`: the endpoints that machines call, described from the published surface (OpenAPI 3.1). Knows no
//! endpoint itself, so that it cannot say what the surface does not.
use std::collections::BTreeMap;

use axum::{Router, http::header, routing::get};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::config;

/// What a program publishes of itself.
#[derive(Clone, Copy)]
pub struct Surface {
    /// The file that operators read; a test compares it with the routes.
    pub json: &'static str,
    /// The program's name in it.
    pub program: &'static str,
    /// The roles whose endpoints are described; whoever is none of these has a browser.
    pub machines: &'static [&'static str],
}

/// Beside the program itself: what every program answers.
const SHARED: &str = "platform";

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
pub fn router<S: Clone + Send + Sync + 'static>(settings: &config::Server, surface: &Surface) -> Router<S> {
    if !settings.openapi {
        return Router::new();
    }
    let text = document(surface, &settings.public_url).to_string();
    let answer = move || async move { ([(header::CONTENT_TYPE, "application/json")], text) };
    Router::new().route("/openapi.json", get(answer))
}

/// The document of one program.
pub fn document(surface: &Surface, public_url: &str) -> Value {
    let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for route in routes(surface) {
        paths.entry(route.path.clone()).or_default().insert(route.method.to_lowercase(), operation(&route));
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": surface.program, "version": env!("CARGO_PKG_VERSION") },
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

fn routes(surface: &Surface) -> Vec<Route> {
    let all: Value = serde_json::from_str(surface.json).unwrap_or_default();
    let of = |program: &str| {
        let routes = all.pointer(&format!("/programs/{program}/routes")).cloned().unwrap_or_default();
        serde_json::from_value::<Vec<Route>>(routes).unwrap_or_default()
    };
    of(surface.program)
        .into_iter()
        .chain(of(SHARED))
        .filter(|route| surface.machines.contains(&route.role.as_str()))
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
    fn endpoints_for_machines_are_described_and_no_page_is() {
        let surface = Surface {
            json: r#"{ "programs": {
                "sample": { "routes": [
                    { "method": "POST", "path": "/token", "role": "client", "purpose": "p", "fields": ["code", "scope?"] },
                    { "method": "GET", "path": "/things/{id}", "role": "access token", "purpose": "p", "fields": ["q?"] },
                    { "method": "GET", "path": "/page", "role": "anyone", "purpose": "p" }
                ] },
                "other": { "routes": [{ "method": "GET", "path": "/other", "role": "client", "purpose": "p" }] },
                "platform": { "routes": [{ "method": "GET", "path": "/healthz", "role": "client", "purpose": "p" }] }
            } }"#,
            program: "sample",
            machines: &["client", "access token"],
        };
        let document = document(&surface, "https://sample.test");
        let paths = document["paths"].as_object().unwrap();
        assert_eq!(paths.keys().collect::<Vec<_>>(), ["/healthz", "/things/{id}", "/token"]);
        let token = &paths["/token"]["post"];
        assert_eq!(token["security"], json!([{ "client": [] }]));
        let answers = token["responses"].as_object().unwrap();
        assert_eq!(answers.keys().collect::<Vec<_>>(), ["2XX", "4XX", "5XX"]);
        assert_eq!(answers["2XX"].get("content"), None, "a success is no error");
        assert!(answers["4XX"]["content"]["application/json"]["schema"]["$ref"].is_string());
        let form = &token["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"];
        assert_eq!(
            form["properties"],
            json!({ "code": { "type": "string" }, "scope": { "type": "string" } })
        );
        let things = &paths["/things/{id}"]["get"];
        assert_eq!(
            (&things["parameters"][0]["name"], &things["parameters"][0]["in"]),
            (&json!("id"), &json!("path"))
        );
        assert_eq!(things["security"], json!([{ "token": [] }]));
    }
}
