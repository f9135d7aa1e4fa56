//! What somebody tried in November 2026, and what must not be found again: FX-01 to FX-15 by name.
mod collisions;
mod fx_02;
mod fx_03;
mod fx_10;
mod fx_15;
mod standby;
