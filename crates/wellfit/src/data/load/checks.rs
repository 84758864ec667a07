//! What is refused or remarked on before and after the rows are read.

use crate::data::notice::{DataNotice, PartShare};
use crate::data::required::require_columns;
use crate::data::split::{Part, RowOrder, Split, SplitMethod};
use crate::data::table::of_rows;
use crate::data::target::{Target, TargetValues};
use crate::data::{DataError, DataRequest, DataSource, KeepWords, Origin};
use crate::text::{counted, thousands};

/// Probabilities of all rows of a part, at most: 1 GiB of them.
const MOST_PROBABILITIES: usize = 1 << 28;
/// A part is far from its share where so many points
const FAR_POINTS: f64 = 3.0;
/// and this part of the share are between them.
const FAR_PART: f64 = 0.25;
/// Fewer rows than this are no data set.
const MIN_ROWS: usize = 10;

/// Refuses files that are too small to learn from; `noun` is what is counted.
pub(super) fn enough_rows(origin: &Origin, rows: usize, noun: &str) -> Result<(), DataError> {
    match rows {
        0 => Err(DataError::of(origin, origin.lacks(noun))),
        rows if rows < MIN_ROWS => {
            Err(DataError::of(origin, format!("only {}; at least {MIN_ROWS} are needed", counted(rows, noun))))
        }
        _ => Ok(()),
    }
}

/// Reports every name of the request that the file does not have, at once. `is_twice`: whether two columns have a name.
pub(super) fn check_names(
    request: &DataRequest,
    origin: &Origin,
    names: &[String],
    is_twice: &dyn Fn(&str) -> bool,
) -> Result<(), DataError> {
    let mut wanted: Vec<&str> = request.drop.iter().map(String::as_str).collect();
    wanted.extend(request.types.iter().map(|(name, _)| name.as_str()));
    let roles = [("--weights", &request.weights), ("--group", &request.group), ("--time", &request.time)];
    wanted.extend(roles.iter().filter_map(|(_, name)| name.as_deref()));
    if let KeepWords::Columns(columns) = &request.keep_words {
        wanted.extend(columns.iter().map(String::as_str));
    }
    require_columns(origin, names, &wanted)?;
    let target = request.target.as_deref();
    if let Some(twice) = wanted.iter().copied().chain(target).find(|name| is_twice(name)) {
        return Err(DataError::of(origin, format!("two columns have the name {twice}; give each its own")));
    }
    if target.is_some_and(|target| request.drop.iter().any(|name| name == target)) {
        return Err(DataError::Request(format!(
            "column {} is the target and cannot be dropped",
            target.unwrap_or_default()
        )));
    }
    if request.group.is_some() && request.time.is_some() {
        return Err(DataError::Request("--group and --time each rule the split; pass one of them".into()));
    }
    match roles.iter().find(|(_, name)| name.is_some() && name.as_deref() == target) {
        Some((flag, _)) => Err(DataError::Request(format!(
            "column {} is the target and cannot be {flag} too",
            target.unwrap_or_default()
        ))),
        None => Ok(()),
    }
}

/// Refuses the main file once more as the rows of another part.
pub(super) fn other_files_are_others(request: &DataRequest) -> Result<(), DataError> {
    let DataSource::File(main) = &request.source else { return Ok(()) };
    for (flag, other) in [("--dev", &request.dev), ("--test", &request.test)] {
        if let Some(DataSource::File(other)) = other
            && same_file::is_same_file(main, other).unwrap_or(false)
        {
            let problem = format!(
                "{flag} {}: that is the file to train on, and its rows say nothing of new ones; leave {flag} out, and a share of \
                 them is held out",
                other.display()
            );
            return Err(DataError::Request(problem));
        }
    }
    Ok(())
}

/// Refuses classes whose probabilities would take more memory than anything is given, in the part with the most rows.
pub(super) fn classes_fit(target: &Target, split: &Split) -> Result<(), DataError> {
    let (classes, parts) = (target.classes.len(), [split.train.as_slice().len(), split.dev.len(), split.test.len()]);
    let rows = parts.into_iter().max().unwrap_or(0);
    if rows.saturating_mul(classes) <= MOST_PROBABILITIES {
        return Ok(());
    }
    let (classes, rows, most) = (thousands(classes), thousands(rows), thousands(MOST_PROBABILITIES / rows));
    Err(DataError::Request(format!(
        "{} has {classes} classes, and a part has {rows} rows: that many rows can have {most} classes; merge rare classes, or pass \
         --task regression for numbers",
        target.name
    )))
}

/// Refuses a target of numbers that are all the same in train.
pub(super) fn target_varies(target: &Target, split: &Split) -> Result<(), DataError> {
    let TargetValues::Numbers(numbers) = &target.values else { return Ok(()) };
    let train = of_rows(numbers, split.train.as_slice());
    match train.split_first() {
        Some((first, rest)) if rest.iter().all(|number| number == first) => Err(DataError::Request(format!(
            "{} is {first} in every row of train ({}); choose another --split, --group or --time",
            target.name, split.method
        ))),
        _ => Ok(()),
    }
}

