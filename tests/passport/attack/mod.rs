//! The attacks of `FX-01` to `FX-15`: each runs as it was seen, against both engines and where it says so two nodes.
mod fx_01;
mod fx_05;
mod fx_06;
mod lapses;
