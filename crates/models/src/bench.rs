//! The fixed workloads that engines are timed by, so that figures compare across engines, machines and peers.

use terrarium_graph::{Builder, Graph, ProgramId, Result, Rule, Sampling, Tensor};

use crate::conv::{Norm, Pyramid};
use crate::dcgan::{self, Dcgan};
use crate::gan::{Gan, Loss};
use crate::mlp::{Activation, Mlp, Start};
use crate::norm::Pass;
use crate::transformer::{self, Dropout, Transformer};
use crate::vae::{Body, Likelihood, Settings, Vae};
use crate::writer::Writer;

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
pub const NAMES: [&str; 6] = ["gan2d", "vae", "dcgan", "vae64", "gpt", "sample"];

/// The workload of this name, if there is one.
pub fn workload(name: &str) -> Option<Result<Workload>> {
    match name {
        "gan2d" => Some(gan2d()),
        "vae" => Some(vae()),
        "dcgan" => Some(dcgan()),
        "vae64" => Some(vae64()),
        "gpt" => Some(gpt()),
        "sample" => Some(sample()),
        _ => None,
    }
}

/// A step of Adam as TensorFlow.js has it.
fn step<'b>(b: &'b Builder, name: &str, loss: Tensor<'b>, learning: &[Tensor<'b>], [rate, beta1]: [f32; 2]) -> ProgramId {
    let adam = b.optimiser(Rule::Adam { beta1, beta2: 0.999, epsilon: 1e-7 }, b.scalar(rate), None);
    b.step(name, loss, learning, adam, |_| vec![("loss".into(), loss)])
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
        step(&b, "discriminator step", d_loss, &gan.discriminator.parameters(), [1e-3, 0.5]),
        step(&b, "generator step", g_loss, &gan.generator.parameters(), [1e-3, 0.5]),
    ];
    drop(gan);
    Ok(Workload { name: "gan2d", graph: b.finish()?, programs, uniform_input: None })
}

/// A variational autoencoder 784-400-(20, 20)-400-784 on one resident batch of 128, see [`of_vae`].
pub fn vae() -> Result<Workload> {
    let body = Body::Dense { hidden: vec![400] };
    of_vae("vae", 128, Settings { size: 28, channels: 1, latent: 20, body, condition: 0 })
}

/// One of pictures 64 × 64 × 3 through 32, 64, 128 and 256 filters to 128 dimensions and back, on one resident batch of 32.
pub fn vae64() -> Result<Workload> {
    let body = Body::Convolutional { width: 32 };
    of_vae("vae64", 32, Settings { size: 64, channels: 3, latent: 128, body, condition: 0 })
}

/// With ReLU: binary cross-entropy summed over pixels, plus the divergence from the prior, a mean over the batch; Adam with
/// β₁ 0.9.
fn of_vae(name: &'static str, batch: usize, settings: Settings) -> Result<Workload> {
    let b = Builder::new();
    let pictures = b.input("pictures", [batch, settings.size, settings.size, settings.channels]);
    let noise = b.normal([batch, settings.latent]);
    let vae = Vae::new(&b, settings);
    let loss = -vae.bound(pictures, None, noise, Likelihood::Bernoulli).elbo();
    let programs = vec![step(&b, "step", loss, &vae.parameters(), [1e-3, 0.9])];
    drop(vae);
    Ok(Workload { name, graph: b.finish()?, programs, uniform_input: Some("pictures") })
}

/// G from 100 numbers over 7 × 7 × 128 and 14 × 14 × 64 to 28 × 28 × 1 and D the mirror, without norms, on one resident batch of
/// 64 pictures: a step of D, then one of G, by the non-saturating loss and Adam with β₁ ½.
pub fn dcgan() -> Result<Workload> {
    const BATCH: usize = 64;
    let pictures = Pyramid { size: 28, channels: 1, width: 64 };
    let settings =
        dcgan::Settings { pictures, noise: 100, condition: 0, generator_norm: Norm::None, discriminator_norm: Norm::None };
    let b = Builder::new();
    let gan = Dcgan::new(&b, settings, Loss::NonSaturating);
    let real = b.input("pictures", [BATCH, 28, 28, 1]) * 2.0 - 1.0;
    let d_loss = gan.discriminator_loss(real, b.normal([BATCH, 100]), None, Pass::Evaluation);
    let g_loss = gan.generator_loss(b.normal([BATCH, 100]), None, Pass::Evaluation);
    let programs = vec![
        step(&b, "discriminator step", d_loss, &gan.discriminator.parameters(), [2e-4, 0.5]),
        step(&b, "generator step", g_loss, &gan.generator.parameters(), [2e-4, 0.5]),
    ];
    drop(gan);
    Ok(Workload { name: "dcgan", graph: b.finish()?, programs, uniform_input: Some("pictures") })
}

