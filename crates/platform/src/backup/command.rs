//! The commands `backup` and `restore` of either program. Answers what is to be printed.
use std::{
    io::Write as _,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use zeroize::Zeroizing;

use super::{
    Half, Manifest, Undone,
    restore::{Copy, Desk, Prove},
    take::{Target, folder_of, take},
};
use crate::{clock::Clock, config, db::Database, random::Random, secrets::Keyring, web::serve::stop_signal};

#[derive(Args)]
pub struct Backup {
    /// The file to be made, or a folder that is there: then one in it, called after the time
    #[arg(long, value_name = "FILE|DIR")]
    to: PathBuf,
    /// Seal it to this recipient of age (age1…); may be given more than once. Needs the program `age`
    #[arg(long, value_name = "RECIPIENT")]
    recipient: Vec<String>,
    /// Copy the key file there, too: without it a backup opens nothing. Keep the two apart
    #[arg(long, value_name = "FILE")]
    key_to: Option<PathBuf>,
    /// Go on until told to stop: one into the folder each so long (30m, 24h, 7d)
    #[arg(long, value_name = "TIME", value_parser = period)]
    every: Option<Duration>,
    /// Of the folder's backups of this program only the newest so many stay
    #[arg(long, value_name = "NUMBER")]
    keep: Option<NonZeroUsize>,
}

#[derive(Args)]
pub struct Restore {
    /// A backup of this program
    file: PathBuf,
    /// Only prove that it is whole, that the key file opens it, and that what is chained holds; nothing is put back
    #[arg(long)]
    verify: bool,
    /// What opens a sealed one: an identity file of age
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
}

/// What both commands work with.
pub struct Place<'a> {
    pub half: &'a Half,
    pub about: &'a config::Database,
    pub key_file: &'a Path,
    pub clock: &'a Clock,
}

impl Backup {
    /// One backup, or one after the other; `say` gets a line for each.
    pub async fn run(
        self,
        place: &Place<'_>,
        db: &Database,
        keyring: &Keyring,
        mut say: impl FnMut(&str),
    ) -> Result<(), Undone> {
        let in_folder = self.to.is_dir();
        if !in_folder && (self.every.is_some() || self.keep.is_some()) {
            return Err(Undone::refused(format!(
                "{}: --every and --keep need a folder that is there",
                self.to.display()
            )));
        }
        let Some(every) = self.every else {
            say(&self.once(place, db, keyring, in_folder).await?);
            return self.keep_key(place, &mut say);
        };
        let stop = stop_signal();
        loop {
            match self.once(place, db, keyring, in_folder).await {
                Ok(line) => {
                    say(&line);
                    if let Err(error) = self.keep_key(place, &mut say) {
                        tracing::error!(%error, "The key file was not copied");
                        say(&format!("The key file was not copied: {error}"));
                    }
                }
                // The next one may succeed: a disk that was full, a server that was away.
                Err(error) => {
                    tracing::error!(%error, "No backup was made");
                    say(&format!("No backup was made: {error}"));
                }
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(every) => {}
            }
        }
    }

    /// After the backup: a key that cannot be copied keeps nobody from having one.
    fn keep_key(&self, place: &Place<'_>, say: &mut impl FnMut(&str)) -> Result<(), Undone> {
        if let Some(to) = &self.key_to
            && copy_key(place.key_file, to)?
        {
            say(&format!("The key file is in {}. Keep it apart from the backups.", to.display()));
        }
        Ok(())
    }

    async fn once(
        &self,
        place: &Place<'_>,
        db: &Database,
        keyring: &Keyring,
        in_folder: bool,
    ) -> Result<String, Undone> {
        let now = place.clock.now();
        let file = match in_folder {
            true => self.to.join(name(place.half.program, &now.rfc3339(), !self.recipient.is_empty())),
            false => self.to.clone(),
        };
        let target = Target { file: file.clone(), recipients: self.recipient.clone() };
        let manifest = take(place.half, db, place.about, keyring, now, target).await?;
        let gone = match self.keep {
            Some(most) => thin_out(&self.to, place.half.program, most.get())?,
            None => 0,
        };
        let removed = if gone > 0 { format!("; {gone} older removed") } else { String::new() };
        Ok(format!("{}: {}{removed}", file.display(), manifest.in_words()))
    }
}

impl Restore {
    pub async fn run(
        self,
        place: &Place<'_>,
        random: &Random,
        proof: impl Prove,
    ) -> Result<Vec<String>, Undone> {
        let desk = Desk { half: place.half, about: place.about, clock: place.clock, random, proof };
        let from = Copy { file: self.file, identity: self.identity, key_file: place.key_file.to_owned() };
        let (restored, what) = match self.verify {
            true => (desk.verify(from).await?, "Whole"),
            false => (desk.restore(from).await?, "Put back"),
        };
        let mut lines = vec![format!("{what}: {}", Manifest::in_words(&restored.manifest))];
        lines.extend(restored.proven);
        if !self.verify {
            lines.push(
                "Everybody signs in again, and links that were mailed before no longer work: what was ended after the \
                 backup was taken stays ended."
                    .into(),
            );
        }
        Ok(lines)
    }
}

