//! The key file and what it derives: MACs, sealing at rest, digests, redacted text; knows no table.
use std::{fmt, path::Path};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{aead, digest, hkdf, hmac};
use zeroize::Zeroizing;

use crate::{Fault, random::Random};

mod named;

pub use named::{Field, Named, Rest};

/// Text that must not reach a log: its `Debug` says nothing.
#[derive(Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn expose(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl serde::Serialize for Secret {
    /// Settings are printed for people (`config`, `doctor`): a secret shows only whether it is set.
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(if self.0.is_empty() { "" } else { "(set)" })
    }
}

/// SHA-256: the form in which secrets of at least 128 random bits are stored.
pub fn digest(secret: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    for (target, byte) in out.iter_mut().zip(digest::digest(&digest::SHA256, secret).as_ref()) {
        *target = *byte;
    }
    out
}

/// Compares in constant time.
pub fn same(left: &[u8], right: &[u8]) -> bool {
    subtle::ConstantTimeEq::ct_eq(left, right).into()
}

/// The master keys of an installation. The file holds one base64url key of 32 bytes a line, and a line's place is
/// its role: the first one makes, the others only open. Lines that begin with `#` are notes.
#[derive(Clone)]
pub struct Keyring {
    masters: Vec<Zeroizing<[u8; 32]>>,
    formers: Vec<Former>,
}

/// What is still needed of a master key whose line may be gone: its MAC key for one purpose, good for no other.
#[derive(Clone)]
pub struct Former {
    pub purpose: String,
    /// The master key's name.
    pub name: String,
    pub key: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keyring({} keys)", self.masters.len())
    }
}

impl Keyring {
    pub fn from_bytes(master: [u8; 32]) -> Self {
        Self { masters: vec![Zeroizing::new(master)], formers: vec![] }
    }

    pub fn parse(text: &str) -> Result<Self, String> {
        let mut masters = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let bytes = Zeroizing::new(
                URL_SAFE_NO_PAD
                    .decode(line)
                    .map_err(|_| "a line of the key file is not base64url".to_owned())?,
            );
            let master: [u8; 32] = bytes
                .as_slice()
                .try_into()
                .map_err(|_| "a key in the key file is not 32 bytes long".to_owned())?;
            if master.iter().all(|byte| *byte == 0) {
                return Err("a key in the key file is all zeros".to_owned());
            }
            masters.push(Zeroizing::new(master));
        }
        if masters.is_empty() {
            return Err("the key file holds no key".to_owned());
        }
        Ok(Self { masters, formers: vec![] })
    }

    /// Reads the key file, or makes it (mode 0600) when it is absent. The flag says that it was made.
    pub fn open(path: &Path, random: &Random) -> Result<(Self, bool), String> {
        let name = path.display();
        match std::fs::read_to_string(path) {
            Ok(text) => {
                refuse_if_others_can_read(path)?;
                let keyring =
                    Self::parse(&Zeroizing::new(text)).map_err(|error| format!("{name}: {error}"))?;
                Ok((keyring, false))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let master = random.bytes::<32>();
                write_new(path, &URL_SAFE_NO_PAD.encode(master))
                    .map_err(|error| format!("{name}: {error}"))?;
                Ok((Self::from_bytes(master), true))
            }
            Err(error) => Err(format!("{name}: {error}")),
        }
    }

    /// A MAC for one purpose: what is made for one purpose is refused for every other (INV-2).
    pub fn mac(&self, purpose: &str) -> Mac {
        let keys = self
            .masters
            .iter()
            .map(|master| derive(master, "mac", purpose))
            .chain(
                self.formers
                    .iter()
                    .filter(|former| former.purpose == purpose)
                    .map(|former| former.key.clone()),
            )
            .map(|key| hmac::Key::new(hmac::HMAC_SHA256, key.as_slice()));
        Mac { keys: keys.collect() }
    }

    /// The same ring, which also verifies what these made.
    #[must_use]
    pub fn with_formers(mut self, formers: Vec<Former>) -> Self {
        self.formers = formers;
        self
    }

    /// What must be kept of every line but the first, and of lines that are gone, for these purposes.
    pub fn formers(&self, purposes: &[&str]) -> Vec<Former> {
        let older = self.masters.iter().zip(self.names()).skip(1);
        let of_line = |(master, name): (&Zeroizing<[u8; 32]>, String)| {
            let former = |purpose: &&str| Former {
                purpose: (*purpose).to_owned(),
                name: name.clone(),
                key: derive(master, "mac", purpose),
            };
            purposes.iter().map(former).collect::<Vec<_>>()
        };
        older.flat_map(of_line).chain(self.formers.iter().cloned()).collect()
    }

    /// Sealing at rest for one purpose (AES-256-GCM).
    pub fn seal(&self, purpose: &str) -> Seal {
        let keys = self.masters.iter().filter_map(|master| {
            let key = derive(master, "seal", purpose);
            aead::UnboundKey::new(&aead::AES_256_GCM, key.as_slice()).ok().map(aead::LessSafeKey::new)
        });
        Seal { keys: keys.collect(), names: self.names() }
    }

    /// What the master keys are called where a row says which one it was sealed with, the newest first.
    pub fn names(&self) -> Vec<String> {
        let name = |master: &Zeroizing<[u8; 32]>| {
            derive(master, "name", "").iter().take(4).map(|byte| format!("{byte:02x}")).collect()
        };
        self.masters.iter().map(name).collect()
    }
}

