//! What a column looked like in train, and what of new rows is unlike it.
//!
//! Every comparison is a test of "both are drawn alike"; together they are wrong about rows that are in [`FALSE_ALARMS`] of files.
//! Numbers are compared by their distribution functions at cuts (Kolmogorov and Smirnov; Massart 1990 has the bound), shares by the
//! angle of their square roots (Cohen, "Statistical Power Analysis", 1988, chapter 6), numbers beyond all of train by the chance that
//! the largest of both are all new.

use serde::{Deserialize, Serialize};

use super::Pipeline;
use crate::data::features::Lookup;
use crate::data::notice::{Deviation, Unlike};
use crate::data::table::Values as Cells;
use crate::data::{Column, DataNotice, Table};

/// The share of files like train of which something is said.
const FALSE_ALARMS: f64 = 0.01;
/// Differences between distribution functions below this do not matter, whatever the number of rows.
const SMALL_SHIFT: f64 = 0.1;
/// The same for shares: Cohen's small effect.
const SMALL_EFFECT: f64 = 0.2;
/// Cuts of the numbers of a column.
const CUTS: usize = 9;
/// Cuts are taken from so many rows of train.
const CUT_ROWS: usize = 2_048;
/// Categories that are counted.
const COUNTED: usize = 20;
/// Where each category has so many rows, there are no others.
const SETTLED: usize = 5;
/// Fewer new rows than this have no distribution.
const FEW: usize = 20;

/// A column in train.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Usual {
    rows: usize,
    missing: usize,
    values: Values,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Values {
    Numbers {
        low: f64,
        high: f64,
        /// Numbers, in order.
        cuts: Vec<f64>,
        /// The share of train at or below each.
        below: Vec<f64>,
        /// Numbers they were taken from.
        sample: usize,
    },
    Categories {
        /// The most frequent ones, by their places among those that the encoding knows, and their rows.
        counts: Vec<(usize, usize)>,
        /// Rows with a category that the encoding does not know, or that no other row has.
        rare: usize,
        /// Rows of the rarest category.
        least: usize,
    },
}

impl Values {
    /// The categories that stand there and their rows.
    fn of_categories<'a>(counts: impl Iterator<Item = (&'a String, usize)>, known: &[String]) -> Values {
        let (mut rare, mut least, mut frequent) = (0, usize::MAX, Vec::new());
        for (name, count) in counts {
            let place = known.binary_search(name).ok();
            least = least.min(count);
            rare += if count == 1 || place.is_none() { count } else { 0 };
            frequent.extend(place.map(|place| (place, count)));
        }
        frequent.sort_unstable_by_key(|(place, count)| (std::cmp::Reverse(*count), *place));
        frequent.truncate(COUNTED);
        frequent.sort_unstable();
        let counts = frequent;
        Values::Categories { counts, rare, least }
    }
}

impl Usual {
    /// Of the `rows` of train; `known` are the categories that the encoding knows, if it has any.
    pub(super) fn fit(column: &Column, rows: &[u32], known: &[String]) -> Usual {
        if let Cells::Categorical { codes, categories } = &column.values {
            let mut counts = vec![0usize; categories.len()];
            let mut missing = 0;
            for &row in rows {
                let code = codes.get(row as usize).copied().unwrap_or(u32::MAX);
                match counts.get_mut(code as usize) {
                    Some(count) => *count += 1,
                    None => missing += 1,
                }
            }
            let values = Values::of_categories(categories.iter().zip(counts).filter(|(_, count)| *count > 0), known);
            return Usual { rows: rows.len(), missing, values };
        }
        let (mut missing, mut low, mut high) = (0, f64::MAX, f64::MIN);
        for number in rows.iter().map(|&row| column.number(row)) {
            missing += usize::from(number.is_nan());
            (low, high) = (low.min(number), high.max(number));
        }
        let every = rows.len().div_ceil(CUT_ROWS).max(1);
        let mut sample: Vec<f64> =
            rows.iter().step_by(every).map(|&row| column.number(row)).filter(|number| !number.is_nan()).collect();
        sample.sort_unstable_by(f64::total_cmp);
        let mut cuts: Vec<f64> =
            (1..=CUTS).filter_map(|i| sample.get(i * sample.len() / (CUTS + 1))).copied().collect();
        cuts.dedup();
        let below = cuts.iter().map(|cut| share_below(&sample, *cut)).collect();
        let values = Values::Numbers { low, high, cuts, below, sample: sample.len() };
        Usual { rows: rows.len(), missing, values }
    }

