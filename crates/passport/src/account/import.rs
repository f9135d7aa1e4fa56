//! Accounts from another system, with the hashes that it made: JSON lines or CSV. An imported password works at
//! the first sign-in and is hashed our way there. Knows no file and no terminal.
use oidc::claims::StandardClaims;
use platform::{Fault, email::EmailAddress, language::Language};
use serde::Deserialize;

use super::{
    AccountId, Alternate, State,
    acting::{Acting, Founded},
    addresses::is_same,
    information::Information,
    password::Legacy,
    store::NewAccount,
};
use crate::{
    history::{self, Kind, NewEvent, Source},
    state::Passport,
};

/// One account. CSV has these names in its first line; only the first two are needed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Row {
    pub email: String,
    /// argon2, bcrypt, scrypt or PBKDF2: see [`Legacy`].
    pub password_hash: String,
    pub email_verified: bool,
    pub name: String,
    pub given_name: String,
    pub family_name: String,
    pub country: String,
    pub postal_code: String,
    pub birthdate: String,
    pub language: String,
    pub alternate_email: String,
    /// You know that the alternate address is the person's; else they prove it here before it counts.
    pub alternate_email_verified: bool,
}

/// How one line ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Imported {
    Made(AccountId),
    /// The address has an account already; nothing was changed.
    Known,
    Refused(String),
}

/// The rows of a file, each with its line: JSON lines when the first character is `{`, else CSV.
pub fn rows(text: &str) -> Vec<(usize, Result<Row, String>)> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') {
        return text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
            .map(|(index, line)| (index + 1, serde_json::from_str(line).map_err(|error| error.to_string())))
            .collect();
    }
    let mut records = records(text).into_iter();
    let Some((_, names)) = records.next() else { return vec![] };
    records.map(|(line, values)| (line, of_values(&names, &values))).collect()
}

fn of_values(names: &[String], values: &[String]) -> Result<Row, String> {
    if names.len() != values.len() {
        return Err(format!("{} values for {} columns", values.len(), names.len()));
    }
    let mut object = serde_json::Map::new();
    for (name, value) in names.iter().map(|name| name.trim()).zip(values) {
        let value = match (name, value.trim()) {
            ("email_verified" | "alternate_email_verified", value) => {
                matches!(value, "true" | "1" | "yes").into()
            }
            (_, value) => value.into(),
        };
        object.insert(name.to_owned(), value);
    }
    serde_json::from_value(object.into()).map_err(|error| error.to_string())
}

/// The records of a CSV text with the line each begins on (RFC 4180): quotes may hold commas, line breaks and
/// doubled quotes.
fn records(text: &str) -> Vec<(usize, Vec<String>)> {
    let mut all = Vec::new();
    let (mut record, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let (mut line, mut began) = (1, 1);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        line += usize::from(c == '\n');
        match c {
            '"' if quoted && rest.peek() == Some(&'"') => {
                rest.next();
                field.push('"');
            }
            '"' if quoted || field.is_empty() => quoted = !quoted,
            _ if quoted => field.push(c),
            ',' => record.push(std::mem::take(&mut field)),
            '\r' if rest.peek() == Some(&'\n') => {}
            '\n' => {
                record.push(std::mem::take(&mut field));
                all.push((began, std::mem::take(&mut record)));
                began = line;
            }
            _ => field.push(c),
        }
    }
    if !field.is_empty() || !record.is_empty() {
        record.push(field);
        all.push((began, record));
    }
    all.retain(|(_, record)| record.iter().any(|field| !field.trim().is_empty()));
    all
}

/// Makes the account of one row, unless its address has one.
pub async fn import(passport: &Passport, row: &Row) -> Result<Imported, Fault> {
    let now = passport.clock.now();
    let refuse = |text: String| Ok(Imported::Refused(text));
    let Ok(email) = EmailAddress::parse(&row.email) else {
        return refuse(format!("{:?} is not an e-mail address", row.email));
    };
    if Legacy::parse(&row.password_hash).is_none() {
        return refuse(format!("{}: the password hash is of no known kind, or too dear", email.as_str()));
    }
    let alternate = match row.alternate_email.trim() {
        "" => None,
        text => match EmailAddress::parse(text) {
            Ok(alternate) if !is_same(Some(email.as_str()), &alternate) => {
                let verified = row.alternate_email_verified;
                Some(Alternate { address: alternate.as_str().to_owned(), verified })
            }
            _ => return refuse(format!("{}: the alternate address is none, or the first", email.as_str())),
        },
    };
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let information = Information {
        country: row.country.clone(),
        postal_code: row.postal_code.clone(),
        birthdate: row.birthdate.clone(),
    };
    if information.check_birthdate().is_err() {
        return refuse(format!("{}: the birth date is not like 1970-01-31", email.as_str()));
    }
    let claims = information.put_into(StandardClaims {
        name: given(&row.name),
        given_name: given(&row.given_name),
        family_name: given(&row.family_name),
        ..StandardClaims::default()
    });
    let id = AccountId::new(now, &passport.random);
    let new = NewAccount {
        id,
        email,
        email_verified: row.email_verified,
        state: State::Active,
        password_hash: row.password_hash.clone(),
        question: None,
        answer_hash: None,
        alternate,
        claims,
        language: Language::of_tag(&row.language).unwrap_or_default(),
    };
    let Founded::New(tx) = Acting::founding(passport, now, new).await? else { return Ok(Imported::Known) };
    let event = NewEvent { account: id, kind: Kind::SignedUp, source: &Source::default(), detail: "" };
    history::record(&tx, now, &passport.random, event).await?;
    tx.commit().await?;
    Ok(Imported::Made(id))
}

