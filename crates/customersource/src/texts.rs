//! The portal's words in every language, compiled in; knows no page.
use fluent_templates::static_loader;

static_loader! {
    pub static CUSTOMERSOURCE = {
        locales: "./texts",
        fallback_language: "en-US",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}
