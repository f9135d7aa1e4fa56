//! In which language somebody is written to.
use platform::{Fault, language::Language};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _,
};

use crate::{
    association::entity::{association, invitation},
    company::CompanyId,
    profile::{self, ProfileId},
};

/// The language in which a profile is used, else was last used, else was last written to.
pub async fn find_language(db: &impl ConnectionTrait, profile: ProfileId) -> Result<Option<Language>, Fault> {
    let used: Vec<(association::Stored, Option<String>)> = association::Entity::find()
        .select_only()
        .column(association::Column::State)
        .column(association::Column::Language)
        .filter(association::Column::ProfileId.eq(profile))
        .filter(association::Column::Language.is_not_null())
        .order_by_desc(association::Column::CreatedAt)
        .limit(20)
        .into_tuple()
        .all(db)
        .await?;
    let current = used.iter().find(|(state, _)| *state == association::Stored::Active).or(used.first());
    if let Some(language) = current.and_then(|(_, tag)| Language::of_tag(tag.as_deref()?)) {
        return Ok(Some(language));
    }
    let written: Option<String> = invitation::Entity::find()
        .select_only()
        .column(invitation::Column::Language)
        .filter(invitation::Column::ProfileId.eq(profile))
        .order_by_desc(invitation::Column::CreatedAt)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(written.and_then(|tag| Language::of_tag(&tag)))
}

/// The language that most people of a company use the portal in; `preferred` where it is one of two.
pub async fn find_company_language(
    db: &impl ConnectionTrait,
    company: CompanyId,
    preferred: Language,
) -> Result<Option<Language>, Fault> {
    let people = profile::entity::Entity::find()
        .select_only()
        .column(profile::entity::Column::Id)
        .filter(profile::entity::Column::OrganizationId.eq(company));
    let most: Option<String> = association::Entity::find()
        .select_only()
        .column(association::Column::Language)
        .filter(association::Column::ProfileId.in_subquery(people.into_query()))
        .filter(association::Column::State.eq(association::Stored::Active))
        .filter(association::Column::Language.is_not_null())
        .group_by(association::Column::Language)
        .order_by_desc(association::Column::Id.count())
        .order_by_desc(association::Column::Language.eq(preferred.tag()))
        .order_by_asc(association::Column::Language)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(most.and_then(|tag| Language::of_tag(&tag)))
}
