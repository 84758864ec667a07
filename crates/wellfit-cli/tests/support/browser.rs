//! A headless Chromium, spoken to through its DevTools protocol over a pipe.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// Names under which the browser is installed.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// A browser with one tab. It ends when its pipe is closed.
pub struct Browser {
    process: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    session: Option<String>,
    sent: u64,
    /// What was written to the console, or is wrong with the page in the browser's eyes.
    messages: Vec<String>,
    _profile: tempfile::TempDir,
}

/// A page as the browser shows it.
pub struct Shown {
    /// What the expression that was asked for came to.
    pub value: Value,
    /// Console messages and errors.
    pub messages: Vec<String>,
}

impl Browser {
    /// Starts the browser with a window of that size; `None` where there is none, which in CI is a failure.
    pub fn start(width: u32, height: u32) -> Option<Browser> {
        let installed = |name: &&&str| {
            let version = Command::new(**name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
            version.is_ok_and(|status| status.success())
        };
        let Some(name) = NAMES.iter().find(installed) else {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "CI needs a browser: one of {}", NAMES.join(", "));
            eprintln!("skipped: no browser is installed ({})", NAMES.join(", "));
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        // The protocol is on descriptors 3 and 4, which a shell can connect.
        let script = "exec \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null";
        let mut process = Command::new("sh")
            .args(["-c", script, "sh", name, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(["--remote-debugging-pipe", "about:blank"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let orders = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().unwrap());
        let (session, messages) = (None, Vec::new());
        let mut browser = Browser { process, orders, answers, session, sent: 0, messages, _profile: profile };
        let tab = browser.order("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": tab["targetId"], "flatten": true });
        browser.session = browser.order("Target.attachToTarget", attach)["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log"] {
            browser.order(&format!("{domain}.enable"), json!({}));
        }
        let window = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        browser.order("Emulation.setDeviceMetricsOverride", window);
        Some(browser)
    }

    /// Opens a file and evaluates an expression in it.
    pub fn open(&mut self, file: &Path, expression: &str) -> Shown {
        self.messages.clear();
        self.order("Page.navigate", json!({ "url": format!("file://{}", file.display()) }));
        while self.next()["method"] != "Page.loadEventFired" {}
        let asked = json!({ "expression": expression, "returnByValue": true });
        let value = self.order("Runtime.evaluate", asked)["result"]["value"].clone();
        Shown { value, messages: std::mem::take(&mut self.messages) }
    }

    /// Gives an order and waits for its result.
    fn order(&mut self, method: &str, parameters: Value) -> Value {
        self.sent += 1;
        let mut order = json!({ "id": self.sent, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            order["sessionId"] = json!(session);
        }
        let bytes = [order.to_string().as_bytes(), b"\0"].concat();
        self.orders.as_mut().unwrap().write_all(&bytes).unwrap();
        loop {
            let answer = self.next();
            if answer["id"] == self.sent {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
        }
    }

    /// The next answer or event.
    fn next(&mut self) -> Value {
        let mut bytes = Vec::new();
        self.answers.read_until(0, &mut bytes).unwrap();
        assert_eq!(bytes.pop(), Some(0), "the browser has ended");
        let message: Value = serde_json::from_slice(&bytes).unwrap();
        let of_page = ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"];
        if message["method"].as_str().is_some_and(|method| of_page.contains(&method)) {
            self.messages.push(message["params"].to_string());
        }
        message
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(self.orders.take());
        // It ends of itself; where it does not, it is not left behind.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
