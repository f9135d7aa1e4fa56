//! Files of resources, in pieces that are named by what the whole file is.
use platform::{Fault, clock::Moment, db::rows};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Statement, sea_query::OnConflict,
};

use super::super::{
    File, ResourceId,
    entity::{chunk, file, idle},
};

/// The length of every piece but the last, in bytes.
pub const PIECE: usize = 256 * 1024;

fn of_row(row: file::Model) -> File {
    File { name: row.name, media_type: row.media_type, sha256: row.sha256, size: row.size }
}

pub async fn list_files(db: &impl ConnectionTrait, id: ResourceId) -> Result<Vec<File>, Fault> {
    let found = file::Entity::find().filter(file::Column::ResourceId.eq(id));
    Ok(found.order_by_asc(file::Column::Name).all(db).await?.into_iter().map(of_row).collect())
}

pub async fn find_file(db: &impl ConnectionTrait, id: ResourceId, name: &str) -> Result<Option<File>, Fault> {
    Ok(file::Entity::find_by_id((id, name.to_owned())).one(db).await?.map(of_row))
}

/// Adds a file, or gives the one of this name other bytes. Its pieces are added apart.
pub async fn add_file(db: &impl ConnectionTrait, id: ResourceId, about: &File) -> Result<(), Fault> {
    let row = file::ActiveModel {
        resource_id: Set(id),
        name: Set(about.name.clone()),
        media_type: Set(about.media_type.clone()),
        sha256: Set(about.sha256.clone()),
        size: Set(about.size),
    };
    let replace = OnConflict::columns([file::Column::ResourceId, file::Column::Name])
        .update_columns([file::Column::MediaType, file::Column::Sha256, file::Column::Size])
        .to_owned();
    file::Entity::insert(row).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}

/// Files of a resource that are not among these names end.
pub async fn drop_files_but(
    db: &impl ConnectionTrait,
    id: ResourceId,
    names: &[String],
) -> Result<u64, Fault> {
    let gone = file::Entity::delete_many()
        .filter(file::Column::ResourceId.eq(id))
        .filter(file::Column::Name.is_not_in(names.iter().map(String::as_str)))
        .exec(db)
        .await?;
    Ok(gone.rows_affected)
}

/// Ends the file of this name if it still has these bytes; true when it did.
pub async fn drop_file(
    db: &impl ConnectionTrait,
    id: ResourceId,
    name: &str,
    sha256: &str,
) -> Result<bool, Fault> {
    let gone = file::Entity::delete_many()
        .filter(file::Column::ResourceId.eq(id))
        .filter(file::Column::Name.eq(name))
        .filter(file::Column::Sha256.eq(sha256))
        .exec(db)
        .await?;
    Ok(gone.rows_affected == 1)
}

/// How many pieces there are under this digest, or name of an upload.
pub async fn count_pieces(db: &impl ConnectionTrait, sha256: &str) -> Result<u64, Fault> {
    Ok(chunk::Entity::find().filter(chunk::Column::Sha256.eq(sha256)).count(db).await?)
}

pub async fn add_piece(
    db: &impl ConnectionTrait,
    sha256: &str,
    seq: i64,
    bytes: Vec<u8>,
) -> Result<(), Fault> {
    let row = chunk::ActiveModel { sha256: Set(sha256.to_owned()), seq: Set(seq), bytes: Set(bytes) };
    // What has this name already has these bytes.
    rows::add_once(db, row).await.map(drop)
}

pub async fn read_piece(db: &impl ConnectionTrait, sha256: &str, seq: i64) -> Result<Option<Vec<u8>>, Fault> {
    Ok(chunk::Entity::find_by_id((sha256.to_owned(), seq)).one(db).await?.map(|row| row.bytes))
}

/// Moves the pieces `from <= seq < until` to the name of the whole file's digest. What is there already is the same.
pub async fn move_pieces(
    db: &impl ConnectionTrait,
    (upload, sha256): (&str, &str),
    (from, until): (i64, i64),
) -> Result<(), Fault> {
    let sql = "INSERT INTO blob_chunk (sha256, seq, bytes) SELECT $2, seq, bytes FROM blob_chunk \
               WHERE sha256 = $1 AND seq >= $3 AND seq < $4 ON CONFLICT DO NOTHING";
    let values = [upload.into(), sha256.into(), from.into(), until.into()];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    chunk::Entity::delete_many()
        .filter(chunk::Column::Sha256.eq(upload))
        .filter(chunk::Column::Seq.gte(from))
        .filter(chunk::Column::Seq.lt(until))
        .exec(db)
        .await?;
    Ok(())
}

/// Notes that no file may be naming these pieces, so that they are swept when they have been idle for long.
pub async fn set_idle(db: &impl ConnectionTrait, now: Moment, sha256: &str) -> Result<(), Fault> {
    let row = idle::ActiveModel { sha256: Set(sha256.to_owned()), since: Set(now) };
    let again = OnConflict::column(idle::Column::Sha256).update_column(idle::Column::Since).to_owned();
    idle::Entity::insert(row).on_conflict(again).exec_without_returning(db).await?;
    Ok(())
}

/// The same for all pieces that no file names and nobody noted.
pub async fn set_all_idle(db: &impl ConnectionTrait, now: Moment) -> Result<(), Fault> {
    let sql = "INSERT INTO blob_idle (sha256, since) SELECT sha256, $1 FROM blob_chunk WHERE seq = 0 \
               AND NOT EXISTS (SELECT 1 FROM resource_file WHERE resource_file.sha256 = blob_chunk.sha256) \
               AND NOT EXISTS (SELECT 1 FROM blob_idle WHERE blob_idle.sha256 = blob_chunk.sha256)";
    let values = [now.unix_millis().into()];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Takes the note back. Whoever names these pieces in a file does this in the same transaction.
pub async fn end_idle(db: &impl ConnectionTrait, sha256: &str) -> Result<(), Fault> {
    idle::Entity::delete_by_id(sha256.to_owned()).exec(db).await?;
    Ok(())
}

/// Pieces that have been idle since before a moment, a hundred at most.
pub async fn list_idle(db: &impl ConnectionTrait, before: Moment) -> Result<Vec<String>, Fault> {
    let rows = idle::Entity::find().filter(idle::Column::Since.lt(before)).limit(100).all(db).await?;
    Ok(rows.into_iter().map(|row| row.sha256).collect())
}

/// Ends these pieces, if they are still idle and no file names them after all.
pub async fn drop_idle(db: &impl ConnectionTrait, before: Moment, sha256: &str) -> Result<(), Fault> {
    // The note first: somebody may be about to name them in a file (see `end_idle`).
    let taken = idle::Entity::delete_many()
        .filter(idle::Column::Sha256.eq(sha256))
        .filter(idle::Column::Since.lt(before))
        .exec(db)
        .await?;
    let named = file::Entity::find().filter(file::Column::Sha256.eq(sha256)).count(db).await?;
    if taken.rows_affected == 1 && named == 0 {
        chunk::Entity::delete_many().filter(chunk::Column::Sha256.eq(sha256)).exec(db).await?;
    }
    Ok(())
}