/// `passport-20261129T084941Z.backup`: by name they lie in the order of time.
fn name(program: &str, at: &str, is_sealed: bool) -> String {
    let at: String =
        at.split('.').next().unwrap_or(at).chars().filter(|letter| !"-:Z".contains(*letter)).collect();
    format!("{program}-{at}Z.backup{}", if is_sealed { ".age" } else { "" })
}

/// Removes all but the newest `most` that [`name`] made; answers how many.
fn thin_out(folder: &Path, program: &str, most: usize) -> Result<usize, Undone> {
    let failed = || Undone::file(folder);
    let mut ours = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed())? {
        let path = entry.map_err(failed())?.path();
        if path.file_name().and_then(|name| name.to_str()).is_some_and(|name| is_ours(name, program)) {
            ours.push(path);
        }
    }
    ours.sort_unstable();
    let older = ours.len().saturating_sub(most);
    for path in ours.iter().take(older) {
        std::fs::remove_file(path).map_err(Undone::file(path))?;
    }
    Ok(older)
}

fn is_ours(name: &str, program: &str) -> bool {
    let at = name
        .strip_prefix(program)
        .and_then(|rest| rest.strip_prefix('-'))
        .and_then(|rest| rest.strip_suffix(".age").unwrap_or(rest).strip_suffix("Z.backup"));
    at.is_some_and(|at| {
        at.len() == 15
            && at.chars().enumerate().all(|(place, letter)| match place {
                8 => letter == 'T',
                _ => letter.is_ascii_digit(),
            })
    })
}

/// For its owner alone. A former copy gives way to a file that holds all of its lines; nothing else is written over.
/// Answers whether anything was written.
fn copy_key(from: &Path, to: &Path) -> Result<bool, Undone> {
    let read = |file: &Path| std::fs::read_to_string(file).map(Zeroizing::new);
    let key = read(from).map_err(Undone::file(from))?;
    match read(to) {
        Ok(there) if *there == *key => return Ok(false),
        Ok(there) => {
            let is_kept = |line: &str| line.starts_with('#') || key.lines().any(|kept| kept.trim() == line);
            let lost = there.lines().map(str::trim).any(|line| !line.is_empty() && !is_kept(line));
            if lost {
                let to = to.display();
                return Err(Undone::refused(format!("{to}: holds what our key file does not, and stays")));
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(Undone::file(to)(error)),
    }
    let mut file = tempfile::NamedTempFile::new_in(folder_of(to)).map_err(Undone::file(to))?;
    file.write_all(key.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(Undone::file(to))?;
    file.persist(to).map_err(|error| Undone::file(to)(error.error))?;
    Ok(true)
}

/// `30m`, `24h`, `7d`: at least a minute.
fn period(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no time: 30m, 24h or 7d");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        'm' => 60,
        'h' => 3_600,
        'd' => 24 * 3_600,
        _ => return Err(wrong()),
    };
    let number: u64 = text.trim_end_matches(unit).parse().map_err(|_| wrong())?;
    let seconds = number.checked_mul(seconds).filter(|seconds| *seconds > 0).ok_or_else(wrong)?;
    Ok(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backups_are_called_after_the_time_and_nothing_else_is_ever_removed() {
        assert_eq!(name("passport", "2026-11-29T08:49:41.25Z", false), "passport-20261129T084941Z.backup");
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str| std::fs::write(folder.path().join(name), "").unwrap();
        let days = [1, 2, 3].map(|day| name("passport", &format!("2026-11-0{day}T00:00:00Z"), day == 2));
        days.iter().for_each(|name| put(name));
        let others =
            ["passport-before-the-move.backup", "customersource-20261101T000000Z.backup", "passport.key"];
        others.iter().for_each(|name| put(name));
        assert_eq!(thin_out(folder.path(), "passport", 2).unwrap(), 1);
        assert!(!folder.path().join(&days[0]).exists());
        for kept in days[1..].iter().map(String::as_str).chain(others) {
            assert!(folder.path().join(kept).exists(), "{kept}");
        }
    }

    #[test]
    fn times_are_said_with_a_unit() {
        assert_eq!(period("24h"), Ok(Duration::from_secs(86_400)));
        assert_eq!(period("7d"), Ok(Duration::from_secs(604_800)));
        for wrong in ["", "h", "24", "0h", "-1h", "1.5h", "24 h", "99999999999999999999d"] {
            assert!(period(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_key_file_is_copied_as_it_grows_and_nothing_else_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let (key, to) = (folder.path().join("a"), folder.path().join("b"));
        let put = |text: &str| std::fs::write(&key, text).unwrap();
        put("# ours\none\n");
        assert!(copy_key(&key, &to).unwrap());
        assert!(!copy_key(&key, &to).unwrap());
        put("# ours\ntwo\none\n");
        assert!(copy_key(&key, &to).unwrap());
        put("# ours\ntwo\n");
        assert!(copy_key(&key, &to).is_err(), "what it opened may still lie there");
        assert_eq!(std::fs::read_to_string(to).unwrap(), "# ours\ntwo\none\n");
    }
}
