//! One function a subcommand: arguments to a call of the library, its answer to the screen.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use serde::Serialize;
use wellfit::experiment::config_toml;
use wellfit::jobs::{self, TrainReport, TuneOptions};
use wellfit::report::RunResult;
use wellfit::runs::{self, JobError, RunOptions};
use wellfit::words::topics::{TOPICS, Topic, topic};

use crate::bench::{self, BenchError, BenchOptions};
use crate::output::{DIVERGED, FAILED, Failure, USAGE, print, print_json};
use crate::progress::Screen;
use crate::render::{self, Line};
use crate::spec;

/// Runs the subcommand; returns its exit code.
pub fn run(matches: &ArgMatches) -> Result<u8, Failure> {
    match matches.subcommand() {
        Some(("demo", matches)) => demo(matches),
        Some(("data", matches)) => data(matches),
        Some(("train", matches)) => train(matches),
        Some(("diagnose", matches)) => diagnose(matches),
        Some(("improve", matches)) => improve(matches),
        Some(("ablate", matches)) => ablate(matches),
        Some(("tune", matches)) => tune(matches),
        Some(("check", matches)) => check(matches),
        Some(("lr-find", matches)) => lr_find(matches),
        Some(("test", matches)) => test(matches),
        Some(("predict", matches)) => predict(matches),
        Some(("report", matches)) => report(matches),
        Some(("runs", matches)) => runs(matches),
        Some(("compare", matches)) => compare(matches),
        Some(("explain", matches)) => explain(matches),
        Some(("config", matches)) => config(matches),
        Some(("bench", matches)) => bench(matches),
        // clap knows no other subcommand and requires one.
        _ => Ok(0),
    }
}

fn demo(matches: &ArgMatches) -> Result<u8, Failure> {
    let spec = spec::from_flags(matches)?;
    let name = matches.get_one::<String>("name").map(String::as_str).unwrap_or_default();
    let options = RunOptions { out: optional_path(matches, "out"), ..RunOptions::default() };
    trained(matches, render::train::result, |screen| jobs::demo(name, &spec, &options, screen))
}

fn data(matches: &ArgMatches) -> Result<u8, Failure> {
    let spec = spec::from_all(matches, Some(path(matches, "data")))?;
    answered(matches, |screen| {
        let report = jobs::audit(&spec, screen)?;
        screen.lines(&render::data::lines(&report, screen.room()));
        Ok(report)
    })
}

fn train(matches: &ArgMatches) -> Result<u8, Failure> {
    let out = optional_path(matches, "out");
    // A run that is resumed has its config in its folder.
    let nothing_named = optional_path(matches, "data").is_none() && optional_path(matches, "config").is_none();
    let folder = out.as_deref().filter(|_| nothing_named && matches.get_flag("resume"));
    let spec = spec::from_all(matches, optional_path(matches, "data").as_deref().or(folder))?;
    let options = RunOptions {
        out: out.clone(),
        resume: matches.get_flag("resume"),
        dry_run: matches.get_flag("dry-run"),
        profile: matches.get_flag("profile"),
        ..RunOptions::default()
    };
    trained(matches, render::train::result, |screen| jobs::train(&spec, &options, screen))
}

fn improve(matches: &ArgMatches) -> Result<u8, Failure> {
    let target = path(matches, "target");
    let spec = spec::from_all(matches, Some(target))?;
    let options =
        RunOptions { out: optional_path(matches, "out"), resume: matches.get_flag("resume"), ..RunOptions::default() };
    let saved = |result: &RunResult| vec![render::train::saved(&result.run)];
    trained(matches, saved, |screen| jobs::improve(target, &spec, &options, screen))
}

fn diagnose(matches: &ArgMatches) -> Result<u8, Failure> {
    let spec = spec::from_flags(matches)?;
    stoppable(matches, |screen| jobs::diagnose(path(matches, "run"), &spec, screen))
}

fn ablate(matches: &ArgMatches) -> Result<u8, Failure> {
    let spec = spec::from_flags(matches)?;
    stoppable(matches, |screen| {
        let report = jobs::ablate(path(matches, "run"), &spec, screen)?;
        if let Some(report) = &report {
            screen.lines(&render::ablate::notes(report));
        }
        Ok(report)
    })
}

