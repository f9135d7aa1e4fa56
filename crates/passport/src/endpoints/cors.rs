//! Which scripts may read our answers (experience of browsers, not of machines): public documents everybody's, tokens
//! and UserInfo those of the site that they are for, pages nobody's. A site's own origin may send along what its library
//! includes (keycloak-js): no cookie means anything at these endpoints.
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use oidc::client::Client;
use platform::web::Visit;

use crate::{
    client::origins,
    paths::{JWKS, TOKEN, USERINFO},
    response::Refused,
    state::Passport,
};

/// What is the same for everybody.
const PUBLIC: [&str; 3] =
    ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", JWKS];
/// What scripts of registered sites may ask.
const FOR_SITES: [&str; 3] = [TOKEN, USERINFO, "/oauth2/revoke"];

/// Seconds that a browser may remember a preflight.
const REMEMBERED: &str = "600";

/// Put into an answer's extensions by an endpoint that knows whose it is: only scripts of these origins read it.
#[derive(Clone)]
struct Only(Vec<String>);

/// Marks an answer as one for this client.
pub fn only(mut answer: Response, client: &Client) -> Response {
    answer.extensions_mut().insert(Only(client.origins()));
    answer
}

/// Around every endpoint: answers preflights, and says who may read the answer.
pub async fn around(State(passport): State<Passport>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let preflight = request.method() == Method::OPTIONS;
    if PUBLIC.contains(&path) {
        // These answers say it themselves.
        return if preflight {
            allowed(StatusCode::NO_CONTENT.into_response(), "*")
        } else {
            next.run(request).await
        };
    }
    if !FOR_SITES.contains(&path) {
        return next.run(request).await;
    }
    let origin = origin_of(request.headers());
    let now = request.extensions().get::<Visit>().map_or_else(|| passport.clock.now(), |visit| visit.now);
    let known = match &origin {
        Some(origin) => origins::is_of_any_client(&passport.clients, now, origin).await,
        None => Ok(false),
    };
    let known = match known {
        Ok(known) => known,
        Err(fault) => return Refused::Fault(fault).into_response(),
    };
    let mut answer = match preflight {
        true => StatusCode::NO_CONTENT.into_response(),
        false => next.run(request).await,
    };
    let only = answer.extensions_mut().remove::<Only>();
    answer.headers_mut().append(header::VARY, HeaderValue::from_static("origin"));
    match origin {
        Some(origin) if known && only.is_none_or(|only| only.0.contains(&origin)) => allowed(answer, &origin),
        _ => answer,
    }
}

/// The one origin that a browser sends; `null` is nobody's.
fn origin_of(headers: &HeaderMap) -> Option<String> {
    let mut all = headers.get_all(header::ORIGIN).iter();
    let origin = all.next()?.to_str().ok()?;
    (all.next().is_none() && origin != "null").then(|| origin.to_owned())
}

fn allowed(mut answer: Response, origin: &str) -> Response {
    let named = origin != "*";
    let Ok(origin) = HeaderValue::from_str(origin) else { return answer };
    let is_preflight = answer.status() == StatusCode::NO_CONTENT;
    let headers = answer.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    let mut set = |name: HeaderName, value| headers.insert(name, HeaderValue::from_static(value));
    if named {
        set(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
    }
    if is_preflight {
        set(header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST");
        set(header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type, dpop");
        set(header::ACCESS_CONTROL_MAX_AGE, REMEMBERED);
    } else {
        set(header::ACCESS_CONTROL_EXPOSE_HEADERS, "dpop-nonce, www-authenticate");
    }
    answer
}
