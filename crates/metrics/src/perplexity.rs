/// The perplexity of a text whose tokens a model expects with a mean loss of so many nats: e to that, the number of equally likely tokens
/// among which the choice would be as hard (Jelinek, Mercer, Bahl, Baker 1977). 1 for a text that is known by heart; infinite or NaN as
/// the loss is.
pub fn perplexity(nats: f32) -> f32 {
    nats.exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_among_equals_is_as_many() {
        assert!((perplexity(512_f32.ln()) - 512.0).abs() < 1e-2);
        // Of probabilities ½ and ⅛ the mean is 2 bits: a choice among four.
        let nats = -(0.5_f32.ln() + 0.125_f32.ln()) / 2.0;
        assert!((perplexity(nats) - 4.0).abs() < 1e-5);
        assert_eq!((perplexity(0.0), perplexity(f32::INFINITY)), (1.0, f32::INFINITY));
        assert!(perplexity(f32::NAN).is_nan());
    }
}
