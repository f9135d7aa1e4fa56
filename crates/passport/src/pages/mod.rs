//! Under construction by the pages engineer.
