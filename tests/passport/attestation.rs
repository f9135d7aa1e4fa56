//! Where an installation insists on models of authenticators (`[passkeys] attestation`): what their makers vouch for, and
//! everything that pretends to be it.
use coset::cbor::Value as Cbor;
use passport::config::Settings;
use platform::config::Settings as _;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType, IsCa, KeyPair,
    SigningKey as _,
};
use testkit::{Authenticator, Browser, Engine, House, authenticator::Said, on_both_engines};

on_both_engines![
    wa_13_a_model_that_is_listed_and_vouched_for_keeps_passkeys,
    wa_13_whatever_is_not_listed_or_not_vouched_for_keeps_none,
    wa_13_where_nobody_insists_nobody_is_asked,
];

const MODEL: [u8; 16] = *b"the listed model";
const ONLY: &str = "Only certain authenticators may be used here";
const AAGUID: &[u64] = &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 4];

type Bend = Box<dyn FnOnce(&mut Said)>;

/// Somebody who makes authenticators.
struct Maker {
    root: CertifiedIssuer<'static, KeyPair>,
}

/// What a certificate of theirs says, bent by a test.
struct Vouched {
    model: Vec<u8>,
    unit: &'static str,
    until: i32,
}

impl Vouched {
    fn for_model(model: [u8; 16]) -> Self {
        Self { model: model.to_vec(), unit: "Authenticator Attestation", until: 2040 }
    }
}

impl Maker {
    fn new() -> Self {
        let mut about = CertificateParams::default();
        about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        about.distinguished_name.push(DnType::CommonName, "Maker of authenticators");
        let key = KeyPair::generate().expect("a key");
        Self { root: CertifiedIssuer::self_signed(about, key).expect("a root") }
    }

    /// A key of a batch of authenticators, and its certificate.
    fn batch(&self, vouched: Vouched) -> (KeyPair, Vec<u8>) {
        let key = KeyPair::generate().expect("a key");
        let mut about = CertificateParams::default();
        about.distinguished_name.push(DnType::OrganizationalUnitName, vouched.unit);
        about.not_after = rcgen::date_time_ymd(vouched.until, 1, 1);
        let model =
            [&[0x04, u8::try_from(vouched.model.len()).expect("few")], vouched.model.as_slice()].concat();
        about.custom_extensions = vec![CustomExtension::from_oid_content(AAGUID, model)];
        let certificate = about.signed_by(&key, &self.root).expect("a certificate");
        (key, certificate.der().to_vec())
    }
}

fn text(text: &str) -> Cbor {
    Cbor::Text(text.into())
}

fn statement(algorithm: i64, signature: Vec<u8>, chain: Option<Vec<Vec<u8>>>) -> Cbor {
    let mut entries =
        vec![(text("alg"), Cbor::Integer(algorithm.into())), (text("sig"), Cbor::Bytes(signature))];
    if let Some(chain) = chain {
        entries.push((text("x5c"), Cbor::Array(chain.into_iter().map(Cbor::Bytes).collect())));
    }
    Cbor::Map(entries)
}

/// What an authenticator of this batch says.
fn attests((key, certificate): (KeyPair, Vec<u8>)) -> impl FnOnce(&mut Said) {
    move |said| {
        said.attests = Some(Box::new(move |signed| {
            ("packed", statement(-7, key.sign(signed).expect("a signature"), Some(vec![certificate])))
        }));
    }
}

async fn insisting(engine: Engine, maker: &Maker) -> House {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("roots.pem");
    std::fs::write(&file, maker.root.pem()).expect("a file");
    let house = House::with(engine, |settings| {
        settings.passport.passkeys.attestation = vec![uuid::Uuid::from_bytes(MODEL).to_string()];
        settings.passport.passkeys.attestation_roots = file.display().to_string();
    })
    .await;
    house.leave_mail();
    house
}

async fn kept(browser: &Browser) -> usize {
    browser.get("/account/passkeys").await.page().all("#passkeys th[scope=row]").len()
}

async fn wa_13_a_model_that_is_listed_and_vouched_for_keeps_passkeys(engine: Engine) {
    let maker = Maker::new();
    let house = insisting(engine, &maker).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser.get("/account/passkeys").await;
    assert!(browser.question().contains("\"attestation\":\"direct\""), "{}", browser.question());
    let mut keeper = Authenticator { aaguid: MODEL, ..Authenticator::default() };
    let vouched = attests(maker.batch(Vouched::for_model(MODEL)));
    browser.add_passkey(&mut keeper, vouched).await.assert_status(200);
    // Whoever has one proves it before they look after them.
    browser.prove_by((&mut keeper, 0)).await.assert_status(200);
    assert_eq!(kept(&browser).await, 1);
    let other = house.browser();
    other.sign_in_by((&mut keeper, 0), |_| ()).await.assert_status(200);
    assert!(other.is_signed_in().await);
}

