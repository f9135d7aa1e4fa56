//! Codes of an authenticator app (RFC 6238): six digits of 30 seconds by SHA-1, which is what every app can do. Knows not
//! which codes were used.
use platform::{Fault, clock::Moment, random::Random, secrets::Seal};
use qrcode::{EcLevel, QrCode, render::svg};
use totp_rs::{Builder, Totp};

use super::codes::{in_base64, of_base64};
use crate::account::{Account, AccountId};

/// How many steps a phone's clock may be wrong, either way.
const SKEW: u16 = 1;
/// RFC 4226 §4 recommends 160 bits.
const SECRET: usize = 20;
const SEED: usize = 16;

/// A new app before its first code: what the page shows and gets back, sealed.
pub struct Draft {
    secret: [u8; SECRET],
    /// What the recovery codes will be made of.
    pub seed: [u8; SEED],
    /// Of the account, when the page was made.
    epoch: i32,
}

impl Draft {
    pub fn new(random: &Random, account: &Account) -> Self {
        Self { secret: random.bytes(), seed: random.bytes(), epoch: account.epoch }
    }

    /// After the next change of what proves the account, it is worth nothing.
    pub const fn is_of_now(&self, account: &Account) -> bool {
        self.epoch == account.epoch
    }

    /// For the page of this account.
    pub fn seal(&self, drafts: &Seal, random: &Random, account: &Account) -> Result<String, Fault> {
        let plain = [self.secret.as_slice(), self.seed.as_slice(), &self.epoch.to_be_bytes()].concat();
        Ok(in_base64(&drafts.seal(random, account.id.0.as_bytes(), &plain)?))
    }

    pub fn open(drafts: &Seal, account: &Account, sealed: &str) -> Option<Self> {
        let sealed = of_base64(sealed)?;
        let plain = drafts.open(account.id.0.as_bytes(), &sealed)?;
        let (secret, rest) = plain.split_first_chunk::<SECRET>()?;
        let (seed, epoch) = rest.split_first_chunk::<SEED>()?;
        Some(Self { secret: *secret, seed: *seed, epoch: i32::from_be_bytes(epoch.try_into().ok()?) })
    }

    pub fn at_rest(&self, apps: &Seal, random: &Random, account: AccountId) -> Result<Vec<u8>, Fault> {
        apps.seal(random, account.0.as_bytes(), &self.secret)
    }

    pub fn app(&self, issuer: &str, email: &str) -> Option<App> {
        App::new(&self.secret, issuer, email)
    }
}

/// An app as we know it.
pub struct App(Totp);

impl App {
    fn new(secret: &[u8], issuer: &str, email: &str) -> Option<Self> {
        // A colon would end the issuer's part of the label.
        let named = |text: &str| text.replace(':', " ");
        let built = Builder::new()
            .with_secret(secret)
            .with_skew(SKEW)
            .with_issuer(Some(named(issuer)))
            .with_account_name(named(email))
            .build();
        built.ok().map(Self)
    }

    /// From what stands in the table. The error says that no key opens it.
    pub fn open(apps: &Seal, account: AccountId, sealed: &[u8]) -> Result<Self, Fault> {
        let lost = || Fault::unavailable("an authenticator is sealed with a key that is not in the key file");
        let secret = apps.open(account.0.as_bytes(), sealed).ok_or_else(lost)?;
        Self::new(&secret, "", "").ok_or_else(|| Fault::bug("a stored secret is too short"))
    }

    /// The time step of a code that is good about now; digits as they were typed.
    pub fn step_of(&self, code: &str, now: Moment) -> Option<i64> {
        let seconds = u64::try_from(now.unix_seconds()).ok()?;
        self.0.check(code, seconds).and_then(|step| i64::try_from(step).ok())
    }

    /// What an app reads: secret, issuer and name.
    pub fn url(&self) -> Option<String> {
        self.0.to_url().ok().map(|url| url.to_string())
    }