    /// How many comparisons there are with it.
    fn comparisons(&self) -> usize {
        1 + match &self.values {
            Values::Numbers { .. } => 3,
            Values::Categories { counts, .. } => counts.len(),
        }
    }

    /// What is unlike it in `rows` of a column, the plainest alone; `chance` is how often each comparison may err.
    fn unlike(&self, column: &Column, known: &[String], rows: &[u32], chance: f64) -> Option<Deviation> {
        let missing = rows.iter().filter(|row| column.is_missing(**row)).count();
        let (share, train) = (Share::of(missing, rows.len()), Share::of(self.missing, self.rows));
        if share.differs(train, chance) {
            return Some(Deviation::Missing { share: share.value(), train: train.value() });
        }
        let present = rows.iter().copied().filter(|row| !column.is_missing(*row));
        let here = self.rows.saturating_sub(self.missing);
        match &self.values {
            Values::Numbers { low, high, cuts, below, sample } => {
                let mut numbers: Vec<f64> = present.map(|row| column.number(row)).collect();
                numbers.sort_unstable_by(f64::total_cmp);
                let under = numbers.partition_point(|number| number < low);
                let over = numbers.len() - numbers.partition_point(|number| number <= high);
                let (beyond, bound, above) = if over >= under { (over, *high, true) } else { (under, *low, false) };
                if chance_beyond(beyond, numbers.len(), here) < chance {
                    let share = beyond as f64 / numbers.len().max(1) as f64;
                    return Some(Deviation::OutOfRange { share, bound, above });
                }
                if numbers.len() < FEW || *sample < FEW {
                    return None;
                }
                let gaps = cuts.iter().zip(below).map(|(cut, train)| (*cut, share_below(&numbers, *cut), *train));
                let (cut, share, train) = gaps.max_by(|a, b| (a.1 - a.2).abs().total_cmp(&(b.1 - b.2).abs()))?;
                let both = harmonic(numbers.len(), *sample);
                let bound = ((2.0 / chance).ln() / (2.0 * both)).sqrt().max(SMALL_SHIFT);
                ((share - train).abs() > bound).then_some(Deviation::Moved { cut, share, train })
            }
            Values::Categories { counts, .. } => {
                let mut found = vec![0usize; known.len()];
                let mut all = 0;
                let lookup = Lookup::new(column, known);
                for row in present {
                    all += 1;
                    found
                        .iter_mut()
                        .skip(lookup.place(row).unwrap_or(usize::MAX))
                        .take(1)
                        .for_each(|count| *count += 1);
                }
                let shares = counts.iter().filter_map(|(place, count)| {
                    let (name, found) = (known.get(*place)?, found.get(*place)?);
                    Some((name, Share::of(*found, all), Share::of(*count, here)))
                });
                let unlike = shares.filter(|(_, share, train)| all >= FEW && share.differs(*train, chance));
                let effect = |(_, share, train): &(&String, Share, Share)| share.effect(*train);
                let (name, share, train) = unlike.max_by(|a, b| effect(a).total_cmp(&effect(b)))?;
                Some(Deviation::Category { name: name.clone(), share: share.value(), train: train.value() })
            }
        }
    }
}

impl Pipeline {
    /// What of new rows is unlike train's: cells of categories that it did not have, and columns that differ from what they were.
    pub(crate) fn unlike_train(&self, table: &Table, rows: &[u32]) -> Vec<DataNotice> {
        let with_usual = || self.inputs.iter().filter_map(|input| Some((input, input.usual.as_ref()?)));
        let comparisons: usize = with_usual().map(|(_, usual)| usual.comparisons()).sum();
        let chance = FALSE_ALARMS / comparisons.max(1) as f64;
        let (mut notices, mut unlike) = (Vec::new(), Vec::new());
        for (input, usual) in with_usual() {
            let Some(column) = table.column(&input.field.name) else { continue };
            let known = input.encoding.encoder().categories();
            if let Some(unseen) = unseen(usual, column, known, rows, chance) {
                notices.push(unseen);
            } else if let Some(deviation) = usual.unlike(column, known, rows, chance) {
                unlike.push(Unlike { column: column.name.clone(), kind: column.kind, deviation });
            }
        }
        notices.extend((!unlike.is_empty()).then_some(DataNotice::UnlikeTrain { columns: unlike, rows: rows.len() }));
        notices
    }
}