fn tune(matches: &ArgMatches) -> Result<u8, Failure> {
    let target = path(matches, "target");
    let (search, spec) = both(spec::search(matches), spec::from_all(matches, Some(target)))?;
    let run =
        RunOptions { out: optional_path(matches, "out"), resume: matches.get_flag("resume"), ..RunOptions::default() };
    let options = TuneOptions { search, run };
    stoppable(matches, |screen| {
        let report = jobs::tune(target, &spec, &options, screen)?;
        screen.lines(&report.as_ref().map(render::tune::saved).into_iter().collect::<Vec<_>>());
        Ok(report)
    })
}

fn check(matches: &ArgMatches) -> Result<u8, Failure> {
    let target = path(matches, "target");
    if matches.get_flag("integrity") {
        return answered(matches, |screen| {
            let report = jobs::integrity(target)?;
            screen.lines(&render::check::integrity(&report));
            report.into_result()
        });
    }
    let spec = spec::from_all(matches, Some(target))?;
    answered(matches, |screen| {
        let report = jobs::check(target, &spec)?;
        screen.lines(&render::check::lines(&report.gradient_check));
        report.into_result()
    })
}

fn lr_find(matches: &ArgMatches) -> Result<u8, Failure> {
    let spec = spec::from_all(matches, Some(path(matches, "target")))?;
    stoppable(matches, |screen| {
        let report = jobs::lr_find(&spec, screen)?;
        report.iter().for_each(|report| screen.lines(&render::lr_find::lines(report)));
        Ok(report)
    })
}

fn test(matches: &ArgMatches) -> Result<u8, Failure> {
    let data = optional_path(matches, "data");
    answered(matches, |screen| jobs::test(path(matches, "run"), data.as_deref(), screen))
}

fn predict(matches: &ArgMatches) -> Result<u8, Failure> {
    answered(matches, |screen| {
        let keep: Vec<String> = matches.get_many("keep").into_iter().flatten().cloned().collect();
        let (model, data, out) = (path(matches, "model"), path(matches, "data"), path(matches, "out"));
        let report = jobs::predict(model, data, out, &keep, screen)?;
        screen.lines(&render::saved::predictions(&report));
        Ok(report)
    })
}

fn report(matches: &ArgMatches) -> Result<u8, Failure> {
    answered(matches, |screen| {
        let report = jobs::report(path(matches, "run"))?;
        screen.lines(&render::saved::page(&report));
        Ok(report)
    })
}

fn runs(matches: &ArgMatches) -> Result<u8, Failure> {
    let folder = path(matches, "dir");
    let list = runs::list(folder).map_err(failure)?;
    match matches.get_flag("json") {
        true => print_report(&list)?,
        false => print(&render::runs::runs(folder, &list))?,
    }
    Ok(0)
}

fn compare(matches: &ArgMatches) -> Result<u8, Failure> {
    let runs: Vec<PathBuf> = matches.get_many("runs").into_iter().flatten().cloned().collect();
    let json = matches.get_flag("json");
    let report = finished(json, true, |screen| jobs::compare(&runs, screen))?;
    match json {
        true => print_report(&report)?,
        false => print(&render::compare::shown(&report))?,
    }
    Ok(0)
}

fn bench(matches: &ArgMatches) -> Result<u8, Failure> {
    let spec = spec::from_flags(matches)?;
    let options = BenchOptions {
        workload: matches.get_one::<String>("workload").cloned(),
        precision: spec.training.precision,
        threads: spec.training.threads.given().copied(),
    };
    let json = matches.get_flag("json");
    let mut screen = Screen::open(json, matches.get_flag("quiet"))?;
    let report = bench::bench(&options, &mut |figure| {
        screen.lines(&[render::bench::line(figure)]);
    });
    screen.close(report.is_ok())?;
    let report = report.map_err(|error| Failure::new(code_of(&error), error.to_string()))?;
    if json {
        print_report(&report)?;
    }
    Ok(0)
}

fn code_of(error: &BenchError) -> u8 {
    match error {
        BenchError::UnknownWorkload { .. } => USAGE,
        BenchError::Network(_) => FAILED,
        BenchError::Diverged(_) | BenchError::HeldOutLoss => DIVERGED,
    }
}