fn refuse_if_others_can_read(path: &Path) -> Result<(), String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path)
            .map_err(|error| format!("{}: {error}", path.display()))?
            .permissions()
            .mode();
        if mode & 0o077 != 0 {
            return Err(format!(
                "{}: others can read this key file (mode {:03o}); run: chmod 600 {}",
                path.display(),
                mode & 0o777,
                path.display()
            ));
        }
    }
    Ok(())
}

fn write_new(path: &Path, line: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(
        file,
        "# Master key: sessions, tokens and keys at rest depend on it. Keep a copy, keep it secret."
    )?;
    writeln!(file, "{line}")?;
    file.sync_all()
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// HKDF-SHA256 (RFC 5869) of the master key for one use and purpose.
fn derive(master: &[u8; 32], usage: &str, purpose: &str) -> Zeroizing<[u8; 32]> {
    let mut out = Zeroizing::new([0u8; 32]);
    let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"passport and customersource v1");
    let info = [usage.as_bytes(), b"/", purpose.as_bytes()];
    // 32 bytes are always within HKDF's 255 blocks, so neither step can fail.
    if let Ok(material) = salt.extract(master).expand(&info, Length(32)) {
        let _ = material.fill(out.as_mut_slice());
    }
    out
}

/// HMAC-SHA256 for one purpose.
#[derive(Clone)]
pub struct Mac {
    keys: Vec<hmac::Key>,
}

impl Mac {
    pub fn sign(&self, message: &[u8]) -> [u8; 32] {
        let mut out = [0; 32];
        if let Some(key) = self.keys.first() {
            for (target, byte) in out.iter_mut().zip(hmac::sign(key, message).as_ref()) {
                *target = *byte;
            }
        }
        out
    }

    /// The tag under every key of the ring, the newest first: for stored values that name their key.
    pub fn all(&self, message: &[u8]) -> impl Iterator<Item = [u8; 32]> {
        self.keys.iter().map(move |key| {
            let mut out = [0; 32];
            for (target, byte) in out.iter_mut().zip(hmac::sign(key, message).as_ref()) {
                *target = *byte;
            }
            out
        })
    }

    /// Verifies a tag of at least 16 bytes, which may be a truncated one, in constant time.
    pub fn verify(&self, message: &[u8], tag: &[u8]) -> bool {
        tag.len() >= 16
            && self.keys.iter().any(|key| {
                let full = hmac::sign(key, message);
                full.as_ref().get(..tag.len()).is_some_and(|full| same(full, tag))
            })
    }
}

/// Authenticated encryption for one purpose; the random nonce stands in front.
#[derive(Clone)]
pub struct Seal {
    keys: Vec<aead::LessSafeKey>,
    names: Vec<String>,
}

impl Seal {
    /// The name of the key that seals.
    pub fn key_name(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }

    /// The names of all keys that open.
    pub fn key_names(&self) -> &[String] {
        &self.names
    }

