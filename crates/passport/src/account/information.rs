//! The account information that helps to recognize a person: country, postal code, birth date. Pure; knows no
//! hash and no page.
use oidc::claims::{Address, StandardClaims};

/// In characters.
const LONGEST: usize = 100;

/// What a person says, as typed; empty where nothing was said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Information {
    pub country: String,
    pub postal_code: String,
    /// `YYYY-MM-DD`; from Account Services also `YYYY`, or `0000-MM-DD`.
    pub birthdate: String,
}

/// Everything that helps to recognize a person: who changes one of these changes a way into the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognized {
    names: [Option<String>; 3],
    address: Option<Address>,
    birthdate: Option<String>,
}

impl Recognized {
    pub fn of(claims: &StandardClaims) -> Self {
        let StandardClaims { name, given_name, family_name, address, birthdate, .. } = claims.clone();
        Self { names: [name, given_name, family_name], address, birthdate }
    }
}

/// What is wrong with a piece of information.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    TooLong,
    Date,
}

impl Information {
    pub fn of(claims: &StandardClaims) -> Self {
        let address = claims.address.clone().unwrap_or_default();
        Self {
            country: address.country.unwrap_or_default(),
            postal_code: address.postal_code.unwrap_or_default(),
            birthdate: claims.birthdate.clone().unwrap_or_default(),
        }
    }

    /// Enough to tell one person from another: where somebody lives in the large does not.
    pub fn is_enough(&self) -> bool {
        !fold(&self.postal_code).is_empty() || !self.birthdate.trim().is_empty()
    }

    /// True when everything that is on file was said again. What is not on file is not looked at.
    /// Everything is compared whatever the first one says.
    pub fn is_confirmed_by(&self, said: &Self) -> bool {
        let pairs = [
            (fold(&self.country), fold(&said.country)),
            (fold(&self.postal_code), fold(&said.postal_code)),
            (fold(&self.birthdate), fold(&said.birthdate)),
        ];
        let wrong = pairs.iter().filter(|(known, said)| !known.is_empty() && known != said).count();
        self.is_enough() && wrong == 0
    }

    /// `claims` with this in them; empty pieces take nothing away.
    #[must_use]
    pub fn put_into(&self, claims: StandardClaims) -> StandardClaims {
        let given = |text: &str, old: Option<String>| match text.trim() {
            "" => old,
            text => Some(text.to_owned()),
        };
        let old = claims.address.clone().unwrap_or_default();
        let address = Address {
            country: given(&self.country, old.country.clone()),
            postal_code: given(&self.postal_code, old.postal_code.clone()),
            ..old
        };
        let address = (address != Address::default()).then_some(address);
        StandardClaims { birthdate: given(&self.birthdate, claims.birthdate.clone()), address, ..claims }
    }

    pub fn check_country(&self) -> Result<(), Malformed> {
        one_short_line(&self.country)
    }

    pub fn check_postal_code(&self) -> Result<(), Malformed> {
        one_short_line(&self.postal_code)
    }

    pub fn check_birthdate(&self) -> Result<(), Malformed> {
        let date = self.birthdate.trim();
        if date.is_empty() || is_date(date) { Ok(()) } else { Err(Malformed::Date) }
    }
}

/// A name or another short text about a person.
pub fn one_short_line(text: &str) -> Result<(), Malformed> {
    let fits = text.chars().count() <= LONGEST && !text.chars().any(char::is_control);
    fits.then_some(()).ok_or(Malformed::TooLong)
}

/// Letter case, blanks and marks make no difference: “SW1A 1AA” is “sw1a-1aa”.
fn fold(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A day of the calendar, from 1850 on.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let number = |text: &str, digits: usize| {
        (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse::<u32>().ok())?
    };
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
        return false;
    };
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    year >= 1850 && (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(country: &str, postal_code: &str, birthdate: &str) -> Information {
        Information { country: country.into(), postal_code: postal_code.into(), birthdate: birthdate.into() }
    }

    #[test]
    fn pp_27_everything_on_file_must_be_said_again() {
        let known = said("United Kingdom", "SW1A 1AA", "1970-01-02");
        assert!(known.is_confirmed_by(&said(" united  kingdom", "sw1a-1aa", "1970-01-02 ")));
        assert!(!known.is_confirmed_by(&said("United Kingdom", "SW1A 1AA", "")));
        assert!(!known.is_confirmed_by(&said("United Kingdom", "SW1A 1AB", "1970-01-02")));
        assert!(!known.is_confirmed_by(&said("France", "SW1A 1AA", "1970-01-02")));
        let postal = said("", "80331", "");
        assert!(
            postal.is_confirmed_by(&said("Germany", "80331", "1970-01-02")),
            "more may be said than is known"
        );
        assert!(!postal.is_confirmed_by(&said("", "", "")));
    }

    #[test]
    fn a_country_alone_recognizes_nobody() {
        assert!(!said("Brasil", "", "").is_enough());
        assert!(!said("Brasil", "", "").is_confirmed_by(&said("Brasil", "", "")));
        assert!(!said("", "", "").is_confirmed_by(&said("", "", "")));
        assert!(!said("", " - ", "").is_enough());
    }

    #[test]
    fn a_birth_date_is_a_day_of_the_calendar() {
        for good in ["", "1970-01-02", "2000-02-29", "1904-12-31"] {
            assert_eq!(said("", "", good).check_birthdate(), Ok(()), "{good}");
        }
        for bad in
            ["1970-1-2", "1900-02-29", "1970-13-01", "02/01/1970", "1970-01-32", "0070-01-01", "19७0-01-01"]
        {
            assert_eq!(said("", "", bad).check_birthdate(), Err(Malformed::Date), "{bad}");
        }
    }

    #[test]
    fn what_is_put_into_claims_comes_out_again_and_nothing_gets_lost() {
        let known = said("Brasil", "01310-100", "1970-01-02");
        let name = StandardClaims { name: Some("Maria".into()), ..StandardClaims::default() };
        let claims = known.put_into(name);
        assert_eq!((Information::of(&claims), claims.name.as_deref()), (known, Some("Maria")));
        assert_eq!(said("", "", "").put_into(claims.clone()), claims);
        assert_eq!(said("", "", "").put_into(StandardClaims::default()), StandardClaims::default());
    }
}
