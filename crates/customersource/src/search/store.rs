//! The index on both engines: FTS5 of SQLite, tsvector of PostgreSQL.
use std::collections::HashSet;

use platform::{Fault, db::Int, language::Language};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};
use uuid::Uuid;

use super::{
    Entry, Kind, Question, SCHEME, Where,
    vocabulary::{Near, Word, nearest, sides},
};

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
    add_words(db, &entry.vocabulary).await?;
    let key = vec![Value::from(kind.text()), id.to_string().into(), entry.language.tag().into()];
    if is_postgres(db) {
        let sql = "INSERT INTO search_text (kind, id, language, heading, words) \
                   VALUES ($1, $2, $3, CAST($4 AS tsvector), CAST($5 AS tsvector)) ON CONFLICT (kind, id, language) \
                   DO UPDATE SET heading = excluded.heading, words = excluded.words";
        return run(db, sql, [key, entry.for_postgres().map(Value::from).to_vec()].concat()).await;
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

/// Something that answers a question, and where its words stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    pub kind: Kind,
    pub id: Uuid,
    pub place: Where,
}

/// Of so many that answer a question in one place and language it is judged how well they do: what most texts have
/// says little, and judging all of them would take longer than reading a few.
const CANDIDATES: usize = 200;

/// What answers the question, each thing once, at most `most`: what has all words in its title comes first, then who
/// has them in title and summary, then anywhere; in each the reader's language before others, and then by how well
/// the engine thinks that it fits. The store is asked once.
pub async fn find(
    db: &impl ConnectionTrait,
    question: &Question,
    reader: Language,
    most: u64,
) -> Result<Vec<Hit>, Fault> {
    let mut languages = Language::ALL;
    languages.sort_by_key(|language| *language != reader);
    let places = [Where::Title, Where::Summary, Where::Anywhere];
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let (mut parts, mut values, mut before) = (Vec::new(), Vec::new(), Vec::new());
    for (step, (place, language)) in
        places.into_iter().flat_map(|place| languages.map(|language| (place, language))).enumerate()
    {
        let at = values.len();
        let (asked, tag, cut) = (at + 1, at + 2, at + 3);
        // What was found by then may be all that is wanted.
        let goes_on = match before.as_slice() {
            [] => String::new(),
            before => {
                let before = before.join(" UNION ALL ");
                format!("(SELECT COUNT(DISTINCT id) FROM ({before}) AS before{step}) < ${cut} AND")
            }
        };
        parts.push(if is_postgres(db) {
            let of = if place == Where::Anywhere { "words" } else { "heading" };
            format!(
                "step{step} AS MATERIALIZED (SELECT {step} AS step, kind, id, \
                 ts_rank(found, CAST(${asked} AS tsquery))::float8 AS score FROM \
                 (SELECT kind, id, {of} AS found FROM search_text WHERE {goes_on} language = ${tag} \
                 AND {of} @@ CAST(${asked} AS tsquery) LIMIT {CANDIDATES}) AS candidates{step} \
                 ORDER BY score DESC, id DESC LIMIT ${cut})"
            )
        } else {
            format!(
                "step{step} AS MATERIALIZED (SELECT * FROM (SELECT {step} AS step, kind, id, \
                 -bm25(search_text, 0.0, 0.0, 0.0, 8.0, 3.0, 1.0) AS score FROM search_text \
                 WHERE {goes_on} search_text MATCH ${asked} AND language = ${tag} \
                 ORDER BY rowid DESC LIMIT {CANDIDATES}) ORDER BY score DESC, id DESC LIMIT ${cut})"
            )
        });
        before.push(format!("SELECT id FROM step{step}"));
        let asked = match is_postgres(db) {
            true => question.for_postgres(language, place),
            false => question.for_sqlite(language, place),
        };
        values.extend([Value::from(asked), language.tag().into(), limit.into()]);
    }
    let all: Vec<_> = (0..parts.len()).map(|step| format!("SELECT * FROM step{step}")).collect();
    let (parts, all) = (parts.join(", "), all.join(" UNION ALL "));
    let sql = format!("WITH {parts} {all} ORDER BY step, score DESC, id DESC");
    let mut found = Vec::<Hit>::new();
    let mut known = HashSet::new();
    for row in rows(db, &sql, values).await? {
        let (kind, id): (String, String) = (row.try_get("", "kind")?, row.try_get("", "id")?);
        let Int(step) = row.try_get("", "step")?;
        let place = usize::try_from(step).ok().and_then(|step| places.get(step / languages.len()));
        if let (Some(kind), Ok(id), Some(place)) = (Kind::of_text(&kind), id.parse(), place)
            && known.insert((kind, id))
        {
            found.push(Hit { kind, id, place: *place });
        }
    }
    found.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Ok(found)
}

