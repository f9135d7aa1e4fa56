//! Where an installation insists on models: a packed statement (§8.2) whose certificate leads to one of the operator's
//! roots and names the model. Everything else is no attestation here. Certificates are judged by webpki.
use std::time::Duration;

use coset::cbor::Value;
use platform::clock::Moment;
use rustls_pki_types::{
    CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime,
    pem::{Error as PemError, PemObject as _},
};
use uuid::Uuid;
use webpki::{
    EndEntityCert, Error, ExtendedKeyUsageValidator, KeyPurposeIdIter, anchor_from_trusted_cert, aws_lc_rs,
};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::Wrong;

/// `id-fido-gen-ce-aaguid` (§8.2.1): the model that a certificate is for.
const MODEL: &str = "1.3.6.1.4.1.45724.1.1.4";
/// A certificate and those above it.
const LONGEST_CHAIN: usize = 4;
/// Of certificates, and of a statement whose key signs with SHA-256.
const ALGORITHMS: [&dyn SignatureVerificationAlgorithm; 4] = [
    aws_lc_rs::ECDSA_P256_SHA256,
    aws_lc_rs::ECDSA_P384_SHA384,
    aws_lc_rs::RSA_PKCS1_2048_8192_SHA256,
    aws_lc_rs::RSA_PKCS1_2048_8192_SHA384,
];

/// The models that may keep passkeys, and whose word counts for what a model is.
#[derive(Clone, Debug)]
pub struct Models {
    allowed: Vec<Uuid>,
    roots: Vec<TrustAnchor<'static>>,
}

/// What an authenticator says of where it comes from.
#[derive(Clone, Debug, Default)]
pub struct Statement {
    pub format: Option<String>,
    pub said: Option<Value>,
}

/// What attestation certificates are for stands in no extended key usage.
struct Whatever;

impl ExtendedKeyUsageValidator for Whatever {
    fn validate(&self, _: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        Ok(())
    }
}

impl Models {
    /// Reads the roots out of PEM text.
    ///
    /// # Errors
    /// In words for the operator.
    pub fn new(allowed: Vec<Uuid>, roots: &[u8]) -> Result<Self, String> {
        let certificates: Result<Vec<_>, PemError> = CertificateDer::pem_slice_iter(roots).collect();
        let certificates = certificates.map_err(|error| error.to_string())?;
        let anchor = |certificate| Ok(anchor_from_trusted_cert(certificate)?.to_owned());
        let anchors: Result<Vec<_>, Error> = certificates.iter().map(anchor).collect();
        match anchors.map_err(|error| error.to_string())? {
            none if none.is_empty() => Err("holds no certificate".into()),
            roots => Ok(Self { allowed, roots }),
        }
    }

    /// Whether an authenticator of this model, which signed this, is one of them.
    pub fn check(&self, now: Moment, statement: &Statement, model: Uuid, signed: &[u8]) -> Result<(), Wrong> {
        if !self.allowed.contains(&model) {
            return Err(Wrong::Model);
        }
        let packed = Packed::of(statement).ok_or(Wrong::Attestation)?;
        self.proves(now, &packed, model, signed).ok_or(Wrong::Attestation)
    }

    fn proves(&self, now: Moment, packed: &Packed, model: Uuid, signed: &[u8]) -> Option<()> {
        let (leaf, above) = packed.chain.split_first()?;
        if model_of(leaf)? != model {
            return None;
        }
        let leaf = EndEntityCert::try_from(leaf).ok()?;
        let seconds = u64::try_from(now.unix_seconds()).ok()?;
        let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        leaf.verify_for_usage(&ALGORITHMS, &self.roots, above, time, Whatever, None, None).ok()?;
        leaf.verify_signature(packed.algorithm, signed, &packed.signature).ok()
    }
}

/// The model that a certificate is for; `None` for one that is no attestation certificate (§8.2.1).
fn model_of(certificate: &CertificateDer<'_>) -> Option<Uuid> {
    let (rest, certificate) = X509Certificate::from_der(certificate).ok()?;
    let mut units = certificate.subject().iter_organizational_unit();
    let is_meant = units.any(|unit| unit.as_str() == Ok("Authenticator Attestation"));
    let mut models = certificate.extensions().iter().filter(|one| one.oid.to_id_string() == MODEL);
    let (model, None, true, true) = (models.next()?, models.next(), is_meant, rest.is_empty()) else {
        return None;
    };
    // An OCTET STRING of 16 bytes.
    let bytes: [u8; 16] = model.value.strip_prefix(&[0x04, 0x10])?.try_into().ok()?;
    (!model.critical).then(|| Uuid::from_bytes(bytes))
}

struct Packed {
    algorithm: &'static dyn SignatureVerificationAlgorithm,
    signature: Vec<u8>,
    chain: Vec<CertificateDer<'static>>,
}

impl Packed {
    /// One with certificates: who signs with the passkey's own key says nothing of a model.
    fn of(statement: &Statement) -> Option<Self> {
        if statement.format.as_deref() != Some("packed") {
            return None;
        }
        let entries = statement.said.as_ref()?.as_map()?;
        let one = |name: &str| {
            let mut named = entries.iter().filter(|(key, _)| key.as_text() == Some(name));
            match (named.next(), named.next()) {
                (Some((_, value)), None) => Some(value),
                _ => None,
            }
        };
        let algorithm = match i128::from(one("alg")?.as_integer()?) {
            -7 => aws_lc_rs::ECDSA_P256_SHA256,
            -257 => aws_lc_rs::RSA_PKCS1_2048_8192_SHA256,
            _ => return None,
        };
        let certificates = one("x5c")?.as_array()?;
        if certificates.len() > LONGEST_CHAIN {
            return None;
        }
        let certificate = |value: &Value| Some(CertificateDer::from(value.as_bytes()?.clone()));
        let chain: Option<Vec<_>> = certificates.iter().map(certificate).collect();
        Some(Self { algorithm, signature: one("sig")?.as_bytes()?.clone(), chain: chain? })
    }
}
