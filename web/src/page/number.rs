//! Numbers as people read them.

/// With a comma between thousands: "2,340".
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// With three significant digits: "0.0123", "12.3", "4.56e-7".
pub fn short(number: f32) -> String {
    let size = number.abs();
    match number {
        _ if number.is_nan() => "no number".to_string(),
        _ if number.is_infinite() => if number > 0.0 { "∞" } else { "−∞" }.to_string(),
        0.0 => "0".to_string(),
        _ if !(1e-3..1e5).contains(&size) => signed(format!("{number:.2e}")),
        _ => {
            let decimals = (2 - size.log10().floor() as i32).max(0) as usize;
            signed(format!("{number:.decimals$}"))
        }
    }
}

/// As a share of 100: "93 %".
pub fn percent(share: f32) -> String {
    if share.is_nan() { "–".to_string() } else { format!("{:.0}\u{202f}%", 100.0 * share) }
}

/// A tick of an axis, as short as it can be: "0.25", "1e-4", "20k".
pub fn tick(number: f64) -> String {
    let size = number.abs();
    if size >= 1e6 || (size > 0.0 && size < 1e-3) {
        signed(format!("{number:.1e}").replace(".0e", "e"))
    } else if size >= 1e4 {
        signed(format!("{}k", number / 1e3))
    } else {
        // Ticks are round, so this drops the last bits of their sums only.
        signed(((number * 1e6).round() / 1e6).to_string())
    }
}

/// With a minus sign instead of a hyphen.
fn signed(text: String) -> String {
    match text.strip_prefix('-') {
        Some(rest) => format!("−{rest}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 999, 1000, 2340, 1_234_567].map(thousands), ["0", "999", "1,000", "2,340", "1,234,567"]);
        assert_eq!([0.0, 0.01234, 0.7654, 12.34, 123.4, 1234.5].map(short), ["0", "0.0123", "0.765", "12.3", "123", "1234"]);
        assert_eq!([4.56e-7, -0.5, f32::NAN, f32::NEG_INFINITY].map(short), ["4.56e-7", "−0.500", "no number", "−∞"]);
        assert_eq!(
            [0.25, 0.1 + 0.2, -1.5, 20_000.0, 1e-4, 1.5e6, 0.0].map(tick),
            ["0.25", "0.3", "−1.5", "20k", "1e-4", "1.5e6", "0"]
        );
        assert_eq!(percent(0.934), "93\u{202f}%");
    }
}
