//! What is done here, across rooms: each act is one transaction that begins with the lock of what it acts on, and leaves
//! letters and messages behind ([`crate::tell`]). An act takes what it uses, a desk or a vault ([`crate::desk`]), and
//! knows no door and no request.
pub mod addresses;
pub mod answer_device;
pub mod arrive;
pub mod choose_password;
pub mod claim_name;
pub mod close;
pub mod credentials;
pub mod disable;
pub mod end;
pub mod end_client;
pub mod file_billing;
pub mod freeze;
pub mod give;
pub mod import;
pub mod passkeys;
pub mod recover;
pub mod register;
pub mod register_itself;
pub mod second_step;
pub mod seed;
pub mod sessions;
pub mod set_facts;
pub mod sign_in;
pub mod sign_in_automatically;
pub mod sign_in_with_passkey;
pub mod sign_up;
#[cfg(test)]
pub(crate) mod tests;
