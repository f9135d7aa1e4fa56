//! The fields of personal information: which claim each feeds, and what it accepts. Knows no page.
use std::collections::BTreeMap;

use oidc::claims::{Address, StandardClaims};
use time::Date;
use url::Url;

use crate::account::birthdate::Birthdate;

/// What was typed, by field.
pub type Values = BTreeMap<String, String>;

/// What a field accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Accepts {
    /// One line.
    Text,
    Lines,
    Web,
    Date,
    Zone,
    Tag,
    Phone,
}

/// One field of the form.
#[derive(Debug)]
pub struct Field {
    /// Name and id of the input; the claim's own name.
    pub name: &'static str,
    /// Catalogue key of the label.
    pub label: &'static str,
    /// Catalogue key of the hint, or empty.
    pub hint: &'static str,
    /// The `autocomplete` token (WCAG 1.3.5).
    pub autocomplete: &'static str,
    /// Catalogue key of a heading that stands before it, or empty.
    pub begins: &'static str,
    accepts: Accepts,
}

impl Field {
    /// Several lines are typed.
    pub fn is_long(&self) -> bool {
        self.accepts == Accepts::Lines
    }
}

const fn field(
    name: &'static str,
    label: &'static str,
    autocomplete: &'static str,
    accepts: Accepts,
) -> Field {
    Field { name, label, hint: "", autocomplete, begins: "", accepts }
}

/// In the order of the page.
pub const FIELDS: &[Field] = &[
    Field { begins: "information-name-heading", ..field("name", "claim-name", "name", Accepts::Text) },
    field("given_name", "claim-given-name", "given-name", Accepts::Text),
    field("middle_name", "claim-middle-name", "additional-name", Accepts::Text),
    field("family_name", "claim-family-name", "family-name", Accepts::Text),
    field("nickname", "claim-nickname", "nickname", Accepts::Text),
    Field {
        hint: "information-username-hint",
        ..field("preferred_username", "claim-username", "off", Accepts::Text)
    },
    field("gender", "claim-gender", "sex", Accepts::Text),
    Field {
        hint: "information-birthdate-hint",
        ..field("birthdate", "claim-birthdate", "bday", Accepts::Date)
    },
    Field {
        begins: "information-reach-heading",
        ..field("phone_number", "claim-phone", "tel", Accepts::Phone)
    },
    field("street_address", "information-street", "street-address", Accepts::Lines),
    field("postal_code", "information-postal-code", "postal-code", Accepts::Text),
    field("locality", "information-locality", "address-level2", Accepts::Text),
    field("region", "information-region", "address-level1", Accepts::Text),
    field("country", "information-country", "country-name", Accepts::Text),
    Field { begins: "information-web-heading", ..field("website", "claim-website", "url", Accepts::Web) },
    field("profile", "claim-profile", "off", Accepts::Web),
    field("picture", "claim-picture", "photo", Accepts::Web),
    Field { hint: "information-zone-hint", ..field("zoneinfo", "claim-zoneinfo", "off", Accepts::Zone) },
    Field { hint: "information-locale-hint", ..field("locale", "claim-locale", "language", Accepts::Tag) },
];

/// Longest value, in characters.
const LONGEST: usize = 200;

/// A field that was refused, and the catalogue key of the reason.
pub type Refused = (&'static str, &'static str);

/// One of each reason, for the page's examples.
#[cfg(test)]
pub const EVERY_REFUSAL: [Refused; 6] = [
    ("name", "information-bad-text"),
    ("website", "information-bad-web"),
    ("birthdate", "information-bad-date"),
    ("zoneinfo", "information-bad-zone"),
    ("locale", "information-bad-tag"),
    ("phone_number", "information-bad-phone"),
];

