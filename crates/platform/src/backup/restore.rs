//! Putting a copy back into an empty place, or only proving that one could.
use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use super::{Ends, Engine, Half, Manifest, Undone, archive, script, take::folder_of, text, tools};
use crate::{
    clock::{Clock, Moment},
    config,
    db::{
        Database,
        copy::{Apart, make_beside, refusal_to_lay, remove_beside},
    },
    random::Random,
    secrets::Keyring,
};

/// A copy, and what opens it.
pub struct Copy {
    pub file: PathBuf,
    /// age's identity file for a sealed one.
    pub identity: Option<PathBuf>,
    /// The key file of the installation.
    pub key_file: PathBuf,
}

/// What was put back, or looked at.
pub struct Restored {
    pub manifest: Manifest,
    /// What the half found out about it, in its words.
    pub proven: Vec<String>,
}

/// What a half proves of a database that is no place to work in yet: that its keys open and its chains hold.
pub trait Prove {
    /// Lines for the operator; the error says what is wrong with it.
    fn prove(
        &self,
        db: Database,
        keyring: &Keyring,
    ) -> impl Future<Output = Result<Vec<String>, String>> + Send;
}

/// How a database is called that is only looked at.
const LOOKED_AT: &str = "to_be_verified";

/// What a restore works with.
pub struct Desk<'a, P> {
    pub half: &'a Half,
    pub about: &'a config::Database,
    pub clock: &'a Clock,
    pub random: &'a Random,
    pub proof: P,
}

impl<P: Prove> Desk<'_, P> {
    /// Reads the copy whole into a place that is thrown away, and proves it there.
    pub async fn verify(&self, from: Copy) -> Result<Restored, Undone> {
        let keyring = keyring(&from.key_file)?;
        let (unpacked, manifest) = self.unpack(from, &std::env::temp_dir(), &keyring).await?;
        let proven = match manifest.engine {
            Engine::Sqlite => self.look(&unpacked.database(), &manifest, &keyring).await?,
            Engine::Postgres => self.look_beside(&unpacked.database(), &manifest, &keyring).await?,
        };
        Ok(Restored { manifest, proven })
    }

    /// Puts the copy into the empty database of the settings. Cut off anywhere, the place is still empty.
    pub async fn restore(&self, from: Copy) -> Result<Restored, Undone> {
        let keyring = keyring(&from.key_file)?;
        match self.about.file() {
            Some(file) => self.restore_sqlite(from, &file, &keyring).await,
            None => self.restore_postgres(from, &keyring).await,
        }
    }

    async fn restore_sqlite(&self, from: Copy, place: &Path, keyring: &Keyring) -> Result<Restored, Undone> {
        refuse_unless_free(place).await?;
        let (unpacked, manifest) = self.unpack(from, &folder_of(place), keyring).await?;
        let file = unpacked.database();
        let proven = self.look(&file, &manifest, keyring).await?;
        let apart = Apart::open(file.clone());
        for sql in self.ends(&manifest) {
            apart.execute(&sql).await?;
        }
        drop(apart);
        File::open(&file).and_then(|copy| copy.sync_all()).map_err(Undone::file(&file))?;
        refuse_unless_free(place).await?;
        std::fs::rename(&file, place).map_err(Undone::file(place))?;
        Ok(Restored { manifest, proven })
    }

    async fn restore_postgres(&self, from: Copy, keyring: &Keyring) -> Result<Restored, Undone> {
        let url = &self.about.url;
        let db = Database::with(self.about, self.clock.clone()).await?;
        let free = db.is_empty().await;
        db.close().await?;
        if !free? {
            return Err(Undone::refused(
                "the database has tables already, and keeps them: name an empty one",
            ));
        }
        let (unpacked, manifest) = self.unpack(from, &std::env::temp_dir(), keyring).await?;
        let then = [script::counting(&manifest)?, self.ends(&manifest)].concat();
        script::fill(url, &unpacked.database(), &then).await?;
        match self.prove(url, keyring).await {
            Ok(proven) => Ok(Restored { manifest, proven }),
            Err(error) => {
                // It was empty before.
                let db = Database::with(self.about, self.clock.clone()).await?;
                db.remove_all().await?;
                db.close().await?;
                Err(error)
            }
        }
    }

    fn ends(&self, manifest: &Manifest) -> Vec<String> {
        let now: Moment = self.clock.now();
        let there = |ends: &&Ends| manifest.tables.contains_key(ends.table);
        self.half.ends.iter().filter(there).map(|ends| ends.at(now)).collect()
    }

    async fn look(&self, file: &Path, manifest: &Manifest, keyring: &Keyring) -> Result<Vec<String>, Undone> {
        let apart = Apart::open(file.to_owned());
        if let Some(damage) = apart.damage().await? {
            return Err(Undone::refused(format!("the database is damaged: {damage}")));
        }
        let counted = apart.content().await?.tables;
        if let Some((name, rows)) =
            manifest.tables.iter().find(|(name, rows)| counted.get(*name) != Some(*rows))
        {
            let found = counted.get(name).copied().unwrap_or_default();
            return Err(Undone::refused(format!("the table {name} has {found} rows instead of {rows}")));
        }
        self.prove(&format!("sqlite:{}", text(file)?), keyring).await
    }

    async fn look_beside(
        &self,
        script: &Path,
        manifest: &Manifest,
        keyring: &Keyring,
    ) -> Result<Vec<String>, Undone> {
        let url = &self.about.url;
        if self.about.file().is_some() {
            return Err(Undone::refused(
                "this is a backup of PostgreSQL: `[database] url` must name a server on which a database may be made",
            ));
        }
        let hex: String = self.random.bytes::<6>().iter().map(|byte| format!("{byte:02x}")).collect();
        let name = format!("{}_{LOOKED_AT}_{hex}", self.half.program);
        let there = make_beside(url, &name).await?;
        let looked = match script::fill(&there, script, &script::counting(manifest)?).await {
            Ok(()) => self.prove(&there, keyring).await,
            Err(error) => Err(error),
        };
        remove_beside(url, &name).await?;
        looked
    }

    async fn prove(&self, url: &str, keyring: &Keyring) -> Result<Vec<String>, Undone> {
        let about = config::Database { url: url.to_owned(), ..self.about.clone() };
        let db = Database::with(&about, self.clock.clone()).await?;
        let proven = self.proof.prove(db.clone(), keyring).await;
        db.close().await?;
        proven.map_err(Undone::Refused)
    }

    async fn unpack(
        &self,
        from: Copy,
        folder: &Path,
        keyring: &Keyring,
    ) -> Result<(Unpacked, Manifest), Undone> {
        let folder =
            tempfile::Builder::new().prefix(".restore").tempdir_in(folder).map_err(Undone::file(folder))?;
        let (half, engine, names) = (self.half.clone(), Engine::of(self.about), keyring.names());
        let mac = archive::mac(keyring);
        let unpacked = Unpacked(folder);
        let read = move || {
            let place = unpacked.database();
            let mut file = File::create_new(&place).map_err(Undone::file(&place))?;
            let wanted =
                |manifest: &Manifest| refuse_another(manifest, &half, engine, &names, &from.key_file);
            let manifest = opened(&from, |reader| archive::read(reader, &mac, &mut file, wanted))?;
            Ok((unpacked, manifest))
        };
        tokio::task::spawn_blocking(read).await.map_err(|error| Undone::refused(error.to_string()))?
    }
}

