//! GANs as the lab has them, by every loss and every optimiser: the same training as on the cpu engine.

mod common;

use std::sync::Arc;

use common::{distance, gpu, load};
use terrarium_cpu::Cpu;
use terrarium_graph::{Builder, Engine, Graph, ProgramId, Rule};
use terrarium_models::gan::{Gan, Loss};
use terrarium_models::mlp::{Activation, Mlp, Start};
use terrarium_webgpu::Gpu;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// Which loss; the penalty's weight is a node of the graph it is built in.
type LossIn = for<'b> fn(&'b Builder) -> Loss<'b>;

const LOSSES: [(&str, LossIn); 5] = [
    ("non-saturating", |_| Loss::NonSaturating),
    ("minimax", |_| Loss::Minimax),
    ("least squares", |_| Loss::LeastSquares),
    ("hinge", |_| Loss::Hinge),
    ("Wasserstein with gradient penalty", |b| Loss::WassersteinGradientPenalty { weight: b.scalar(0.1) }),
];

const RULES: [Rule; 6] = [
    Rule::Sgd { momentum: 0.0 },
    Rule::Sgd { momentum: 0.9 },
    Rule::RmsProp { alpha: 0.9, epsilon: 1e-6 },
    Rule::Adam { beta1: 0.5, beta2: 0.999, epsilon: 1e-8 },
    Rule::AdamW { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    Rule::adam(),
];

/// A step of D and one of G on batches drawn from a resident data set. The networks are smooth: at a kink the smallest
/// difference in rounding would decide.
fn gan(loss: LossIn, rule: Rule) -> (Arc<Graph>, [ProgramId; 2]) {
    let b = Builder::new();
    let network = |name, out| Mlp::new(&b, name, &[2, 32, 32, out], Activation::Tanh, Start::Glorot);
    let gan = Gan { generator: network("generator", 2), discriminator: network("discriminator", 1), loss: loss(&b) };
    let real = b.batch(b.input("data", [200, 2]), 64);
    let losses = [gan.discriminator_loss(&b, real, b.normal([64, 2])), gan.generator_loss(b.normal([64, 2]))];
    let optimiser = b.optimiser(rule, b.input("learning rate", []), Some(b.scalar(1e-3)));
    let step = |name, loss, network: &Mlp<'_>| b.step(name, loss, &network.parameters(), optimiser, |_| vec![]);
    let programs = [step("d", losses[0], &gan.discriminator), step("g", losses[1], &gan.generator)];
    drop(gan);
    (Arc::new(b.finish().expect("a graph without mistakes")), programs)
}

fn start(engine: &mut dyn Engine) {
    let graph = engine.graph().clone();
    engine.initialise(5).expect("room for the variables");
    let data: Vec<f32> = (0..400).map(|i| (i * 7919 % 1000) as f32 / 500.0 - 1.0).collect();
    engine.write_input(graph.find_input("data").expect("the data"), &data).expect("room for the data");
    engine.write_input(graph.find_input("learning rate").expect("the rate"), &[2e-3]).expect("room for the rate");
}

/// After so many steps either network is where the cpu engine has it, to a thousandth of its norm.
async fn check(gpu: &Gpu, name: &str, loss: LossIn, rule: Rule, steps: u32) {
    let (graph, programs) = gan(loss, rule);
    let (mut device, mut cpu) = (load(gpu, &graph).await, Cpu::new(graph).expect("a loaded graph"));
    start(&mut device);
    start(&mut cpu);
    let list: Vec<(ProgramId, u32)> = (1..=steps).flat_map(|step| programs.map(|program| (program, step))).collect();
    device.advance(&list).expect("a submission");
    cpu.advance(&list).expect("steps");
    for network in ["generator", "discriminator"] {
        let apart = distance(&mut device, &mut cpu, network).await;
        assert!(apart < 1e-3, "{name}, {rule:?}: the {network} is {apart} apart after {steps} steps");
    }
}

/// The kernels of real devices, on whichever there is.
async fn as_a_real_device() -> Gpu {
    let mut gpu = gpu().await;
    gpu.software = false;
    gpu
}

everywhere! {
    async fn a_few_steps() {
        let gpu = as_a_real_device().await;
        let (penalty, wasserstein) = LOSSES[4];
        check(&gpu, penalty, wasserstein, Rule::adam(), 5).await;
        check(&gpu, LOSSES[0].0, LOSSES[0].1, RULES[2], 5).await;
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn every_loss() {
    pollster::block_on(async {
        let gpu = as_a_real_device().await;
        for (name, loss) in LOSSES {
            check(&gpu, name, loss, Rule::adam(), 20).await;
        }
    });
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn every_optimiser() {
    pollster::block_on(async {
        let gpu = as_a_real_device().await;
        for rule in RULES {
            check(&gpu, LOSSES[0].0, LOSSES[0].1, rule, 20).await;
        }
    });
}