fn slot<'a>(
    claims: &'a mut StandardClaims,
    address: &'a mut Address,
    name: &str,
) -> Option<&'a mut Option<String>> {
    Some(match name {
        "name" => &mut claims.name,
        "given_name" => &mut claims.given_name,
        "middle_name" => &mut claims.middle_name,
        "family_name" => &mut claims.family_name,
        "nickname" => &mut claims.nickname,
        "preferred_username" => &mut claims.preferred_username,
        "gender" => &mut claims.gender,
        "birthdate" => &mut claims.birthdate,
        "phone_number" => &mut claims.phone_number,
        "street_address" => &mut address.street_address,
        "postal_code" => &mut address.postal_code,
        "locality" => &mut address.locality,
        "region" => &mut address.region,
        "country" => &mut address.country,
        "website" => &mut claims.website,
        "profile" => &mut claims.profile,
        "picture" => &mut claims.picture,
        "zoneinfo" => &mut claims.zoneinfo,
        "locale" => &mut claims.locale,
        _ => return None,
    })
}

/// What the form shows of what is known.
pub fn values_of(claims: &StandardClaims) -> Values {
    let (mut claims, mut address) = (claims.clone(), claims.address.clone().unwrap_or_default());
    let value = |field: &Field| {
        let value = slot(&mut claims, &mut address, field.name)?.take()?;
        Some((field.name.to_owned(), value))
    };
    FIELDS.iter().filter_map(value).collect()
}

/// What is known once the form is saved; names that are no field of the form change nothing. An address typed as
/// one text is replaced by its parts. A phone number that changes is not verified any more.
///
/// # Errors
/// Every refused field.
pub fn claims_of(
    values: &Values,
    known: &StandardClaims,
    today: Date,
) -> Result<StandardClaims, Vec<Refused>> {
    let mut claims = known.clone();
    let before = known.address.clone().unwrap_or_default();
    let mut address = before.clone();
    let mut refused = Vec::new();
    for field in FIELDS {
        let Some(typed) = values.get(field.name) else { continue };
        let typed = as_typed(typed);
        let typed = typed.as_str();
        if !typed.is_empty()
            && let Err(reason) = check(field.accepts, typed, today)
        {
            refused.push((field.name, reason));
        }
        if let Some(slot) = slot(&mut claims, &mut address, field.name) {
            *slot = Some(typed.to_owned()).filter(|typed| !typed.is_empty());
        }
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    if address != before {
        address.formatted = None;
    }
    claims.address = Some(address).filter(|address| *address != Address::default());
    if claims.phone_number != known.phone_number {
        claims.phone_number_verified = claims.phone_number.is_some().then_some(false);
    }
    Ok(claims)
}

/// What a field's text says: line breaks are written alike, and blanks around it say nothing.
pub fn as_typed(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

fn check(accepts: Accepts, typed: &str, today: Date) -> Result<(), &'static str> {
    let plain = |c: char| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}');
    let good_text = match accepts {
        Accepts::Lines => typed.chars().all(|c| plain(c) || c == '\n') && typed.lines().count() <= 4,
        _ => typed.chars().all(plain),
    };
    if !good_text || typed.chars().count() > LONGEST {
        return Err("information-bad-text");
    }
    let (good, reason) = match accepts {
        Accepts::Text | Accepts::Lines => return Ok(()),
        Accepts::Web => (is_web(typed), "information-bad-web"),
        Accepts::Date => {
            let is_good = Birthdate::parse(typed).is_some_and(|birthdate| birthdate.is_past(today));
            (is_good, "information-bad-date")
        }
        Accepts::Zone => (is_zone(typed), "information-bad-zone"),
        Accepts::Tag => (is_tag(typed), "information-bad-tag"),
        Accepts::Phone => (is_phone(typed), "information-bad-phone"),
    };
    if good { Ok(()) } else { Err(reason) }
}

fn is_web(typed: &str) -> bool {
    Url::parse(typed).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
    })
}

/// The shape of a name in the time zone database: `America/Sao_Paulo`, `Etc/GMT+3`, `UTC`.
fn is_zone(typed: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+'))
    };
    typed == "UTC" || (typed.contains('/') && typed.split('/').count() <= 3 && typed.split('/').all(part))
}

