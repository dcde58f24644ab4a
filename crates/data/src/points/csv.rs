//! Points from a text file of two columns, as spreadsheets and scripts write them.
//!
//! What separates the columns is found out: the separator by which most lines are a pair of numbers. A visitor never has
//! to know whether the file has commas or tabs, or whether its decimals have points or commas.

use std::fmt;

use super::{Fit, HALF_SIDE, MIN_POINTS, Points, PointsError};

/// The most points kept of a file.
pub const MAX_POINTS: usize = 20_000;

/// What was read from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct CsvReport {
    /// The points, scaled to fit the square.
    pub points: Points,
    /// How the file's coordinates became the points'.
    pub fit: Fit,
    /// The lines that are not two numbers.
    pub skipped: Vec<Skipped>,
    /// How many columns there were beyond the two that are used.
    pub ignored_columns: usize,
    /// How many points there were beyond [`MAX_POINTS`].
    pub left_out: usize,
}

impl CsvReport {
    /// What the visitor should know about the reading, a sentence each; nothing where all went in.
    pub fn notes(&self) -> Vec<String> {
        const NAMED: usize = 5;
        let mut notes: Vec<String> = self.skipped.iter().take(NAMED).map(Skipped::to_string).collect();
        match self.skipped.len().saturating_sub(NAMED) {
            0 => {}
            1 => notes.push("One more line was skipped.".to_owned()),
            more => notes.push(format!("{more} more lines were skipped.")),
        }
        if self.ignored_columns > 0 {
            notes.push(format!("The first two of {} columns were used.", self.ignored_columns + 2));
        }
        if self.left_out > 0 {
            notes.push(format!("The first {MAX_POINTS} points were kept, and {} left out.", self.left_out));
        }
        notes
    }
}

/// A line that could not be used.
#[derive(Clone, Debug, PartialEq)]
pub struct Skipped {
    /// Counted from 1.
    pub line: usize,
    /// How the line begins.
    pub text: String,
    pub why: BadRow,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Line {} was skipped (“{}”): {}.", self.line, self.text, self.why)
    }
}

/// Why a line is not a point.
#[derive(Clone, Debug, PartialEq)]
pub enum BadRow {
    /// It has one column only.
    OneColumn,
    /// One of its first two columns is not a number.
    NotANumber(String),
    /// One of its first two columns is infinite, NaN or beyond the range of f32.
    NotFinite(String),
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            BadRow::OneColumn => write!(f, "it has one column, and a point needs two"),
            BadRow::NotANumber(field) if field.is_empty() => write!(f, "one of its first two columns is empty"),
            BadRow::NotANumber(field) => write!(f, "“{field}” is not a number"),
            BadRow::NotFinite(field) => write!(f, "“{field}” is not a finite number"),
        }
    }
}

