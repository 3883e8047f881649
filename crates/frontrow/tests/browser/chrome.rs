//! A Chromium of our own, driven by chromedriver.

use std::{
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};
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

impl Visitor {
    /// The usual one: on the way home, in Prague.
    pub const fn phone() -> Self {
        Self { device: Device::Phone, language: "cs", javascript: true }
    }

    pub const fn desktop() -> Self {
        Self { device: Device::Desktop, language: "en", javascript: true }
    }

    pub const fn in_czech(self) -> Self {
        Self { language: "cs", ..self }
    }

    pub const fn in_english(self) -> Self {
        Self { language: "en", ..self }
    }

    pub const fn without_scripts(self) -> Self {
        Self { javascript: false, ..self }
    }
}

/// A browser with an empty profile; dropping it ends the browser first, and then its driver.
pub struct Chrome {
    pub page: WebDriver,
    port: u16,
    driver: Driver,
    _profile: tempfile::TempDir,
}

/// A chromedriver that ends with its test, and its browser with it.
struct Driver(Child);

impl Chrome {
    pub async fn start(visitor: Visitor) -> Self {
        let port = frontrow_rehearsal::local::free_port().unwrap();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("chromedriver is missing: run `cargo xtask test`, which installs it");
        let driver = Driver(driver);
        wait_until_listening(port).await;
        let profile = tempfile::tempdir().unwrap();
        let address = format!("http://127.0.0.1:{port}");
        let page = WebDriver::new(address, capabilities(visitor, &profile)).await.unwrap();
        let chrome = Self { page, port, driver, _profile: profile };
        if !visitor.javascript {
            chrome.allow_scripts(false).await;
        }
        chrome
    }

    /// Whether pages may run scripts. What the driver itself runs in them is not affected, while
    /// forbidding scripts by a setting of the profile would make it hang.
    pub async fn allow_scripts(&self, allowed: bool) {
        self.command("Emulation.setScriptExecutionDisabled", json!({ "value": !allowed })).await;
    }

    /// Whether there is a network.
    pub async fn has_network(&self, has: bool) {
        let network = json!({
            "offline": !has, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
        });
        self.command("Network.emulateNetworkConditions", network).await;
    }

    /// Puts the browser to sleep, as a phone does in a pocket, or wakes it up.
    pub fn sleeps(&self, asleep: bool) {
        self.driver.signal(if asleep { "-STOP" } else { "-CONT" });
    }

    /// A command of the browser's own protocol.
    async fn command(&self, name: &str, parameters: Value) {
        let command = json!({ "cmd": name, "params": parameters });
        let answer = self.ask("goog/cdp/execute", &command).await;
        assert_eq!(answer["value"], json!({}), "{name} was not done");
    }

    /// What the browser complained about since it was asked last: errors, refused requests.
    pub async fn complaints(&self) -> Vec<String> {
        let answer = self.ask("se/log", &json!({ "type": "browser" })).await;
        let entries = answer["value"].as_array().expect("chromedriver keeps the console's log");
        entries.iter().map(|entry| entry["message"].to_string()).collect()
    }

    /// What chromedriver can do beyond the standard.
    async fn ask(&self, command: &str, body: &Value) -> Value {
        let session = self.page.session_id();
        let url = format!("http://127.0.0.1:{}/session/{session}/{command}", self.port);
        let request = reqwest::Client::new().post(url).json(body);
        request.send().await.unwrap().json().await.unwrap()
    }

    /// Ends the browser in order, so that a failed test shows its own error and not the driver's.
    pub async fn quit(self) {
        self.page.clone().quit().await.ok();
    }
}

impl Driver {
    /// To the driver and its browser.
    fn signal(&self, signal: &str) {
        let group = format!("-{}", self.0.id());
        Command::new("kill").args([signal, "--", &group]).status().ok();
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The whole group: a driver that is killed leaves its browser running.
        self.signal("-KILL");
        self.0.wait().ok();
    }
}

async fn wait_until_listening(port: u16) {
    for _ in 0..200 {
        if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("chromedriver does not answer");
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
        // What scrolls smoothly cannot be clicked meanwhile.
        "--force-prefers-reduced-motion".to_owned(),
        format!("--window-size={width},{height}"),
        format!("--user-data-dir={profile}"),
        format!("--accept-lang={}", visitor.language),
    ] {
        capabilities.add_arg(&arg).unwrap();
    }
    if visitor.device == Device::Phone {
        // The driver taps by way of a script that never ends where scripts are off; it clicks then.
        let touch = visitor.javascript;
        let metrics = json!({
            "deviceMetrics": { "width": width, "height": height, "pixelRatio": 2.0, "touch": touch }
        });
        capabilities.add_experimental_option("mobileEmulation", metrics).unwrap();
    }
    let preferences = json!({ "intl.accept_languages": visitor.language });
    capabilities.add_experimental_option("prefs", preferences).unwrap();
    let logged = json!({ "browser": "WARNING" });
    let all: &mut thirtyfour::Capabilities = capabilities.as_mut();
    all.set("goog:loggingPrefs", logged).unwrap();
    capabilities
}
