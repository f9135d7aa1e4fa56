//! Ids that lead an index: time-ordered, so that new rows touch the same pages; knows no table.
use uuid::Uuid;

use crate::{clock::Moment, random::Random};

/// A UUID version 7 (RFC 9562 §5.7) made of the request's own `now` and 74 random bits.
pub fn new(now: Moment, random: &Random) -> Uuid {
    let millis = u64::try_from(now.unix_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random.bytes::<10>()).into_uuid()
}

/// When an id of [`new`] was made, to the millisecond; `None` for any other.
pub fn made_at(id: Uuid) -> Option<Moment> {
    let (seconds, nanos) = id.get_timestamp()?.to_unix();
    let whole = Moment::from_unix_seconds(i64::try_from(seconds).ok()?);
    Some(whole + std::time::Duration::from_nanos(nanos.into()))
}

/// Declares a newtype over [`Uuid`] that can be a column, a path segment, a JSON value and a part of a MACed name.
#[macro_export]
macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize, sea_orm::DeriveValueType,
        )]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            pub fn new(now: $crate::clock::Moment, random: &$crate::random::Random) -> Self {
                Self($crate::id::new(now, random))
            }
        }

        $crate::cell_of!($name, uuid::Uuid);

        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }

        impl $crate::secrets::Field for $name {
            fn write(&self, to: &mut Vec<u8>) {
                self.0.write(to);
            }
            fn read(from: &mut $crate::secrets::Rest<'_>) -> Option<Self> {
                $crate::secrets::Field::read(from).map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}
