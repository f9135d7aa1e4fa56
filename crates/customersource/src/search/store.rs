//! The index on both engines: FTS5 of SQLite, tsvector of PostgreSQL.
use platform::Fault;
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use uuid::Uuid;

use super::{Kind, Question, words};

async fn run(db: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<(), Fault> {
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Replaces the entry of something in one language.
pub async fn set_entry(
    db: &impl ConnectionTrait,
    kind: Kind,
    id: Uuid,
    language: &str,
    title: &str,
    body: &str,
) -> Result<(), Fault> {
    let key = || vec![Value::from(kind.text()), id.to_string().into(), language.into()];
    run(db, "DELETE FROM search_entry WHERE kind = $1 AND id = $2 AND language = $3", key()).await?;
    let values = [key(), vec![words(title).join(" ").into(), words(body).join(" ").into()]].concat();
    let sql = if db.get_database_backend() == DbBackend::Postgres {
        "INSERT INTO search_entry (kind, id, language, words) VALUES ($1, $2, $3, \
         setweight(to_tsvector('simple', $4), 'A') || setweight(to_tsvector('simple', $5), 'C'))"
    } else {
        "INSERT INTO search_entry (kind, id, language, title, body) VALUES ($1, $2, $3, $4, $5)"
    };
    run(db, sql, values).await
}

/// Takes something out of the index, in every language.
pub async fn drop_entry(db: &impl ConnectionTrait, kind: Kind, id: Uuid) -> Result<(), Fault> {
    let values = vec![kind.text().into(), id.to_string().into()];
    run(db, "DELETE FROM search_entry WHERE kind = $1 AND id = $2", values).await
}

/// What answers the question, the best first, each thing once; at most `most`.
pub async fn find(
    db: &impl ConnectionTrait,
    question: &Question,
    most: u64,
) -> Result<Vec<(Kind, Uuid)>, Fault> {
    let backend = db.get_database_backend();
    let (sql, asked) = if backend == DbBackend::Postgres {
        let sql = "SELECT kind, id FROM search_entry, to_tsquery('simple', $1) AS asked WHERE words @@ asked \
                   ORDER BY ts_rank_cd(words, asked) DESC, id DESC LIMIT $2";
        (sql, question.for_postgres())
    } else {
        let sql = "SELECT kind, id FROM search_entry WHERE search_entry MATCH $1 \
                   ORDER BY bm25(search_entry, 0.0, 0.0, 0.0, 8.0, 1.0), id DESC LIMIT $2";
        (sql, question.for_sqlite())
    };
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let statement = Statement::from_sql_and_values(backend, sql, [asked.into(), limit.into()]);
    let mut found = Vec::new();
    for row in db.query_all_raw(statement).await? {
        let (kind, id): (String, String) = (row.try_get("", "kind")?, row.try_get("", "id")?);
        if let (Some(kind), Ok(id)) = (Kind::of_text(&kind), id.parse())
            && !found.contains(&(kind, id))
        {
            found.push((kind, id));
        }
    }
    Ok(found)
}
