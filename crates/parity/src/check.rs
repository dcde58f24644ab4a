//! The checks of a case.

use terrarium_graph::philox::{Domain, Stream, below};
use terrarium_graph::{Engine, ProgramId, Shape, VarId};

use crate::case::{Case, hash};
use crate::mismatch::{Mismatch, Pair, Tolerance, typical};
use crate::{Make, Subject};

type Checked = Result<(), Mismatch>;

/// For the same computation in f32, rounded in another order.
const SAME: Tolerance = Tolerance { relative: 2e-5, absolute: 2e-6 };

/// For a derivative and the differences of f32 numbers that lie [`STEP`] apart.
const DIFFERENCES: Tolerance = Tolerance { relative: 2e-3, absolute: 2e-3 };
const STEP: f32 = 0.02;

/// In how many places differences are taken of each parameter.
const PLACES: usize = 6;

/// Two engines have the same value, gradients and second derivatives, and the same in a step as outside.
pub async fn engines(case: &Case, left: Make<'_>, right: Make<'_>) -> Checked {
    let subject = subject(case)?;
    let mut left = Loaded::new(case, &subject, left).await?;
    let mut right = Loaded::new(case, &subject, right).await?;
    let value = |_| ("value".to_string(), &subject.shape);
    let gradient = |i| (format!("gradient {}", subject.name(i)), subject.parameter_shape(i));
    let second = |i| (format!("second derivative {}", subject.name(i)), subject.parameter_shape(i));
    let in_step = |i: usize| match i.checked_sub(1) {
        None => value(0),
        Some(i) => gradient(i),
    };
    left.compare(&mut right, subject.value, &value).await?;
    left.compare(&mut right, subject.symbolic, &gradient).await?;
    left.compare(&mut right, subject.step, &in_step).await?;
    match subject.second {
        Some(program) => left.compare(&mut right, program, &second).await,
        None => Ok(()),
    }
}

/// The gradients as nodes of the graph are those of a step, and both are those by central differences of the value.
pub async fn gradients(case: &Case, make: Make<'_>) -> Checked {
    let subject = subject(case)?;
    let mut engine = Loaded::new(case, &subject, make).await?;
    let symbolic = engine.outputs(subject.symbolic).await?;
    let stepped = engine.outputs(subject.step).await?;
    let change_of_loss = |from: &[Vec<f32>], to: &[Vec<f32>]| {
        let pairs = from[0].iter().zip(&to[0]).zip(&subject.weights);
        pairs.map(|((&from, &to), &weight)| f64::from(weight) * (f64::from(to) - f64::from(from))).sum()
    };
    for (i, (symbolic, stepped)) in symbolic.iter().zip(&stepped[1..]).enumerate() {
        let pair = engine.pair(format!("gradient {}", subject.name(i)), i, ["as a node", "in a step"]);
        pair.compare(symbolic, stepped, SAME)?;
        let pair = Pair { names: ["as a node", "by differences"], ..pair };
        for at in places(&case.name, symbolic.len()) {
            let slope = engine.slope(subject.value, i, at, &change_of_loss).await?;
            pair.compare_at(at, symbolic[at], slope, typical(symbolic), DIFFERENCES)?;
        }
    }
    Ok(())
}

/// The gradients of the sum of squares of all gradients are those by central differences of the gradients.
pub async fn second_derivatives(case: &Case, make: Make<'_>) -> Checked {
    let subject = subject(case)?;
    let Some(second) = subject.second else { return Ok(()) };
    let mut engine = Loaded::new(case, &subject, make).await?;
    let second = engine.outputs(second).await?;
    // b² − a² as (b − a)(b + a), which rounds less.
    let change_of_squares = |from: &[Vec<f32>], to: &[Vec<f32>]| {
        let pairs = from.iter().flatten().zip(to.iter().flatten()).map(|(&from, &to)| (f64::from(from), f64::from(to)));
        pairs.map(|(from, to)| (to - from) * (to + from)).sum()
    };
    for (i, second) in second.iter().enumerate() {
        let pair = engine.pair(format!("second derivative {}", subject.name(i)), i, ["as a node", "by differences"]);
        for at in places(&case.name, second.len()) {
            let slope = engine.slope(subject.symbolic, i, at, &change_of_squares).await?;
            pair.compare_at(at, second[at], slope, typical(second), DIFFERENCES)?;
        }
    }
    Ok(())
}

