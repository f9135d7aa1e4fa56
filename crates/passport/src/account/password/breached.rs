//! Public lists of breached passwords, as a small file: whether a password stands in one of them. Right about every one
//! that does; wrong about less than one in 250 of the others. At most 1.3 bytes an entry, for lists of a hundred thousand
//! and more. Asks nobody, and reads one piece of the file for a question; knows no account.
use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write},
    os::unix::fs::FileExt as _,
    path::Path,
};

use platform::secrets;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use xorf::{BinaryFuse8, BinaryFuse8Ref, DmaSerializable as _, Filter as _, FilterRef as _};

const MAGIC: &[u8; 8] = b"PWFUSE01";
/// The magic, the bits that choose a piece, how many entries there are.
const HEAD: u64 = 8 + 4 + 8;
const DESCRIPTOR: usize = BinaryFuse8::DESCRIPTOR_LEN;
/// Of each piece: where it begins, how long it is, how it is read, and the digest of both.
const LINE: usize = 8 + 4 + DESCRIPTOR + 32;
/// A piece holds about twice as many entries; of smaller ones the overhead grows.
const LEAST_OF_PIECE: u64 = 100_000;
const MOST_BITS: u32 = 16;
/// Nothing that we made is longer.
const LONGEST_PIECE: u32 = 1 << 30;
/// A line of the list with its line break: 40 digits, a colon, a count.
const TYPICAL_LINE: u64 = 43;

/// What was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Built {
    pub entries: u64,
    pub bytes: u64,
}

/// Why a list is of no use.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    #[error("line {0}: not the SHA-1 of a password in 40 hexadecimal digits")]
    Line(u64),
    #[error("line {0}: before the one above it; the list that is ordered by hash is needed")]
    Order(u64),
    #[error("the list is empty")]
    Empty,
    #[error("a piece of the list could not be packed: {0}")]
    Packing(&'static str),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Reads a list and puts the filter in place at once, whole or not at all. Whoever asks meanwhile asks the older one.
pub fn load(list: &Path, filter: &Path) -> Result<Built, Unusable> {
    let file = File::open(list)?;
    let about = file.metadata()?.len() / TYPICAL_LINE;
    let bits = (about / LEAST_OF_PIECE / 2).checked_ilog2().map_or(0, |bits| bits + 1).min(MOST_BITS);
    let folder = filter.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let draft = folder.join(format!(".passwords-{}", std::process::id()));
    let built = build(BufReader::with_capacity(1 << 20, file), bits, &draft);
    let placed = built.and_then(|built| {
        std::fs::rename(&draft, filter)?;
        File::open(folder)?.sync_all()?;
        Ok(built)
    });
    if placed.is_err() {
        let _ = std::fs::remove_file(&draft);
    }
    placed
}

fn build(list: impl BufRead, bits: u32, place: &Path) -> Result<Built, Unusable> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(place)?);
    let pieces = 1_usize << bits;
    let mut table = vec![[0_u8; LINE]; pieces];
    let mut at = HEAD + (pieces * LINE) as u64;
    out.seek(SeekFrom::Start(at))?;
    let (mut keys, mut piece, mut last, mut entries) = (Vec::<u64>::new(), 0, 0, 0_u64);
    for (number, line) in (1_u64..).zip(list.lines()) {
        let line = line?;
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let key = key_of_line(line).ok_or(Unusable::Line(number))?;
        if entries > 0 && key < last {
            return Err(Unusable::Order(number));
        }
        if entries > 0 && key == last {
            continue;
        }
        if piece_of(key, bits) != piece {
            at = pack(&mut keys, table.get_mut(piece), at, &mut out)?;
            piece = piece_of(key, bits);
        }
        keys.push(key);
        (last, entries) = (key, entries + 1);
    }
    if entries == 0 {
        return Err(Unusable::Empty);
    }
    let bytes = pack(&mut keys, table.get_mut(piece), at, &mut out)?;
    out.seek(SeekFrom::Start(0))?;
    out.write_all(MAGIC)?;
    out.write_all(&bits.to_le_bytes())?;
    out.write_all(&entries.to_le_bytes())?;
    for line in &table {
        out.write_all(line)?;
    }
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(Built { entries, bytes })
}

