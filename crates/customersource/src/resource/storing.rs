//! A file on its way into the database: taken piece by piece, each in a transaction of its own, so that nobody
//! waits for a slow sender; under the name of the upload first, and under its digest when it is whole. What breaks
//! off is idle, and swept. Knows not where the bytes come from.
use platform::{Fault, clock::Moment, db::Database, id, random::Random};
use ring::digest::{Context, SHA256};

use super::store::{self, PIECE};

/// So many pieces are given their final name in one transaction.
const AT_ONCE: i64 = 32;

/// An upload.
pub struct Storing {
    db: Database,
    name: String,
    now: Moment,
    digest: Context,
    /// What is not stored yet: less than a piece.
    rest: Vec<u8>,
    seq: i64,
    size: u64,
}

/// A whole file, that no resource names yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: i64,
}

impl Storing {
    pub async fn begin(db: &Database, now: Moment, random: &Random) -> Result<Self, Fault> {
        let name = format!("upload {}", id::new(now, random));
        let tx = db.begin().await?;
        store::set_idle(&tx, now, &name).await?;
        tx.commit().await?;
        let digest = Context::new(&SHA256);
        Ok(Self { db: db.clone(), name, now, digest, rest: Vec::new(), seq: 0, size: 0 })
    }

    /// How many bytes were taken.
    pub fn size(&self) -> u64 {
        self.size
    }

    pub async fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.digest.update(bytes);
        self.size = self.size.saturating_add(bytes.len() as u64);
        self.rest.extend_from_slice(bytes);
        while self.rest.len() >= PIECE {
            let after = self.rest.split_off(PIECE);
            let piece = std::mem::replace(&mut self.rest, after);
            self.add(piece).await?;
        }
        Ok(())
    }

    async fn add(&mut self, piece: Vec<u8>) -> Result<(), Fault> {
        let tx = self.db.begin().await?;
        store::add_piece(&tx, &self.name, self.seq, piece).await?;
        tx.commit().await?;
        self.seq += 1;
        Ok(())
    }

    /// Gives the pieces their final name. They stay idle until a resource names the file.
    pub async fn finish(mut self) -> Result<Stored, Fault> {
        if !self.rest.is_empty() {
            let last = std::mem::take(&mut self.rest);
            self.add(last).await?;
        }
        let sha256: String =
            self.digest.clone().finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let mut from = 0;
        while from < self.seq {
            let tx = self.db.begin().await?;
            store::set_idle(&tx, self.now, &sha256).await?;
            store::move_pieces(&tx, (&self.name, &sha256), (from, from + AT_ONCE)).await?;
            tx.commit().await?;
            from += AT_ONCE;
        }
        let tx = self.db.begin().await?;
        store::end_idle(&tx, &self.name).await?;
        tx.commit().await?;
        Ok(Stored { sha256, size: i64::try_from(self.size).unwrap_or(i64::MAX) })
    }
}

impl Stored {
    /// How many pieces the whole file has.
    pub fn pieces(&self) -> u64 {
        u64::try_from(self.size).unwrap_or(0).div_ceil(PIECE as u64)
    }
}