    /// Seals `plain`; `bound` is not stored but must be the same when opening (a row's id, say).
    pub fn seal(&self, random: &Random, bound: &[u8], plain: &[u8]) -> Result<Vec<u8>, Fault> {
        let key = self.keys.first().ok_or_else(|| Fault::bug("no sealing key"))?;
        let nonce = random.bytes::<12>();
        let mut sealed = plain.to_vec();
        key.seal_in_place_append_tag(
            aead::Nonce::assume_unique_for_key(nonce),
            aead::Aad::from(bound),
            &mut sealed,
        )
        .map_err(|_| Fault::bug("sealing failed"))?;
        Ok([nonce.as_slice(), sealed.as_slice()].concat())
    }

    /// What the newest key would seal in place of `sealed`; `None` when it sealed it already. The error says that no
    /// key of the ring opens it.
    pub fn renew(&self, random: &Random, bound: &[u8], sealed: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        let newest = Self { keys: self.keys.iter().take(1).cloned().collect(), names: vec![] };
        if newest.open(bound, sealed).is_some() {
            return Ok(None);
        }
        let lost = || Fault::unavailable("sealed with a key that is not in the key file");
        let plain = self.open(bound, sealed).ok_or_else(lost)?;
        self.seal(random, bound, &plain).map(Some)
    }

    /// Opens what [`Seal::seal`] made under any key of the ring, or `None`.
    pub fn open(&self, bound: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, body) = sealed.split_first_chunk::<12>()?;
        self.keys.iter().find_map(|key| {
            let mut body = Zeroizing::new(body.to_vec());
            let length = key
                .open_in_place(aead::Nonce::assume_unique_for_key(*nonce), aead::Aad::from(bound), &mut body)
                .ok()?
                .len();
            body.truncate(length);
            Some(body)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyring(byte: u8) -> Keyring {
        Keyring::from_bytes([byte; 32])
    }

    #[test]
    fn a_mac_made_for_one_purpose_is_refused_for_another() {
        let tag = keyring(1).mac("code").sign(b"grant");
        assert!(keyring(1).mac("code").verify(b"grant", &tag));
        assert!(keyring(1).mac("code").verify(b"grant", &tag[..16]));
        assert!(!keyring(1).mac("refresh").verify(b"grant", &tag));
        assert!(!keyring(2).mac("code").verify(b"grant", &tag));
        assert!(!keyring(1).mac("code").verify(b"grant", &tag[..15]), "too short a tag is no proof");
    }

    #[test]
    fn what_is_sealed_opens_only_with_its_key_and_its_row() {
        let sealed = keyring(1).seal("key").seal(&Random::seeded(1), b"row", b"plain").unwrap();
        assert_eq!(keyring(1).seal("key").open(b"row", &sealed).unwrap().as_slice(), b"plain");
        assert!(keyring(1).seal("key").open(b"other row", &sealed).is_none());
        assert!(keyring(2).seal("key").open(b"row", &sealed).is_none());
        assert!(keyring(1).seal("key").open(b"row", b"short").is_none());
    }

    #[test]
    fn a_rotated_key_file_still_opens_what_the_older_key_sealed() {
        let (old, new) = (URL_SAFE_NO_PAD.encode([1u8; 32]), URL_SAFE_NO_PAD.encode([2u8; 32]));
        let sealed =
            Keyring::parse(&old).unwrap().seal("key").seal(&Random::seeded(1), b"", b"plain").unwrap();
        let rotated = Keyring::parse(&format!("# newest first\n{new}\n{old}\n")).unwrap();
        assert_eq!(rotated.seal("key").open(b"", &sealed).unwrap().as_slice(), b"plain");
    }

    #[test]
    fn a_bad_key_file_is_refused_in_words() {
        assert_eq!(Keyring::parse("# nothing").unwrap_err(), "the key file holds no key");
        assert_eq!(Keyring::parse("AAAA").unwrap_err(), "a key in the key file is not 32 bytes long");
        assert!(Keyring::parse(&URL_SAFE_NO_PAD.encode([0u8; 32])).is_err());
    }

    #[test]
    fn a_secret_never_shows_itself() {
        assert_eq!(format!("{:?}", Secret::new("hush")), "Secret(…)");
        assert_eq!(serde_json::to_string(&Secret::new("hush")).unwrap(), "\"(set)\"");
    }
}
