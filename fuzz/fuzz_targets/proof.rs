//! Runs `bodies::proof` on whatever the fuzzer makes.
#![no_main]

#[path = "../src/bodies.rs"]
#[expect(dead_code, reason = "each target runs one of the bodies")]
mod bodies;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::proof(bytes));