/// Removed with what lies in it.
struct Unpacked(TempDir);

impl Unpacked {
    fn database(&self) -> PathBuf {
        self.0.path().join("database")
    }
}

impl Engine {
    fn of(about: &config::Database) -> Self {
        if about.file().is_some() { Self::Sqlite } else { Self::Postgres }
    }
}

fn keyring(file: &Path) -> Result<Keyring, Undone> {
    // A new one would open nothing.
    if !file.exists() {
        return Err(Undone::refused(format!(
            "{}: there is no key file: put there the one that this backup was made with",
            file.display()
        )));
    }
    let (keyring, _) = Keyring::open(file, &Random::system()).map_err(Undone::Refused)?;
    Ok(keyring)
}

fn refuse_another(
    manifest: &Manifest,
    half: &Half,
    engine: Engine,
    names: &[String],
    key_file: &Path,
) -> Result<(), Undone> {
    if manifest.program != half.program {
        return Err(Undone::refused(format!(
            "this is a backup of {}, not of {}",
            manifest.program, half.program
        )));
    }
    let newer: Vec<_> = manifest.steps.iter().filter(|step| !half.steps.contains(step)).cloned().collect();
    if !newer.is_empty() {
        return Err(Undone::refused(format!(
            "this backup was made by {} {}, whose tables this program ({}) does not know ({}): take that version",
            manifest.program,
            manifest.version,
            half.version,
            newer.join(", ")
        )));
    }
    if manifest.engine != engine {
        return Err(Undone::refused(format!(
            "this is a backup of {}, and `[database] url` names {}",
            manifest.engine.name(),
            engine.name()
        )));
    }
    // One of them opens what it sealed; what a key sealed that is gone is told by the half's own proof.
    if !manifest.keys.first().is_some_and(|name| names.contains(name)) {
        return Err(Undone::refused(format!(
            "{}: does not hold the key of this backup, which is called {}",
            key_file.display(),
            manifest.keys.first().map_or("nothing", String::as_str)
        )));
    }
    Ok(())
}

/// Gives what is in the file to `read`, by age where it is sealed.
fn opened<T>(from: &Copy, read: impl FnOnce(&mut dyn Read) -> Result<T, Undone>) -> Result<T, Undone> {
    let mut file = File::open(&from.file).map_err(Undone::file(&from.file))?;
    let Some(identity) = &from.identity else {
        return read(&mut file).map_err(|error| if is_sealed(&from.file) { sealed() } else { error });
    };
    let mut command = Command::new("age");
    command.arg("-d").arg("-i").arg(identity).arg(&from.file);
    let mut age = tools::start(command.stdin(Stdio::null()).stdout(Stdio::piped()), "age")?;
    let Some(mut pipe) = age.stdout.take() else { return Err(Undone::refused("age: no answer")) };
    let done = read(&mut pipe);
    // What follows was judged by then; whoever writes it must not wait.
    let _ = std::io::copy(&mut pipe, &mut std::io::sink());
    drop(pipe);
    tools::finish(age, "age")?;
    done
}

fn sealed() -> Undone {
    Undone::refused("this backup is sealed: --identity FILE names what opens it")
}

fn is_sealed(file: &Path) -> bool {
    let mut head = [0; 21];
    File::open(file).and_then(|mut file| file.read_exact(&mut head)).is_ok()
        && head == *b"age-encryption.org/v1"
}

/// Nothing is there, or a database without tables; never what somebody may still need.
async fn refuse_unless_free(place: &Path) -> Result<(), Undone> {
    refusal_to_lay(place).await?.map_or(Ok(()), |why| Err(Undone::Refused(why)))
}
