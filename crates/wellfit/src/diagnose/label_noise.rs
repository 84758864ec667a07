//! How many labels may be wrong, as a range, and the rows to check first.

use super::rates::wilson;

/// The share of the rows predicted as a class that counts as those of which the network is most confident.
const SUREST: f64 = 0.25;
/// With fewer rows than this a rate says nothing.
const FEWEST: usize = 30;

/// The range of the share of wrong labels, and the rows that look most like it.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelNoise {
    /// Wrong labels among the rows of which the network is most confident: the least that is likely.
    pub low: f64,
    /// The low end of the class that has the lowest: more than overlap explains where it lies well above nothing.
    pub everywhere: f64,
    /// What confident learning counts, rows between two classes included: the most that is likely.
    pub high: f64,
    /// Rows whose label the network doubts, the most doubtful first.
    pub suspects: Vec<Suspect>,
}

/// A row whose label is doubtful.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Suspect {
    /// Its place among the rows judged.
    pub row: usize,
    /// The class it is labelled with.
    pub given: u32,
    /// The class the network would give it.
    pub suggested: u32,
    /// Probability of the suggested class less that of the given one.
    pub margin: f64,
}

/// Confident learning on out-of-fold probabilities: (rows, classes), row-major. `given`: (rows,), the labels.
///
/// A row counts as class j where its probability of j reaches the mean that rows labelled j have for j; of several such
/// classes the likeliest. Rows that count as another class than their label are the suspects, and their share, each class
/// scaled up to all of its rows, is the high end, with the 95% interval's end of it. Source: Northcutt, Jiang and Chuang 2021, *Confident Learning*,
/// J. Artif. Intell. Res. 70, §3 (equations 1 and 2).
///
/// Where classes overlap, labels differ from the likeliest class without being wrong, and no method can distinguish the two.
/// Overlap is least where the network is most confident: how often the label differs there is the low end (the anchor points of Liu
/// and Tao 2016, *IEEE Trans. Pattern Anal. Mach. Intell.* 38:447), with the low end of its interval.
///
/// `None` for fewer than 30 rows, and where the network errs as often as the largest class alone would: what it doubts then says
/// nothing about labels. Panics if lengths disagree (a bug in the caller).
pub fn label_noise(classes: usize, probabilities: &[f32], given: &[u32]) -> Option<LabelNoise> {
    assert_eq!(probabilities.len(), classes * given.len(), "a probability for each class of each row");
    if given.len() < FEWEST || classes < 2 {
        return None;
    }
    let of_row = |row: usize| &probabilities[row * classes..(row + 1) * classes];
    if !knows_the_classes(classes, probabilities, given) {
        return None;
    }
    let mut labelled = vec![0.0; classes];
    let mut thresholds = vec![0.0; classes];
    for (row, &label) in given.iter().enumerate() {
        labelled[label as usize] += 1.0;
        thresholds[label as usize] += f64::from(of_row(row)[label as usize]);
    }
    for (threshold, rows) in thresholds.iter_mut().zip(&labelled) {
        // No row to learn it from: nothing counts as that class.
        *threshold = if *rows > 0.0 { *threshold / rows } else { f64::INFINITY };
    }
    // (classes, classes): rows labelled i that count as j.
    let mut joint = vec![0.0; classes * classes];
    let mut suspects = Vec::new();
    for (row, &label) in given.iter().enumerate() {
        let sure = |class: &usize| f64::from(of_row(row)[*class]) >= thresholds[*class];
        let likeliest = (0..classes).filter(sure).max_by(|&a, &b| of_row(row)[a].total_cmp(&of_row(row)[b]));
        let Some(class) = likeliest else { continue };
        joint[label as usize * classes + class] += 1.0;
        if class != label as usize {
            let margin = f64::from(of_row(row)[class]) - f64::from(of_row(row)[label as usize]);
            suspects.push(Suspect { row, given: label, suggested: class as u32, margin });
        }
    }
    suspects.sort_by(|a, b| b.margin.total_cmp(&a.margin).then(a.row.cmp(&b.row)));
    let mut wrong = 0.0;
    for label in 0..classes {
        let counted = &joint[label * classes..(label + 1) * classes];
        let sum: f64 = counted.iter().sum();
        if sum > 0.0 {
            wrong += (sum - counted[label]) / sum * labelled[label];
        }
    }
    let rows = given.len() as u64;
    let high = wilson(wrong.round() as u64, rows).high;
    let surest = among_the_surest(classes, probabilities, given);
    let everywhere = surest.iter().map(|(differ, all)| wilson(*differ, *all).low).fold(1.0, f64::min).min(high);
    let of_all = surest.iter().fold((0, 0), |(differ, all), one| (differ + one.0, all + one.1));
    let low = wilson(of_all.0, of_all.1).low.min(high);
    Some(LabelNoise { low, everywhere, high, suspects })
}