/// A Transformer of four blocks, 128 wide, with four heads, norms before each part and GELU, on random tokens.
fn small_transformer(context: usize) -> transformer::Settings {
    transformer::Settings {
        vocabulary: 65,
        context,
        layers: 4,
        width: 128,
        heads: 4,
        kv_heads: 4,
        hidden: 512,
        tied: false,
        ..transformer::Settings::GPT2
    }
}

/// A step of that with a context of 64 on batches of 8, by cross-entropy and Adam with β₁ 0.9.
pub fn gpt() -> Result<Workload> {
    const BATCH: usize = 8;
    let settings = small_transformer(64);
    let b = Builder::new();
    let pieces = b.random_index(settings.vocabulary, BATCH * (settings.context + 1)).reshape([BATCH, settings.context + 1]);
    let model = Transformer::new(&b, "transformer", settings);
    let loss = model.loss(pieces, &Dropout(None)).mean_all();
    let learning: Vec<Tensor> = model.learning().iter().map(|of| of.parameter).collect();
    let programs = vec![step(&b, "step", loss, &learning, [1e-3, 0.9])];
    drop((model, learning));
    Ok(Workload { name: "gpt", graph: b.finish()?, programs, uniform_input: None })
}

/// The same Transformer with a context of 128 writes, a token in each step, at temperature 1, and begins anew when its context is
/// full.
pub fn sample() -> Result<Workload> {
    let settings = small_transformer(128);
    let b = Builder::new();
    let model = Transformer::new(&b, "transformer", settings.clone());
    let programs = vec![Writer::new(&b, "writing", &settings).next("next", &model, None, |logits, seen| {
        let [off, one] = [b.scalar(0.0), b.scalar(1.0)];
        logits.sample(&Sampling { temperature: one, top_k: off, top_p: one, min_p: off, repetition_penalty: one, seen })
    })];
    drop(model);
    Ok(Workload { name: "sample", graph: b.finish()?, programs, uniform_input: None })
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
            |workload: &Workload| -> u64 { workload.programs.iter().map(|&p| plan(&workload.graph, p).matmul_flops()).sum() };
        let gan = {
            let (w1, w2, out_g, out_d) = (2 * 128, 128 * 128, 128 * 2, 128);
            let d_step = (w1 + w2 + out_g) + 2 * (2 * w1 + 3 * w2 + 3 * out_d);
            let g_step = (2 * w1 + 3 * w2 + 3 * out_g) + (2 * w1 + 2 * w2 + 2 * out_d);
            2 * 256 * (d_step + g_step) as u64
        };
        assert_eq!(flops(&gan2d().unwrap()), gan);
        let vae_step = {
            let (encoder, heads, decoder, pixels) = (784 * 400, 2 * 400 * 20, 20 * 400, 400 * 784);
            2 * 128 * (2 * encoder + 3 * (heads + decoder + pixels))
        };
        assert_eq!(flops(&vae().unwrap()), vae_step);
        let dcgan_steps = {
            // Each convolution is a product over its places on the small side, whichever way it goes.
            let (dense, inner, outer, verdict) = (100 * 6272, 49 * 16 * 64 * 128, 196 * 16 * 64, 6272);
            let d_step = (dense + inner + outer) + 2 * (2 * outer + 3 * inner + 3 * verdict);
            let g_step = (2 * dense + 3 * inner + 3 * outer) + 2 * (outer + inner + verdict);
            2 * 64 * (d_step + g_step)
        };
        assert_eq!(flops(&dcgan().unwrap()), dcgan_steps);
        let vae64_step = {
            let (edge, inner) = (1024 * 48 * 32, 3 * 256 * 512 * 64);
            let (heads, first) = (2 * 4096 * 128, 128 * 4096);
            2 * 32 * (2 * edge + 3 * inner + 3 * heads + 3 * first + 3 * inner + 3 * edge)
        };
        assert_eq!(flops(&vae64().unwrap()), vae64_step);
    }
}