/// The shape of a language tag (BCP 47): `pt-BR`, `zh-Hant-TW`.
fn is_tag(typed: &str) -> bool {
    let mut parts = typed.split('-');
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// With the country's code in front, as others can dial it (RFC 3966 global numbers, with the usual spacing).
fn is_phone(typed: &str) -> bool {
    let digits = typed.bytes().filter(u8::is_ascii_digit).count();
    typed.starts_with('+')
        && (6..=15).contains(&digits)
        && typed.chars().skip(1).all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '(' | ')'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Date {
        Date::from_calendar_date(2026, time::Month::November, 22).unwrap()
    }

    fn one(name: &str, value: &str) -> Result<StandardClaims, Vec<Refused>> {
        claims_of(&Values::from([(name.to_owned(), value.to_owned())]), &StandardClaims::default(), today())
    }

    #[test]
    fn each_field_accepts_what_the_claims_document_says() {
        for (name, good, bad) in [
            (
                "birthdate",
                vec!["1980-02-29", "0000-02-29", "1980", "2026-11-22"],
                vec!["1981-02-29", "29.02.1980", "2026-11-23", "0000-13-01", "1980-2-9", "12"],
            ),
            (
                "zoneinfo",
                vec!["America/Sao_Paulo", "UTC", "Etc/GMT+3", "America/Argentina/Salta"],
                vec!["GMT+3 ", "Sao Paulo", "/a", "a/"],
            ),
            ("locale", vec!["pt-BR", "en", "zh-Hant-TW"], vec!["p", "pt_BR", "portuguese-Brasil-", "-"]),
            (
                "website",
                vec!["https://maria.example/a?b", "http://x.example"],
                vec!["javascript:alert(1)", "maria.example", "https://a:b@c.example/", "ftp://x"],
            ),
            (
                "phone_number",
                vec!["+55 11 5555-0100", "+1 (555) 0100"],
                vec!["5555-0100", "+55 onze", "+1", "+1234567890123456"],
            ),
            ("name", vec!["Maria", "Zoë O’Neil"], vec!["a\nb", "a\u{0}b", &"x".repeat(201)]),
        ] {
            for value in good {
                assert!(one(name, value).is_ok() || value.ends_with(' '), "{name}: {value:?}");
            }
            for value in bad.into_iter().filter(|value| !value.ends_with(' ')) {
                let refused = one(name, value).unwrap_err();
                assert_eq!(refused[0].0, name, "{value:?}");
            }
        }
    }

    #[test]
    fn what_is_emptied_is_gone_and_what_is_not_asked_stays() {
        let known = StandardClaims {
            name: Some("Maria".into()),
            phone_number: Some("+55 11 5555-0100".into()),
            phone_number_verified: Some(true),
            ..StandardClaims::default()
        };
        let values = Values::from([("name".to_owned(), "  ".to_owned()), ("sub".to_owned(), "x".to_owned())]);
        let after = claims_of(&values, &known, today()).unwrap();
        assert_eq!((after.name, after.phone_number_verified), (None, Some(true)));
        let values = Values::from([("phone_number".to_owned(), "+1 555 0100".to_owned())]);
        assert_eq!(claims_of(&values, &known, today()).unwrap().phone_number_verified, Some(false));
    }

    #[test]
    fn whatever_is_written_here_has_a_label_to_be_given_back_by() {
        for field in FIELDS {
            assert!(crate::labels::of(field.name).is_some(), "{}", field.name);
        }
    }

    #[test]
    fn an_address_is_replaced_by_its_parts_and_every_field_comes_back() {
        let address = Address { formatted: Some("Rua 1, São Paulo".into()), ..Address::default() };
        let known = StandardClaims { address: Some(address.clone()), ..StandardClaims::default() };
        assert_eq!(claims_of(&Values::new(), &known, today()).unwrap().address, Some(address));
        let values: Values = FIELDS
            .iter()
            .map(|field| {
                let value = match field.accepts {
                    Accepts::Text | Accepts::Lines => "x",
                    Accepts::Web => "https://x.example/",
                    Accepts::Date => "1980",
                    Accepts::Zone => "UTC",
                    Accepts::Tag => "en",
                    Accepts::Phone => "+1 555 0100",
                };
                (field.name.to_owned(), value.to_owned())
            })
            .collect();
        let after = claims_of(&values, &known, today()).unwrap();
        assert_eq!(after.address.as_ref().unwrap().formatted, None);
        assert_eq!(values_of(&after), values);
    }
}
