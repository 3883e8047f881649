//! A Chromium of our own, driven by chromedriver.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

use thirtyfour::{ChromiumLikeCapabilities, DesiredCapabilities, WebDriver};

/// What the fan holds in hand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Device {
    Phone,
    Desktop,
}

impl Device {
    const fn size(self) -> (u32, u32) {
        match self {
            Self::Phone => (390, 844),
            Self::Desktop => (1280, 900),
        }
    }
}

/// How the fan comes.
#[derive(Debug, Clone, Copy)]
pub struct Visitor {
    pub device: Device,
    /// As in `Accept-Language`.
    pub language: &'static str,
    pub javascript: bool,
}

/// A browser with an empty profile; dropping it ends its driver, and the driver ends the browser.
pub struct Chrome {
    pub page: WebDriver,
    driver: Child,
    _profile: tempfile::TempDir,
}

impl Chrome {
    pub async fn start(visitor: Visitor) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is missing: run `cargo xtask test`, which installs it");
        let profile = tempfile::tempdir().unwrap();
        let capabilities = capabilities(visitor, &profile);
        let mut driver = Some(driver);
        for _ in 0..100 {
            match WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities.clone()).await {
                Ok(page) => {
                    let driver = driver.take().expect("taken once");
                    return Self { page, driver, _profile: profile };
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
        panic!("chromedriver does not answer");
    }

    /// Ends the browser in order, so that a failed test shows its own error and not the driver's.
    pub async fn quit(self) {
        self.page.clone().quit().await.ok();
    }
}

impl Drop for Chrome {
    fn drop(&mut self) {
        self.driver.kill().ok();
        self.driver.wait().ok();
    }
}

fn capabilities(visitor: Visitor, profile: &tempfile::TempDir) -> thirtyfour::ChromeCapabilities {
    let mut capabilities = DesiredCapabilities::chrome();
    let (width, height) = visitor.device.size();
    let profile = profile.path().display();
    for arg in [
        "--headless=new".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-quic".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        format!("--window-size={width},{height}"),
        format!("--user-data-dir={profile}"),
        format!("--accept-lang={}", visitor.language),
    ] {
        capabilities.add_arg(&arg).unwrap();
    }
    if visitor.device == Device::Phone {
        let metrics = serde_json::json!({
            "deviceMetrics": { "width": width, "height": height, "pixelRatio": 2.0, "touch": true }
        });
        capabilities.add_experimental_option("mobileEmulation", metrics).unwrap();
    }
    let scripts = if visitor.javascript { 1 } else { 2 };
    let preferences = serde_json::json!({
        "intl.accept_languages": visitor.language,
        "profile.managed_default_content_settings.javascript": scripts,
    });
    capabilities.add_experimental_option("prefs", preferences).unwrap();
    capabilities
}
