//! What was measured so far, as a file.

use terrarium_labs::protocol::{Chart, Row};

/// A table with a heading, one row a measurement; what was not measured is empty. Shares of a number of things are given as how
/// many.
pub fn csv(rows: &[Row], charts: &[Chart]) -> String {
    let lines: Vec<_> = charts.iter().flat_map(|chart| &chart.lines).collect();
    let keys = std::iter::once("step").chain(lines.iter().map(|line| line.key.as_str()));
    let mut csv = keys.collect::<Vec<_>>().join(",") + "\n";
    for row in rows {
        let value = |place: u32| row.values.get(place as usize).copied().flatten();
        let fields = lines.iter().map(|line| match (value(line.column), line.of) {
            (None, _) => String::new(),
            (Some(value), None) => value.to_string(),
            (Some(share), Some(of)) => (share * of as f32).round().to_string(),
        });
        csv += &std::iter::once(row.step.to_string()).chain(fields).collect::<Vec<_>>().join(",");
        csv.push('\n');
    }
    csv
}

#[cfg(test)]
mod tests {
    use terrarium_labs::protocol::{Axis, ChartLine};

    use super::*;

    #[test]
    fn a_table_has_a_column_for_everything_measured() {
        let line = |key: &str, column, of| ChartLine { name: String::new(), key: key.to_string(), role: String::new(), column, of };
        let lines = vec![line("loss", 1, None), line("modes", 0, Some(8)), line("quality", 2, None)];
        let chart = Chart { title: String::new(), help: String::new(), axis: Axis::Around, lines, empty: String::new() };
        let row = Row { step: 10, values: vec![Some(0.875), Some(0.5), None] };
        assert_eq!(csv(&[row], &[chart]), "step,loss,modes,quality\n10,0.5,7,\n");
    }
}
