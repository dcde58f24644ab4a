//! The fixed workloads that engines are timed by, so that figures compare across engines, machines and peers.

use terrarium_graph::{Builder, Graph, ProgramId, Result, Rule, Tensor};

use crate::gan::{Gan, Loss};
use crate::mlp::{Activation, Linear, Mlp, Start};

/// A graph and how one step of it is run.
pub struct Workload {
    pub name: &'static str,
    pub graph: Graph,
    /// The programs that make a step, in order. The first output of each is its loss.
    pub programs: Vec<ProgramId>,
    /// The input that is to be filled with noise uniform in [0, 1), if there is one.
    pub uniform_input: Option<&'static str>,
}

/// Names of all workloads.
pub const NAMES: [&str; 2] = ["gan2d", "vae"];

/// The workload of this name, if there is one.
pub fn workload(name: &str) -> Option<Result<Workload>> {
    match name {
        "gan2d" => Some(gan2d()),
        "vae" => Some(vae()),
        _ => None,
    }
}

/// Adam as TensorFlow.js has it, with learning rate 10⁻³.
fn adam(b: &Builder, beta1: f32) -> terrarium_graph::Optimiser {
    b.optimiser(Rule::Adam { beta1, beta2: 0.999, epsilon: 1e-7 }, b.scalar(1e-3), None)
}

fn step<'b>(b: &'b Builder, name: &str, loss: Tensor<'b>, learning: &[Tensor<'b>], beta1: f32) -> ProgramId {
    b.step(name, loss, learning, adam(b, beta1), |_| vec![("loss".into(), loss)])
}

/// G 2-128-128-2 and D 2-128-128-1 with ReLU, batch 256, on standard normal data: a step of D, then one of G, by the
/// non-saturating loss and Adam with β₁ ½.
pub fn gan2d() -> Result<Workload> {
    const BATCH: usize = 256;
    let b = Builder::new();
    let mlp = |name, sizes: &[usize]| Mlp::new(&b, name, sizes, Activation::Relu, Start::He);
    let gan = Gan {
        generator: mlp("generator", &[2, 128, 128, 2]),
        discriminator: mlp("discriminator", &[2, 128, 128, 1]),
        loss: Loss::NonSaturating,
    };
    let d_loss = gan.discriminator_loss(&b, b.normal([BATCH, 2]), b.normal([BATCH, 2]));
    let g_loss = gan.generator_loss(b.normal([BATCH, 2]));
    let programs = vec![
        step(&b, "discriminator step", d_loss, &gan.discriminator.parameters(), 0.5),
        step(&b, "generator step", g_loss, &gan.generator.parameters(), 0.5),
    ];
    drop(gan);
    Ok(Workload { name: "gan2d", graph: b.finish()?, programs, uniform_input: None })
}

/// A variational autoencoder (Kingma and Welling 2014) 784-400-(20, 20)-400-784 with ReLU on one resident batch of 128:
/// binary cross-entropy summed over pixels, plus the divergence from the prior, a mean over the batch; Adam with β₁ 0.9.
pub fn vae() -> Result<Workload> {
    const BATCH: usize = 128;
    const PIXELS: usize = 784;
    const HIDDEN: usize = 400;
    const LATENT: usize = 20;
    let b = Builder::new();
    let linear = |name, fan_in, fan_out| Linear::new(&b, name, fan_in, fan_out, Start::He);
    let encoder = linear("encoder", PIXELS, HIDDEN);
    let (mean, log_variance) = (linear("mean", HIDDEN, LATENT), linear("log_variance", HIDDEN, LATENT));
    let (decoder, pixels) = (linear("decoder", LATENT, HIDDEN), linear("pixels", HIDDEN, PIXELS));

    let x = b.input("pictures", [BATCH, PIXELS]);
    let h = encoder.forward(x).relu(); // [batch, hidden]
    let (mu, log_var) = (mean.forward(h), log_variance.forward(h)); // [batch, latent] each
    let z = mu + (log_var * 0.5).exp() * b.normal([BATCH, LATENT]);
    let logits = pixels.forward(decoder.forward(z).relu()); // [batch, pixels]

    let reconstruction = logits.logits_bce(x).sum_all();
    let divergence = (1.0 + log_var - mu.square() - log_var.exp()).sum_all() * -0.5;
    let loss = (reconstruction + divergence) * (1.0 / BATCH as f32);

    let layers = [encoder, mean, log_variance, decoder, pixels];
    let parameters: Vec<Tensor> = layers.iter().flat_map(Linear::parameters).collect();
    let programs = vec![step(&b, "step", loss, &parameters, 0.9)];
    Ok(Workload { name: "vae", graph: b.finish()?, programs, uniform_input: Some("pictures") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use terrarium_graph::plan;

    /// Matrix products of the steps, counted by hand: forward, and for each weight its own gradient and its input's where
    /// something before it learns.
    #[test]
    fn the_steps_multiply_what_they_must_and_no_more() {
        let flops =
            |workload: &Workload| -> usize { workload.programs.iter().map(|&p| plan(&workload.graph, p).matmul_flops()).sum() };
        let gan = {
            let (w1, w2, out_g, out_d) = (2 * 128, 128 * 128, 128 * 2, 128);
            let d_step = (w1 + w2 + out_g) + 2 * (2 * w1 + 3 * w2 + 3 * out_d);
            let g_step = (2 * w1 + 3 * w2 + 3 * out_g) + (2 * w1 + 2 * w2 + 2 * out_d);
            2 * 256 * (d_step + g_step)
        };
        assert_eq!(flops(&gan2d().unwrap()), gan);
        let vae_step = {
            let (encoder, heads, decoder, pixels) = (784 * 400, 2 * 400 * 20, 20 * 400, 400 * 784);
            2 * 128 * (2 * encoder + 3 * (heads + decoder + pixels))
        };
        assert_eq!(flops(&vae().unwrap()), vae_step);
    }
}
