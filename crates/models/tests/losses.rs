//! The losses against their equations, and their gradients against central differences.

use std::sync::Arc;

use terrarium_cpu::Cpu;
use terrarium_dfdx::Dfdx;
use terrarium_graph::{Builder, Engine, Graph, Result};
use terrarium_models::gan::{Gan, Loss};
use terrarium_models::mlp::{Activation, Mlp, Start};

type Make = fn(Arc<Graph>) -> Result<Box<dyn Engine>>;

const ENGINES: [(&str, Make); 2] =
    [("cpu", |graph| Ok(Box::new(Cpu::new(graph)?))), ("dfdx", |graph| Ok(Box::new(Dfdx::new(graph)?)))];

/// Losses of D and G where a linear D gives the verdicts 0.5 and −1 on two real points, and 2 and 0.25 on two generated
/// ones; G passes its noise on, which here is an input.
fn losses(make: Make, loss: impl for<'b> Fn(&'b Builder) -> Loss<'b>) -> [f32; 2] {
    let b = Builder::new();
    let linear = |name, sizes: &[usize]| Mlp::new(&b, name, sizes, Activation::Relu, Start::He);
    let gan = Gan { generator: linear("generator", &[1, 1]), discriminator: linear("discriminator", &[1, 1]), loss: loss(&b) };
    let (real, noise) = (b.input("real", [2, 1]), b.input("noise", [2, 1]));
    let outputs = [("d", gan.discriminator_loss(&b, real, noise)), ("g", gan.generator_loss(noise))];
    let program = b.program("losses", &outputs);
    drop(gan);
    let graph = Arc::new(b.finish().unwrap());
    let mut engine = make(graph.clone()).unwrap();
    for network in ["generator", "discriminator"] {
        engine.write_var(graph.find_var(&format!("{network}.0.weight")).unwrap(), &[1.0]).unwrap();
    }
    engine.write_input(graph.find_input("real").unwrap(), &[0.5, -1.0]).unwrap();
    engine.write_input(graph.find_input("noise").unwrap(), &[2.0, 0.25]).unwrap();
    engine.run(program, 1).unwrap();
    [0, 1].map(|output| engine.output(program, output).unwrap()[0])
}

#[test]
fn losses_are_what_their_equations_say() {
    let (real, fake) = ([0.5_f64, -1.0], [2.0_f64, 0.25]);
    let mean = |verdicts: [f64; 2], f: fn(f64) -> f64| (f(verdicts[0]) + f(verdicts[1])) / 2.0;
    let log_loss = mean(real, |d| (1.0 + (-d).exp()).ln()) + mean(fake, |d| (1.0 + d.exp()).ln());
    for (name, make) in ENGINES {
        let check = |what: &str, found: [f32; 2], expected: [f64; 2]| {
            for (found, expected) in found.into_iter().zip(expected) {
                assert!((f64::from(found) - expected).abs() < 1e-5, "{what} on {name}: {found}, not {expected}");
            }
        };
        check("non-saturating", losses(make, |_| Loss::NonSaturating), [log_loss, mean(fake, |d| (1.0 + (-d).exp()).ln())]);
        check("minimax", losses(make, |_| Loss::Minimax), [log_loss, mean(fake, |d| -(1.0 + d.exp()).ln())]);
        let squares = 0.5 * (mean(real, |d| (d - 1.0).powi(2)) + mean(fake, |d| d * d));
        check("least squares", losses(make, |_| Loss::LeastSquares), [squares, 0.5 * mean(fake, |d| (d - 1.0).powi(2))]);
        let hinge = mean(real, |d| (1.0 - d).max(0.0)) + mean(fake, |d| (1.0 + d).max(0.0));
        check("hinge", losses(make, |_| Loss::Hinge), [hinge, -mean(fake, |d| d)]);
        // D's slope is 1 everywhere, so there is no penalty, whatever its weight.
        let wasserstein = mean(fake, |d| d) - mean(real, |d| d);
        let loss = losses(make, |b| Loss::WassersteinGradientPenalty { weight: b.scalar(10.0) });
        check("Wasserstein", loss, [wasserstein, -mean(fake, |d| d)]);
    }
}

/// The loss and its gradients at the parameters as they stand.
fn evaluate(engine: &mut dyn Engine) -> (f64, Vec<Vec<f32>>) {
    let graph = engine.graph().clone();
    let program = graph.find_program("gradients").unwrap();
    engine.run(program, 1).unwrap();
    let outputs = graph.program(program).outputs.len();
    let loss = f64::from(engine.output(program, 0).unwrap()[0]);
    (loss, (1..outputs).map(|output| engine.output(program, output).unwrap()).collect())
}

#[test]
fn gradients_of_the_penalised_critic_are_those_of_central_differences() {
    // The slopes of the other activations have kinks, at which differences mean nothing.
    for activation in [Activation::Tanh, Activation::Sigmoid, Activation::Silu, Activation::Gelu] {
        let b = Builder::new();
        let gan = Gan {
            generator: Mlp::new(&b, "generator", &[2, 6, 2], activation, Start::He),
            discriminator: Mlp::new(&b, "discriminator", &[2, 8, 8, 1], activation, Start::He),
            loss: Loss::WassersteinGradientPenalty { weight: b.scalar(10.0) },
        };
        let loss = gan.discriminator_loss(&b, b.normal([16, 2]), b.normal([16, 2]));
        let parameters = gan.discriminator.parameters();
        let gradients = b.gradients(loss, &parameters);
        let outputs: Vec<_> = std::iter::once(("loss", loss)).chain(gradients.iter().map(|g| ("gradient", *g))).collect();
        b.program("gradients", &outputs);
        drop((gan, gradients, parameters, outputs));
        let graph = Arc::new(b.finish().unwrap());
        let learning: Vec<_> = graph.var_ids().filter(|var| graph.var(*var).name.starts_with("discriminator")).collect();

        for (name, make) in ENGINES {
            let mut engine = make(graph.clone()).unwrap();
            engine.initialise(5).unwrap();
            let (_, gradients) = evaluate(engine.as_mut());
            for (var, gradient) in learning.iter().zip(gradients) {
                let values = engine.read_var(*var).unwrap();
                let mut differences = Vec::new();
                for i in 0..values.len() {
                    let mut at = |offset: f32| {
                        let mut moved = values.clone();
                        moved[i] += offset;
                        engine.write_var(*var, &moved).unwrap();
                        evaluate(engine.as_mut()).0
                    };
                    const H: f32 = 4e-3;
                    differences.push((at(H) - at(-H)) / f64::from(2.0 * H));
                }
                engine.write_var(*var, &values).unwrap();
                let apart = gradient.iter().zip(&differences).map(|(g, d)| (f64::from(*g) - d).powi(2)).sum::<f64>().sqrt();
                let size = differences.iter().map(|d| d * d).sum::<f64>().sqrt();
                let var = &graph.var(*var).name;
                assert!(apart <= 2e-3 * size + 2e-3, "{activation:?} on {name}, {var}: {apart} apart, of {size}");
            }
        }
    }
}