/// So many words are looked at for all that were typed.
const MOST_NEAR: i64 = 2_000;

/// The question with the words that somebody may have meant in place of those that nothing has; with it, how it is
/// written. `None` when there are no such words.
pub async fn find_near(
    db: &impl ConnectionTrait,
    question: &Question,
) -> Result<Option<(Question, String)>, Fault> {
    let (mut parts, mut values) = (Vec::new(), Vec::new());
    for word in question.words() {
        let (near, at) = (Near::to(word), values.len());
        parts.push(format!(
            "((head = ${} OR tail = ${}) AND letters BETWEEN ${} AND ${})",
            at + 1,
            at + 2,
            at + 3,
            at + 4
        ));
        let (fewest, most) = near.letters.into_inner();
        values.extend([Value::from(near.head), near.tail.into(), fewest.into(), most.into()]);
    }
    let limit = values.len() + 1;
    values.push(MOST_NEAR.into());
    let sql = format!("SELECT word, shown FROM search_word WHERE {} LIMIT ${limit}", parts.join(" OR "));
    let mut words = Vec::new();
    for row in rows(db, &sql, values).await? {
        words.push(Word { word: row.try_get("", "word")?, shown: row.try_get("", "shown")? });
    }
    let meant: Vec<_> = question.words().iter().map(|typed| (typed, nearest(typed, &words))).collect();
    if meant.iter().all(|(_, word)| word.is_none()) {
        return Ok(None);
    }
    let text = meant.iter().map(|(typed, word)| word.map_or(typed.as_str(), |word| word.shown.as_str()));
    let text = text.collect::<Vec<_>>().join(" ");
    Ok(Question::of(&text).map(|question| (question, text)))
}

/// So many words are added in one statement.
const AT_ONCE: usize = 200;

/// Makes words known; those that are stay as they are.
async fn add_words(db: &impl ConnectionTrait, words: &[Word]) -> Result<(), Fault> {
    for words in words.chunks(AT_ONCE) {
        let (mut parts, mut values) = (Vec::new(), Vec::new());
        for Word { word, shown } in words {
            let at = values.len();
            parts.push(format!("(${}, ${}, ${}, ${}, ${})", at + 1, at + 2, at + 3, at + 4, at + 5));
            let (head, tail) = sides(word);
            let letters = i32::try_from(word.chars().count()).unwrap_or(i32::MAX);
            values.extend([
                Value::from(word.as_str()),
                shown.as_str().into(),
                head.into(),
                tail.into(),
                letters.into(),
            ]);
        }
        let sql = format!(
            "INSERT INTO search_word (word, shown, head, tail, letters) VALUES {} ON CONFLICT (word) DO NOTHING",
            parts.join(", ")
        );
        run(db, &sql, values).await?;
    }
    Ok(())
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
    run(db, "DELETE FROM search_word", vec![]).await?;
    if !is_postgres(db) {
        run(db, "DELETE FROM search_row", vec![]).await?;
    }
    Ok(true)
}
