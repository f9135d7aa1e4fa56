//! The seeds of the fuzz targets, run through the same bodies that the fuzzer runs.
use std::path::Path;

#[path = "../../../fuzz/src/bodies.rs"]
mod bodies;

#[test]
fn every_seed_of_every_target_is_read_without_a_panic() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    for (target, body) in bodies::TARGETS {
        let folder = corpus.join(target);
        let seeds: Vec<_> = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .collect();
        assert!(seeds.len() >= 5, "{target} has seeds");
        for seed in seeds {
            let path = seed.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            body(&bytes);
            // And every beginning of it, as a fuzzer cuts.
            (0..bytes.len().min(400)).for_each(|end| body(&bytes[..end]));
        }
        let script = corpus.join(format!("../fuzz_targets/{target}.rs"));
        assert!(script.exists(), "{}", script.display());
    }
}
