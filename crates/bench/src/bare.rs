//! What cannot be beaten on this machine: a handler that does nothing, a password hash and nothing else, a durable write.
use std::{
    fs::File,
    io::{Seek as _, SeekFrom, Write as _},
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use anyhow::Result;
use argon2_rust::{
    Algorithm, Argon2, Params, Version,
    params::{Memory, TagLen},
};
use axum::{Router, response::Html};

use crate::{load::count, process::Places};

/// What Passport hashes with: KiB and passes.
const MEMORY_KIB: u64 = 19_456;
const PASSES: u32 = 2;

/// Serves the same few bytes to everybody, on every processor that it may use.
pub async fn serve_nothing(port: u16) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let serve = runtime.spawn(async move {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        // What the works look for, so that both are asked in the same way.
        let nothing = || async { Html("{\"token_endpoint\":0,\"keys\":0}") };
        axum::serve(listener, Router::new().fallback(nothing)).await
    });
    let served = serve.await;
    runtime.shutdown_background();
    served??;
    Ok(())
}

/// How many passwords a second one processor hashes, with its memory at hand.
pub fn hashes(places: &Places, seconds: f64) -> Option<f64> {
    places.on_server(|| {
        let params = Params::builder().memory(Memory::kib(MEMORY_KIB)).passes(PASSES);
        let params = params.tag_len(TagLen::bytes(32)).build().ok()?;
        let mut hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hasher();
        let mut output = [0; 32];
        let (begun, mut times) = (Instant::now(), 0_usize);
        while begun.elapsed().as_secs_f64() < seconds || times == 0 {
            hasher.hash_into(b"secret", &[7; 16], &mut output).ok()?;
            times += 1;
        }
        Some(count(times) / begun.elapsed().as_secs_f64())
    })?
}

/// How long a small write takes until it is on the disk: the middle one of fifty.
pub fn durable_write(folder: &std::path::Path) -> Result<Duration> {
    let mut file: File = tempfile::tempfile_in(folder)?;
    let mut took = Vec::new();
    for number in 0..50_u64 {
        file.seek(SeekFrom::Start(number % 16 * 4_096))?;
        let begun = Instant::now();
        file.write_all(&[7; 4_096])?;
        file.sync_data()?;
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    Ok(took.get(25).copied().unwrap_or_default())
}
