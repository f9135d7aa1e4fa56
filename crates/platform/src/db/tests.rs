//! What becomes of rows when statements, commits and disks fail.
use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait as _, Statement};

use super::*;
use crate::fault::Cause;

/// A folder with room for so little; a real small file system where this user may mount one.
pub(super) struct Disk {
    folder: tempfile::TempDir,
    is_real: bool,
}

impl Disk {
    pub(super) fn small() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mounted = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"])
            .arg(folder.path())
            .stderr(std::process::Stdio::null())
            .status();
        Self { folder, is_real: mounted.is_ok_and(|status| status.success()) }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn url(&self, name: &str) -> String {
        format!("sqlite:{}", self.path(name).display())
    }

    /// Takes all the room there is; without a disk of its own, the file may not grow.
    pub(super) async fn fill(&self, db: &Database) {
        if self.is_real {
            fill(&self.path("filler"));
        } else {
            db.bound_pages(20).await;
        }
    }

    pub(super) async fn empty(&self, db: &Database) {
        if self.is_real {
            std::fs::remove_file(self.path("filler")).unwrap();
        } else {
            db.bound_pages(0).await;
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.is_real {
            let _ = std::process::Command::new("umount").arg("-l").arg(self.folder.path()).status();
        }
    }
}

/// Takes all the room there is.
fn fill(path: &Path) {
    use std::io::Write as _;
    let mut file = std::fs::File::create(path).unwrap();
    let chunk = [1_u8; 4096];
    while file.write_all(&chunk).is_ok() {}
}

pub(super) async fn put(db: &Database, name: &str) -> Result<(), Fault> {
    let tx = db.begin().await?;
    let statement = Statement::from_sql_and_values(
        tx.get_database_backend(),
        "INSERT INTO kept (name, bulk) VALUES ($1, $2)",
        [name.into(), vec![7_u8; 30_000].into()],
    );
    tx.execute_raw(statement).await?;
    tx.commit().await
}

/// A database with a table, and what is in it.
pub(super) async fn opened(url: &str) -> Database {
    let db = Database::open(url, 2).await.unwrap();
    let tx = db.begin().await.unwrap();
    tx.execute_unprepared("CREATE TABLE kept (name TEXT PRIMARY KEY, bulk BLOB)").await.unwrap();
    tx.commit().await.unwrap();
    put(&db, "before").await.unwrap();
    db
}

pub(super) async fn stored(db: &Database) -> i64 {
    let statement = Statement::from_string(db.reader().get_database_backend(), "SELECT COUNT(*) FROM kept");
    db.reader().query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn fx_02_what_is_acknowledged_is_stored_after_writes_that_failed() {
    let disk = Disk::small();
    let db = opened(&disk.url("x.db")).await;
    let mut acknowledged = 1;
    disk.fill(&db).await;
    for number in 0..6 {
        acknowledged += i64::from(put(&db, &format!("full {number}")).await.is_ok());
    }
    assert_eq!(stored(&db).await, acknowledged, "acknowledged and not stored while the disk was full");
    assert_ne!(db.condition().await, Condition::Ready, "readiness tells");
    let full = db.troubles().counts().find(|(cause, _)| *cause == Cause::Full).unwrap().1;
    assert!(full >= 2 && db.troubles().replaced() >= 2, "counted: {full}");
    disk.empty(&db).await;
    for number in 0..6 {
        put(&db, &format!("after {number}")).await.unwrap();
        acknowledged += 1;
        assert_eq!(stored(&db).await, acknowledged, "acknowledged and not stored after space was back");
    }
    assert!(
        db.examine().await.iter().all(|found| found.ok || found.what == "disk" || found.what == "database")
    );
    db.close().await.unwrap();
}

#[tokio::test]
async fn fx_02_the_same_where_the_file_may_not_grow() {
    let folder = tempfile::tempdir().unwrap();
    let db = opened(&format!("sqlite:{}", folder.path().join("x.db").display())).await;
    let mut acknowledged = 1;
    db.bound_pages(20).await;
    for number in 0..6 {
        acknowledged += i64::from(put(&db, &format!("full {number}")).await.is_ok());
    }
    assert_eq!(stored(&db).await, acknowledged);
    assert_eq!(db.condition().await, Condition::NotWritable);
    db.bound_pages(0).await;
    assert_eq!(db.condition().await, Condition::Ready, "a write that is stored shows that it works again");
    put(&db, "after").await.unwrap();
    assert_eq!(stored(&db).await, acknowledged + 1);
}

#[tokio::test]
async fn after_a_statement_failed_nothing_of_its_transaction_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let db = opened(&format!("sqlite:{}", folder.path().join("x.db").display())).await;
    let tx = db.begin().await.unwrap();
    tx.execute_unprepared("INSERT INTO kept (name) VALUES ('first')").await.unwrap();
    tx.execute_unprepared("INSERT INTO kept (name) VALUES ('before')").await.unwrap_err();
    tx.execute_unprepared("INSERT INTO kept (name) VALUES ('later')").await.unwrap_err();
    tx.commit().await.unwrap_err();
    assert_eq!(stored(&db).await, 1);
    put(&db, "next").await.unwrap();
    assert_eq!(stored(&db).await, 2);
}

#[tokio::test]
async fn a_transaction_that_is_dropped_or_left_half_way_is_rolled_back_and_the_next_one_has_its_turn() {
    let folder = tempfile::tempdir().unwrap();
    let db = opened(&format!("sqlite:{}", folder.path().join("x.db").display())).await;
    let tx = db.begin().await.unwrap();
    tx.execute_unprepared("INSERT INTO kept (name) VALUES ('dropped')").await.unwrap();
    drop(tx);
    let tx = db.begin().await.unwrap();
    let long = "INSERT INTO kept (name) WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 300000) \
                SELECT 'left ' || x FROM n";
    let mut left = Box::pin(tx.execute_unprepared(long));
    assert!(futures_util::poll!(&mut left).is_pending());
    drop(left);
    tx.commit().await.unwrap_err();
    put(&db, "next").await.unwrap();
    assert_eq!(stored(&db).await, 2);
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_its_journal_and_its_index_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.db");
    std::fs::write(&file, []).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let _open = opened(&format!("sqlite:{}", file.display())).await;
    for end in ["", "-wal", "-shm"] {
        let mode = std::fs::metadata(format!("{}{end}", file.display())).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "x.db{end}");
    }
}

#[tokio::test]
async fn fixed_text_says_how_many_rows_it_changed() {
    let folder = tempfile::tempdir().unwrap();
    let db = opened(&format!("sqlite:{}", folder.path().join("x.db").display())).await;
    let tx = db.begin().await.unwrap();
    for (sql, rows) in [
        ("INSERT INTO kept (name) VALUES ('a'), ('b')", 2),
        ("SELECT 1", 0),
        ("UPDATE kept SET bulk = x'00' WHERE name = 'nobody'", 0),
        ("DELETE FROM kept", 3),
    ] {
        assert_eq!(tx.execute_unprepared(sql).await.unwrap().rows_affected(), rows, "{sql}");
    }
    tx.commit().await.unwrap();
}
