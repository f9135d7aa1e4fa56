//! What a client certificate says of its holder (RFC 5280, RFC 8705 §2): subject and alternative names,
//! read out of the DER. Whoever ended the TLS connection verified chain and possession; nothing here does.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use percent_encoding::percent_decode_str;
use ring::digest;

mod der;
mod name;

use crate::jwk::PublicKey;
use der::Reader;

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
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];

impl Certificate {
    /// Reads one DER certificate.
    ///
    /// # Errors
    /// [`NotACertificate`].
    pub fn read(der: &[u8]) -> Result<Self, NotACertificate> {
        if der.len() > MAX {
            return Err(NotACertificate);
        }
        let mut outside = Reader::new(der);
        let mut certificate = outside.enter(der::SEQUENCE)?;
        outside.end()?;
        let mut body = certificate.enter(der::SEQUENCE)?;
        body.skip_if(der::context(0))?; // version
        body.take(der::INTEGER)?; // serialNumber
        body.take(der::SEQUENCE)?; // signature
        body.take(der::SEQUENCE)?; // issuer
        body.take(der::SEQUENCE)?; // validity
        let subject = name::in_words(body.enter(der::SEQUENCE)?)?;
        let key = public_key(body.enter(der::SEQUENCE)?)?;
        let mut names = Vec::new();
        while let Some((tag, content)) = body.next()? {
            if tag == der::context(3) {
                names = alternative_names(Reader::new(content))?;
            }
        }
        Ok(Self { der: der.to_vec(), subject, names, key })
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

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// SubjectPublicKeyInfo (RFC 3279 §2.3, RFC 5480 §2, RFC 8410 §4).
fn public_key(mut info: Reader<'_>) -> Result<Option<PublicKey>, NotACertificate> {
    let mut algorithm = info.enter(der::SEQUENCE)?;
    let kind = algorithm.take(der::OBJECT_IDENTIFIER)?;
    // The first byte of a BIT STRING counts the bits that are left over; a key leaves none.
    let bits = info.take(der::BIT_STRING)?.strip_prefix(&[0]).ok_or(NotACertificate)?;
    Ok(match kind {
        RSA => {
            let mut numbers = Reader::new(bits).enter(der::SEQUENCE)?;
            let mut number =
                || Ok(numbers.take(der::INTEGER)?.iter().copied().skip_while(|byte| *byte == 0).collect());
            Some(PublicKey::Rsa { n: number()?, e: number()? })
        }
        EC if algorithm.take(der::OBJECT_IDENTIFIER)? == P256 => {
            let point = bits.strip_prefix(&[4]).and_then(|point| point.split_at_checked(32));
            point.and_then(|(x, y)| Some(PublicKey::P256 { x: x.try_into().ok()?, y: y.try_into().ok()? }))
        }
        ED25519 => bits.try_into().ok().map(|x| PublicKey::Ed25519 { x }),
        _ => None,
    })
}

fn alternative_names(mut wrapper: Reader<'_>) -> Result<Vec<AlternativeName>, NotACertificate> {
    let mut extensions = wrapper.enter(der::SEQUENCE)?;
    let mut names = Vec::new();
    while let Some((tag, content)) = extensions.next()? {
        let mut extension = Reader::new(content);
        if tag != der::SEQUENCE || extension.take(der::OBJECT_IDENTIFIER)? != SUBJECT_ALT_NAME {
            continue;
        }
        extension.skip_if(der::BOOLEAN)?; // critical
        let mut value = Reader::new(extension.take(der::OCTET_STRING)?);
        let mut list = value.enter(der::SEQUENCE)?;
        while let Some((tag, content)) = list.next()? {
            names.extend(alternative_name(tag, content));
        }
    }
    Ok(names)
}

/// GeneralName of RFC 5280 §4.2.1.6; kinds that cannot be registered are passed over.
fn alternative_name(tag: u8, content: &[u8]) -> Option<AlternativeName> {
    let text = || str::from_utf8(content).ok().filter(|text| text.is_ascii()).map(str::to_owned);
    match tag {
        0x81 => text().map(AlternativeName::Email),
        0x82 => text().map(AlternativeName::Dns),
        0x86 => text().map(AlternativeName::Uri),
        0x87 => <[u8; 4]>::try_from(content)
            .map(|v4| AlternativeName::Ip(v4.into()))
            .or_else(|_| <[u8; 16]>::try_from(content).map(|v6| AlternativeName::Ip(v6.into())))
            .ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
