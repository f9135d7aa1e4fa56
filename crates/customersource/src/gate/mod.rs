//! Forms that add something, once: where the one led that was carried out, so that its second arrival is answered alike
//! (decision 0030). Knows not what they add.
pub mod entity;
pub mod store;
