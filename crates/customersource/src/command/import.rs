//! `import`: tables out of older business systems, all of a file or nothing.
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

use super::{Configured, open_migrated, say, settings};
use crate::import::{Extent, Mapping, What, actions::apply, decode, rows};

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    configured: Configured,
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
    /// Only say what would change
    #[arg(long)]
    dry_run: bool,
    #[arg(long)]
    json: bool,
}

pub async fn run(options: Options) -> anyhow::Result<()> {
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
    let bytes = std::fs::read(&options.file).with_context(|| named(&options.file))?;
    let text = decode(&bytes, mapping.encoding.as_deref()).with_context(|| named(&options.file))?;
    let rows = rows(&text, &mapping, options.what).with_context(|| named(&options.file))?;
    let portal = open_migrated(settings(&options.configured)?).await?;
    portal.migrate().await?;
    let extent = Extent { is_full: options.full, let_go: options.let_go };
    let (now, tx) = (portal.clock.now(), portal.db.begin().await?);
    let report = apply(&tx, now, &portal.desk(), options.what, (&rows, &mapping), extent)
        .await
        .with_context(|| named(&options.file))?;
    if !options.dry_run {
        tx.commit().await?;
    }
    if options.json {
        return say(&serde_json::to_string(&report)?);
    }
    for line in &report.lines {
        say(line)?;
    }
    let would = if options.dry_run { " (nothing was stored)" } else { "" };
    say(&format!(
        "{} rows: {} added, {} changed, {} unchanged, {} closed{would}.",
        report.rows, report.added, report.changed, report.unchanged, report.closed
    ))
}