/// Writes a piece and its line; answers where the next one begins.
fn pack(
    keys: &mut Vec<u64>,
    line: Option<&mut [u8; LINE]>,
    at: u64,
    out: &mut impl Write,
) -> Result<u64, Unusable> {
    let Some(line) = line.filter(|_| !keys.is_empty()) else { return Ok(at) };
    let packed = BinaryFuse8::try_from(&*keys).map_err(Unusable::Packing)?;
    keys.clear();
    let mut descriptor = [0; DESCRIPTOR];
    packed.dma_copy_descriptor_to(&mut descriptor);
    let prints = packed.dma_fingerprints();
    let length = u32::try_from(prints.len()).map_err(|_| Unusable::Packing("it is too long"))?;
    let (place, long) = (at.to_le_bytes(), length.to_le_bytes());
    let digest = secrets::digest(&[&descriptor, prints].concat());
    line.copy_from_slice(&[place.as_slice(), &long, &descriptor, &digest].concat());
    out.write_all(prints)?;
    Ok(at + u64::from(length))
}

/// Whether a password stands in the list of this filter. Unreadable or damaged is an error, and no answer.
pub fn holds(filter: &Path, password: &str) -> io::Result<bool> {
    let file = File::open(filter)?;
    let mut head = [0; HEAD as usize];
    file.read_exact_at(&mut head, 0)?;
    let mut read = Reading(&head);
    if read.bytes::<8>()? != *MAGIC {
        return Err(damaged());
    }
    let bits = u32::from_le_bytes(read.bytes()?);
    if bits > MOST_BITS {
        return Err(damaged());
    }
    let key = key_of(password);
    let mut line = [0; LINE];
    file.read_exact_at(&mut line, HEAD + (piece_of(key, bits) * LINE) as u64)?;
    let mut read = Reading(&line);
    let (at, length) = (u64::from_le_bytes(read.bytes()?), u32::from_le_bytes(read.bytes()?));
    let (descriptor, digest) = (read.bytes::<DESCRIPTOR>()?, read.bytes::<32>()?);
    if length == 0 {
        return Ok(false);
    }
    if length > LONGEST_PIECE {
        return Err(damaged());
    }
    let mut prints = vec![0; length as usize];
    file.read_exact_at(&mut prints, at)?;
    if !secrets::same(&secrets::digest(&[descriptor.as_slice(), &prints].concat()), &digest) {
        return Err(damaged());
    }
    Ok(BinaryFuse8Ref::from_dma(&descriptor, &prints).contains(&key))
}

/// How many entries a filter has.
pub fn entries(filter: &Path) -> io::Result<u64> {
    let mut head = [0; HEAD as usize];
    File::open(filter)?.read_exact_at(&mut head, 0)?;
    let mut read = Reading(&head);
    if read.bytes::<8>()? != *MAGIC {
        return Err(damaged());
    }
    read.bytes::<4>()?;
    Ok(u64::from_le_bytes(read.bytes()?))
}

/// What is left to be read.
struct Reading<'a>(&'a [u8]);

impl Reading<'_> {
    fn bytes<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>().ok_or_else(damaged)?;
        self.0 = rest;
        Ok(*first)
    }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "no filter of passwords, or a damaged one: load it anew")
}

/// The first bits of a key choose its piece.
fn piece_of(key: u64, bits: u32) -> usize {
    let piece = key.checked_shr(u64::BITS - bits).unwrap_or_default();
    usize::try_from(piece).unwrap_or_default()
}

