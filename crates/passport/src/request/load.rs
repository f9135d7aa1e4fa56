//! What a request at the authorization endpoint asks, wherever its parameters stand: in the query, in a
//! signed object, or pushed before. It knows no person.
use oidc::{
    authorize::{
        Arrival, AuthorizationRequest, Demands, Endpoint, Policy, Refusal,
        object::{self, combine, invalid_uri, source},
        request::{check, identify, refused, unknown_client},
    },
    client::Client,
    error::{ErrorCode, OAuthError},
    parameters::Parameters,
};
use platform::{Fault, clock::Moment};

use crate::{
    client::{
        self,
        document::Heard,
        fetch,
        request_object::{self, Coming},
    },
    pushed::{self, Pushed, PushedId},
    state::Passport,
};

/// A request whose client and redirect URI are good.
pub struct Asked {
    pub client: Client,
    /// Of the client as it was read.
    pub epoch: i32,
    pub request: AuthorizationRequest,
    /// To be used up when the answer goes out.
    pub pushed: Option<PushedId>,
}

/// Reads a raw query of a visit: what ran out while the person signed in is still good. `address_block` is the visitor's.
pub async fn load(
    passport: &Passport,
    query: &str,
    begun: Coming,
    address_block: &str,
) -> Result<Result<Asked, Refusal>, Fault> {
    let outside = match Parameters::parse(query.as_bytes()) {
        Ok(parameters) => parameters,
        Err(malformed) => return Ok(Err(Refusal::Page(malformed.into()))),
    };
    let id = match identify(&outside) {
        Ok(id) => id,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (now, clients) = (passport.clock.now(), &passport.clients);
    let registered = match client::document::find_or_read(clients, now, id, address_block).await? {
        Heard::Of(registered) => *registered,
        Heard::OfNone => return Ok(Err(unknown_client())),
        Heard::TooMany => return Ok(Err(Refusal::Page(too_many()))),
    };
    let (client, epoch, policy) = (registered.client, registered.epoch, passport.policy());
    let resolved = resolve(passport, &client, policy, &outside, begun, address_block).await?;
    let vouched = client.vouched;
    let asked = resolved.and_then(|found| {
        let request = check(&found.parameters, &client, policy, found.arrival)?;
        Ok(Asked { client, epoch, request, pushed: found.pushed })
    });
    Ok(asked.map_err(|refusal| match refusal {
        // Whoever registers a site can make such a request: it would make our address lead anywhere.
        Refusal::Redirect { error, .. } if !vouched => Refusal::Page(error),
        refusal => refusal,
    }))
}

fn too_many() -> OAuthError {
    let text = "Too much was to be read from sites for your network. Try again in ten minutes.";
    OAuthError::new(ErrorCode::TemporarilyUnavailable, text)
}

struct Found {
    parameters: Parameters,
    arrival: Arrival,
    pushed: Option<PushedId>,
}

async fn resolve(
    passport: &Passport,
    client: &Client,
    policy: &Policy,
    outside: &Parameters,
    begun: Coming,
    address_block: &str,
) -> Result<Result<Found, Refusal>, Fault> {
    let refuse = |error| Ok(Err(refused(outside, client, policy, error)));
    let demands = policy.demands(client);
    let found = match source(outside, client, Endpoint::Authorize) {
        Err(error) => return refuse(error),
        Ok(found) => found,
    };
    let read;
    let object = match found {
        object::Source::Plain => {
            return Ok(Ok(Found { parameters: outside.clone(), arrival: Arrival::PLAIN, pushed: None }));
        }
        object::Source::Pushed(name) => {
            return Ok(taken_up(passport, client, name, begun.at).await?.map(of_pushed));
        }
        object::Source::Object(object) => object,
        // What will be refused anyway is not fetched.
        object::Source::Reference(_) if demands.pushed => {
            return refuse(OAuthError::invalid_request("Requests of this client must be pushed."));
        }
        object::Source::Reference(uri) => {
            match referred(passport, client, uri, begun, address_block).await? {
                Ok(object) => {
                    read = object;
                    &read
                }
                Err(error) => return refuse(error),
            }
        }
    };
    match combined(passport, client, &demands, outside, object, begun.at).await? {
        Ok(parameters) => {
            let arrival = Arrival { endpoint: Endpoint::Authorize, signed: true };
            Ok(Ok(Found { parameters, arrival, pushed: None }))
        }
        Err(error) => refuse(error),
    }
}

/// The object at an address of the client, fetched once in a visit.
async fn referred(
    passport: &Passport,
    client: &Client,
    uri: &str,
    begun: Coming,
    address_block: &str,
) -> Result<Result<String, OAuthError>, Fault> {
    let clients = &passport.clients;
    if let Some(object) = request_object::kept(clients, client, uri, begun) {
        return Ok(Ok(object));
    }
    // Whoever registers by themselves may have registered anything.
    if !client.vouched && !fetch::may(clients, passport.clock.now(), address_block).await? {
        return Ok(Err(too_many()));
    }
    request_object::fetched(clients, client, uri, begun).await
}

/// What a signed object and the request around it say together.
pub async fn combined(
    passport: &Passport,
    client: &Client,
    demands: &Demands,
    outside: &Parameters,
    object: &str,
    at: Moment,
) -> Result<Result<Parameters, OAuthError>, Fault> {
    let inside = request_object::verified(&passport.clients, client, demands, object, at).await?;
    Ok(inside.and_then(|inside| combine(outside, inside, demands)))
}

/// A pushed request of this client, not used yet, begun in its time. Everything else is a page: its
/// redirect URI is not known, or not this client's (PA-01, PA-02).
async fn taken_up(
    passport: &Passport,
    client: &Client,
    name: &str,
    begun: Moment,
) -> Result<Result<Pushed, Refusal>, Fault> {
    let found = match pushed::read(&passport.keyring, name) {
        Some(id) => pushed::store::find(passport.db.reader(), &passport.keyring, id).await?,
        None => None,
    };
    Ok(match found {
        Some(found) if found.client_id == client.client_id && found.is_good(begun) => Ok(found),
        _ => Err(Refusal::Page(used_up())),
    })
}

/// The answer for a `request_uri` that is not good, or no longer.
pub fn used_up() -> OAuthError {
    invalid_uri("The request_uri is not known, was used already or has expired.")
}

fn of_pushed(found: Pushed) -> Found {
    let arrival = Arrival { endpoint: Endpoint::AfterPush, signed: found.signed };
    Found { parameters: found.parameters, arrival, pushed: Some(found.id) }
}
