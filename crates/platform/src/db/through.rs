//! Types that hold a transaction are connections of it: what asks through them asks in that transaction.

/// What the macro below needs where it is written.
#[doc(hidden)]
pub mod words {
    pub use async_trait::async_trait;
    pub use rusqlite::types::ValueRef;
    pub use sea_orm::{
        ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement, Value,
        sqlx::{Error as SqlxError, postgres::PgRow},
    };
}

/// Makes a type with a field `tx` of type [`super::Tx`] deref to it and be a connection:
/// `connects_through_tx!(Acting)`, or `connects_through_tx!(Acting<A> where A: Send + Sync)`.
#[macro_export]
macro_rules! connects_through_tx {
    ($type:ident $(<$of:ident> where $same:ident: $($bound:tt)+)?) => {
        impl $(<$of>)? std::ops::Deref for $type $(<$of>)? {
            type Target = $crate::db::Tx;

            fn deref(&self) -> &$crate::db::Tx {
                &self.tx
            }
        }

        $crate::connects_by!(tx, $type $(<$of> where $same: $($bound)+)?);
    };
}

/// The same for what holds such a transaction in this field, and leads to it in its own way.
#[macro_export]
macro_rules! connects_by {
    ($tx:ident, $type:ident $(<$of:ident> where $same:ident: $($bound:tt)+)?) => {
        impl $(<$same: $($bound)+>)? $crate::db::Asks for $type $(<$of>)? {
            async fn find<T: Send + 'static>(
                &self,
                question: &'static $crate::db::Fixed,
                values: Vec<$crate::db::through::words::Value>,
                read: $crate::db::Read<T>,
            ) -> Result<Option<T>, $crate::Fault> {
                self.$tx.find(question, values, read).await
            }
        }

        #[$crate::db::through::words::async_trait]
        impl $(<$same: $($bound)+>)? $crate::db::through::words::ConnectionTrait for $type $(<$of>)? {
            fn get_database_backend(&self) -> $crate::db::through::words::DbBackend {
                self.$tx.get_database_backend()
            }

            async fn execute_raw(
                &self,
                statement: $crate::db::through::words::Statement,
            ) -> Result<$crate::db::through::words::ExecResult, $crate::db::through::words::DbErr> {
                self.$tx.execute_raw(statement).await
            }

            async fn execute_unprepared(
                &self,
                sql: &str,
            ) -> Result<$crate::db::through::words::ExecResult, $crate::db::through::words::DbErr> {
                self.$tx.execute_unprepared(sql).await
            }

            async fn query_one_raw(
                &self,
                statement: $crate::db::through::words::Statement,
            ) -> Result<Option<$crate::db::through::words::QueryResult>, $crate::db::through::words::DbErr> {
                self.$tx.query_one_raw(statement).await
            }

            async fn query_all_raw(
                &self,
                statement: $crate::db::through::words::Statement,
            ) -> Result<Vec<$crate::db::through::words::QueryResult>, $crate::db::through::words::DbErr> {
                self.$tx.query_all_raw(statement).await
            }
        }
    };
}