#[cfg(test)]
mod tests {
    use platform::secrets::Secret;

    use super::*;
    use crate::{
        account::{actions, store, tests::house},
        session::Browser,
    };

    const BCRYPT: &str = "$2b$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG";

    fn row(email: &str) -> Row {
        Row { email: email.into(), password_hash: BCRYPT.into(), ..Row::default() }
    }

    #[test]
    fn json_lines_and_csv_say_the_same() {
        let json = format!(
            "{{\"email\":\"ann@acme.test\",\"password_hash\":\"{BCRYPT}\",\"name\":\"Ann \\\"A\\\", Lee\",\"email_verified\":true}}\n\n"
        );
        let csv = format!(
            "email,password_hash,name,email_verified\r\nann@acme.test,{BCRYPT},\"Ann \"\"A\"\", Lee\",yes\r\n"
        );
        let expected = Row { name: "Ann \"A\", Lee".into(), email_verified: true, ..row("ann@acme.test") };
        assert_eq!(rows(&json), [(1, Ok(expected.clone()))]);
        assert_eq!(rows(&csv), [(2, Ok(expected))]);
    }

    #[test]
    fn a_broken_line_is_told_with_its_number_and_the_others_are_read() {
        let csv = "email,password_hash\na@b.test,x\nonly one\n\n\"c@\nd.test\",y\nlast,z";
        let read = rows(csv);
        assert_eq!(
            read.iter().map(|(line, row)| (*line, row.is_ok())).collect::<Vec<_>>(),
            [(2, true), (3, false), (5, true), (7, true)]
        );
        assert!(rows("email,colour\na@b.test,red\n")[0].1.as_ref().unwrap_err().contains("colour"));
        assert!(rows("{\"email\":1}")[0].1.is_err());
        assert!(rows("").is_empty());
    }

    #[tokio::test]
    async fn pp_05_an_imported_password_works_and_is_hashed_our_way_at_the_first_sign_in() {
        let house = house(|_| ()).await;
        let made = import(&house.passport, &row("Ann@acme.test")).await.unwrap();
        assert!(matches!(made, Imported::Made(_)), "{made:?}");
        assert_eq!(import(&house.passport, &row("ann@ACME.test")).await.unwrap(), Imported::Known);
        let stored = async || {
            let found = store::find_credentials(house.passport.db.reader(), "ann@acme.test").await.unwrap();
            found.unwrap().password_hash
        };
        let sign_in = async |password: &str| {
            let email = EmailAddress::parse("ann@acme.test").unwrap();
            let attempt = actions::Attempt {
                email: &email,
                password: Secret::new(password),
                browser: Browser { source: &Source::default(), sessions: &[], shared: false },
                keep: actions::Keep { computer: Some(&[1; 32]), ..actions::Keep::default() },
            };
            let begun = actions::sign_in(&house.passport, house.clock.now(), attempt).await.unwrap();
            matches!(begun, actions::SignIn::Begun(_))
        };
        assert!(!sign_in("wrong").await);
        assert_eq!(stored().await, BCRYPT);
        assert!(sign_in("correct horse battery staple").await);
        assert!(stored().await.starts_with("$argon2id$v=19$"), "{}", stored().await);
        assert!(sign_in("correct horse battery staple").await);
        assert!(!sign_in("wrong").await);
    }

    #[tokio::test]
    async fn what_cannot_be_an_account_is_refused_in_words() {
        let house = house(|_| ()).await;
        for bad in [
            row("ann"),
            Row { password_hash: "plain".into(), ..row("ann@acme.test") },
            Row { alternate_email: "ANN@acme.test".into(), ..row("ann@acme.test") },
            Row { birthdate: "yesterday".into(), ..row("ann@acme.test") },
        ] {
            let refused = import(&house.passport, &bad).await.unwrap();
            assert!(matches!(refused, Imported::Refused(_)), "{bad:?}: {refused:?}");
        }
        assert_eq!(store::count(house.passport.db.reader()).await.unwrap(), 0);
    }
}
