//! Optimisers, checked by training a small regression.

use std::sync::Arc;

use terrarium_graph::philox::{Domain, Stream};
use terrarium_graph::{Builder, Engine, Graph, Init, ProgramId, Result, Rule, VarId};

use crate::mismatch::{Mismatch, Pair, Tolerance};
use crate::{Make, drift};

/// A rule with its weight decay, and the longest that gradients may be.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    rule: Rule,
    decay: Option<f32>,
    longest: Option<f32>,
    /// Whether the bias is spared weight decay.
    sparing: bool,
}

impl Settings {
    fn plain(rule: Rule) -> Settings {
        Settings { rule, decay: None, longest: None, sparing: false }
    }
}

/// Every rule, with and without what it may have, and some with gradients that are clipped, or could be but are short enough.
pub fn rules() -> Vec<Settings> {
    let rules = [
        Rule::Sgd { momentum: 0.0 },
        Rule::Sgd { momentum: 0.9 },
        Rule::RmsProp { alpha: 0.9, epsilon: 1e-6 },
        Rule::adam(),
        Rule::Adam { beta1: 0.5, beta2: 0.9, epsilon: 1e-4 },
        Rule::AdamW { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    ];
    let decays = rules.map(Settings::plain).into_iter().flat_map(|plain| [plain, Settings { decay: Some(0.1), ..plain }]);
    let clipped = [0.01, 100.0].map(|longest| Settings { longest: Some(longest), ..Settings::plain(Rule::Sgd { momentum: 0.9 }) });
    let both = Settings { decay: Some(0.1), longest: Some(0.01), ..Settings::plain(Rule::adam()) };
    let sparing = Settings { sparing: true, ..both };
    decays.chain(clipped).chain([both, sparing]).collect()
}

/// After 20 steps the parameters and moments of two engines agree to 10⁻⁴ of their norms.
pub async fn engines(settings: Settings, left: Make<'_>, right: Make<'_>) -> std::result::Result<(), Mismatch> {
    let case = format!("{settings:?}");
    let furthest = async || -> Result<(String, f32)> {
        let regression = Regression::new(settings)?;
        let (mut left, mut right) = (regression.start(left).await?, regression.start(right).await?);
        Ok(drift(left.as_mut(), right.as_mut(), &[regression.step], 1..=20).await?.furthest)
    };
    match furthest().await.map_err(Mismatch::error(&case))? {
        (_, apart) if apart < 1e-4 => Ok(()),
        (variable, apart) => Err(Mismatch::new(&case, format!("after 20 steps {variable} differs by {apart:e} of its norm"))),
    }
}

/// Each of five steps does to parameters and moments what [`Rule`] says, by its formula in f64 and the gradients that the
/// step puts out.
pub async fn formula(settings: Settings, make: Make<'_>) -> std::result::Result<(), Mismatch> {
    let case = format!("{settings:?}");
    let wrong = Mismatch::error(&case);
    let regression = Regression::new(settings).map_err(&wrong)?;
    let mut engine = regression.start(make).await.map_err(&wrong)?;
    let graph = &regression.graph;
    for step in 1..=5_u16 {
        let before = regression.state(engine.as_mut()).await.map_err(&wrong)?;
        engine.run(regression.step, step.into()).map_err(&wrong)?;
        let after = regression.state(engine.as_mut()).await.map_err(&wrong)?;
        let gradients = engine.outputs(regression.step).await.map_err(&wrong)?;
        let scale = scale(settings, &gradients);
        for (i, (before, after)) in before.iter().zip(&after).enumerate() {
            let gradient: Vec<f64> = gradients[i].iter().map(|g| f64::from(*g) * scale).collect();
            let spared = settings.sparing && PARAMETERS[i] == "b";
            let settings = Settings { decay: settings.decay.filter(|_| !spared), ..settings };
            let expected = stepped(settings, step.into(), before, &gradient);
            for (part, (got, expected)) in after.iter().zip(&expected).enumerate() {
                let what = format!("{} of {} after step {step}", ["value", "first moment", "second moment"][part], PARAMETERS[i]);
                let shape = &graph.var(graph.find_var(PARAMETERS[i]).map_err(&wrong)?).shape;
                let names = [engine.name(), "formula"];
                Pair { case: &case, what, shape, names }.compare(got, expected, ROUNDING)?;
            }
        }
    }
    Ok(())
}

/// The learning rate is live: a step of plain descent is as long as it says, and at 0 nothing moves.
pub async fn live_rate(make: Make<'_>) -> std::result::Result<(), Mismatch> {
    let case = "live learning rate";
    let moved = async |rate: f32| -> Result<Vec<f32>> {
        let regression = Regression::new(Settings::plain(Rule::Sgd { momentum: 0.0 }))?;
        let mut engine = regression.start(make).await?;
        // Once at the usual rate, then from the start again, so that the same engine sees the rate change.
        engine.run(regression.step, 1)?;
        engine.initialise(SEED)?;
        engine.write_input(regression.graph.find_input("rate")?, &[rate])?;
        let weights = [regression.graph.find_var("w")?];
        let before = engine.variables(&weights).await?.concat();
        engine.run(regression.step, 1)?;
        Ok(engine.variables(&weights).await?.concat().iter().zip(before).map(|(after, before)| after - before).collect())
    };
    let wrong = Mismatch::error(case);
    let still = moved(0.0).await.map_err(&wrong)?;
    let (once, twice) = (moved(0.25).await.map_err(&wrong)?, moved(0.5).await.map_err(&wrong)?);
    if still.iter().any(|&x| x != 0.0) || once.iter().all(|&x| x == 0.0) {
        return Err(Mismatch::new(case, "parameters must move at a rate of ¼ and stay at a rate of 0"));
    }
    let doubled: Vec<f32> = once.iter().map(|x| 2.0 * x).collect();
    let shape = [doubled.len()].into();
    let names = ["moved at rate ½", "twice moved at rate ¼"];
    Pair { case, what: "w".to_string(), shape: &shape, names }.compare(&twice, &doubled, ROUNDING)
}

const ROUNDING: Tolerance = Tolerance { relative: 1e-5, absolute: 1e-7 };
const RATE: f32 = 0.02;
const SEED: u64 = 3;
const ROWS: usize = 9;
const PARAMETERS: [&str; 3] = ["w", "b", "v"];

/// tanh(x·w + b)·v moves towards targets, by mean squared error. The learning rate and the weight decay are inputs; the
/// step puts out the gradients.
struct Regression {
    graph: Arc<Graph>,
    step: ProgramId,
    settings: Settings,
}

impl Regression {
    fn new(settings: Settings) -> Result<Self> {
        let Settings { rule, decay, longest, sparing } = settings;
        let builder = Builder::new();
        let (x, target) = (builder.input("x", [ROWS, 3]), builder.input("target", [ROWS, 2]));
        let parameter = |place: usize, sizes: &[usize]| builder.parameter(PARAMETERS[place], sizes, Init::Normal(0.5));
        let [w, b, v] = [parameter(0, &[3, 5]), parameter(1, &[5]), parameter(2, &[5, 2])];
        let loss = ((x.matmul(w) + b).tanh().matmul(v) - target).square().mean_all();
        let decay = decay.map(|_| builder.input("decay", []));
        let optimiser = builder.optimiser(rule, builder.input("rate", []), decay);
        let optimiser = longest.map_or(optimiser, |longest| optimiser.clipped(builder.scalar(longest)));
        let optimiser = if sparing { optimiser.sparing_vectors() } else { optimiser };
        let step = builder.step("step", loss, &[w, b, v], optimiser, |gradients| {
            PARAMETERS.iter().map(|name| format!("gradient of {name}")).zip(gradients.iter().copied()).collect()
        });
        Ok(Regression { graph: Arc::new(builder.finish()?), step, settings })
    }

    /// An engine at the start.
    async fn start(&self, make: Make<'_>) -> Result<Box<dyn Engine>> {
        let mut engine = make(self.graph.clone()).await?;
        engine.initialise(SEED)?;
        for (stream, name) in ["x", "target"].into_iter().enumerate() {
            let input = self.graph.find_input(name)?;
            let mut values = vec![0.0; self.graph.input(input).shape.elements()];
            Stream::new(SEED, Domain::Host, stream as u32, 0).fill(0, &mut values, Stream::normal);
            engine.write_input(input, &values)?;
        }
        engine.write_input(self.graph.find_input("rate")?, &[RATE])?;
        if let Some(decay) = self.settings.decay {
            engine.write_input(self.graph.find_input("decay")?, &[decay])?;
        }
        Ok(engine)
    }

    /// Each parameter's value and then its moments.
    async fn state(&self, engine: &mut dyn Engine) -> Result<Vec<Vec<Vec<f32>>>> {
        let moments = 1..=self.settings.rule.moments();
        let mut state = Vec::new();
        for name in PARAMETERS {
            let parts = std::iter::once(name.to_string()).chain(moments.clone().map(|moment| format!("{name}.moment{moment}")));
            let vars: Vec<VarId> = parts.map(|part| self.graph.find_var(&part)).collect::<Result<_>>()?;
            state.push(engine.variables(&vars).await?);
        }
        Ok(state)
    }
}

/// What gradients are multiplied by, so that together they are no longer than they may be.
fn scale(settings: Settings, gradients: &[Vec<f32>]) -> f64 {
    let norm = gradients.iter().flatten().map(|&g| f64::from(g).powi(2)).sum::<f64>().sqrt();
    settings.longest.map_or(1.0, |longest| (f64::from(longest) / norm).min(1.0))
}

/// A parameter's value and moments after a step, by the formulas of [`Rule`].
fn stepped(settings: Settings, step: i32, before: &[Vec<f32>], gradient: &[f64]) -> Vec<Vec<f32>> {
    let Settings { rule, decay, .. } = settings;
    let (rate, decay) = (f64::from(RATE), decay.map_or(0.0, f64::from));
    let of = |before: &[Vec<f32>], part: usize, i: usize| before.get(part).map_or(0.0, |values| f64::from(values[i]));
    let mut after = before.to_vec();
    for i in 0..gradient.len() {
        let [x, first, second] = [0, 1, 2].map(|part| of(before, part, i));
        let plain = gradient[i];
        let g = plain + decay * x;
        let adam = |g: f64, beta1: f32, beta2: f32, epsilon: f32| {
            let (beta1, beta2) = (f64::from(beta1), f64::from(beta2));
            let (m, v) = (beta1 * first + (1.0 - beta1) * g, beta2 * second + (1.0 - beta2) * g * g);
            let (m_hat, v_hat) = (m / (1.0 - beta1.powi(step)), v / (1.0 - beta2.powi(step)));
            (m, v, rate * m_hat / (v_hat.sqrt() + f64::from(epsilon)))
        };
        let new = match rule {
            Rule::Sgd { momentum } => {
                let m = f64::from(momentum) * first + g;
                [x - rate * m, m, 0.0]
            }
            Rule::RmsProp { alpha, epsilon } => {
                let v = f64::from(alpha) * first + (1.0 - f64::from(alpha)) * g * g;
                [x - rate * g / (v.sqrt() + f64::from(epsilon)), v, 0.0]
            }
            Rule::Adam { beta1, beta2, epsilon } => {
                let (m, v, moved) = adam(g, beta1, beta2, epsilon);
                [x - moved, m, v]
            }
            Rule::AdamW { beta1, beta2, epsilon } => {
                let (m, v, moved) = adam(plain, beta1, beta2, epsilon);
                [x - moved - rate * decay * x, m, v]
            }
        };
        after.iter_mut().zip(new).for_each(|(part, new)| part[i] = new as f32);
    }
    after
}
