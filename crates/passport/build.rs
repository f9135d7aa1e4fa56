//! Lists the recipes of `recipes/` for the program to hold: a new one is a new file there and nothing else. And how the
//! program is linked.
use std::{env, fmt::Write as _, fs, path::Path};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=recipes");
    list_recipes();
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|set| set == value);
    if is("PROFILE", "release") && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        // Addresses that the loader adds to, in an eighth of the room: for glibc 2.36 and later.
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

fn list_recipes() {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap()).join("recipes");
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|kind| kind == "recipe"));
    files.sort();
    let mut list = "[\n".to_owned();
    for file in files {
        let name = file.file_stem().unwrap().to_str().unwrap();
        writeln!(list, "    ({name:?}, include_str!({file:?})),").unwrap();
    }
    list.push_str("]\n");
    fs::write(Path::new(&env::var("OUT_DIR").unwrap()).join("recipes.rs"), list).unwrap();
}
