//! How it stands with people: their associations and last invitations, each in one question for however many.
use std::{collections::HashMap, sync::LazyLock};

use platform::{
    Fault,
    clock::Moment,
    db::{
        joined::{columns, joined},
        rows::AT_ONCE,
    },
    id,
};
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};

use crate::{
    association::{
        self, Association, Invitation,
        entity::{association as associations, invitation as invitations},
    },
    company::{self, Company, CompanyId},
    people::Person,
    profile::{self, Profile, ProfileId},
};

/// When the last association of somebody ended who has none, and administers the company: only administrators are ever
/// out of reach.
const ENDED: &str = "CASE WHEN p.is_admin AND a.id IS NULL THEN (SELECT MAX(former.ended_at) FROM association AS former \
     WHERE former.profile_id = p.id) END AS ended_at";
const CURRENT: &str = "LEFT JOIN association AS a ON a.profile_id = p.id AND a.state = 'active'";
/// Claims are their claimants' own business.
const LAST: &str = "LEFT JOIN invitation AS i ON i.id = (SELECT last.id FROM invitation AS last WHERE \
     last.profile_id = p.id AND last.purpose <> 'self_claim' ORDER BY last.created_at DESC, last.id DESC LIMIT 1)";

static STANDING: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {}, {}, {ENDED}, {} FROM profile AS p {CURRENT} {LAST}",
        columns::<profile::entity::Entity>("p"),
        columns::<associations::Entity>("a"),
        columns::<invitations::Entity>("i"),
    )
});
static WITH_COMPANY: LazyLock<String> = LazyLock::new(|| {
    let sql = STANDING.replacen(
        " FROM profile",
        &format!(", {} FROM profile", columns::<company::entity::Entity>("company")),
        1,
    );
    format!("{sql} JOIN organization AS company ON company.id = p.organization_id WHERE p.id = $1")
});
static REACH: LazyLock<String> = LazyLock::new(|| {
    let (profile, current) = (columns::<profile::entity::Entity>("p"), columns::<associations::Entity>("a"));
    format!(
        "SELECT {profile}, {current}, {ENDED} FROM profile AS p {CURRENT} WHERE p.is_admin AND p.state = 'active' \
         AND p.organization_id IN"
    )
});

async fn ask(db: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>, Fault> {
    Ok(db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?)
}

/// `($1, $2, …)`
fn places(count: usize) -> String {
    let places: Vec<String> = (1..=count).map(|number| format!("${number}")).collect();
    format!("({})", places.join(", "))
}

/// When somebody last had the profile, or was given it.
fn reached_at(
    row: &QueryResult,
    id: ProfileId,
    current: Option<&Association>,
) -> Result<Option<Moment>, Fault> {
    let ended = row.try_get::<Option<i64>>("", "ended_at")?.map(Moment::from_unix_millis);
    let used = current.map(|current| current.seen_at.unwrap_or(current.since));
    Ok(used.or_else(|| ended.max(id::made_at(id.0))))
}

fn person_of(row: &QueryResult, profile: Profile) -> Result<Person, Fault> {
    let current = joined(row, "a")?.map(association::store::association_of);
    let invitation: Option<Invitation> = joined(row, "i")?.map(association::store::of_row);
    Ok(Person { reached_at: reached_at(row, profile.id, current.as_ref())?, current, invitation, profile })
}

fn profile_of(row: &QueryResult) -> Result<Profile, Fault> {
    joined(row, "p")?.map(profile::store::of_row).ok_or_else(|| Fault::bug("a row without its profile"))
}

/// These profiles, in their order, with what is known of them; who is gone is left out.
pub async fn with_standing(db: &impl ConnectionTrait, profiles: Vec<Profile>) -> Result<Vec<Person>, Fault> {
    let mut known = HashMap::new();
    for some in profiles.chunks(AT_ONCE) {
        let ids = some.iter().map(|profile| profile.id.0.into()).collect();
        let sql = format!("{} WHERE p.id IN {}", STANDING.as_str(), places(some.len()));
        for row in ask(db, &sql, ids).await? {
            known.insert(profile_of(&row)?.id, row);
        }
    }
    let person = |profile: Profile| Some(person_of(&known.remove(&profile.id)?, profile));
    profiles.into_iter().filter_map(person).collect()
}

/// One profile, whatever has become of it, with its company and what is known of it.
pub async fn find(db: &impl ConnectionTrait, id: ProfileId) -> Result<Option<(Person, Company)>, Fault> {
    let rows = ask(db, &WITH_COMPANY, vec![id.0.into()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let company = joined(row, "company")?.map(company::store::of_row);
    let company = company.ok_or_else(|| Fault::bug("a profile without its company"))?;
    Ok(Some((person_of(row, profile_of(row)?)?, company)))
}

/// The administrators of several companies, each with when they were last within reach.
#[derive(Debug, Default)]
pub struct Reach(HashMap<CompanyId, Vec<Person>>);

impl Reach {
    /// One company's, the oldest first.
    pub fn of(&self, company: CompanyId) -> &[Person] {
        self.0.get(&company).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether none of them is within reach: a company's people are told whom to ask instead (CS-53).
    pub fn is_out(&self, now: Moment, company: CompanyId) -> bool {
        self.of(company).iter().all(|person| person.is_unreachable(now))
    }
}

/// The active administrators of these companies; their invitations are not asked for.
pub async fn list_reach(db: &impl ConnectionTrait, companies: &[CompanyId]) -> Result<Reach, Fault> {
    let mut reach = Reach::default();
    for some in companies.chunks(AT_ONCE) {
        let ids = some.iter().map(|company| company.0.into()).collect();
        let sql = format!("{} {} ORDER BY p.id", REACH.as_str(), places(some.len()));
        for row in ask(db, &sql, ids).await? {
            let profile = profile_of(&row)?;
            let current = joined(&row, "a")?.map(association::store::association_of);
            let reached_at = reached_at(&row, profile.id, current.as_ref())?;
            let company = reach.0.entry(profile.company).or_default();
            company.push(Person { profile, current, invitation: None, reached_at });
        }
    }
    Ok(reach)
}
