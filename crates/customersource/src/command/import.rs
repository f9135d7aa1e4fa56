//! `import`: tables out of older business systems, looked at as a whole and stored piece by piece.
use std::{
    io::Write as _,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::Context as _;
use clap::Args;

use super::{Configured, open_migrated, say, settings};
use crate::import::{
    Extent, Mapping, Progress, What,
    actions::{Work, carry_out, look},
    decode, rows,
};

#[derive(Args)]
pub struct Options {
    what: What,
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
    /// Which column is which field (TOML; docs/TABLES.md). Without it, columns are called like the fields
    #[arg(long, value_name = "FILE.toml")]
    map: Option<PathBuf>,
    /// The system that the external ids belong to; more than the mapping's word
    #[arg(long)]
    source: Option<String>,
    /// The file lists everything of its source: close what it leaves out
    #[arg(long)]
    full: bool,
    /// So many may be closed even if they are more than one in ten
    #[arg(long, value_name = "N", default_value_t = 0)]
    let_go: usize,
    /// Leave out and name rows that lack what every row needs, like an e-mail address
    #[arg(long)]
    skip_incomplete: bool,
    /// Only say what would change
    #[arg(long)]
    dry_run: bool,
    #[arg(long)]
    json: bool,
}

pub async fn run(configured: &Configured, options: Options) -> anyhow::Result<()> {
    let named = |path: &PathBuf| path.display().to_string();
    let mut mapping = match &options.map {
        Some(path) => {
            let toml = std::fs::read_to_string(path).with_context(|| named(path))?;
            Mapping::parse(&toml).with_context(|| named(path))?
        }
        None => Mapping::default(),
    };
    if let Some(source) = &options.source {
        mapping.source.clone_from(source);
    }
    mapping.skip_incomplete |= options.skip_incomplete;
    let bytes = std::fs::read(&options.file).with_context(|| named(&options.file))?;
    let text = decode(&bytes, mapping.encoding.as_deref()).with_context(|| named(&options.file))?;
    let rows = rows(&text, &mapping, options.what).with_context(|| named(&options.file))?;
    let portal = open_migrated(settings(configured)?).await?;
    portal.migrate().await?;
    let extent = Extent { is_full: options.full, let_go: options.let_go };
    let work = Work { db: &portal.db, clock: &portal.clock, desk: portal.desk() };
    let staged =
        look(&work, options.what, (&rows, &mapping), extent).await.with_context(|| named(&options.file))?;
    let report = match options.dry_run {
        true => staged.report,
        false => {
            let is_stopped = stop_at_interrupt();
            let mut tell = |progress| tell(progress) && !is_stopped.load(Ordering::Relaxed);
            carry_out(&work, staged, &mut tell).await.with_context(|| named(&options.file))?
        }
    };
    if options.json {
        return say(&serde_json::to_string(&report)?);
    }
    for line in &report.lines {
        say(line)?;
    }
    let would = if options.dry_run { " (nothing was stored)" } else { "" };
    say(&format!(
        "{} rows: {} added, {} changed, {} unchanged, {} closed, {} left out{would}.",
        report.rows, report.added, report.changed, report.unchanged, report.closed, report.skipped
    ))?;
    if report.differing > 0 {
        say(&format!(
            "{} fields stay as the portal has them: see /staff/conflicts, or `customersource conflicts`.",
            report.differing
        ))?;
    }
    Ok(())
}

/// How far it came, on standard error, now and then.
fn tell(progress: Progress) -> bool {
    let Progress { done, total } = progress;
    if done == total || done % 1000 < 100 {
        // Whoever does not listen misses nothing.
        let _ = writeln!(std::io::stderr(), "{done} of {total}");
    }
    true
}

/// Ctrl-C ends the import between two batches; the same command goes on from there.
fn stop_at_interrupt() -> Arc<AtomicBool> {
    let is_stopped = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&is_stopped);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            flag.store(true, Ordering::Relaxed);
        }
    });
    is_stopped
}
