//! `passport account import`: reads the file, says what became of each line, and counts.
use std::{io::Write, path::Path};

use anyhow::Context as _;
use platform::db::Filling;

use crate::{
    acts::import::{Imported, TABLES, import, rows},
    state::Passport,
};

pub async fn run(passport: &Passport, file: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let name = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("{name}"))?;
    let (mut made, mut known, mut refused) = (0_u64, 0_u64, 0_u64);
    let mut filling = Filling::of(&passport.db, TABLES.to_vec());
    for (line, row) in rows(&text) {
        let ended = match row {
            Ok(row) => import(passport, passport.clock.now(), &row).await?,
            Err(text) => Imported::Refused(text),
        };
        match ended {
            Imported::Made(_) => {
                made += 1;
                filling.added(1).await;
            }
            Imported::Known => known += 1,
            Imported::Refused(text) => {
                refused += 1;
                writeln!(out, "{name}:{line}: {text}")?;
            }
        }
    }
    filling.end().await;
    writeln!(out, "{made} made, {known} known already, {refused} refused")?;
    anyhow::ensure!(refused == 0, "some lines were refused; the others are in");
    Ok(())
}
