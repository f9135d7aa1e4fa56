//! Ids of rows that rooms below their own room keep, too. Knows nothing of what they name.

platform::id!(
    /// A visitor's Passport and one profile, as long as they belong together.
    AssociationId
);
platform::id!(
    /// A letter that offers a profile to whoever reads it.
    InvitationId
);
platform::id!(
    /// Something to read, to fetch or to attend.
    ResourceId
);
