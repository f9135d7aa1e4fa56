//! A database with the key file that belongs to it, and what is kept of master keys whose lines are gone: so that a
//! leaked one can go at once, and no password with it.
use std::{fs, path::Path};

use sea_orm::{ConnectionTrait, Statement};
use zeroize::Zeroizing;

use crate::{
    Fault,
    clock::Clock,
    config,
    db::Database,
    random::Random,
    secrets::{Former, Keyring, Seal},
};

fn seal(keyring: &Keyring) -> Seal {
    keyring.seal("former key")
}

fn bound(purpose: &str, name: &str) -> Vec<u8> {
    [purpose.as_bytes(), b"\0", name.as_bytes()].concat()
}

/// Opens the database of `product` and its key file; makes both when absent. `is_laid` tells whether the database has
/// tables already: a new key would open nothing that stands in them, so a missing file is refused before there is one.
pub async fn open(
    product: &str,
    (database, secrets): (&config::Database, &config::Secrets),
    clock: Clock,
    is_laid: impl AsyncFnOnce(&Database) -> Result<bool, Fault>,
) -> Result<(Database, Keyring), Fault> {
    let path = secrets.path(database, product);
    if let Some(folder) = database.file().as_deref().and_then(Path::parent) {
        let named = |error| Fault::unavailable(format!("{}: {error}", folder.display()));
        fs::create_dir_all(folder).map_err(named)?;
    }
    let db = Database::with(database, clock).await?;
    if !path.exists() && is_laid(&db).await? {
        return Err(Fault::unavailable(format!(
            "{} is missing, and the database is sealed with it: bring the key file that belongs to this database, \
             or name it in [secrets] key_file",
            path.display()
        )));
    }
    let (keyring, made) = Keyring::open(&path, &Random::system()).map_err(Fault::unavailable)?;
    if made {
        tracing::warn!(file = %path.display(), "Made a new key file; keep a copy, and keep it secret: nothing opens without it");
    }
    let keyring = load(&db, keyring).await?;
    Ok((db, keyring))
}

/// The keyring with what the database keeps of older lines. Before the first `migrate` that is nothing.
pub async fn load(db: &Database, keyring: Keyring) -> Result<Keyring, Fault> {
    let rows = match list(db.reader()).await {
        Ok(rows) => rows,
        Err(Fault::Bug(text)) if text.contains("former_key") => return Ok(keyring),
        Err(fault) => return Err(fault),
    };
    let (seal, names) = (seal(&keyring), keyring.names());
    let mut formers = Vec::new();
    for (purpose, name, sealed) in rows {
        if names.contains(&name) {
            continue;
        }
        let plain = seal.open(&bound(&purpose, &name), &sealed);
        let Some(key) = plain.and_then(|plain| <[u8; 32]>::try_from(plain.as_slice()).ok()) else {
            tracing::error!(purpose, name, "A former key cannot be opened: is this the newest key file?");
            continue;
        };
        formers.push(Former { purpose, name, key: Zeroizing::new(key) });
    }
    Ok(keyring.with_formers(formers))
}

/// Keeps what older lines are needed for, sealed with the first; answers how many keys are kept.
pub async fn keep(
    db: &Database,
    random: &Random,
    keyring: &Keyring,
    purposes: &[&str],
) -> Result<usize, Fault> {
    let seal = seal(keyring);
    let formers = keyring.formers(purposes);
    let tx = db.begin().await?;
    for former in &formers {
        let sealed = seal.seal(random, &bound(&former.purpose, &former.name), former.key.as_slice())?;
        let sql = "INSERT INTO former_key (purpose, name, sealed) VALUES ($1, $2, $3) \
                   ON CONFLICT (purpose, name) DO UPDATE SET sealed = excluded.sealed";
        let values = [former.purpose.as_str().into(), former.name.as_str().into(), sealed.into()];
        tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    }
    tx.commit().await?;
    Ok(formers.len())
}

async fn list(db: &impl ConnectionTrait) -> Result<Vec<(String, String, Vec<u8>)>, Fault> {
    let sql = "SELECT purpose, name, sealed FROM former_key ORDER BY purpose, name";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let read = |row: &sea_orm::QueryResult| {
        Ok((row.try_get("", "purpose")?, row.try_get("", "name")?, row.try_get("", "sealed")?))
    };
    rows.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

    use super::*;
    use crate::testing::database;

    fn ring(lines: &[u8]) -> Keyring {
        let lines: Vec<String> = lines.iter().map(|line| URL_SAFE_NO_PAD.encode([*line; 32])).collect();
        Keyring::parse(&lines.join("\n")).unwrap()
    }

    #[tokio::test]
    async fn a_line_goes_and_what_it_was_needed_for_stays_and_nothing_else_of_it() {
        let (db, _folder) = database().await;
        let random = Random::seeded(1);
        let pepper = ring(&[1]).mac("pepper").sign(b"password");
        let token = ring(&[1]).mac("token").sign(b"grant");
        keep(&db, &random, &load(&db, ring(&[2, 1])).await.unwrap(), &["pepper"]).await.unwrap();
        let alone = load(&db, ring(&[2])).await.unwrap();
        assert!(alone.mac("pepper").verify(b"password", &pepper));
        assert!(!alone.mac("token").verify(b"grant", &token), "tokens of a leaked key end with its line");
        assert_ne!(alone.mac("pepper").sign(b"password"), pepper, "new ones are made by the first line");
        // And once more: the third line finds both.
        keep(&db, &random, &load(&db, ring(&[3, 2])).await.unwrap(), &["pepper"]).await.unwrap();
        let third = load(&db, ring(&[3])).await.unwrap();
        for older in [1, 2] {
            let tag = ring(&[older]).mac("pepper").sign(b"password");
            assert!(third.mac("pepper").verify(b"password", &tag), "{older}");
        }
    }
}
