//! What a client certificate says of its holder (RFC 5280, RFC 8705 §2): subject and alternative names,
//! read out of the DER. Whoever ended the TLS connection verified chain and possession; nothing here does.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use percent_encoding::percent_decode_str;
use ring::digest;
use x509_parser::{
    extensions::GeneralName,
    oid_registry::{OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_PKCS1_RSAENCRYPTION, OID_SIG_ED25519},
    prelude::{FromDer as _, X509Certificate},
    public_key,
    x509::SubjectPublicKeyInfo,
};

mod name;

use crate::jwk::PublicKey;

/// A certificate that a TLS connection was made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    /// The subject as RFC 4514 writes it.
    pub subject: String,
    pub names: Vec<AlternativeName>,
    key: Option<PublicKey>,
}

/// One `subjectAltName` of the kinds that RFC 8705 §2.1.2 can register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlternativeName {
    Dns(String),
    Uri(String),
    Email(String),
    Ip(std::net::IpAddr),
}

/// The bytes are not a certificate that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the client certificate cannot be read")]
pub struct NotACertificate;

const MAX: usize = 16 * 1024;

impl Certificate {
    /// Reads one DER certificate.
    ///
    /// # Errors
    /// [`NotACertificate`].
    pub fn read(der: &[u8]) -> Result<Self, NotACertificate> {
        if der.len() > MAX {
            return Err(NotACertificate);
        }
        let (rest, read) = X509Certificate::from_der(der).map_err(|_| NotACertificate)?;
        if !rest.is_empty() {
            return Err(NotACertificate);
        }
        // None of its extensions may occur twice, nor this one be unreadable (RFC 5280 §4.2).
        let names = match read.subject_alternative_name().map_err(|_| NotACertificate)? {
            Some(list) => list.value.general_names.iter().filter_map(alternative_name).collect(),
            None => Vec::new(),
        };
        Ok(Self {
            der: der.to_vec(),
            subject: name::in_words(read.subject())?,
            names,
            key: public_key(read.public_key())?,
        })
    }

    /// Reads what a proxy puts into a header: URL-encoded PEM, or bare base64 of the DER (RFC 9440 puts colons
    /// around that).
    ///
    /// # Errors
    /// [`NotACertificate`].
    pub fn read_header(value: &str) -> Result<Self, NotACertificate> {
        if value.len() > MAX * 3 {
            return Err(NotACertificate);
        }
        let text = percent_decode_str(value).decode_utf8().map_err(|_| NotACertificate)?;
        let text = match text.split_once("-----BEGIN CERTIFICATE-----") {
            Some((_, rest)) => rest.split_once("-----END CERTIFICATE-----").ok_or(NotACertificate)?.0,
            None => text.trim().trim_matches(':'),
        };
        let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        Self::read(&STANDARD.decode(text).map_err(|_| NotACertificate)?)
    }

    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The holder's key; none when it is not of a kind that is accepted elsewhere.
    pub fn public_key(&self) -> Option<PublicKey> {
        self.key.clone()
    }

    /// SHA-256 of the DER: what a token is bound to.
    pub fn digest(&self) -> [u8; 32] {
        let mut out = [0; 32];
        for (target, byte) in out.iter_mut().zip(digest::digest(&digest::SHA256, &self.der).as_ref()) {
            *target = *byte;
        }
        out
    }

    /// `x5t#S256` (RFC 8705 §3.1).
    pub fn thumbprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.digest())
    }

    /// Whether the subject is the one that was registered, written in any lawful way (RFC 4514).
    pub fn has_subject(&self, registered: &str) -> bool {
        name::normalised(registered).is_some_and(|wanted| Some(wanted) == name::normalised(&self.subject))
    }
}

/// SubjectPublicKeyInfo (RFC 3279 §2.3, RFC 5480 §2, RFC 8410 §4).
fn public_key(info: &SubjectPublicKeyInfo<'_>) -> Result<Option<PublicKey>, NotACertificate> {
    let bits = &info.subject_public_key;
    // A key leaves no bit over.
    if bits.unused_bits != 0 {
        return Err(NotACertificate);
    }
    let kind = &info.algorithm.algorithm;
    let curve = || info.algorithm.parameters.as_ref().and_then(|curve| curve.as_oid().ok());
    Ok(if *kind == OID_PKCS1_RSAENCRYPTION {
        let Ok(public_key::PublicKey::RSA(key)) = info.parsed() else { return Err(NotACertificate) };
        let number = |digits: &[u8]| digits.iter().copied().skip_while(|byte| *byte == 0).collect();
        Some(PublicKey::Rsa { n: number(key.modulus), e: number(key.exponent) })
    } else if *kind == OID_KEY_TYPE_EC_PUBLIC_KEY && curve() == Some(OID_EC_P256) {
        let point = bits.data.strip_prefix(&[4]).and_then(|point| point.split_at_checked(32));
        point.and_then(|(x, y)| Some(PublicKey::P256 { x: x.try_into().ok()?, y: y.try_into().ok()? }))
    } else if *kind == OID_SIG_ED25519 {
        bits.data.as_ref().try_into().ok().map(|x| PublicKey::Ed25519 { x })
    } else {
        None
    })
}

/// GeneralName of RFC 5280 §4.2.1.6; kinds that cannot be registered are passed over.
fn alternative_name(name: &GeneralName<'_>) -> Option<AlternativeName> {
    let text = |text: &str| Some(text.to_owned()).filter(|text| text.is_ascii());
    match name {
        GeneralName::RFC822Name(address) => text(address).map(AlternativeName::Email),
        GeneralName::DNSName(host) => text(host).map(AlternativeName::Dns),
        GeneralName::URI(uri) => text(uri).map(AlternativeName::Uri),
        GeneralName::IPAddress(bytes) => <[u8; 4]>::try_from(*bytes)
            .map(|v4| AlternativeName::Ip(v4.into()))
            .or_else(|_| <[u8; 16]>::try_from(*bytes).map(|v6| AlternativeName::Ip(v6.into())))
            .ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
