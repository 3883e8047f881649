//! What the pages need to know beside the shop.

use std::path::PathBuf;

use ipnet::IpNet;

use crate::health::Readiness;

/// Settings of the pages. Read and checked by the binary.
#[derive(Debug, Clone, Default)]
pub struct WebConfig {
    /// Name in the header.
    pub shop_name: String,
    /// Whether no real money is taken: says so on every page, and shows mail that was not sent.
    pub demo: bool,
    /// Whether cookies may travel over TLS only: true wherever the public address is `https`.
    pub secure: bool,
    /// Folder of mail that is written instead of sent; shown in a demo.
    pub outbox: Option<PathBuf>,
    /// Origins of payment pages, such as `https://pay.example.com`: forms may lead there.
    pub payment_origins: Vec<String>,
    /// Networks of balancers, which are believed when they say from where a request comes. The own machine always is.
    pub proxies: Vec<IpNet>,
    /// Whether requests should come here.
    pub readiness: Readiness,
    /// Texts that the organiser writes: plain, with empty lines between paragraphs and `#` before
    /// headings.
    pub legal: LegalTexts,
}

/// Texts that the organiser writes.
#[derive(Debug, Clone, Default)]
pub struct LegalTexts {
    /// Who sells.
    pub imprint: String,
    /// Under which terms.
    pub terms: String,
    /// What happens with personal data.
    pub privacy: String,
}
