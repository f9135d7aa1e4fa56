//! The account information that helps to recognize a person: country, postal code, birth date. Pure; knows no
//! hash and no page.
use oidc::claims::{Address, StandardClaims};
use unicode_normalization::UnicodeNormalization as _;

use super::{birthdate::Birthdate, country::Country};

/// In characters.
const LONGEST: usize = 100;

/// What a person says, as typed; empty where nothing was said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Information {
    pub country: String,
    pub postal_code: String,
    /// [`Birthdate::claim`].
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

impl Information {
    pub fn of(claims: &StandardClaims) -> Self {
        let address = claims.address.clone().unwrap_or_default();
        Self {
            country: address.country.unwrap_or_default(),
            postal_code: address.postal_code.unwrap_or_default(),
            birthdate: claims.birthdate.clone().unwrap_or_default(),
        }
    }

    /// Enough to tell one person from another: where somebody lives in the large does not. A date that is none is
    /// not counted: nobody could say it again.
    pub fn is_enough(&self) -> bool {
        !fold(&self.postal_code).is_empty() || Birthdate::parse(&self.birthdate).is_some()
    }

    /// True when everything that is on file was said again, however it was written: countries by their codes, dates by
    /// their value, postal codes without blanks and marks. What is not on file is not looked at, nor a country that
    /// nobody finds in the list. Everything is compared whatever the first one says.
    pub fn is_confirmed_by(&self, said: &Self) -> bool {
        let country =
            Country::of(&self.country).is_none_or(|known| Country::of(&said.country) == Some(known));
        let known_code = fold(&self.postal_code);
        let postal_code = known_code.is_empty() || known_code == fold(&said.postal_code);
        let said_date = Birthdate::parse(&said.birthdate);
        let birthdate = Birthdate::parse(&self.birthdate)
            .is_none_or(|known| said_date.is_some_and(|said| known.is_confirmed_by(said)));
        self.is_enough() & country & postal_code & birthdate
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
}

/// A name or another short text about a person.
pub fn is_short_line(text: &str) -> bool {
    text.chars().count() <= LONGEST && !text.chars().any(char::is_control)
}

/// Letter case, blanks and marks make no difference: “SW1A 1AA” is “sw1a-1aa”.
fn fold(text: &str) -> String {
    text.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
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
    fn the_same_fact_is_the_same_however_it_is_written() {
        let known = said("Brasil", "01310-100", "1970-01-02");
        for country in ["BR", "br", "Brazil", "BRASIL", "Federative Republic of Brazil"] {
            for code in ["01310100", "01310 100", " 01310-100 ", "０１３１０１００"] {
                assert!(known.is_confirmed_by(&said(country, code, "1970-01-02")), "{country} {code}");
            }
        }
        assert!(!known.is_confirmed_by(&said("PT", "01310100", "1970-01-02")));
        assert!(!known.is_confirmed_by(&said("", "01310100", "1970-01-02")));
    }

    #[test]
    fn what_nobody_could_say_again_is_not_asked() {
        let known = said("Lemuria", "80331", "");
        assert!(known.is_confirmed_by(&said("DE", "80331", "")));
        assert!(!known.is_confirmed_by(&said("DE", "80332", "")));
        // A date from elsewhere that is none is neither asked nor enough.
        assert!(said("", "80331", "2.1.1970").is_confirmed_by(&said("", "80331", "")));
        assert!(!said("", "", "2.1.1970").is_enough());
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
