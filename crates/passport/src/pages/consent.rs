//! The page that asks whether a site of others may have what it wants, with the values themselves.
use askama::Template;
use axum::{http::StatusCode, response::Response};
use oidc::{
    authorize::{AuthorizationRequest, Policy},
    claims::{
        StandardClaims,
        wishes::{Wishes, released_with},
    },
    client::{Client, redirect_uri::is_loopback},
    resource::listed,
    scope::{OFFLINE_ACCESS, Scopes},
};
use platform::{
    language::Language,
    web::{Shell, Thing, Trouble, page::FormsLeadElsewhere, see_other},
};

use super::client_panel::ClientPanel;

use crate::{
    account::Account,
    paths::{self, CHOOSE_ACCOUNT, SIGN_IN},
    request::destination::Destination,
    session::Session,
    visitor::Visitor,
};

#[derive(Template)]
#[template(path = "pages/consent.html")]
pub struct ConsentPage {
    shell: Shell,
    client: ClientPanel,
    /// Catalogue key of what is released, and the value.
    values: Vec<(&'static str, String)>,
    /// Who is signed in. Said here and not in the top bar: the two answers are the only buttons.
    email: String,
    /// Scopes beyond the standard ones, in one line.
    rights: String,
    /// Resources that the tokens are for, in one line.
    resources: String,
    /// A program on the reader's computer that nobody vouched for: its name is what it says.
    agent: bool,
    offline: bool,
    /// Where another of the reader's Passports is chosen.
    other: String,
    /// It was answered while somebody else was signed in.
    again: bool,
    action: &'static str,
    /// Whose consent it will be, whoever is in front when the answer comes.
    session: String,
    /// The raw query to go on with.
    request: String,
    /// What is shown here: the form's token names it.
    thing: Thing,
}

/// Everything that the page shows of a request, and that a yes to it grants.
pub fn thing(
    (session, account): &(Session, Account),
    client: &Client,
    request: &AuthorizationRequest,
) -> Thing {
    let thing = ClientPanel::of(client)
        .among(Thing::of("consent"))
        .and(session.id.to_string())
        .and(account.id.to_string())
        .and(&account.email)
        .and(&client.client_id)
        .and(&request.redirect_uri)
        .and(request.response_type.as_str())
        .and(request.scope.to_string())
        .and(request.claims.canonical())
        .and(request.resource.join(" "))
        .and(if is_agent(client, &request.redirect_uri) { "agent" } else { "" });
    let shown = values(&account.known_to(client), &request.scope, &request.claims.everywhere());
    shown.into_iter().fold(thing, |thing, (name, value)| thing.and(name).and(value))
}

/// Asks the signed-in person; the form posts `request` and `decision` (`approve` or `deny`).
pub fn render(
    visitor: &Visitor,
    client: &Client,
    request: &AuthorizationRequest,
    query: &str,
    again: bool,
    policy: &Policy,
) -> Result<Response, Trouble> {
    let Some(who @ (session, account)) = &visitor.signed_in else {
        return Ok(see_other(&Destination::Site(query.to_owned()).carried_to(SIGN_IN)));
    };
    let page = ConsentPage {
        shell: visitor.visit.shell(),
        client: ClientPanel::of(client),
        values: values(&account.known_to(client), &request.scope, &request.claims.everywhere()),
        email: account.email.clone(),
        rights: rights(&request.scope),
        resources: resources(&request.resource, policy),
        agent: is_agent(client, &request.redirect_uri),
        offline: request.scope.contains(OFFLINE_ACCESS),
        other: Destination::Site(query.to_owned()).carried_to(CHOOSE_ACCOUNT),
        again,
        action: paths::CONSENT,
        session: session.id.to_string(),
        request: query.to_owned(),
        thing: thing(who, client, request),
    };
    let mut response = visitor.visit.page(StatusCode::OK, &page)?;
    response.extensions_mut().insert(FormsLeadElsewhere);
    Ok(response)
}

/// Resources by the operator's name for them and by their own, in one line.
fn resources(asked: &[String], policy: &Policy) -> String {
    let named = |resource: &String| match listed(policy, resource).filter(|listed| !listed.name.is_empty()) {
        Some(listed) => format!("{} ({resource})", listed.name),
        None => resource.clone(),
    };
    asked.iter().filter(|resource| **resource != policy.issuer).map(named).collect::<Vec<_>>().join(", ")
}

/// Whether the answer goes to a program on the person's computer that anybody may have written (RFC 8252 §8.3).
fn is_agent(client: &Client, redirect_uri: &str) -> bool {
    let on_the_web = redirect_uri.starts_with("https://") || redirect_uri.starts_with("http://");
    !client.vouched && (!on_the_web || is_loopback(redirect_uri))
}

/// The scopes that an operator made up for a site, by their names: nobody else knows what they mean.
pub(super) fn rights(scope: &Scopes) -> String {
    scope.beyond(&Policy::default().scopes).join(", ")
}

/// What these scopes and wishes release of what is known, in the order of the page.
pub(super) fn values(known: &StandardClaims, scope: &Scopes, wishes: &Wishes) -> Vec<(&'static str, String)> {
    let out = released_with(known, scope, wishes);
    let address = out.address.as_ref().map(|address| {
        let lines = [&address.street_address, &address.locality, &address.region, &address.postal_code];
        let parts = lines.into_iter().chain([&address.country]).flatten().filter(|part| !part.is_empty());
        let joined = parts.map(String::as_str).collect::<Vec<_>>().join(", ");
        address.formatted.clone().filter(|text| !text.is_empty()).unwrap_or(joined)
    });
    [
        ("claim-email", out.email),
        ("claim-name", out.name),
        ("claim-given-name", out.given_name),
        ("claim-middle-name", out.middle_name),
        ("claim-family-name", out.family_name),
        ("claim-nickname", out.nickname),
        ("claim-username", out.preferred_username),
        ("claim-profile", out.profile),
        ("claim-picture", out.picture),
        ("claim-website", out.website),
        ("claim-gender", out.gender),
        ("claim-birthdate", out.birthdate),
        ("claim-zoneinfo", out.zoneinfo),
        ("claim-locale", out.locale.map(named_language)),
        ("claim-phone", out.phone_number),
        ("claim-address", address),
    ]
    .into_iter()
    .filter_map(|(key, value)| Some((key, value.filter(|value| !value.is_empty())?)))
    .collect()
}

/// A language that pages have, by its name; another by its tag.
fn named_language(locale: String) -> String {
    let known = Language::of_tag(&locale).filter(|known| known.tag().eq_ignore_ascii_case(&locale));
    known.map_or(locale, |language| format!("{} ({})", language.native_name(), language.place()))
}

#[cfg(test)]
impl platform::web::page::Samples for ConsentPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let email = "maria@example.com".to_owned();
        let known = StandardClaims {
            email: Some("maria@example.com".into()),
            name: Some("Maria Silva".into()),
            given_name: Some("Maria".into()),
            middle_name: Some("de Souza".into()),
            family_name: Some("Silva".into()),
            nickname: Some("Mari".into()),
            preferred_username: Some("maria@example.com".into()),
            profile: Some("https://example.com/maria".into()),
            picture: Some("https://example.com/maria.png".into()),
            website: Some("https://maria.example".into()),
            gender: Some("female".into()),
            birthdate: Some("1980-02-29".into()),
            zoneinfo: Some("America/Sao_Paulo".into()),
            locale: Some("pt-BR".into()),
            phone_number: Some("+55 11 5555 0100".into()),
            address: Some(oidc::claims::Address {
                street_address: Some("Rua das Flores, 12".into()),
                locality: Some("São Paulo".into()),
                country: Some("Brasil".into()),
                ..Default::default()
            }),
            ..StandardClaims::default()
        };
        let all = Scopes::parse("openid profile email phone address offline_access").unwrap_or_default();
        let page = |scope: &Scopes| Self {
            shell: shell.clone(),
            client: ClientPanel { name: "Contoso Shop".into(), ..ClientPanel::sample() },
            values: values(&known, scope, &Wishes::new()),
            email: email.clone(),
            rights: if scope.contains(OFFLINE_ACCESS) { "orders, invoices".into() } else { String::new() },
            resources: if scope.contains(OFFLINE_ACCESS) {
                "Orders (https://orders.example/mcp)".into()
            } else {
                String::new()
            },
            agent: scope.contains(OFFLINE_ACCESS),
            offline: scope.contains(OFFLINE_ACCESS),
            other: CHOOSE_ACCOUNT.into(),
            again: scope.contains(OFFLINE_ACCESS),
            action: paths::CONSENT,
            session: String::new(),
            request: "client_id=shop&scope=openid".into(),
            thing: Thing::of("consent"),
        };
        vec![page(&all), page(&Scopes::default())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_scopes_release_is_shown_and_nothing_empty() {
        let known = StandardClaims {
            email: Some("a@example.com".into()),
            name: Some("Ann".into()),
            nickname: Some(String::new()),
            phone_number: Some("+1 555 0100".into()),
            locale: Some("pt-BR".into()),
            ..StandardClaims::default()
        };
        let shown = |scope| values(&known, &Scopes::parse(scope).unwrap(), &Wishes::new());
        assert_eq!(shown("openid"), []);
        assert_eq!(shown("openid email"), [("claim-email", "a@example.com".to_owned())]);
        let language = ("claim-locale", "Português (Brasil)".to_owned());
        assert_eq!(shown("openid profile"), [("claim-name", "Ann".to_owned()), language]);
        assert_eq!(named_language("fr-CA".into()), "fr-CA");
        let wished = Wishes::from([("phone_number".to_owned(), Default::default())]);
        let openid = Scopes::parse("openid").unwrap();
        assert_eq!(values(&known, &openid, &wished), [("claim-phone", "+1 555 0100".to_owned())]);
    }
}
