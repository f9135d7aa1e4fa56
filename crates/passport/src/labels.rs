//! What the fields of Passport's forms are called, by name: an error page gives back by it what was written. A field that
//! people write into stands here (tests/tidy/labels.rs), but for secrets and proofs.

/// The catalogue key of the field's label.
pub fn of(name: &str) -> Option<&'static str> {
    LABELS.iter().find(|(field, _)| *field == name).map(|(_, label)| *label)
}

const LABELS: &[(&str, &str)] = &[
    ("alternate_email", "sign-up-alternate"),
    ("birthdate", "information-birthdate"),
    ("country", "information-country"),
    ("email", "sign-up-email"),
    ("family_name", "claim-family-name"),
    ("gender", "claim-gender"),
    ("given_name", "claim-given-name"),
    ("locale", "claim-locale"),
    ("locality", "information-locality"),
    ("middle_name", "claim-middle-name"),
    ("name", "information-name"),
    ("new_email", "change-email-new"),
    ("nickname", "claim-nickname"),
    ("own_question", "sign-up-own-question"),
    ("passkey_name", "passkeys-name"),
    ("phone_number", "claim-phone"),
    ("picture", "claim-picture"),
    ("postal_code", "information-postal-code"),
    ("preferred_username", "claim-username"),
    ("profile", "claim-profile"),
    ("region", "information-region"),
    ("street_address", "information-street"),
    ("username", "sign-in-email"),
    ("website", "claim-website"),
    ("zoneinfo", "claim-zoneinfo"),
];