/// Whether the network surely errs less than answering the largest class would.
fn knows_the_classes(classes: usize, probabilities: &[f32], given: &[u32]) -> bool {
    let mut counts = vec![0; classes];
    given.iter().for_each(|&label| counts[label as usize] += 1);
    let rows = given.len() as u64;
    let naive = 1.0 - counts.iter().copied().max().unwrap_or(0) as f64 / rows as f64;
    let errs = |(row, &label): (&[f32], &u32)| row.iter().any(|&other| other > row[label as usize]);
    let wrong = probabilities.chunks_exact(classes).zip(given).filter(|&pair| errs(pair)).count();
    wilson(wrong as u64, rows).high < naive
}

/// Of each predicted class, the rows whose label differs among those of which the network is most confident, and how many those are.
fn among_the_surest(classes: usize, probabilities: &[f32], given: &[u32]) -> Vec<(u64, u64)> {
    let mut predicted: Vec<Vec<(f32, usize)>> = vec![Vec::new(); classes];
    for row in 0..given.len() {
        let of_row = &probabilities[row * classes..(row + 1) * classes];
        let best = (0..classes).max_by(|&a, &b| of_row[a].total_cmp(&of_row[b])).unwrap_or(0);
        predicted[best].push((of_row[best], row));
    }
    let surest_of = |(class, mut rows): (usize, Vec<(f32, usize)>)| {
        rows.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let surest = (SUREST * rows.len() as f64).ceil() as usize;
        let differ = rows.iter().take(surest).filter(|(_, row)| given[*row] as usize != class).count();
        (differ as u64, surest as u64)
    };
    predicted.into_iter().enumerate().map(surest_of).collect()
}

#[cfg(test)]
mod tests {
    use wellfit_kernels::random::{Purpose, Stream};

    use super::*;

    /// Rows with one input in (-1, 1), class 1 with probability 1/(1 + exp(-steep·x)); then `flipped` of the labels turned.
    /// The network knows both, as a calibrated one would.
    fn rows(count: u64, steep: f64, flipped: f64) -> (Vec<f32>, Vec<u32>, Vec<bool>) {
        let draw = |lane| Stream::new(5, Purpose::Demo, lane);
        let (mut probabilities, mut given, mut turned) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..count {
            let x = 2.0 * draw(0).uniform(row) - 1.0;
            let clean = 1.0 / (1.0 + (-steep * x).exp());
            let turn = draw(2).uniform(row) < flipped;
            given.push(u32::from((draw(1).uniform(row) < clean) != turn));
            turned.push(turn);
            let seen = clean * (1.0 - flipped) + (1.0 - clean) * flipped;
            probabilities.extend([1.0 - seen as f32, seen as f32]);
        }
        (probabilities, given, turned)
    }

    #[test]
    fn planted_noise_lies_in_the_range_and_its_rows_come_first() {
        for flipped in [0.05, 0.1, 0.2] {
            let (probabilities, given, turned) = rows(4_000, 25.0, flipped);
            let found = label_noise(2, &probabilities, &given).unwrap();
            assert!(found.low <= flipped && flipped <= found.high, "{flipped}: {} to {}", found.low, found.high);
            assert!(found.low > flipped / 2.0 && found.high < 2.0 * flipped, "{} to {}", found.low, found.high);
            let planted = found.suspects.iter().take(50).filter(|suspect| turned[suspect.row]).count();
            assert!(planted >= 45, "{planted} of the first 50");
        }
    }

    #[test]
    fn overlap_without_noise_keeps_the_low_end_at_nothing() {
        let (probabilities, given, _) = rows(4_000, 6.0, 0.0);
        let found = label_noise(2, &probabilities, &given).unwrap();
        assert!(found.low < 0.01 && found.high > 0.03, "{} to {}", found.low, found.high);
    }

    #[test]
    fn a_row_is_suspected_with_the_class_it_looks_like() {
        // 40 rows of three classes that the network knows, and one of class 0 that looks like class 2.
        let mut given: Vec<u32> = (0..40).map(|row| row % 3).collect();
        let sure = |class: u32| (0..3).map(move |c| if c == class { 0.9 } else { 0.05 });
        let probabilities: Vec<f32> = given.iter().flat_map(|&class| sure(class)).collect();
        given[20] = 0;
        let found = label_noise(3, &probabilities, &given).unwrap();
        let [suspect] = found.suspects[..] else { panic!("{:?}", found.suspects) };
        assert_eq!((suspect.row, suspect.given, suspect.suggested), (20, 0, 2));
        assert!((suspect.margin - 0.85).abs() < 1e-6);
    }

    #[test]
    fn a_handful_of_rows_or_a_network_that_knows_nothing_says_nothing() {
        assert_eq!(label_noise(2, &[0.5; 20], &[0; 10]), None);
        let draw = Stream::new(6, Purpose::Demo, 0);
        let given: Vec<u32> = (0..400).map(|row| u32::from(draw.uniform(row) < 0.4)).collect();
        let guesses: Vec<f32> = (400..800).flat_map(|row| [draw.uniform(row) as f32, 0.5]).collect();
        assert_eq!(label_noise(2, &guesses, &given), None);
    }
}