/// The first eight bytes of a password's SHA-1: what the public lists go by.
fn key_of(password: &str) -> u64 {
    let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
    digest.as_ref().first_chunk().map(|first| u64::from_be_bytes(*first)).unwrap_or_default()
}

fn key_of_line(line: &str) -> Option<u64> {
    let hash = line.split(':').next()?;
    if hash.len() != 40 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u64::from_str_radix(hash.get(..16)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hash of a number, as a list has it.
    fn hash(number: u64) -> String {
        let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, number.to_string().as_bytes());
        digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect()
    }

    fn list_of(numbers: std::ops::Range<u64>) -> String {
        let mut hashes: Vec<_> = numbers.map(hash).collect();
        hashes.sort_unstable();
        hashes.iter().map(|hash| format!("{hash}:3\r\n")).collect()
    }

    fn loaded(list: &str) -> (tempfile::TempDir, Result<Built, Unusable>) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("list"), list).unwrap();
        let built = load(&folder.path().join("list"), &folder.path().join("filter"));
        (folder, built)
    }

    #[test]
    fn a_filter_is_small_right_about_what_it_holds_and_seldom_wrong_about_the_rest() {
        const ENTRIES: u64 = 300_000;
        let (folder, built) = loaded(&list_of(0..ENTRIES));
        let built = built.unwrap();
        let filter = folder.path().join("filter");
        assert_eq!((built.entries, entries(&filter).unwrap()), (ENTRIES, ENTRIES));
        assert_eq!(std::fs::metadata(&filter).unwrap().len(), built.bytes);
        assert!(built.bytes * 10 <= ENTRIES * 13, "{} bytes for {ENTRIES} entries", built.bytes);
        for number in (0..ENTRIES).step_by(97) {
            assert!(holds(&filter, &number.to_string()).unwrap(), "{number}");
        }
        let others = 5_000;
        let wrong = (ENTRIES..ENTRIES + others).filter(|number| holds(&filter, &number.to_string()).unwrap());
        // At 0.4 % twenty are to be expected; fifty do not come about once in a million lists.
        let wrong = wrong.count();
        assert!(wrong < 50, "{wrong} of {others}");
        println!("{:.3} bytes an entry, {wrong} of {others} wrong", built.bytes as f64 / ENTRIES as f64);
    }

    #[test]
    fn a_list_that_is_none_is_refused_by_its_line_and_the_older_filter_stays() {
        let (folder, built) = loaded(&list_of(0..10));
        built.unwrap();
        let (list, filter) = (folder.path().join("list"), folder.path().join("filter"));
        let refused = |text: &str| {
            std::fs::write(&list, text).unwrap();
            load(&list, &filter).unwrap_err().to_string()
        };
        let (first, second) = (list_of(0..1), list_of(1..2));
        let unordered = if first < second { second + &first } else { first + &second };
        assert!(refused(&unordered).starts_with("line 2: before the one above"));
        assert!(refused("8846F7EAEE8FB117AD06BDD830B7586C:1\n").starts_with("line 1: not the SHA-1"), "NTLM");
        assert!(refused("\n \n").contains("empty"));
        assert!(holds(&filter, "7").unwrap(), "the older one");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "and no draft");
    }

    #[test]
    fn a_damaged_filter_is_no_answer() {
        let (folder, built) = loaded(&list_of(0..1_000));
        built.unwrap();
        let filter = folder.path().join("filter");
        let good = std::fs::read(&filter).unwrap();
        for (at, length) in
            [(0, good.len()), (9, good.len()), (40, good.len()), (good.len() - 1, good.len()), (0, 30)]
        {
            let mut bad = good.clone();
            bad[at] ^= 0x55;
            bad.truncate(length);
            std::fs::write(&filter, bad).unwrap();
            assert!(holds(&filter, "7").is_err(), "{at} {length}");
        }
        assert!(holds(&folder.path().join("nowhere"), "7").is_err());
    }
}