    /// The secret as a person types it where no picture can be taken: in groups of four.
    pub fn spelled(&self) -> String {
        let letters: Vec<char> = self.0.secret().to_base32().chars().collect();
        letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }

    /// The URL as a picture, dark on light in either scheme: that is what cameras expect.
    pub fn picture(&self) -> Option<String> {
        let code = QrCode::with_error_correction_level(self.url()?, EcLevel::M).ok()?;
        let svg = code.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
        // In the middle of a page it has no declaration.
        svg.split_once("?>").map(|(_, svg)| svg.to_owned())
    }

    /// The code at a moment, as the app shows it.
    #[cfg(test)]
    pub(crate) fn code(&self, at: Moment) -> String {
        self.0.generate(u64::try_from(at.unix_seconds()).unwrap()).to_string()
    }
}

/// Six digits, whatever stands between them; `None` when it is no such code.
pub fn typed(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    (digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use platform::secrets::Keyring;

    use super::*;

    /// RFC 6238, appendix B: the last six of its eight digits, by SHA-1.
    const VECTORS: [(i64, &str); 6] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];

    fn app() -> App {
        App::new(b"12345678901234567890", "The: House", "ann@acme.test").unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard_and_good_for_a_step_before_and_after() {
        for (at, code) in VECTORS {
            let now = Moment::from_unix_seconds(at);
            assert_eq!(app().step_of(code, now), Some(at / 30));
            for (seconds, good) in [(-60, false), (-30, true), (30, true), (60, false)] {
                let then = Moment::from_unix_seconds(at + seconds);
                assert_eq!(app().step_of(code, then).is_some(), good, "{code} {seconds}");
            }
            let wrong = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
            assert_ne!(app().step_of(&wrong, now), Some(at / 30));
        }
    }

    #[test]
    fn an_app_is_told_issuer_and_name_and_draws_them() {
        let url = app().url().unwrap();
        assert!(url.starts_with("otpauth://totp/The%20%20House:ann%40acme.test?"), "{url}");
        assert!(url.contains("issuer=The%20%20House") || url.contains("issuer=The++House"), "{url}");
        assert!(url.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{url}");
        assert_eq!(app().spelled(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let picture = app().picture().unwrap();
        assert!(picture.starts_with("<svg ") && !picture.contains("style="), "{picture}");
    }

    #[test]
    fn digits_are_read_however_they_are_grouped() {
        assert_eq!(typed(" 123 456 "), Some("123456".into()));
        assert_eq!(typed("123-456"), Some("123456".into()));
        for none in ["12345", "1234567", "12345a", "１２３４５６", ""] {
            assert_eq!(typed(none), None, "{none}");
        }
    }

    #[test]
    fn a_draft_is_of_its_account_as_it_is_and_a_secret_at_rest_of_its_account() {
        let (keyring, random) = (Keyring::from_bytes([5; 32]), Random::seeded(1));
        let keys = super::super::Keys::new(&keyring);
        let account = Account::sample();
        let draft = Draft::new(&random, &account);
        let sealed = draft.seal(&keys.drafts, &random, &account).unwrap();
        let opened = Draft::open(&keys.drafts, &account, &sealed).unwrap();
        assert_eq!((opened.secret, opened.seed), (draft.secret, draft.seed));
        let changed = Account { epoch: account.epoch + 1, ..account.clone() };
        assert!(opened.is_of_now(&account) && !opened.is_of_now(&changed));
        let other = Account { id: AccountId::new(Moment::from_unix_seconds(1), &random), ..account.clone() };
        assert!(Draft::open(&keys.drafts, &other, &sealed).is_none());
        let at_rest = draft.at_rest(&keys.apps, &random, account.id).unwrap();
        let now = Moment::from_unix_seconds(1_000_000);
        let code = App::open(&keys.apps, account.id, &at_rest).unwrap().code(now);
        assert!(opened.app("x", "y").unwrap().step_of(&code, now).is_some());
        assert!(App::open(&keys.apps, AccountId::new(now, &random), &at_rest).is_err());
    }
}
