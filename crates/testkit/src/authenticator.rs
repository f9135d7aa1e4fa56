//! What keeps a person's passkeys, and the browser around it: answers a page's questions as Web Authentication says, or as
//! a thief would. Knows no page.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use coset::{
    AsCborValue as _, CoseKeyBuilder,
    cbor::{self, Value as Cbor},
    iana::{Algorithm, EllipticCurve},
};
use platform::secrets::digest;
use ring::{
    rand::{SecureRandom as _, SystemRandom},
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::{Value, json};

use crate::{Answer, Browser};

/// Somebody touched it, and it made sure who.
pub const TOUCHED: u8 = 1;
pub const VERIFIED: u8 = 1 << 2;
pub const SYNCABLE: u8 = 1 << 3;
pub const SYNCED: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;

/// A passkey in it.
pub struct Kept {
    pub id: Vec<u8>,
    pub user_handle: Vec<u8>,
    pair: EcdsaKeyPair,
    count: u32,
}

/// A format and a statement, by what is to be signed.
pub type Attests = Box<dyn FnOnce(&[u8]) -> (&'static str, Cbor)>;

/// What it and the browser are about to say; a test bends it.
pub struct Said {
    pub kind: &'static str,
    pub challenge: String,
    pub origin: String,
    pub top_origin: Option<String>,
    pub rp_id: String,
    pub flags: u8,
    pub count: u32,
    pub algorithm: Algorithm,
    pub id: Vec<u8>,
    pub user_handle: Option<Vec<u8>>,
    /// More of whatever, behind the object that an authenticator makes.
    pub rest: Vec<u8>,
    /// What it says of where it comes from: a format and a statement, by what is to be signed.
    pub attests: Option<Attests>,
}

/// Keeps passkeys.
#[derive(Default)]
pub struct Authenticator {
    pub kept: Vec<Kept>,
    /// Its model, as it says itself.
    pub aaguid: [u8; 16],
    /// Its passkeys are on other devices, too, and count nothing.
    pub syncs: bool,
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decoded(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().expect("a text")).expect("base64url")
}

impl Said {
    fn new(
        authenticator: &Authenticator,
        kind: &'static str,
        asked: &Value,
        rp_id: &Value,
        origin: &str,
    ) -> Self {
        let synced = if authenticator.syncs { SYNCABLE | SYNCED } else { 0 };
        Self {
            kind,
            challenge: asked["challenge"].as_str().expect("a challenge").to_owned(),
            origin: origin.to_owned(),
            top_origin: None,
            rp_id: rp_id.as_str().expect("an RP ID").to_owned(),
            flags: TOUCHED | VERIFIED | synced,
            count: 0,
            algorithm: Algorithm::ES256,
            id: Vec::new(),
            user_handle: None,
            rest: Vec::new(),
            attests: None,
        }
    }

    fn client_data(&self) -> Vec<u8> {
        let mut data = json!({
            "type": self.kind, "challenge": self.challenge, "origin": self.origin, "crossOrigin": false,
            "other_keys_can_be_added_here": "do not compare clientDataJSON against a template",
        });
        if let Some(top) = &self.top_origin {
            data["crossOrigin"] = json!(true);
            data["topOrigin"] = json!(top);
        }
        data.to_string().into_bytes()
    }

    fn head(&self) -> Vec<u8> {
        [&digest(self.rp_id.as_bytes())[..], &[self.flags], &self.count.to_be_bytes()].concat()
    }
}

impl Authenticator {
    /// Makes a passkey as a page asks; answers what the browser hands to the page.
    pub fn make(&mut self, asked: &str, origin: &str, bend: impl FnOnce(&mut Said)) -> String {
        let asked: Value = serde_json::from_str(asked).expect("JSON");
        let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new());
        let pair = EcdsaKeyPair::from_pkcs8(
            &ECDSA_P256_SHA256_ASN1_SIGNING,
            pair.expect("a key can be made").as_ref(),
            &SystemRandom::new(),
        )
        .expect("a key can be read");
        let mut id = [0; 32];
        SystemRandom::new().fill(&mut id).expect("chance");
        let mut said = Said::new(self, "webauthn.create", &asked, &asked["rp"]["id"], origin);
        said.flags |= ATTESTED;
        said.id = id.to_vec();
        bend(&mut said);
        let point = pair.public_key().as_ref();
        let key = CoseKeyBuilder::new_ec2_pub_key(
            EllipticCurve::P_256,
            point[1..33].to_vec(),
            point[33..].to_vec(),
        )
        .algorithm(said.algorithm)
        .build();
        let mut data = said.head();
        data.extend(self.aaguid);
        data.extend(u16::try_from(said.id.len()).expect("a short id").to_be_bytes());
        data.extend(&said.id);
        cbor::ser::into_writer(&key.to_cbor_value().expect("a key"), &mut data).expect("bytes");
        let signed = [data.as_slice(), &digest(&said.client_data())].concat();
        let (format, statement) = match said.attests.take() {
            Some(attests) => attests(&signed),
            None => ("none", Cbor::Map(vec![])),
        };
        let object = Cbor::Map(vec![
            (Cbor::Text("fmt".into()), Cbor::Text(format.into())),
            (Cbor::Text("attStmt".into()), statement),
            (Cbor::Text("authData".into()), Cbor::Bytes(data)),
        ]);
        let mut attestation = Vec::new();
        cbor::ser::into_writer(&object, &mut attestation).expect("bytes");
        attestation.extend(&said.rest);
        let user_handle = decoded(&asked["user"]["id"]);
        self.kept.push(Kept { id: said.id.clone(), user_handle, pair, count: said.count });
        json!({
            "id": encoded(&said.id), "rawId": encoded(&said.id), "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": { "credProps": { "rk": true } },
            "response": {
                "clientDataJSON": encoded(said.client_data()), "attestationObject": encoded(attestation),
                "transports": ["internal", "hybrid"],
            },
        })
        .to_string()
    }

    /// Uses the passkey at `place` as a page asks.
    pub fn answer(
        &mut self,
        place: usize,
        asked: &str,
        origin: &str,
        bend: impl FnOnce(&mut Said),
    ) -> String {
        let asked: Value = serde_json::from_str(asked).expect("JSON");
        let mut said = Said::new(self, "webauthn.get", &asked, &asked["rpId"], origin);
        let syncs = self.syncs;
        let kept = &mut self.kept[place];
        if !syncs {
            kept.count += 1;
        }
        said.count = kept.count;
        said.id = kept.id.clone();
        said.user_handle = Some(kept.user_handle.clone());
        bend(&mut said);
        let (client, data) = (said.client_data(), [said.head(), said.rest.clone()].concat());
        let signed = [data.as_slice(), &digest(&client)].concat();
        let signature = kept.pair.sign(&SystemRandom::new(), &signed).expect("a key signs");
        json!({
            "id": encoded(&said.id), "rawId": encoded(&said.id), "type": "public-key",
            "authenticatorAttachment": "platform", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encoded(client), "authenticatorData": encoded(data),
                "signature": encoded(signature.as_ref()), "userHandle": said.user_handle.map(encoded),
            },
        })
        .to_string()
    }
}