/// Cells of categories that train did not have, where they are more than its rare ones lead to expect.
fn unseen(usual: &Usual, column: &Column, known: &[String], rows: &[u32], chance: f64) -> Option<DataNotice> {
    let Values::Categories { rare, least, .. } = usual.values else { return None };
    let lookup = Lookup::new(column, known);
    let (mut present, mut count, mut example) = (0, 0, None);
    for &row in rows.iter().filter(|row| !column.is_missing(**row)) {
        present += 1;
        if lookup.place(row).is_none() {
            count += 1;
            example = example.or_else(|| column.category(row));
        }
    }
    // As many are new as were alone in train (Good, "The population frequencies of species", 1953); where none is rare, none is.
    let expected = Share::of(rare + 1, usual.rows.saturating_sub(usual.missing));
    let is_more = least >= SETTLED || Share::of(count, present).exceeds(expected, chance);
    let (column, example) = (column.name.clone(), example?.to_owned());
    is_more.then_some(DataNotice::UnseenCells { column, count, rows: present, example })
}

/// So many of so many.
#[derive(Clone, Copy)]
struct Share {
    of: usize,
    count: usize,
}

impl Share {
    fn of(count: usize, of: usize) -> Share {
        Share { of, count }
    }

    fn value(self) -> f64 {
        self.count as f64 / self.of.max(1) as f64
    }

    fn angle(self) -> f64 {
        2.0 * self.value().min(1.0).sqrt().asin()
    }

    /// Cohen's h.
    fn effect(self, other: Share) -> f64 {
        (self.angle() - other.angle()).abs()
    }

    /// Whether more than chance lies between them; the bound holds in the tails of a normal distribution.
    fn is_apart(self, other: Share, chance: f64) -> bool {
        self.effect(other) * harmonic(self.of, other.of).sqrt() > (2.0 * (1.0 / chance).ln()).sqrt()
    }

    fn differs(self, other: Share, chance: f64) -> bool {
        self.is_apart(other, chance) && self.effect(other) > SMALL_EFFECT
    }

    fn exceeds(self, other: Share, chance: f64) -> bool {
        self.value() > other.value() && self.is_apart(other, chance)
    }
}

/// What the variance of a difference of two means is 1 / of, for a variance of 1.
fn harmonic(a: usize, b: usize) -> f64 {
    let (a, b) = (a as f64, b as f64);
    if a > 0.0 && b > 0.0 { a * b / (a + b) } else { 0.0 }
}

/// The share of sorted numbers at or below one.
fn share_below(sorted: &[f64], cut: f64) -> f64 {
    sorted.partition_point(|number| *number <= cut) as f64 / sorted.len().max(1) as f64
}

/// How likely the `beyond` largest of `new` and `old` numbers drawn alike are all new.
fn chance_beyond(beyond: usize, new: usize, old: usize) -> f64 {
    (0..beyond).map(|i| new.saturating_sub(i) as f64 / (new + old).saturating_sub(i).max(1) as f64).product()
}

#[cfg(test)]
mod tests {
    use wellfit_kernels::random::{Purpose, Stream};

    use super::*;
    use crate::data::{DataRequest, DataSource, Normalize, load};
    use crate::proof::count;

    /// What a column may hold: with light and heavy tails, in steps, with gaps, of categories that are alike, or of which some are rare.
    fn row(draws: &Stream, at: u64) -> [Option<String>; 7] {
        let uniform = |i: u64| draws.uniform(10 * at + i);
        let normal = draws.normal(10 * at + 8);
        let zipf = (1.0 / uniform(0).max(1e-9)).sqrt() as u64;
        let cauchy = (std::f64::consts::PI * (uniform(1) - 0.5)).tan();
        [
            Some(normal.to_string()),
            Some(cauchy.to_string()),
            Some(((uniform(2) * 5.0) as u64).to_string()),
            (uniform(3) > 0.04).then(|| (normal * normal).exp().min(1e30).to_string()),
            Some(["north", "south", "east"][(uniform(4) * 3.0) as usize].to_owned()),
            Some(format!("town{}", zipf.min(500))),
            (uniform(5) > 0.5).then(|| "seldom".to_owned()),
        ]
    }

