//! Randomness as a value: the only file that makes it; knows nothing of what it is used for.
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::rand::{SecureRandom as _, SystemRandom};

/// A source of random bytes: the system's, or a seeded stream that makes a test repeatable.
#[derive(Clone, Debug)]
pub struct Random(Source);

#[derive(Clone, Debug)]
enum Source {
    System(SystemRandom),
    Seeded { seed: u64, counter: Arc<AtomicU64> },
}

impl Random {
    pub fn system() -> Self {
        Self(Source::System(SystemRandom::new()))
    }

    /// A stream that is the same for the same seed. For tests: it is only as secret as its seed.
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded { seed, counter: Arc::new(AtomicU64::new(0)) })
    }

    /// `N` random bytes. Aborts the process when the system has no randomness left to give:
    /// nothing that this product does is safe without it.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0u8; N];
        match &self.0 {
            Source::System(system) => {
                if system.fill(&mut out).is_err() {
                    tracing::error!("The system's random generator failed; stopping");
                    std::process::abort();
                }
            }
            Source::Seeded { seed, counter } => {
                for chunk in out.chunks_mut(32) {
                    let count = counter.fetch_add(1, Ordering::SeqCst);
                    let block = ring::digest::digest(
                        &ring::digest::SHA256,
                        &[seed.to_be_bytes(), count.to_be_bytes()].concat(),
                    );
                    for (target, byte) in chunk.iter_mut().zip(block.as_ref()) {
                        *target = *byte;
                    }
                }
            }
        }
        out
    }

    /// 256 random bits as 43 characters of base64url: a bearer secret nobody guesses.
    pub fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }
}
