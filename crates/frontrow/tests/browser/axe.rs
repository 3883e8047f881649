//! The accessibility check: axe-core's rules for WCAG 2.2 AA, run inside the page.

use thirtyfour::WebDriver;

/// Fails with a readable list if the page that is open breaks a rule, but for those named.
pub async fn check(page: &WebDriver, but: &[&str]) {
    let path = std::env::var("TEST_AXE_SCRIPT")
        .expect("TEST_AXE_SCRIPT is not set: run `cargo xtask test`, which fetches axe-core");
    let script = tokio::fs::read_to_string(path).await.unwrap();
    page.execute(script, Vec::new()).await.unwrap();
    let found = page
        .execute_async(
            "const done = arguments[arguments.length - 1];
             const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
             const rules = Object.fromEntries(arguments[0].map(rule => [rule, { enabled: false }]));
             axe.run(document, { runOnly: { type: 'tag', values: tags }, rules })
                .then(found => done(found.violations.map(rule =>
                    rule.id + ': ' + rule.help + ' at ' +
                    rule.nodes.map(node => node.target.join(' ')).slice(0, 3).join(', '))),
                      error => done(['axe failed: ' + error]));",
            vec![serde_json::json!(but)],
        )
        .await
        .unwrap();
    let violations: Vec<String> = found.convert().unwrap();
    let url = page.current_url().await.unwrap();
    assert!(violations.is_empty(), "{url} is not accessible:\n  {}", violations.join("\n  "));
}