/// What groups leave open: rows that have none, so many `without`, and parts that have one alone.
pub(super) fn group_notices(group: &str, groups: &[u32], without: usize, split: &Split) -> Vec<DataNotice> {
    let mut notices = Vec::new();
    if without > 0 {
        notices.push(DataNotice::RowsWithoutGroup { group: group.to_owned(), rows: without });
    }
    let is_one = |rows: &[u32]| {
        let mut codes = of_rows(groups, rows).into_iter();
        codes.next().is_some_and(|first| codes.all(|code| code == first))
    };
    let parts = [(Part::Train, split.train.as_slice()), (Part::Dev, &split.dev), (Part::Test, &split.test)];
    let alone: Vec<Part> = parts.into_iter().filter(|(_, rows)| is_one(rows)).map(|(part, _)| part).collect();
    if !alone.is_empty() {
        notices.push(DataNotice::OneGroup { group: group.to_owned(), parts: alone });
    }
    notices
}

/// Parts that are far from their shares, as groups that are large or rows of one time make them.
pub(super) fn uneven_parts(split: &Split) -> Option<DataNotice> {
    let SplitMethod::Shares { train, dev, test, order: RowOrder::Grouped | RowOrder::Time } = split.method else {
        return None;
    };
    let parts = [(Part::Train, Some(train), split.train.as_slice().len()), (Part::Dev, dev, split.dev.len())];
    let parts = parts.into_iter().chain([(Part::Test, test, split.test.len())]);
    let parts: Vec<(Part, f64, usize)> =
        parts.filter_map(|(part, share, rows)| Some((part, share.filter(|share| *share > 0.0)?, rows))).collect();
    let rows: usize = parts.iter().map(|(_, _, rows)| rows).sum();
    let asked: f64 = parts.iter().map(|(_, share, _)| share).sum();
    let far = |(part, share, count): (Part, f64, usize)| {
        let (share, found) = (100.0 * share / asked, 100.0 * count as f64 / rows.max(1) as f64);
        ((found - share).abs() > FAR_POINTS && (found - share).abs() > FAR_PART * share).then_some(PartShare {
            part,
            asked: share,
            found,
        })
    };
    let far: Vec<PartShare> = parts.into_iter().filter_map(far).collect();
    (!far.is_empty()).then_some(DataNotice::UnevenParts(far))
}

/// What times leave open: rows of one time on both sides of a cut. That all rows have one is an error.
pub(super) fn time_notices(time: &str, times: &[f64], split: &Split) -> Result<Vec<DataNotice>, DataError> {
    if times.windows(2).all(|pair| matches!(pair, [one, next] if one == next)) {
        let problem = format!("--time {time}: every row has the same time, so there is no older and no newer one");
        return Err(DataError::Request(problem));
    }
    let parts = [(Part::Train, split.train.as_slice()), (Part::Dev, &split.dev), (Part::Test, &split.test)];
    let ends = |rows: &[u32]| {
        let of_part = rows.iter().filter_map(|row| times.get(*row as usize)).copied();
        let (low, high) =
            of_part.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), time| (low.min(time), high.max(time)));
        (low <= high).then_some((low, high))
    };
    let known: Vec<(Part, (f64, f64))> =
        parts.into_iter().filter_map(|(part, rows)| Some((part, ends(rows)?))).collect();
    let meets = known.windows(2).find_map(|pair| match pair {
        [(older, (_, last)), (newer, (first, _))] if last == first => Some([*older, *newer]),
        _ => None,
    });
    Ok(meets.map(|parts| DataNotice::OneTimeInTwoParts { time: time.to_owned(), parts }).into_iter().collect())
}

/// Classes that parts lack; train with fewer than two classes is an error.
pub(super) fn absent_classes(target: &Target, split: &Split) -> Result<Vec<DataNotice>, DataError> {
    let absent = |rows: &[u32]| {
        let counts = target.class_counts(rows);
        let names = target.classes.iter().zip(counts).filter(|(_, count)| *count == 0).map(|(name, _)| name.clone());
        names.collect::<Vec<String>>()
    };
    let train = split.train.as_slice();
    if !target.classes.is_empty() && absent(train).len() + 1 >= target.classes.len() {
        let problem =
            format!("train has rows of one class only ({}); choose another --split, --group or --time", split.method);
        return Err(DataError::Request(problem));
    }
    let mut found: Vec<(Vec<String>, Vec<Part>)> = Vec::new();
    for (part, rows) in [(Part::Train, train), (Part::Dev, &split.dev), (Part::Test, &split.test)] {
        let absent = if rows.is_empty() { Vec::new() } else { absent(rows) };
        match found.iter_mut().find(|(classes, _)| *classes == absent) {
            _ if absent.is_empty() => {}
            Some((_, parts)) => parts.push(part),
            None => found.push((absent, vec![part])),
        }
    }
    Ok(found.into_iter().map(|(classes, parts)| DataNotice::AbsentClasses { classes, parts }).collect())
}
