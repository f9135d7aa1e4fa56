//! What an attacker, a broken neighbour or a long time does: the FX cases of the catalogue of attacks.

mod fx_08;
mod fx_09;
