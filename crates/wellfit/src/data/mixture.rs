//! A data set that asks which of two parts a row comes from.

use wellfit_kernels::random::{Purpose, Stream};

use super::gather::TargetField;
use super::split::{self, Given, Order};
use super::table::of_rows;
use super::target::{Target, TargetValues};
use super::{Dataset, MISSING, SplitRule, Task};

/// Streams of samples that belong to mixtures; smaller lanes serve others.
const LANES: u64 = 1 << 32;

impl Dataset {
    /// Rows of two parts mixed: as many of each, at most `most`, drawn by chance; the target is the part, 0 or 1.
    ///
    /// Half of each part's rows are train and half dev, so a pipeline can be fitted and a classifier be trained on the
    /// one half and both be tested on the other. Where the data have groups, one row of each is drawn at most: rows of
    /// a group are alike, and a classifier that knows a group is not one that knows a part.
    pub(crate) fn mixture(&self, parts: [&[u32]; 2], most: usize, seed: u64) -> Dataset {
        let [mut first, mut second] = parts.map(|rows| self.drawn(rows, seed));
        // Halves of an even number are equal, and chance is one half to the row.
        let each = first.len().min(second.len()).min(most) / 2 * 2;
        first.truncate(each);
        second.truncate(each);
        let classes: Vec<u32> = [vec![0; each], vec![1; each]].concat();
        let halves = SplitRule::Shares { train: 50.0, dev: 50.0, test: 0.0 };
        let (split, _) = split::deal(classes.len(), halves, &Order::Classes(&classes), Given::default(), seed);
        let target = Target {
            name: "part".to_owned(),
            task: Task::Binary,
            classes: vec!["first".to_owned(), "second".to_owned()],
            values: TargetValues::Classes(classes),
        };
        let mut plan = self.plan.clone();
        plan.target = Some(TargetField { name: target.name.clone(), regression: false, numeric: false });
        Dataset {
            table: self.table.select(&[first, second].concat()),
            target,
            split,
            weights: None,
            groups: None,
            aside: Vec::new(),
            notices: Vec::new(),
            plan,
            reading: self.reading.clone(),
        }
    }

    /// Rows in random order, one of each group where there are groups.
    fn drawn(&self, rows: &[u32], seed: u64) -> Vec<u32> {
        let lane = LANES + rows.first().map_or(0, |&row| u64::from(row));
        let mut drawn = rows.to_vec();
        Stream::new(seed, Purpose::Sample, lane).shuffle(&mut drawn);
        if let Some(groups) = &self.groups {
            let mut seen = std::collections::HashSet::new();
            let of_drawn = of_rows(groups, &drawn);
            drawn = drawn
                .into_iter()
                .zip(of_drawn)
                .filter(|&(_, group)| group == MISSING || seen.insert(group))
                .map(|(row, _)| row)
                .collect();
        }
        drawn
    }
}