    fn table(draws: &Stream, rows: std::ops::Range<u64>, change: impl Fn(u64, &mut [Option<String>; 7])) -> String {
        let line = |at: u64| {
            let mut cells = row(draws, at);
            change(at - rows.start, &mut cells);
            let cells: Vec<String> = cells.into_iter().map(Option::unwrap_or_default).collect();
            format!("{},{}\n", cells.join(","), ["no", "yes"][(at % 2) as usize])
        };
        let lines: String = rows.clone().map(line).collect();
        format!("normal,cauchy,code,gaps,side,town,flag,y\n{lines}")
    }

    fn told(train: &str, new: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            DataSource::File(path)
        };
        let request =
            DataRequest { source: file("train.csv", train), target: Some("y".into()), ..DataRequest::default() };
        let dataset = load(&request).unwrap();
        let (pipeline, _) = Pipeline::fit(&dataset, &dataset.split.train, Normalize::Auto).unwrap();
        pipeline.read(&file("new.csv", new)).unwrap().notices.iter().map(DataNotice::to_string).collect()
    }

    #[test]
    fn fresh_rows_of_the_same_distribution_are_hardly_ever_told_of() {
        let files = count(60, 1_000);
        let alarms: Vec<Vec<String>> = (0..files)
            .map(|file| {
                let draws = Stream::new(20, Purpose::Sample, file as u64);
                let (old, new) = ([200, 600, 3_000][file % 3], [1, 60, 400, 3_000][file % 4]);
                let same = |_: u64, _: &mut [Option<String>; 7]| ();
                told(&table(&draws, 0..old, same), &table(&draws, old..old + new, same))
            })
            .filter(|told| !told.is_empty())
            .collect();
        println!("proof: fresh rows: {} of {files} files of the same distribution are told of", alarms.len());
        assert!(alarms.len() <= (files / 50).max(2), "{alarms:?}");
    }

    #[test]
    fn what_stands_out_is_said_with_its_share_of_rows() {
        let draws = Stream::new(21, Purpose::Sample, 0);
        let train = table(&draws, 0..600, |_, _| ());
        let of = |change: &dyn Fn(u64, &mut [Option<String>; 7])| {
            let told = told(&train, &table(&draws, 1_000..1_200, change));
            assert_eq!(told.len(), 1, "{told:?}");
            told.into_iter().next().unwrap()
        };
        let beyond = of(&|at, cells| {
            if at % 10 == 0 {
                cells[0] = Some("-999".into())
            }
        });
        assert!(beyond.starts_with("unlike train, in shares of 200 rows: normal: 10% below -"), "{beyond}");
        let kelvin =
            of(&|_, cells| cells[0] = cells[0].as_ref().map(|x| (x.parse::<f64>().unwrap() / 2.0 + 1.0).to_string()));
        assert!(kelvin.contains("normal: ") && kelvin.contains(" at or below "), "{kelvin}");
        let gaps = of(&|at, cells| {
            if at % 3 == 0 {
                cells[3] = None
            }
        });
        assert!(gaps.contains("gaps: 3") && gaps.contains("% missing, "), "{gaps}");
        let side = of(&|at, cells| {
            if at % 3 != 0 {
                cells[4] = Some("east".into())
            }
        });
        assert!(side.contains("side: ") && side.contains("% \"east\", 3"), "{side}");
        let unseen = of(&|at, cells| {
            if at % 10 == 0 {
                cells[4] = Some("West".into())
            }
        });
        assert_eq!(unseen, "side: 10% of its cells hold categories that train did not have, such as \"West\"");
        let town = of(&|at, cells| {
            if at % 2 == 0 {
                cells[5] = Some(format!("village{at}"))
            }
        });
        assert!(town.starts_with("town: 5"), "{town}");
        // A spelling is none.
        let flag = told(
            &train,
            &table(&draws, 1_000..1_200, |_, cells| cells[2] = cells[2].as_ref().map(|code| format!("{code}.0"))),
        );
        assert!(flag.is_empty(), "{flag:?}");
    }
}