fn explain(matches: &ArgMatches) -> Result<u8, Failure> {
    let words: Vec<&str> = matches.get_many::<String>("topic").into_iter().flatten().map(String::as_str).collect();
    let asked = match words.is_empty() {
        true => None,
        false => Some(topic(&words.join(" ")).map_err(|error| Failure::new(USAGE, error.to_string()))?),
    };
    match (matches.get_flag("json"), asked) {
        (true, Some(topic)) => print_report(&Explanation { schema: 1, topics: &[*topic] })?,
        (true, None) => print_report(&Explanation { schema: 1, topics: &TOPICS })?,
        (false, Some(topic)) => print(&render::explain::topic(topic))?,
        (false, None) => print(&render::explain::list())?,
    }
    Ok(0)
}

/// Topics as JSON for programs.
#[derive(Serialize)]
struct Explanation<'a> {
    schema: u32,
    topics: &'a [Topic],
}

fn config(matches: &ArgMatches) -> Result<u8, Failure> {
    let spec = spec::for_printing(matches)?;
    if matches.get_flag("print") {
        print(config_toml(&spec).trim_end())?;
    } else {
        print(&render::config::settings(&spec))?;
    }
    Ok(0)
}

/// Runs a job that trains, and shows its result in lines. An interrupted run has been saved, and has an exit code of its own.
fn trained(
    matches: &ArgMatches,
    lines: impl FnOnce(&RunResult) -> Vec<Line>,
    job: impl FnOnce(&mut Screen) -> Result<TrainReport, JobError>,
) -> Result<u8, Failure> {
    let mut screen = Screen::open(matches.get_flag("json"), matches.get_flag("quiet"))?;
    let report = job(&mut screen).map_err(failure);
    if let Ok(TrainReport { result: Some(result), .. }) = &report {
        screen.lines(&lines(result));
    }
    let stop = screen.close(report.is_ok())?;
    let report = report?;
    if report.interrupted {
        return Err(stop.failure());
    }
    if let Some(result) = report.result.filter(|_| matches.get_flag("json")) {
        print(result.to_json().trim_end())?;
    }
    Ok(0)
}

/// Runs a job whose report is JSON for programs, and of which a person has been shown everything.
fn answered<R: Serialize>(
    matches: &ArgMatches,
    job: impl FnOnce(&mut Screen) -> Result<R, JobError>,
) -> Result<u8, Failure> {
    let mut screen = Screen::open(matches.get_flag("json"), matches.get_flag("quiet"))?;
    let report = job(&mut screen).map_err(failure);
    screen.close(report.is_ok())?;
    let report = report?;
    if matches.get_flag("json") {
        print_report(&report)?;
    }
    Ok(0)
}

/// Runs a job that saves nothing and can be stopped: `None` is the answer of one that was.
fn finished<T>(
    json: bool,
    quiet: bool,
    job: impl FnOnce(&mut Screen) -> Result<Option<T>, JobError>,
) -> Result<T, Failure> {
    let mut screen = Screen::open(json, quiet)?;
    let answer = job(&mut screen).map_err(failure);
    let stop = screen.close(matches!(answer, Ok(Some(_))))?;
    answer?.ok_or_else(|| stop.failure())
}

/// As [`finished`], for a report that is JSON for programs, and of which a person has been shown everything.
fn stoppable<R: Serialize>(
    matches: &ArgMatches,
    job: impl FnOnce(&mut Screen) -> Result<Option<R>, JobError>,
) -> Result<u8, Failure> {
    let json = matches.get_flag("json");
    let report = finished(json, matches.get_flag("quiet"), job)?;
    if json {
        print_report(&report)?;
    }
    Ok(0)
}

/// Two readings of the command line, or what is wrong with either.
fn both<A, B>(one: Result<A, Failure>, other: Result<B, Failure>) -> Result<(A, B), Failure> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(one), Err(other)) => Err(Failure::new(one.code, format!("{}\n{}", one.message, other.message))),
        (Err(failure), _) | (_, Err(failure)) => Err(failure),
    }
}

fn print_report(report: &impl Serialize) -> Result<(), Failure> {
    let written = serde_json::to_value(report).map_err(|error| Failure::new(FAILED, error.to_string()))?;
    print_json(&written)
}

fn failure(error: JobError) -> Failure {
    Failure::new(error.exit_code(), error.to_string())
}

fn path<'a>(matches: &'a ArgMatches, name: &str) -> &'a Path {
    matches.get_one::<PathBuf>(name).map(PathBuf::as_path).unwrap_or(Path::new(""))
}

fn optional_path(matches: &ArgMatches, name: &str) -> Option<PathBuf> {
    matches.get_one::<PathBuf>(name).cloned()
}
