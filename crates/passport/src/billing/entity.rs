//! The `billing` table, and in [`supplier`] that of the sites which may fill it.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;

use crate::account::AccountId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "billing")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub client_id: String,
    pub digits: Vec<u8>,
    pub expiry: Vec<u8>,
    pub postal_code: Vec<u8>,
    pub invoice: Vec<u8>,
    pub updated_at: Moment,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

pub mod supplier {
    //! The `billing_supplier` table.
    use platform::clock::Moment;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "billing_supplier")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub client_id: String,
        pub created_at: Moment,
        /// Since when every name that it calls people by is written down.
        pub named_at: Option<Moment>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
