//! Accounts from another system, with the hashes that it made: JSON lines or CSV. An imported password works at
//! the first sign-in and is hashed our way there. Knows no file and no terminal.
use oidc::claims::StandardClaims;
use platform::{Fault, clock::Moment, email::EmailAddress, language::Language};
use serde::{Deserialize, Deserializer, de};

use crate::{
    account::{
        AccountId, Alternate, State,
        acting::{Acting, Founded},
        birthdate::Birthdate,
        information::Information,
        password::Legacy,
        store::NewAccount,
    },
    acts::addresses::is_same,
    desk::Vault,
    history::{self, Kind, NewEvent, Source},
};

/// What rows fill.
pub const TABLES: [&str; 2] = ["account", "event"];

/// One account. CSV has these names in its first line; only the first two are needed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Row {
    pub email: String,
    /// argon2, bcrypt, scrypt or PBKDF2: see [`Legacy`].
    pub password_hash: String,
    #[serde(deserialize_with = "flag")]
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
    #[serde(deserialize_with = "flag")]
    pub alternate_email_verified: bool,
}

/// Yes or no, as JSON and as spreadsheets say it; another word is none of both.
fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    struct Flag;
    impl de::Visitor<'_> for Flag {
        type Value = bool;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("true, yes, 1, false, no, 0 or nothing")
        }
        fn visit_bool<E: de::Error>(self, said: bool) -> Result<bool, E> {
            Ok(said)
        }
        fn visit_u64<E: de::Error>(self, said: u64) -> Result<bool, E> {
            self.visit_str(&said.to_string())
        }
        fn visit_str<E: de::Error>(self, said: &str) -> Result<bool, E> {
            match said.to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" => Ok(true),
                "" | "false" | "no" | "0" => Ok(false),
                _ => Err(E::invalid_value(de::Unexpected::Str(said), &self)),
            }
        }
    }
    from.deserialize_any(Flag)
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
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let names = match reader.headers() {
        Ok(names) => names.clone(),
        Err(error) => return vec![(1, Err(error.to_string()))],
    };
    let is_blank = |record: &csv::StringRecord| record.iter().all(str::is_empty);
    reader
        .records()
        .filter(|record| !record.as_ref().is_ok_and(is_blank))
        .map(|record| match record {
            Ok(record) => (line_of(text, &record), of_record(&names, &record)),
            Err(error) => (1, Err(error.to_string())),
        })
        .collect()
}

/// The line that a record begins on: the reader counts the empty ones before it to the record.
fn line_of(text: &str, record: &csv::StringRecord) -> usize {
    let Some(place) = record.position() else { return 1 };
    let before = usize::try_from(place.byte()).ok().and_then(|byte| text.get(byte..)).unwrap_or_default();
    let empty = before.bytes().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| *byte == b'\n');
    usize::try_from(place.line()).unwrap_or(usize::MAX).saturating_add(empty.count())
}

fn of_record(names: &csv::StringRecord, record: &csv::StringRecord) -> Result<Row, String> {
    if names.len() != record.len() {
        return Err(format!("{} values for {} columns", record.len(), names.len()));
    }
    record.deserialize(Some(names)).map_err(|error| match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => err.to_string(),
        _ => error.to_string(),
    })
}

/// Makes the account of one row, unless its address has one.
pub async fn import(vault: &Vault, now: Moment, row: &Row) -> Result<Imported, Fault> {
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
    if !row.birthdate.trim().is_empty() && Birthdate::parse(&row.birthdate).is_none() {
        return refuse(format!("{}: the birth date is not like 1970-01-31", email.as_str()));
    }
    let claims = information.put_into(StandardClaims {
        name: given(&row.name),
        given_name: given(&row.given_name),
        family_name: given(&row.family_name),
        ..StandardClaims::default()
    });
    let id = AccountId::new(now, &vault.random);
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
    let Founded::New(tx) = Acting::founding(&vault.db, now, new).await? else { return Ok(Imported::Known) };
    let event = NewEvent { account: id, kind: Kind::SignedUp, source: &Source::default(), detail: "" };
    history::record(&tx, now, &vault.random, event).await?;
    tx.commit().await?;
    Ok(Imported::Made(id))
}

#[cfg(test)]
mod tests {
    use platform::secrets::Secret;

    use super::*;
    use crate::{
        account::store,
        acts::{
            arrive::Keep,
            sign_in::{Attempt, SignIn, sign_in},
            tests::house,
        },
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

    #[test]
    fn a_flag_is_yes_or_no_and_another_word_is_told() {
        let of = |said: &str| {
            let (_, row) = rows(&format!("email,email_verified\na@b.test,{said}\n")).remove(0);
            row.map(|row| row.email_verified)
        };
        for yes in ["true", "TRUE", "True", "yes", "1", " 1 "] {
            assert_eq!(of(yes), Ok(true), "{yes:?}");
        }
        for no in ["", "false", "no", "0"] {
            assert_eq!(of(no), Ok(false), "{no:?}");
        }
        for other in ["sim", "2", "-1"] {
            assert!(of(other).unwrap_err().contains("true, yes, 1, false, no, 0 or nothing"), "{other:?}");
        }
    }

    #[test]
    fn a_column_that_is_there_twice_is_refused() {
        assert!(rows("email,email\na@b.test,c@d.test\n")[0].1.as_ref().unwrap_err().contains("duplicate"));
    }

    #[tokio::test]
    async fn pp_05_an_imported_password_works_and_is_hashed_our_way_at_the_first_sign_in() {
        let house = house(|_| ()).await;
        let made = import(&house.passport, house.clock.now(), &row("Ann@acme.test")).await.unwrap();
        assert!(matches!(made, Imported::Made(_)), "{made:?}");
        assert_eq!(
            import(&house.passport, house.clock.now(), &row("ann@ACME.test")).await.unwrap(),
            Imported::Known
        );
        let stored = async || {
            let found = store::find_credentials(house.passport.db.reader(), "ann@acme.test").await.unwrap();
            found.unwrap().password_hash
        };
        let signs_in = async |password: &str| {
            let email = EmailAddress::parse("ann@acme.test").unwrap();
            let attempt = Attempt {
                email: &email,
                password: Secret::new(password),
                browser: Browser { source: &Source::default(), sessions: &[], shared: false },
                keep: Keep { computer: Some(&[1; 32]), ..Keep::default() },
            };
            let begun = sign_in(&house.passport, house.clock.now(), attempt).await.unwrap();
            matches!(begun, SignIn::Begun(_))
        };
        assert!(!signs_in("wrong").await);
        assert_eq!(stored().await, BCRYPT);
        assert!(signs_in("correct horse battery staple").await);
        assert!(stored().await.starts_with("$argon2id$v=19$"), "{}", stored().await);
        assert!(signs_in("correct horse battery staple").await);
        assert!(!signs_in("wrong").await);
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
            let refused = import(&house.passport, house.clock.now(), &bad).await.unwrap();
            assert!(matches!(refused, Imported::Refused(_)), "{bad:?}: {refused:?}");
        }
        assert_eq!(store::count(house.passport.db.reader()).await.unwrap(), 0);
    }
}
