//! Changing members of a client's metadata by their names: `listed=true`, `redirect_uris+=https://…`, `logo_uri=`.
use anyhow::Context as _;
use oidc::client::Client;
use serde_json::{Map, Value};

/// Applies changes, each `NAME=VALUE`, `NAME+=VALUE` or `NAME-=VALUE` (for lists). A value is JSON, or else text; an
/// empty one takes the member away.
///
/// # Errors
/// In words, for an unknown member or a value that it cannot have. What the members may be together is for
/// [`Client::validate`].
pub fn apply(client: &Client, changes: &[String]) -> anyhow::Result<Client> {
    let mut changed = client.clone();
    for change in changes {
        changed = one(&changed, change).with_context(|| format!("--set {change}"))?;
    }
    Ok(changed)
}

/// Writes down the members that were changed, so that the client's own words leave them as they are.
pub fn hold(client: &mut Client, changes: &[String]) {
    let names = changes.iter().filter_map(|change| change.split_once('='));
    for name in names.map(|(name, _)| name.trim_end_matches(['+', '-'])).filter(|name| *name != "held") {
        if !client.held.iter().any(|held| held == name) {
            client.held.push(name.to_owned());
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Replace,
    Add,
    Remove,
}

fn one(client: &Client, change: &str) -> anyhow::Result<Client> {
    let (name, value) = change.split_once('=').context("must be NAME=VALUE")?;
    let (name, how) = match (name.strip_suffix('+'), name.strip_suffix('-')) {
        (Some(name), _) => (name, How::Add),
        (_, Some(name)) => (name, How::Remove),
        _ => (name, How::Replace),
    };
    anyhow::ensure!(name != "client_id", "an id cannot be changed: register another client");
    let Value::Object(mut members) = serde_json::to_value(client)? else {
        anyhow::bail!("a client is no object");
    };
    let was_there = members.contains_key(name);
    match how {
        How::Replace if value.is_empty() => {
            members.remove(name);
        }
        How::Replace => {
            members.insert(name.to_owned(), read(value));
        }
        How::Add | How::Remove => set_in_list(&mut members, name, value, how)?,
    }
    let wanted = members.get(name).cloned();
    let changed: Client =
        serde_json::from_value(Value::Object(members)).context("it cannot have this value")?;
    // Names that are not a member's are dropped on the way; that must not look like success.
    let kept = serde_json::to_value(&changed)?.get(name).cloned();
    let is_known = was_there || kept.is_some() || wanted == Some(Value::Array(vec![]));
    anyhow::ensure!(is_known, "there is no member {name}, or it is not set");
    Ok(changed)
}

fn set_in_list(members: &mut Map<String, Value>, name: &str, value: &str, how: How) -> anyhow::Result<()> {
    let list = members.entry(name.to_owned()).or_insert_with(|| Value::Array(vec![]));
    let value = Value::String(value.to_owned());
    match list {
        Value::Array(list) if how == How::Add => list.push(value),
        Value::Array(list) => {
            let before = list.len();
            list.retain(|entry| *entry != value);
            anyhow::ensure!(list.len() < before, "it is not in the list");
        }
        _ => anyhow::bail!("is no list"),
    }
    Ok(())
}

/// JSON where the text is JSON of a kind that a member can be, else the text itself.
fn read(value: &str) -> Value {
    serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use oidc::client::SubjectType;

    fn changed(changes: &[&str]) -> Result<Client, String> {
        let client = Client {
            client_id: "web".into(),
            redirect_uris: vec!["https://a.test/cb".into()],
            ..Client::default()
        };
        let changes: Vec<_> = changes.iter().map(|change| (*change).to_owned()).collect();
        apply(&client, &changes).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn members_are_set_added_to_and_taken_away() {
        let client = changed(&[
            "listed=true",
            "redirect_uris+=https://b.test/cb",
            "redirect_uris-=https://a.test/cb",
            "subject_type=pairwise",
            "logo_uri=https://a.test/logo.png",
            "default_max_age=600",
            "contacts=[\"a@a.test\"]",
            "client_name=12 Monkeys",
            "scope=openid email",
        ]);
        let client = client.unwrap();
        assert!(client.listed);
        assert_eq!(client.redirect_uris, ["https://b.test/cb"]);
        assert_eq!((client.subject_type, client.default_max_age), (SubjectType::Pairwise, Some(600)));
        assert_eq!((client.client_name.as_str(), client.contacts.len()), ("12 Monkeys", 1));
        let without = apply(&client, &["logo_uri=".to_owned()]).unwrap();
        assert_eq!(without.logo_uri, None);
    }

    #[test]
    fn what_is_no_member_or_cannot_be_is_said() {
        for (change, why) in [
            ("nonsense", "must be NAME=VALUE"),
            ("listned=true", "there is no member listned"),
            ("listned=", "there is no member listned"),
            ("listned+=x", "there is no member listned"),
            ("listed=perhaps", "cannot have this value"),
            ("client_id=x", "an id cannot be changed"),
            ("redirect_uris-=https://c.test/cb", "not in the list"),
            ("client_name+=x", "is no list"),
        ] {
            let refusal = changed(&[change]).unwrap_err();
            assert!(refusal.contains(why), "{change}: {refusal}");
        }
    }
}