/// Reads points from text: one a line, x and y in the first two columns, separated by tabs, semicolons, commas or
/// spaces. Blank lines and a header are passed over, and quotes around a field are dropped. Where the separator is not
/// the comma, decimals may have one ("1,5;2,5"). The points are scaled to fit the square, keeping their proportions.
///
/// # Errors
/// [`PointsError::TooFew`] for fewer than [`MIN_POINTS`] points.
pub fn parse_csv(text: &str) -> Result<CsvReport, PointsError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // Of equals, the last is taken: "1, 2" has commas rather than spaces, and a tab is never there by accident.
    let table = [Separator::Spaces, Separator::Comma, Separator::Semicolon, Separator::Tab]
        .map(|separator| Table::read(text, separator))
        .into_iter()
        .max_by_key(|table| (table.rows.len(), table.split))
        .unwrap_or_default();
    if table.rows.len() < MIN_POINTS {
        return Err(PointsError::TooFew { found: table.rows.len(), first_skipped: table.skipped.into_iter().next() });
    }
    let fit = Fit::around(table.rows.iter().copied(), HALF_SIDE);
    Ok(CsvReport {
        points: Points { xy: table.rows.iter().map(|row| fit.map(*row).map(|v| v as f32)).collect() },
        fit,
        skipped: table.skipped,
        ignored_columns: table.columns.saturating_sub(2),
        left_out: table.left_out,
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Separator {
    Spaces,
    Comma,
    Semicolon,
    Tab,
}

impl Separator {
    /// The fields of a line, trimmed and without quotes. Empty ones at the end, as spreadsheets leave them, are no
    /// columns.
    fn split(self, line: &str) -> Vec<&str> {
        let mut fields: Vec<&str> = match self {
            Separator::Spaces => line.split_whitespace().collect(),
            Separator::Comma => line.split(',').collect(),
            Separator::Semicolon => line.split(';').collect(),
            Separator::Tab => line.split('\t').collect(),
        };
        for field in &mut fields {
            *field = field.trim().trim_matches('"').trim();
        }
        while fields.last().is_some_and(|field| field.is_empty()) {
            fields.pop();
        }
        fields
    }

    fn number(self, field: &str) -> Result<f64, BadRow> {
        let number = if self == Separator::Comma { field.parse() } else { field.replace(',', ".").parse::<f64>() };
        match number {
            Ok(number) if (number as f32).is_finite() => Ok(number),
            Ok(_) => Err(BadRow::NotFinite(beginning(field))),
            Err(_) => Err(BadRow::NotANumber(beginning(field))),
        }
    }

    fn point(self, fields: &[&str]) -> Result<[f64; 2], BadRow> {
        match fields {
            [x, y, ..] => Ok([self.number(x)?, self.number(y)?]),
            _ => Err(BadRow::OneColumn),
        }
    }

    /// A header is a first line without any number.
    fn is_header(self, fields: &[&str]) -> bool {
        fields.iter().all(|field| matches!(self.number(field), Err(BadRow::NotANumber(_))))
    }
}

/// A text as one separator reads it.
#[derive(Default)]
struct Table {
    rows: Vec<[f64; 2]>,
    skipped: Vec<Skipped>,
    /// How many lines have more than one column, whether or not they hold numbers.
    split: usize,
    /// The most columns of any row.
    columns: usize,
    left_out: usize,
}

impl Table {
    fn read(text: &str, separator: Separator) -> Self {
        let mut table = Table::default();
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        for (nth, (index, line)) in lines.enumerate() {
            let fields = separator.split(line);
            table.split += usize::from(fields.len() > 1);
            match separator.point(&fields) {
                Ok(_) if table.rows.len() == MAX_POINTS => table.left_out += 1,
                Ok(row) => {
                    table.rows.push(row);
                    table.columns = table.columns.max(fields.len());
                }
                Err(_) if nth == 0 && separator.is_header(&fields) => {}
                Err(why) => table.skipped.push(Skipped { line: index + 1, text: beginning(line.trim()), why }),
            }
        }
        table
    }
}

/// The first 40 characters, enough to find a line again.
fn beginning(text: &str) -> String {
    const SHOWN: usize = 40;
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Sixteen rows, (0, 0) to (15, 30), each written by `row`.
    fn file(row: impl Fn(usize, usize) -> String) -> String {
        (0..16).map(|i| row(i, 2 * i) + "\n").collect()
    }

    fn skipped(report: &CsvReport) -> Vec<String> {
        report.skipped.iter().map(Skipped::to_string).collect()
    }

    #[test]
    fn separators_headers_and_line_ends_make_no_difference() {
        let plain = parse_csv(&file(|x, y| format!("{x},{y}"))).unwrap();
        assert!(plain.notes().is_empty());
        let same = [
            file(|x, y| format!("{x}, {y}")),
            file(|x, y| format!("{x};{y}")),
            file(|x, y| format!("{x}\t{y}")),
            file(|x, y| format!("  {x}   {y} ")),
            file(|x, y| format!("\"{x}\",\"{y}\"")),
            file(|x, y| format!("{x},{y}\r")),
            file(|x, y| format!("{x}.0,{y}e0")),
            file(|x, y| format!("{x},0;{y},0")),
            file(|x, y| format!("{x},0\t{y},0")),
            file(|x, y| format!("{x};{y};;")),
            format!("\u{feff}x,y\n{}", file(|x, y| format!("{x},{y}"))),
            format!("\n\n# longitude latitude\n\n{}", file(|x, y| format!("{x} {y}\n"))),
        ];
        for text in same {
            assert_eq!(parse_csv(&text).as_ref(), Ok(&plain), "{text:?}");
        }
    }

    #[test]
    fn points_fit_the_square_and_lead_back() {
        let report = parse_csv(&file(|x, y| format!("{x} {y}"))).unwrap();
        assert_eq!(report.points.xy[0], [-0.45, -0.9]);
        assert_eq!(report.points.xy[15], [0.45, 0.9]);
        assert_eq!(report.fit.unmap([0.45, 0.9]), [15.0, 30.0]);
    }

    #[test]
    fn bad_rows_are_named_and_skipped() {
        let bad = "7\n\n8,eight\n9,NaN\n-inf,9\n1e99,0\n,5\n";
        let report = parse_csv(&format!("{}{bad}", file(|x, y| format!("{x},{y}")))).unwrap();
        assert_eq!(report.points.xy.len(), 16);
        assert_eq!(
            skipped(&report),
            [
                "Line 17 was skipped (“7”): it has one column, and a point needs two.",
                "Line 19 was skipped (“8,eight”): “eight” is not a number.",
                "Line 20 was skipped (“9,NaN”): “NaN” is not a finite number.",
                "Line 21 was skipped (“-inf,9”): “-inf” is not a finite number.",
                "Line 22 was skipped (“1e99,0”): “1e99” is not a finite number.",
                "Line 23 was skipped (“,5”): one of its first two columns is empty.",
            ]
        );
        assert_eq!(report.notes().len(), 6);
        assert_eq!(report.notes()[5], "One more line was skipped.");
    }

    #[test]
    fn a_first_row_with_a_number_is_no_header() {
        let report = parse_csv(&format!("1,two\n{}", file(|x, y| format!("{x},{y}")))).unwrap();
        assert_eq!(skipped(&report), ["Line 1 was skipped (“1,two”): “two” is not a number."]);
    }

    #[test]
    fn long_lines_are_cut_between_characters() {
        let report = parse_csv(&format!("{}{}", file(|x, y| format!("{x},{y}")), "é".repeat(50))).unwrap();
        assert_eq!(report.skipped[0].text, "é".repeat(40) + "…");
    }

    #[test]
    fn further_columns_are_ignored_and_said() {
        let report = parse_csv(&file(|x, y| format!("{x},{y},red,9"))).unwrap();
        assert_eq!(report.notes(), ["The first two of 4 columns were used."]);
        assert_eq!(report.points.xy[15], [0.45, 0.9]);
    }

    #[test]
    fn what_is_beyond_the_most_is_left_out_and_said() {
        let text: String = (0..MAX_POINTS + 3).map(|i| format!("{i},0\n")).collect();
        let report = parse_csv(&text).unwrap();
        assert_eq!(report.points.xy.len(), MAX_POINTS);
        assert_eq!(report.notes(), ["The first 20000 points were kept, and 3 left out."]);
    }

    #[test]
    fn too_few_points_are_refused_with_the_likely_reason() {
        let says = |text: &str| parse_csv(text).unwrap_err().to_string();
        assert_eq!(says(""), "Found 0 usable points; at least 16 are needed.");
        assert_eq!(says("x,y\n1,2\n"), "Found 1 usable point; at least 16 are needed.");
        assert_eq!(
            says("one,two\nthree,four\n"),
            "Found 0 usable points; at least 16 are needed. Line 2 was skipped (“three,four”): “three” is not a number."
        );
        assert_eq!(
            says("x,y\n1,2\n3,four\n"),
            "Found 1 usable point; at least 16 are needed. Line 3 was skipped (“3,four”): “four” is not a number."
        );
    }

    #[test]
    fn coinciding_points_end_up_in_the_middle() {
        let report = parse_csv(&"5,7\n".repeat(16)).unwrap();
        assert_eq!(report.points.xy, [[0.0, 0.0]; 16]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(?s).{0,200}") {
            let _ = parse_csv(&text);
        }

        #[test]
        fn whatever_is_read_fits_the_square(
            rows in prop::collection::vec("[-+0-9.,;\teEinfNa\" ]{0,30}", 16..60),
            points in prop::collection::vec((any::<f32>(), any::<f32>()), 16..30),
        ) {
            let numbers: String = points.iter().map(|(x, y)| format!("{x};{y}\n")).collect();
            if let Ok(report) = parse_csv(&format!("{numbers}{}", rows.join("\n"))) {
                prop_assert!(report.points.xy.len() >= MIN_POINTS);
                prop_assert!(report.points.flat().iter().all(|v| v.abs() <= 0.9 + 1e-6));
            }
        }
    }
}