async fn wa_13_whatever_is_not_listed_or_not_vouched_for_keeps_none(engine: Engine) {
    let maker = Maker::new();
    let house = insisting(engine, &maker).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let other_model = *b"some other model";
    let batch = || maker.batch(Vouched::for_model(MODEL));
    let bent: Vec<(&str, [u8; 16], Bend)> = vec![
        ("none", MODEL, Box::new(|_| ())),
        ("not listed", other_model, Box::new(attests(maker.batch(Vouched::for_model(other_model))))),
        ("another model than its certificate’s", MODEL, {
            Box::new(attests(maker.batch(Vouched::for_model(other_model))))
        }),
        ("a certificate that names no model", MODEL, {
            Box::new(attests(maker.batch(Vouched { model: vec![1, 2, 3], ..Vouched::for_model(MODEL) })))
        }),
        ("a certificate for something else", MODEL, {
            Box::new(attests(maker.batch(Vouched { unit: "Web server", ..Vouched::for_model(MODEL) })))
        }),
        ("a certificate that is over", MODEL, {
            Box::new(attests(maker.batch(Vouched { until: 2020, ..Vouched::for_model(MODEL) })))
        }),
        ("another maker", MODEL, Box::new(attests(Maker::new().batch(Vouched::for_model(MODEL))))),
        ("a statement about something else", MODEL, {
            let (key, certificate) = batch();
            Box::new(move |said: &mut Said| {
                said.attests = Some(Box::new(move |_| {
                    ("packed", statement(-7, key.sign(b"else").expect("signed"), Some(vec![certificate])))
                }));
            })
        }),
        ("its own key", MODEL, {
            let (key, _) = batch();
            Box::new(move |said: &mut Said| {
                said.attests = Some(Box::new(move |signed| {
                    ("packed", statement(-7, key.sign(signed).expect("signed"), None))
                }));
            })
        }),
        ("an unknown format", MODEL, {
            let (key, certificate) = batch();
            Box::new(move |said: &mut Said| {
                said.attests = Some(Box::new(move |signed| {
                    ("fido-u2f", statement(-7, key.sign(signed).expect("signed"), Some(vec![certificate])))
                }));
            })
        }),
        ("an algorithm that was not offered", MODEL, {
            let (key, certificate) = batch();
            Box::new(move |said: &mut Said| {
                said.attests = Some(Box::new(move |signed| {
                    ("packed", statement(-37, key.sign(signed).expect("signed"), Some(vec![certificate])))
                }));
            })
        }),
        ("a chain of many", MODEL, {
            let (key, certificate) = batch();
            Box::new(move |said: &mut Said| {
                said.attests = Some(Box::new(move |signed| {
                    ("packed", statement(-7, key.sign(signed).expect("signed"), Some(vec![certificate; 5])))
                }));
            })
        }),
    ];
    for (what, aaguid, bend) in bent {
        let mut keeper = Authenticator { aaguid, ..Authenticator::default() };
        let refused = browser.add_passkey(&mut keeper, bend).await;
        assert_eq!(refused.status, 422, "{what}");
        assert!(refused.page().words().contains(ONLY), "{what}: {}", refused.page().words());
    }
    // What is too large to be an answer is not read at all.
    let mut keeper = Authenticator { aaguid: MODEL, ..Authenticator::default() };
    let (key, certificate) = batch();
    let large = move |said: &mut Said| {
        said.attests = Some(Box::new(move |signed| {
            let chain = vec![certificate, vec![0; 16 * 1024]];
            ("packed", statement(-7, key.sign(signed).expect("signed"), Some(chain)))
        }));
    };
    browser.add_passkey(&mut keeper, large).await.assert_status(422);
    assert_eq!(kept(&browser).await, 0);
}

async fn wa_13_where_nobody_insists_nobody_is_asked(house: House) {
    house.leave_mail();
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser.get("/account/passkeys").await;
    assert!(browser.question().contains("\"attestation\":\"none\""));
    // A statement that comes all the same decides nothing.
    let mut keeper = Authenticator { aaguid: MODEL, ..Authenticator::default() };
    let vouched = attests(Maker::new().batch(Vouched::for_model(MODEL)));
    browser.add_passkey(&mut keeper, vouched).await.assert_status(200);
}

#[test]
fn wa_13_settings_that_insist_on_nothing_sensible_are_refused() {
    for (models, roots) in
        [(vec!["no model"], "roots.pem"), (vec![], "roots.pem"), (vec![&"0".repeat(32)], "r")]
    {
        let mut settings = Settings::default();
        settings.passkeys.attestation = models.into_iter().map(str::to_owned).collect();
        settings.passkeys.attestation_roots = roots.to_owned();
        assert!(!settings.problems().is_empty(), "{roots}");
    }
}
