//! The `consent` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;

use crate::account::AccountId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consent")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub client_id: String,
    pub scope: String,
    /// Names of claims asked for one by one, separated by spaces.
    pub claims: String,
    /// The person said yes; false for a trusted site, which is not asked about.
    pub agreed: bool,
    pub since: Moment,
    pub used_at: Moment,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

pub mod name {
    //! The `consent_name` table: what a site that has names of its own calls an account.
    use sea_orm::entity::prelude::*;

    use crate::account::AccountId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "consent_name")]
    pub struct Model {
        /// [`crate::subject::Subjects::Pairwise`]: one-way, and another in every sector.
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub account_id: AccountId,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
