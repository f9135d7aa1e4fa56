//! The file: a compressed tape archive of what it says of itself, that text's MAC by the key file, and the database;
//! knows no database. Whoever can write where backups lie puts nothing into one.
use std::{
    fs::File,
    io::{BufReader, Read, Write},
    path::Path,
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use ring::digest::{Context, SHA256};
use tar::{Archive, Builder, EntryType, Header};

use super::{FORMAT, Manifest, Undone};
use crate::secrets::{Keyring, Mac};

const ABOUT: &str = "manifest.json";
const TAG: &str = "manifest.mac";
const DATABASE: &str = "database";
/// More than a manifest of a thousand tables.
const LARGEST_MANIFEST: u64 = 1 << 20;

/// What says that a manifest is of this installation.
pub(super) fn mac(keyring: &Keyring) -> Mac {
    keyring.mac("backup")
}

/// Writes the entries to `out`; what it says of the database is known by then.
pub(super) fn write(out: impl Write, mac: &Mac, manifest: &Manifest, database: &Path) -> std::io::Result<()> {
    let mut tape = Builder::new(GzEncoder::new(out, Compression::fast()));
    let about = serde_json::to_vec_pretty(manifest)?;
    let length = u64::try_from(about.len()).unwrap_or(u64::MAX);
    tape.append_data(&mut header(length), ABOUT, about.as_slice())?;
    tape.append_data(&mut header(32), TAG, mac.sign(&about).as_slice())?;
    let file = File::open(database)?;
    tape.append_data(&mut header(manifest.bytes), DATABASE, file.take(manifest.bytes))?;
    tape.into_inner()?.finish()?.flush()
}

fn header(size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Regular);
    header.set_size(size);
    header.set_mode(0o600);
    header.set_mtime(0);
    header
}

/// Reads what the file says of itself, and unless `wanted` refuses it or the key file did not say it, the database into
/// `database`; a byte less, more or other than it says is refused.
pub(super) fn read(
    from: impl Read,
    mac: &Mac,
    database: &mut File,
    wanted: impl FnOnce(&Manifest) -> Result<(), Undone>,
) -> Result<Manifest, Undone> {
    let broken = |error: std::io::Error| Undone::refused(format!("this is no whole backup: {error}"));
    let mut tape = Archive::new(GzDecoder::new(BufReader::new(from)));
    let mut entries = tape.entries().map_err(broken)?;
    let mut next = |name: &str| {
        let entry =
            entries.next().ok_or_else(|| Undone::refused("this is no whole backup: it ends early"))?;
        let entry = entry.map_err(broken)?;
        let is_it =
            entry.header().entry_type() == EntryType::Regular && *entry.path_bytes() == *name.as_bytes();
        if is_it { Ok(entry) } else { Err(Undone::refused("this is no backup of ours")) }
    };
    let mut about = Vec::new();
    next(ABOUT)?.take(LARGEST_MANIFEST).read_to_end(&mut about).map_err(broken)?;
    let manifest = parse(&about)?;
    wanted(&manifest)?;
    let mut tag = Vec::new();
    next(TAG)?.take(64).read_to_end(&mut tag).map_err(broken)?;
    if !mac.verify(&about, &tag) {
        return Err(Undone::refused("this backup was changed, or made with another key file"));
    }
    let mut entry = next(DATABASE)?;
    let (bytes, sha256) = copy(&mut entry, database).map_err(broken)?;
    if (bytes, sha256.as_str()) != (manifest.bytes, manifest.sha256.as_str()) {
        return Err(Undone::refused("the database in this backup is not the one that was put there"));
    }
    Ok(manifest)
}

fn parse(about: &[u8]) -> Result<Manifest, Undone> {
    #[derive(serde::Deserialize)]
    struct Format {
        format: u32,
    }
    let unreadable = |error| Undone::refused(format!("this is no backup of ours: {error}"));
    let Format { format } = serde_json::from_slice(about).map_err(unreadable)?;
    if format != FORMAT {
        return Err(Undone::refused(format!(
            "this backup has the form {format}; this program reads {FORMAT}: take a newer one"
        )));
    }
    serde_json::from_slice(about).map_err(unreadable)
}

/// How many bytes, and their digest in hexadecimal.
pub(super) fn measure(file: &Path) -> std::io::Result<(u64, String)> {
    copy(&mut File::open(file)?, &mut std::io::sink())
}

fn copy(from: &mut impl Read, to: &mut impl Write) -> std::io::Result<(u64, String)> {
    let mut digest = Context::new(&SHA256);
    let mut piece = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let read = from.read(&mut piece)?;
        let Some(these) = piece.get(..read).filter(|these| !these.is_empty()) else { break };
        digest.update(these);
        to.write_all(these)?;
        bytes += u64::try_from(read).unwrap_or_default();
    }
    to.flush()?;
    Ok((bytes, digest.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()))
}