/// An engine's value and gradients are what the case states; `reference` says that it is the engine that may differ where
/// the table says so, and then must.
pub async fn stated(case: &Case, make: Make<'_>, reference: bool) -> Checked {
    let Some(stated) = &case.stated else { return Ok(()) };
    let subject = subject(case)?;
    let mut engine = Loaded::new(case, &subject, make).await?;
    let got = engine.outputs(subject.step).await?;
    let names = [engine.engine.name(), "stated"];
    let value = Pair { case: &case.name, what: "value".to_string(), shape: &subject.shape, names };
    let gradient = |i: usize, expected: &Vec<f32>| {
        engine.pair(format!("gradient {}", subject.name(i)), i, names).compare(&got[i + 1], expected, SAME)
    };
    let compared = value
        .compare(&got[0], &stated.value, SAME)
        .and_then(|()| stated.gradients.iter().flatten().enumerate().try_for_each(|(i, expected)| gradient(i, expected)));
    match (compared, stated.reference_differs) {
        (Ok(()), Some(why)) if reference => {
            Err(Mismatch::new(&case.name, format!("the reference engine is said to differ ({why}), but it does not")))
        }
        (Err(_), Some(_)) if reference => Ok(()),
        (compared, _) => compared,
    }
}

fn subject(case: &Case) -> Result<Subject, Mismatch> {
    Subject::new(case).map_err(Mismatch::error(&case.name))
}

/// How much a sum over outputs changes from some outputs to others.
type Change<'a> = &'a dyn Fn(&[Vec<f32>], &[Vec<f32>]) -> f64;

/// An engine that has been given a case's tensors.
struct Loaded<'a> {
    case: &'a str,
    subject: &'a Subject,
    engine: Box<dyn Engine>,
}

impl<'a> Loaded<'a> {
    async fn new(case: &'a Case, subject: &'a Subject, make: Make<'_>) -> Result<Self, Mismatch> {
        let wrong = Mismatch::error(&case.name);
        let mut engine = make(subject.graph.clone()).await.map_err(&wrong)?;
        subject.load(engine.as_mut()).map_err(wrong)?;
        Ok(Loaded { case: &case.name, subject, engine })
    }

    async fn outputs(&mut self, program: ProgramId) -> Result<Vec<Vec<f32>>, Mismatch> {
        self.subject.outputs(self.engine.as_mut(), program).await.map_err(Mismatch::error(self.case))
    }

    fn pair(&self, what: String, parameter: usize, names: [&'a str; 2]) -> Pair<'a> {
        Pair { case: self.case, what, shape: self.subject.parameter_shape(parameter), names }
    }

    /// Compares the outputs of a program; `output` names each and says its shape.
    async fn compare(
        &mut self,
        other: &mut Loaded<'_>,
        program: ProgramId,
        output: &dyn Fn(usize) -> (String, &'a Shape),
    ) -> Checked {
        let names = [self.engine.name(), other.engine.name()];
        let (own, others) = (self.outputs(program).await?, other.outputs(program).await?);
        for (i, (own, others)) in own.iter().zip(&others).enumerate() {
            let (what, shape) = output(i);
            Pair { case: self.case, what, shape, names }.compare(own, others, SAME)?;
        }
        Ok(())
    }

    /// How fast a sum over a program's outputs changes with one element of a parameter: the five-point formula, whose error
    /// falls with the fourth power of [`STEP`].
    async fn slope(&mut self, program: ProgramId, parameter: usize, at: usize, change: Change<'_>) -> Result<f32, Mismatch> {
        let (var, values) = &self.subject.parameters[parameter];
        let mut outputs = async |steps: f32| {
            let mut moved = values.clone();
            moved[at] += steps * STEP;
            self.write(*var, &moved)?;
            self.outputs(program).await
        };
        let [far_below, below, above, far_above] =
            [outputs(-2.0).await?, outputs(-1.0).await?, outputs(1.0).await?, outputs(2.0).await?];
        self.write(*var, values)?;
        Ok(((8.0 * change(&below, &above) - change(&far_below, &far_above)) / (12.0 * f64::from(STEP))) as f32)
    }

    fn write(&mut self, var: VarId, values: &[f32]) -> Checked {
        self.engine.write_var(var, values).map_err(Mismatch::error(self.case))
    }
}

/// The first and the last place, and some between them.
fn places(case: &str, len: usize) -> Vec<usize> {
    if len <= PLACES {
        return (0..len).collect();
    }
    let mut bits = [0; PLACES - 2];
    Stream::new(hash(case), Domain::Host, u32::MAX, 1).fill(0, &mut bits, Stream::bits);
    let between = bits.into_iter().map(|bits| below(bits, len as u32) as usize);
    [0, len - 1].into_iter().chain(between).collect()
}
