//! Ctrl-C: the job is asked to save and stop; one that is busy elsewhere is ended, which loses nothing that was saved.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use wellfit::text::shell_word;

use crate::output::{FAILED, Failure, INTERRUPTED, print_error, report_failure};

/// How long a job may take to save and stop. Files are replaced whole, so it may be ended at any instant after that.
const GRACE: Duration = Duration::from_millis(600);
/// How long the last words may take, where nobody reads them.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// Whether the user has asked to stop, and which run is under way.
#[derive(Clone, Debug, Default)]
pub struct StopFlag(Arc<State>);

#[derive(Debug, Default)]
struct State {
    asked: AtomicBool,
    /// Set by whoever has the last word: the job that ended, or the end of its grace.
    ended: AtomicBool,
    run: Mutex<Option<PathBuf>>,
}

impl StopFlag {
    /// Listens for Ctrl-C and for requests of the system to end.
    pub fn listen(json: bool) -> Result<StopFlag, Failure> {
        let flag = StopFlag::default();
        let handled = flag.clone();
        ctrlc::set_handler(move || handled.stop(json))
            .map_err(|error| Failure::new(FAILED, format!("cannot listen for Ctrl-C: {error}")))?;
        Ok(flag)
    }

    /// Whether the user has asked to stop.
    pub fn is_set(&self) -> bool {
        self.0.asked.load(Ordering::SeqCst)
    }

    /// Names the run that can be resumed.
    pub fn under_way(&self, run: &Path) {
        *self.0.run.lock().unwrap_or_else(PoisonError::into_inner) = Some(run.to_owned());
    }

    /// Takes the last word for the job that has ended. If its grace was over before that, the process ends here.
    pub fn job_ended(&self) {
        while self.0.ended.swap(true, Ordering::SeqCst) {
            thread::park();
        }
    }

    /// What to say of the interrupted job, and its exit code.
    pub fn failure(&self) -> Failure {
        let run = self.0.run.lock().unwrap_or_else(PoisonError::into_inner);
        Failure::new(INTERRUPTED, how_to_resume(run.as_deref()))
    }

    fn stop(&self, json: bool) {
        self.0.asked.store(true, Ordering::SeqCst);
        // In threads of their own: a stream that nobody reads does not keep the process.
        thread::spawn(|| print_error("\nstopping"));
        thread::sleep(GRACE);
        if self.0.ended.swap(true, Ordering::SeqCst) {
            return;
        }
        let failure = self.failure();
        let reporting = thread::spawn(move || report_failure(&failure, json));
        let step = LAST_WORDS / 20;
        for _ in 0..20 {
            if reporting.is_finished() {
                break;
            }
            thread::sleep(step);
        }
        std::process::exit(i32::from(INTERRUPTED));
    }
}

/// What to say of an interrupted job: where its run is and the command that resumes it.
fn how_to_resume(run: Option<&Path>) -> String {
    let Some(run) = run else { return "interrupted; nothing to save yet".to_owned() };
    let quoted = |path: &Path| shell_word(&path.display().to_string()).into_owned();
    let (config, out) = (quoted(&run.join("config.toml")), quoted(run));
    if run.join("improve.json").is_file() {
        let kept =
            if run.join("model.safetensors").is_file() { "the best model so far" } else { "what was tried so far" };
        return format!("interrupted; {kept} is in {}; resume with `wellfit improve {out}`", run.display());
    }
    if run.join("tune.jsonl").is_file() {
        let best = if run.join("best.toml").is_file() { ", the best settings in best.toml" } else { "" };
        return format!(
            "interrupted; the trials so far are in {}{best}; resume with `wellfit tune {out}`",
            run.join("tune.jsonl").display()
        );
    }
    format!(
        "interrupted; saved in {}; resume with `wellfit train --config {config} --out {out} --resume`",
        run.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupted_run_is_resumed_by_a_command_that_can_be_pasted() {
        let message = how_to_resume(Some(Path::new("runs/telco-1")));
        assert!(message.contains("--config runs/telco-1/config.toml --out runs/telco-1 --resume"), "{message}");
        let message = how_to_resume(Some(Path::new("my runs/1")));
        assert!(message.contains("--out 'my runs/1' --resume"), "{message}");
        assert!(how_to_resume(None).contains("nothing to save"));
    }
}
