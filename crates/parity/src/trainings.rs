//! Small trainings: how steps share variables, where gradients come from, what is frozen, what a step puts out.

use std::sync::Arc;

use terrarium_graph::philox::{Domain, Stream};
use terrarium_graph::{Builder, Cache, Engine, Graph, Init, Pairs, Result, Rotary, Rule, Scalar, Tensor};

use crate::mismatch::{Mismatch, Pair, Tolerance};
use crate::{Make, drift, images, texts};

/// A graph whose programs are run in turn. Its inputs are filled with normal numbers.
pub struct Training {
    pub name: &'static str,
    build: fn(&Builder),
}

impl Training {
    pub(crate) fn new(name: &'static str, build: fn(&Builder)) -> Training {
        Training { name, build }
    }

    /// # Errors
    /// If there is a mistake in it.
    pub fn graph(&self) -> Result<Graph> {
        let builder = Builder::new();
        (self.build)(&builder);
        builder.finish()
    }
}

/// Every training.
pub fn trainings() -> Vec<Training> {
    let training = Training::new;
    let mut trainings = vec![
        training("two parameters with one gradient", |b| {
            let [u, v] = ["u", "v"].map(|name| parameter(b, name, &[3]));
            descend(b, (b.input("x", [5, 3]) + u + v).square().sum_all(), &[u, v], Rule::Sgd { momentum: 0.0 });
        }),
        training("a parameter that the loss does not depend on", |b| {
            let [u, v] = ["u", "v"].map(|name| parameter(b, name, &[3]));
            descend(b, u.square().sum_all(), &[u, v], Rule::adam());
        }),
        training("a loss that depends on nothing that learns", |b| {
            let u = parameter(b, "u", &[3]);
            descend(b, b.input("x", [3]).sum_all(), &[u], Rule::adam());
        }),
        training("a loss that is the parameter", |b| {
            let u = parameter(b, "u", &[]);
            descend(b, u, &[u], Rule::Sgd { momentum: 0.5 });
        }),
        training("a gradient that is an input", |b| {
            let u = parameter(b, "u", &[2, 3]);
            descend(b, (u * b.input("x", [2, 3])).sum_all(), &[u], Rule::RmsProp { alpha: 0.9, epsilon: 1e-5 });
        }),
        training("a gradient that is another parameter", |b| {
            let [u, v] = ["u", "v"].map(|name| parameter(b, name, &[3]));
            descend(b, (u * v).sum_all(), &[u, v], Rule::Sgd { momentum: 0.0 });
        }),
        training("a parameter used in two shapes", |b| {
            let u = parameter(b, "u", &[2, 3]);
            descend(b, (u.t().matmul(u) + u.reshape([3, 2]).matmul(u)).tanh().sum_all(), &[u], Rule::adam());
        }),
        training("empty parameters among others", |b| {
            let (u, none, v) = (parameter(b, "u", &[3]), parameter(b, "none", &[0, 3]), parameter(b, "v", &[3]));
            let loss = (u * v).square().sum_all() + none.square().sum_all();
            descend(b, loss, &[u, none, v], Rule::adam());
        }),
        training("every second parameter, last first", |b| {
            let names = ["p", "q", "r", "s", "t"];
            let [p, q, r, s, t] = names.map(|name| parameter(b, name, &[3]));
            let loss = (p * q + r * s + t).square().sum_all();
            descend(b, loss, &[t, r, p], Rule::Adam { beta1: 0.5, beta2: 0.9, epsilon: 1e-4 });
        }),
        training("a learning rate that falls with the steps", |b| {
            let u = parameter(b, "u", &[3]);
            let rate = 0.5 / b.step_number().sqrt();
            let optimiser = b.optimiser(Rule::Sgd { momentum: 0.9 }, rate, None);
            b.step("step", u.square().sum_all(), &[u], optimiser, |_| vec![("rate".into(), rate)]);
        }),
        training("gradient norms and values before the update", |b| {
            let (u, v) = (parameter(b, "u", &[3, 4]), parameter(b, "v", &[4]));
            let loss = (b.input("x", [5, 3]).matmul(u).tanh() + v).square().mean_all();
            let optimiser = b.optimiser(Rule::Sgd { momentum: 0.0 }, b.scalar(0.1), None);
            b.step("step", loss, &[u, v], optimiser, |gradients| {
                let norms = gradients.iter().map(|g| ("norm".to_string(), g.square().sum_all().sqrt()));
                norms.chain([("v".into(), v), ("u, reshaped".into(), u.reshape([12])), ("2u".into(), u * 2.0)]).collect()
            });
        }),
        training("two players over one store", two_players),
        training("a gradient of a gradient in the loss", |b| {
            let x = b.normal([6, 2]);
            let (w, v) = (parameter(b, "w", &[2, 5]), parameter(b, "v", &[5, 1]));
            let score = x.matmul(w).tanh().matmul(v);
            let slope = b.gradients(score.sum_all(), &[x])[0];
            let penalty = ((slope.square().sum(&[1]) + 1e-6).sqrt() - 1.0).square().mean_all();
            descend(b, score.mean_all() + penalty * 10.0, &[w, v], Rule::adam());
        }),
    ];
    trainings.push(training("rows of states that are set", |b| {
        let (cache, position) = (b.state("cache", [4, 5], Init::Normal(1.0)), b.state("position", [], Init::Constant(-1.0)));
        let ring = b.state("ring", [3], Init::Normal(1.0));
        // Positions −1 and 4 to 8 lie outside of the cache. It is read, and its own row set, as it was before the run.
        let row = cache.sum(&[0]).reshape([5]) + position;
        let next = b.program("next", &[("row", row), ("cache", cache * 2.0)]);
        b.assign_row(next, cache, position, row);
        b.assign(next, position, position + 1.0);
        b.assign_row(next, ring, b.random_index(3, 1), position.square());
        let other = b.program("other", &[("ring", ring)]);
        b.assign_row(other, cache, position.to_indices(), cache.slice(0, 1..2).reshape([5]));
    }));
    trainings.push(training("caches that fill, and are full", |b| fill_caches(b, 4, None)));
    trainings.push(training("caches of keys that are turned", |b| fill_caches(b, 2, Some(Pairs::Halves))));
    trainings.push(training("caches of keys whose neighbours are turned", |b| fill_caches(b, 2, Some(Pairs::Neighbours))));
    trainings.extend(images::trainings());
    trainings.extend(texts::trainings());
    trainings
}

