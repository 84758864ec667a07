//! The figures of `wellfit bench`, a line each.

use crate::bench::Figure;

use wellfit::text::counted;

use super::Line;

/// Label and text of a figure.
pub fn line(figure: Figure<'_>) -> Line {
    match figure {
        Figure::Peak { gflops, precision, threads, isa } => {
            let (precision, isa) = (precision.name(), isa.name());
            let threads = counted(threads, "thread");
            Line::new("peak", format!("{gflops:.0} GFLOP/s of {precision} matrix products, {threads}, {isa}"))
        }
        Figure::Workload { measured, share_of_peak } => {
            let (samples, gflops) = (measured.samples_per_second, measured.gflops);
            let share = 100.0 * share_of_peak;
            Line::new(
                measured.name,
                format!("{samples:>10.0} samples/s  {gflops:>5.0} GFLOP/s  {share:>3.0}% of the peak"),
            )
        }
    }
}
