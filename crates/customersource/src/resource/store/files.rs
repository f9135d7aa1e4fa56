//! Files of resources, in pieces that are named by what the whole file is.
use platform::Fault;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, Statement, sea_query::OnConflict,
};

use super::super::{
    File, ResourceId,
    entity::{chunk, file},
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

/// How many pieces of a file there are: all or none, as they are added in one transaction.
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
    chunk::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

pub async fn read_piece(db: &impl ConnectionTrait, sha256: &str, seq: i64) -> Result<Option<Vec<u8>>, Fault> {
    Ok(chunk::Entity::find_by_id((sha256.to_owned(), seq)).one(db).await?.map(|row| row.bytes))
}

/// Pieces that no file names any more end.
pub async fn drop_unused_pieces(db: &impl ConnectionTrait) -> Result<u64, Fault> {
    let sql = "DELETE FROM blob_chunk WHERE NOT EXISTS \
               (SELECT 1 FROM resource_file WHERE resource_file.sha256 = blob_chunk.sha256)";
    Ok(db.execute_raw(Statement::from_string(db.get_database_backend(), sql)).await?.rows_affected())
}
