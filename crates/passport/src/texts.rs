//! Passport's words, compiled in: one folder a language under `texts/`.
fluent_templates::static_loader! {
    pub static PASSPORT = {
        locales: "./texts",
        fallback_language: "en-US",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}
