//! Installs Debian packages that the tests use, where they are missing.

use std::path::Path;

use anyhow::{Result, bail};

use crate::command::{command, read, run};

/// A file that tells that a package is there, and the package.
const NEEDED: [(&str, &str); 5] = [
    ("/usr/lib/postgresql", "postgresql"),
    ("/usr/sbin/haproxy", "haproxy"),
    ("/usr/bin/chromium", "chromium"),
    ("/usr/bin/chromedriver", "chromium-driver"),
    ("/usr/bin/pip3", "python3-pip"),
];

/// Makes sure that everything the tests need is there.
pub fn install() -> Result<()> {
    let missing: Vec<&str> = NEEDED
        .iter()
        .filter(|(file, package)| !Path::new(file).exists() && !on_path(package))
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if read(command("id").arg("-u"))?.trim() != "0" {
        bail!(
            "the tests need these packages; install them and come back:\n  \
             sudo apt-get install {}",
            missing.join(" ")
        );
    }
    run(command("apt-get").args(["update", "-qq"]))?;
    run(command("apt-get")
        .args(["install", "-y", "-qq", "--no-install-recommends"])
        .args(&missing)
        .env("DEBIAN_FRONTEND", "noninteractive"))
}

/// `pip3` may come from elsewhere than Debian.
fn on_path(package: &str) -> bool {
    package == "python3-pip" && read(command("pip3").arg("--version")).is_ok()
}
