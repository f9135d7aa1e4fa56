//! The index on both engines: FTS5 of SQLite, tsvector of PostgreSQL.
use platform::{Fault, language::Language};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};
use uuid::Uuid;

use super::{Entry, Kind, Question, SCHEME, Where};

fn is_postgres(db: &impl ConnectionTrait) -> bool {
    db.get_database_backend() == DbBackend::Postgres
}

async fn run(db: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<(), Fault> {
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

async fn rows(db: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>, Fault> {
    Ok(db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?)
}

/// Replaces the entry of something in one language.
pub async fn set_entry(db: &impl ConnectionTrait, kind: Kind, id: Uuid, entry: &Entry) -> Result<(), Fault> {
    let key = vec![Value::from(kind.text()), id.to_string().into(), entry.language.tag().into()];
    if is_postgres(db) {
        let sql = "INSERT INTO search_text (kind, id, language, words) VALUES ($1, $2, $3, CAST($4 AS tsvector)) \
                   ON CONFLICT (kind, id, language) DO UPDATE SET words = excluded.words";
        return run(db, sql, [key, vec![entry.for_postgres().into()]].concat()).await;
    }
    let sql = "INSERT INTO search_row (kind, id, language) VALUES ($1, $2, $3) \
               ON CONFLICT (kind, id, language) DO UPDATE SET kind = excluded.kind RETURNING number";
    let known = rows(db, sql, key.clone()).await?;
    let row = known.first().ok_or_else(|| Fault::bug("an entry got no number"))?;
    let number: i64 = row.try_get("", "number")?;
    run(db, "DELETE FROM search_text WHERE rowid = $1", vec![number.into()]).await?;
    let sql = "INSERT INTO search_text (rowid, kind, id, language, title, summary, body) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let parts = entry.for_sqlite().map(Value::from).to_vec();
    run(db, sql, [vec![number.into()], key, parts].concat()).await
}

/// Takes something out of the index, in every language.
pub async fn drop_entry(db: &impl ConnectionTrait, kind: Kind, id: Uuid) -> Result<(), Fault> {
    let key = || vec![Value::from(kind.text()), id.to_string().into()];
    if is_postgres(db) {
        return run(db, "DELETE FROM search_text WHERE kind = $1 AND id = $2", key()).await;
    }
    let sql = "DELETE FROM search_text WHERE rowid IN \
               (SELECT number FROM search_row WHERE kind = $1 AND id = $2)";
    run(db, sql, key()).await?;
    run(db, "DELETE FROM search_row WHERE kind = $1 AND id = $2", key()).await
}

/// Something that answers a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    pub kind: Kind,
    pub id: Uuid,
}

/// What answers the question, each thing once, at most `most` by place: what has all words in its title comes
/// first, then who has them in title and summary, then anywhere; in each the reader's language before others, and
/// then by how well the engine thinks that it fits.
pub async fn find(
    db: &impl ConnectionTrait,
    question: &Question,
    reader: Language,
    most: u64,
) -> Result<Vec<Hit>, Fault> {
    let mut languages = Language::ALL;
    languages.sort_by_key(|language| *language != reader);
    let mut found = Vec::<Hit>::new();
    let most_found = usize::try_from(most).unwrap_or(usize::MAX);
    for place in [Where::Title, Where::Summary, Where::Anywhere] {
        for language in languages {
            if found.len() >= most_found {
                break;
            }
            for hit in find_in(db, question, language, place, most).await? {
                if !found.contains(&hit) {
                    found.push(hit);
                }
            }
        }
    }
    found.truncate(most_found);
    Ok(found)
}

async fn find_in(
    db: &impl ConnectionTrait,
    question: &Question,
    language: Language,
    place: Where,
    most: u64,
) -> Result<Vec<Hit>, Fault> {
    let (sql, asked) = if is_postgres(db) {
        let sql = "SELECT kind, id FROM search_text, CAST($1 AS tsquery) AS asked \
                   WHERE words @@ asked AND language = $2 \
                   ORDER BY ts_rank(words, asked) DESC, id DESC LIMIT $3";
        (sql, question.for_postgres(language, place))
    } else {
        let sql = "SELECT kind, id FROM search_text WHERE search_text MATCH $1 AND language = $2 \
                   ORDER BY bm25(search_text, 0.0, 0.0, 0.0, 8.0, 3.0, 1.0), id DESC LIMIT $3";
        (sql, question.for_sqlite(language, place))
    };
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let mut found = Vec::new();
    for row in rows(db, sql, vec![asked.into(), language.tag().into(), limit.into()]).await? {
        let (kind, id): (String, String) = (row.try_get("", "kind")?, row.try_get("", "id")?);
        if let (Some(kind), Ok(id)) = (Kind::of_text(&kind), id.parse()) {
            found.push(Hit { kind, id });
        }
    }
    Ok(found)
}

/// Begins to build the index anew when it is not what [`Entry`] makes of texts today: it is empty then, and true is
/// answered to exactly one caller, whose transaction fills it.
pub async fn spend_scheme(db: &impl ConnectionTrait) -> Result<bool, Fault> {
    let sql = "INSERT INTO search_scheme (id, version) VALUES (1, $1) \
               ON CONFLICT (id) DO UPDATE SET version = excluded.version \
               WHERE search_scheme.version <> excluded.version";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [SCHEME.into()]);
    if db.execute_raw(statement).await?.rows_affected() != 1 {
        return Ok(false);
    }
    run(db, "DELETE FROM search_text", vec![]).await?;
    if !is_postgres(db) {
        run(db, "DELETE FROM search_row", vec![]).await?;
    }
    Ok(true)
}