impl Browser {
    /// What the page that is shown asks an authenticator.
    pub fn question(&self) -> String {
        self.here().page().attribute("form[data-passkey]", "data-options")
    }

    fn origin(&self) -> String {
        self.here().url.origin().ascii_serialization()
    }

    /// Makes a passkey in Account Services, as far as that goes.
    pub async fn add_passkey(&self, keeper: &mut Authenticator, bend: impl FnOnce(&mut Said)) -> Answer {
        self.get(&format!("{}/account/passkeys", self.passport)).await.assert_status(200);
        let answer = keeper.make(&self.question(), &self.origin(), bend);
        self.submit("form[data-passkey]", &[("passkey", &answer)]).await
    }

    /// Goes to Account Services and proves, with the passkey at `place`, what they ask for.
    pub async fn prove_by(&self, (keeper, place): (&mut Authenticator, usize)) -> Answer {
        self.get(&format!("{}/account/passkeys", self.passport)).await.assert_status(200);
        let answer = keeper.answer(place, &self.question(), &self.origin(), |_| ());
        self.submit("#sign-in-submit", &[("passkey", &answer)]).await
    }

    /// Goes to Passport and signs in there with the passkey at `place`, as far as that goes.
    pub async fn sign_in_by(
        &self,
        (keeper, place): (&mut Authenticator, usize),
        bend: impl FnOnce(&mut Said),
    ) -> Answer {
        self.get(&format!("{}/sign-in?account=other", self.passport)).await.assert_status(200);
        let answer = keeper.answer(place, &self.question(), &self.origin(), bend);
        self.submit("#sign-in-submit", &[("passkey", &answer)]).await
    }
}
