//! The accessibility checker axe-core, which the browser tests inject into each page.
//!
//! Taken from a Python package because that needs nothing but pip; pinned by version and content.

use std::path::PathBuf;

use anyhow::{Result, ensure};

use crate::command::{command, read, root, run};

const PACKAGE: &str = "axe-playwright-python==0.1.8";
const WHEEL: &str = "axe_playwright_python-0.1.8-py3-none-any.whl";
const WHEEL_SHA256: &str = "fdd263c998388f1a8e67cad02677e612d946248bd44d163be5e8650ea31f95f8";

/// Path of `axe.min.js`, downloaded on first use.
pub fn script() -> Result<PathBuf> {
    let folder = root().join("target/axe");
    let script = folder.join("axe_playwright_python/axe.min.js");
    if script.exists() {
        return Ok(script);
    }
    std::fs::create_dir_all(&folder)?;
    run(command("pip3")
        .args(["download", "--quiet", "--no-deps", "--dest"])
        .arg(&folder)
        .arg(PACKAGE))?;
    let wheel = folder.join(WHEEL);
    let digest = read(command("sha256sum").arg(&wheel))?;
    ensure!(digest.starts_with(WHEEL_SHA256), "{WHEEL} is not what it was: {digest}");
    run(command("python3").args(["-m", "zipfile", "-e"]).arg(&wheel).arg(&folder))?;
    Ok(script)
}
