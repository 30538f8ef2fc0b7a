//! What is computed about a plotted line: how it moves, which of its points are drawn, which one is pointed at. Pure.

use super::super::widgets::Trend;

/// A point: seconds before now (negative), and the figure.
pub type Point = [f64; 2];

/// What counts as lately.
const LATELY: f64 = 3.0;
/// What lately is compared with, in seconds before now.
const BEFORE: f64 = 15.0;
/// A figure is steady within this share of the whole scale.
const CALM: f64 = 0.05;

/// How a figure moved in the last seconds, and for how long it has been steady. `None` if too little is known. `top` is
/// the top of its scale.
pub fn trend(line: &[Point], top: f64) -> Option<(Trend, f64)> {
    let newest = line.last()?[0];
    let mean = |from: f64, to: f64| {
        let points = line.iter().filter(|[x, _]| *x - newest > from && *x - newest <= to);
        let (count, sum) = points.fold((0, 0.0), |(count, sum), [_, y]| (count + 1, sum + y));
        (count > 0).then(|| sum / f64::from(count))
    };
    let lately = mean(-LATELY, 0.0)?;
    let before = mean(-BEFORE, -LATELY)?;
    let calm = top * CALM;
    if lately - before > calm {
        return Some((Trend::Rising, 0.0));
    }
    if before - lately > calm {
        return Some((Trend::Falling, 0.0));
    }
    // A single reading wanders further than a mean does.
    let since = line.iter().rev().take_while(|[_, y]| (y - lately).abs() <= 2.0 * calm).last()?[0];
    Some((Trend::Steady, newest - since))
}

/// A line with at most about two points a pixel column: the least and the greatest of each, so that no spike is lost.
/// `seconds` wide is the whole plot, ending now.
pub fn thin(line: &[Point], seconds: f64, columns: usize) -> Vec<Point> {
    if columns == 0 || line.len() <= columns * 2 {
        return line.to_vec();
    }
    let column = |x: f64| ((x + seconds) / seconds * columns as f64).floor();
    let mut thinned = Vec::with_capacity(columns * 2 + 2);
    thinned.extend(line.first());
    for points in line.chunk_by(|one, next| column(one[0]).total_cmp(&column(next[0])).is_eq()) {
        let by_figure = |one: &&Point, other: &&Point| one[1].total_cmp(&other[1]);
        let (Some(least), Some(most)) = (points.iter().min_by(by_figure), points.iter().max_by(by_figure)) else {
            continue;
        };
        let (one, other) = if least[0] <= most[0] { (least, most) } else { (most, least) };
        thinned.push(*one);
        if !std::ptr::eq(one, other) {
            thinned.push(*other);
        }
    }
    thinned.extend(line.last());
    thinned.dedup();
    thinned
}

/// The point next to a moment, if one is no further than `reach` from it.
pub fn nearest(lines: &[Vec<Point>], at: f64, reach: f64) -> Option<Point> {
    let far = |point: &Point| (point[0] - at).abs();
    let points = lines.iter().flatten().filter(|point| far(point) <= reach);
    points.min_by(|one, other| far(one).total_cmp(&far(other))).copied()
}

/// The top of a scale that has no physical end: the next round number above the greatest figure.
pub fn round_top(greatest: f64, step: f64) -> f64 {
    ((greatest / step).floor() + 1.0) * step
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A figure a second, the newest now.
    fn line(figures: &[f64]) -> Vec<Point> {
        let last = figures.len() - 1;
        figures.iter().enumerate().map(|(at, figure)| [at as f64 - last as f64, *figure]).collect()
    }

    #[test]
    fn a_step_rises_and_is_steady_a_while_later() {
        let mut figures = vec![0.0; 30];
        figures.extend([94.0; 6]);
        assert_eq!(trend(&line(&figures), 100.0), Some((Trend::Rising, 0.0)));
        figures.extend([94.0; 14]);
        assert_eq!(trend(&line(&figures), 100.0), Some((Trend::Steady, 19.0)));
        figures.extend([10.0; 4]);
        assert_eq!(trend(&line(&figures), 100.0), Some((Trend::Falling, 0.0)));
    }

    #[test]
    fn a_little_noise_is_steady() {
        let figures: Vec<f64> = (0..41).map(|at| 92.0 + 4.0 * f64::from(at).sin()).collect();
        assert_eq!(trend(&line(&figures), 100.0), Some((Trend::Steady, 40.0)));
    }

    #[test]
    fn too_few_readings_have_no_trend() {
        assert_eq!(trend(&[], 100.0), None);
        assert_eq!(trend(&line(&[5.0, 6.0]), 100.0), None);
    }

    #[test]
    fn a_long_line_is_drawn_with_few_points_and_all_its_spikes() {
        let mut figures = vec![10.0; 3600];
        figures[1234] = 99.0;
        figures[2345] = 0.0;
        let thinned = thin(&line(&figures), 3600.0, 300);
        assert!(thinned.len() <= 2 * 300 + 2, "{}", thinned.len());
        let figure = |wanted: f64| thinned.iter().any(|[_, y]| (y - wanted).abs() < 0.1);
        assert!(figure(99.0) && figure(0.0));
        assert!(thinned.windows(2).all(|pair| pair[0][0] <= pair[1][0]), "time goes forward");
        assert_eq!((thinned[0][0], thinned.last().unwrap()[0]), (-3599.0, 0.0));
    }

    #[test]
    fn a_short_line_is_drawn_as_it_is() {
        let short = line(&[1.0, 2.0, 3.0]);
        assert_eq!(thin(&short, 60.0, 100), short);
    }

    #[test]
    fn in_a_gap_nothing_is_pointed_at() {
        let lines = [vec![[-50.0, 1.0], [-49.0, 2.0]], vec![[-10.0, 3.0]]];
        assert_eq!(nearest(&lines, -48.6, 2.0), Some([-49.0, 2.0]));
        assert_eq!(nearest(&lines, -30.0, 2.0), None);
    }

    #[test]
    fn a_scale_without_an_end_ends_at_a_round_number() {
        for (greatest, top) in [(2700.0, 3000.0), (3000.0, 3500.0), (0.0, 500.0)] {
            assert!((round_top(greatest, 500.0) - top).abs() < 0.1, "{greatest}");
        }
    }
}
