//! What the fields of the portal's forms are called, by name: an error page gives back by it what was written. A field
//! that people write into stands here (tests/tidy/labels.rs); a hidden one has a name of its own.

/// The catalogue key of the field's label.
pub fn of(name: &str) -> Option<&'static str> {
    LABELS.iter().find(|(field, _)| *field == name).map(|(_, label)| *label)
}

const LABELS: &[(&str, &str)] = &[
    ("about", "series-about"),
    ("asked_by", "case-asked-by"),
    ("body", "post-label"),
    ("body_en", "content-body"),
    ("body_pt", "content-body"),
    ("categories", "content-categories"),
    ("email", "csv-email"),
    ("ends_at", "date-ends"),
    ("evidence", "case-evidence"),
    ("first_name", "csv-first-name"),
    ("for_version", "content-version"),
    ("kinds", "content-kinds"),
    ("last_name", "csv-last-name"),
    ("message", "window-message"),
    ("min_rank", "content-rank"),
    ("name", "series-name"),
    ("place", "training-place"),
    ("product", "content-product"),
    ("products", "content-products"),
    ("published", "content-day"),
    ("reason", "staff-reason-label"),
    ("regions", "content-regions"),
    ("seats", "training-seats"),
    ("slug", "content-slug"),
    ("starts_at", "date-starts"),
    ("subject", "thread-subject"),
    ("summary_en", "content-summary"),
    ("summary_pt", "content-summary"),
    ("time_zone", "date-zone"),
    ("title_en", "content-title"),
    ("title_pt", "content-title"),
];
