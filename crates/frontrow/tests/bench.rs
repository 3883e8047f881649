//! The benchmark measures every contender, says so in JSON, and leaves nothing behind.

use std::process::Command;

use serde_json::Value;

#[test]
fn every_contender_is_measured_and_nothing_is_left_behind() {
    let data = tempfile::tempdir().unwrap();
    let json = data.path().join("figures.json");
    let mut bench = Command::new(env!("CARGO_BIN_EXE_frontrow"));
    bench.args(["bench", "sale", "--seconds", "1", "--records", "20000"]);
    bench.arg("--json").arg(&json).arg("--data").arg(data.path());
    let postgres = std::env::var_os("TEST_DATABASE_URL");
    if let Some(url) = &postgres {
        bench.arg("--postgres").arg(url);
    }
    let output = bench.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let figures: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert!(figures["machine"]["sync_p50_us"].as_u64().unwrap() > 0);
    let lines: Vec<&Value> = figures["groups"].as_array().unwrap().iter().flat_map(lines).collect();
    assert_eq!(lines.len(), if postgres.is_some() { 15 } else { 7 });
    for line in lines {
        assert!(line["count"].as_u64().unwrap() > 0, "{line}");
        assert!(line["value"].as_f64().unwrap() > 0.0, "{line}");
    }
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.contains("Durable holds on one hot sale"), "{table}");

    std::fs::remove_file(json).unwrap();
    let left: Vec<_> = std::fs::read_dir(data.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

fn lines(group: &Value) -> &[Value] {
    group["lines"].as_array().map_or(&[], Vec::as_slice)
}