/// One position after the other attends to those before it, by heads that two of them share, until the caches are full.
fn fill_caches(b: &Builder, heads: usize, turned: Option<Pairs>) {
    let [keys, values] = ["keys", "values"].map(|name| b.state(name, [6, 4], Init::ZEROS));
    let (position, last) = (b.state("position", [], Init::ZEROS), b.state("last", [1, 8], Init::Normal(1.0)));
    let all = last.matmul(b.input("projection", [8, 16]));
    let turn = |pairs| all.rotary(position, heads + heads / 2, Rotary { head_dim: 8 / heads, base: Scalar(100.0), pairs });
    let all = turned.map_or(all, turn);
    let [key, value] = [8, 12].map(|start| all.slice(1, start..start + 4));
    let y = all.slice(1, 0..8).cached_attention(heads, key, value, Cache { keys, values, position });
    let next = b.program("next", &[("y", y)]);
    b.assign_row(next, keys, position, key.reshape([4]));
    b.assign_row(next, values, position, value.reshape([4]));
    b.assign(next, position, position + 1.0);
    b.assign(next, last, y.tanh());
}

/// A generator and a discriminator that take turns; what the one learns is frozen for the other.
fn two_players<'b>(b: &'b Builder) {
    let [g, h] = [parameter(b, "generator.0", &[2, 6]), parameter(b, "generator.1", &[6, 2])];
    let [d, e] = [parameter(b, "discriminator.0", &[2, 6]), parameter(b, "discriminator.1", &[6, 1])];
    let made = b.normal([8, 2]).matmul(g).tanh().matmul(h);
    let judged = |x: Tensor<'b>| x.matmul(d).relu().matmul(e);
    let real = judged(b.normal([8, 2]) + 1.0).logits_bce(b.scalar(1.0)).mean_all();
    let fake = judged(made).logits_bce(b.scalar(0.0)).mean_all();
    descend(b, real + fake, &[d, e], Rule::Adam { beta1: 0.5, beta2: 0.999, epsilon: 1e-8 });
    let fooled = judged(made).logits_bce(b.scalar(1.0)).mean_all();
    descend(b, fooled, &[g, h], Rule::Sgd { momentum: 0.5 });
}

fn parameter<'b>(b: &'b Builder, name: &str, sizes: &[usize]) -> Tensor<'b> {
    b.parameter(name, sizes, Init::Normal(1.0))
}

fn descend<'b>(b: &'b Builder, loss: Tensor<'b>, learning: &[Tensor<'b>], rule: Rule) {
    let optimiser = b.optimiser(rule, b.scalar(0.01), Some(b.scalar(0.01)));
    b.step("step", loss, learning, optimiser, |gradients| {
        std::iter::once(loss).chain(gradients.iter().copied()).map(|tensor| ("output".into(), tensor)).collect()
    });
}

/// Over ten rounds two engines put out the same, and their variables do not drift apart.
pub async fn engines(training: &Training, left: Make<'_>, right: Make<'_>) -> std::result::Result<(), Mismatch> {
    let (case, wrong) = (training.name, Mismatch::error(training.name));
    let graph = Arc::new(training.graph().map_err(&wrong)?);
    let (mut left, mut right) = (start(&graph, left).await.map_err(&wrong)?, start(&graph, right).await.map_err(&wrong)?);
    for step in 1..=10 {
        for program in graph.program_ids() {
            let (variable, apart) = drift(left.as_mut(), right.as_mut(), &[program], step..=step).await.map_err(&wrong)?.furthest;
            if apart > DRIFT || apart.is_nan() {
                let name = &graph.program(program).name;
                return Err(Mismatch::new(case, format!("after {name} {step}, {variable} differs by {apart:e} of its norm")));
            }
            let (a, b) = (left.outputs(program).await.map_err(&wrong)?, right.outputs(program).await.map_err(&wrong)?);
            for (i, (name, node)) in graph.program(program).outputs.iter().enumerate() {
                let what = format!("{name} {i} of {} {step}", graph.program(program).name);
                let pair = Pair { case, what, shape: &graph.node(*node).shape, names: [left.name(), right.name()] };
                pair.compare(&a[i], &b[i], OUTPUTS)?;
            }
        }
    }
    Ok(())
}

const DRIFT: f32 = 1e-4;
const OUTPUTS: Tolerance = Tolerance { relative: 1e-4, absolute: 1e-5 };
const SEED: u64 = 5;

async fn start(graph: &Arc<Graph>, make: Make<'_>) -> Result<Box<dyn Engine>> {
    let mut engine = make(graph.clone()).await?;
    engine.initialise(SEED)?;
    for (i, input) in graph.inputs.iter().enumerate() {
        let mut values = vec![0.0; input.shape.elements()];
        Stream::new(SEED, Domain::Host, i as u32, 0).fill(0, &mut values, Stream::normal);
        engine.write_input(graph.find_input(&input.name)?, &values)?;
    }
    Ok(engine)
}
