//! Every recipe: lawful, complete, and nothing in it but what it is for, whatever the site is called.
use std::process::{Command, Stdio};

use oidc::client::Profile;

use super::{literal::Syntax, *};

const ISSUER: &str = "https://passport.test";
const ADDRESS: &str = "https://app.test:8443/under";

/// What this recipe registers at an address, and prints.
fn made(recipe: &Recipe, address: &str, name: &str, secret: &str) -> anyhow::Result<(Client, String)> {
    let preset = recipe.kind().metadata_under(Profile::Default).unwrap();
    let client = recipe.registration(preset, Some(address))?;
    let client = Client { client_id: "the-client".into(), client_name: name.into(), ..client };
    let secret = client.token_endpoint_auth_method.uses_secret().then_some(secret);
    let values = Values::of_site(ISSUER, Some(address), &client, secret, "the-chance".to_owned());
    Ok((client, recipe.configuration(&values)?))
}

#[test]
fn every_recipe_registers_what_is_lawful_and_leaves_nothing_open() {
    let recipes = all().unwrap();
    assert!(recipes.len() >= 40, "{}", recipes.len());
    for recipe in &recipes {
        let name = recipe.name;
        let (client, text) = made(recipe, ADDRESS, "Shop", "the-secret").unwrap();
        assert_eq!(client.validate(), [], "{name}");
        let uses = |value: &str| assert!(text.contains(value), "{name} lacks {value}:\n{text}");
        uses("https://passport.test");
        match client.token_endpoint_auth_method.uses_secret() && name != "rabbitmq" {
            true => uses("the-secret"),
            false => assert!(!text.contains("the-secret"), "{name}"),
        }
        for left in ["«", "»", "{ISSUER", "{CLIENT", "{URL", "…\"", "CHANGE"] {
            assert!(!text.contains(left), "{name}: {left}\n{text}");
        }
        assert!(recipe.head.proven.is_some() == recipe.head.date.is_some(), "{name}");
        assert!(recipe.head.proven.is_some() != recipe.head.works.is_empty(), "{name}");
        assert!(!recipe.into().is_empty() && !recipe.title().is_empty(), "{name}");
        let without_pkce = recipe.notes().iter().any(|note| note.contains("PKCE is off"));
        assert_eq!(client.needs_pkce() || client.redirect_uris.is_empty(), !without_pkce, "{name}");
    }
}

#[test]
fn a_site_that_stays_signed_in_may_ask_for_it_and_does() {
    for recipe in all().unwrap().iter().filter(|recipe| recipe.head.works.contains(&Works::Refresh)) {
        let (client, text) = made(recipe, ADDRESS, "Shop", "the-secret").unwrap();
        assert!(client.may_use(GrantType::RefreshToken), "{}", recipe.name);
        assert!(client.scope.contains("offline_access"), "{}", recipe.name);
        assert!(text.contains("offline_access"), "{}:\n{text}", recipe.name);
    }
}

#[test]
fn who_names_people_by_their_address_is_given_none_that_nobody_proved() {
    /// They look at `email_verified` themselves, or use the address as something to write to.
    const LOOK: [&str; 13] = [
        "dex",
        "headscale",
        "keycloak-js",
        "kubernetes",
        "kubernetes-device",
        "minio",
        "nginx",
        "oauth2-proxy",
        "quarkus",
        "rails",
        "vault",
        "opkssh",
        "keycloak",
    ];
    for recipe in all().unwrap() {
        let names = |line: &str| line.contains("email") && !line.contains("openid");
        let does = recipe.text.lines().any(names) && !LOOK.contains(&recipe.name);
        assert!(!does || recipe.head.verified_email_only, "{}:\n{}", recipe.name, recipe.text);
    }
}

#[test]
fn whoever_needs_an_address_says_so() {
    for recipe in all().unwrap() {
        let preset = recipe.kind().metadata_under(Profile::Default).unwrap();
        if let Err(error) = recipe.registration(preset, None) {
            assert!(format!("{error:#}").contains("--url https://SITE"), "{error:#}");
        }
    }
}

/// Secrets that an operator may choose, and names that a site may have.
const HOSTILE: [&str; 9] = [
    "a\"; drop everything; \"",
    "a'; touch broken; '",
    "a\\",
    "$(touch broken)`touch broken`",
    "${jndi:x} #{x} %{x} $host",
    "a\nb: c",
    "*/ --> ]]> END",
    "\u{202e}txt",
    "END",
];

/// Each literal that a hostile value became is read back as that value, by whoever reads the syntax.
#[test]
fn no_name_and_no_secret_becomes_part_of_a_configuration() {
    for recipe in all().unwrap() {
        let (_, plain) = made(&recipe, ADDRESS, "Shop", "the-secret").unwrap();
        for hostile in HOSTILE {
            let Ok((_, text)) = made(&recipe, ADDRESS, hostile, hostile) else { continue };
            let name = recipe.name;
            assert_eq!(text.lines().count(), plain.lines().count(), "{name}: {hostile:?}\n{text}");
            for (line, plain) in text.lines().zip(plain.lines()).filter(|(line, plain)| line != plain) {
                let literals: Vec<_> = [
                    Syntax::Json,
                    Syntax::Single,
                    Syntax::Shell,
                    Syntax::Dotenv,
                    Syntax::Ini,
                    Syntax::Properties,
                    Syntax::Quoted,
                    Syntax::Comment,
                ]
                .iter()
                .filter_map(|syntax| Some((syntax.literal(hostile).ok()?, syntax)))
                .collect();
                let query: String = url::form_urlencoded::byte_serialize(hostile.as_bytes()).collect();
                let is_whole = |(literal, syntax): &(String, &Syntax)| {
                    let before = [syntax.literal("the-secret").unwrap(), syntax.literal("Shop").unwrap()];
                    before.iter().any(|before| plain.replace(before, literal) == line)
                };
                let in_query = plain.replace("the-secret", &query) == line;
                assert!(in_query || literals.iter().any(is_whole), "{name}: {hostile:?}\n{line}\n{plain}");
            }
        }
    }
}

/// A shell is the one reader that runs what it misreads.
#[test]
fn what_is_pasted_into_a_shell_is_read_there_as_it_was_meant() {
    let folder = tempfile::tempdir().unwrap();
    for hostile in HOSTILE.iter().filter_map(|hostile| Some((hostile, Syntax::Shell.literal(hostile).ok()?)))
    {
        let (value, literal) = hostile;
        let output = Command::new("sh")
            .args(["-c", &format!("printf %s {literal}")])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), **value);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{value}");
    }
}

#[test]
fn a_value_that_its_syntax_cannot_hold_is_refused_with_its_place() {
    let grafana = Recipe::find("grafana").unwrap();
    let error = made(&grafana, ADDRESS, "Shop", "a#b").unwrap_err();
    let error = format!("{error:#}");
    assert!(
        error.contains("grafana") && error.contains("CLIENT_SECRET") && error.contains("\"#\""),
        "{error}"
    );
}
