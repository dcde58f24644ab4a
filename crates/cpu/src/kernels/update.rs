use terrarium_graph::Rule;

use crate::simd::vectorised;

/// One step of an optimiser over a stretch of parameters; see [`Rule`] for the formulas. `step` counts from 1.
pub fn update(
    rule: Rule,
    step: u32,
    learning_rate: f32,
    weight_decay: f32,
    parameters: &mut [f32],
    gradients: &[f32],
    moments: [&mut [f32]; 2],
) {
    let [first, second] = moments;
    let bias = |beta: f32| (1.0 - f64::from(beta).powf(f64::from(step))) as f32;
    match rule {
        Rule::Sgd { momentum: 0.0 } => sgd(learning_rate, weight_decay, parameters, gradients),
        Rule::Sgd { momentum } => sgd_momentum(momentum, learning_rate, weight_decay, parameters, gradients, first),
        Rule::RmsProp { alpha, epsilon } => rms_prop(alpha, epsilon, learning_rate, weight_decay, parameters, gradients, first),
        Rule::Adam { beta1, beta2, epsilon } => {
            let bias = [bias(beta1), bias(beta2)];
            adam([beta1, beta2, epsilon], bias, learning_rate, weight_decay, 0.0, parameters, gradients, first, second);
        }
        Rule::AdamW { beta1, beta2, epsilon } => {
            let bias = [bias(beta1), bias(beta2)];
            adam([beta1, beta2, epsilon], bias, learning_rate, 0.0, weight_decay, parameters, gradients, first, second);
        }
    }
}

vectorised! {
    fn sgd(rate: f32, decay: f32, p: &mut [f32], g: &[f32]) {
        for (p, &g) in p.iter_mut().zip(g) {
            *p -= rate * (g + decay * *p);
        }
    }
}

vectorised! {
    fn sgd_momentum(momentum: f32, rate: f32, decay: f32, p: &mut [f32], g: &[f32], m: &mut [f32]) {
        for ((p, &g), m) in p.iter_mut().zip(g).zip(m) {
            *m = momentum * *m + (g + decay * *p);
            *p -= rate * *m;
        }
    }
}

vectorised! {
    fn rms_prop(alpha: f32, epsilon: f32, rate: f32, decay: f32, p: &mut [f32], g: &[f32], v: &mut [f32]) {
        for ((p, &g), v) in p.iter_mut().zip(g).zip(v) {
            let g = g + decay * *p;
            *v = alpha * *v + (1.0 - alpha) * (g * g);
            *p -= rate * g / (v.sqrt() + epsilon);
        }
    }
}

vectorised! {
    fn adam(
        constants: [f32; 3],
        bias: [f32; 2],
        rate: f32,
        decay: f32,
        decoupled_decay: f32,
        p: &mut [f32],
        g: &[f32],
        m: &mut [f32],
        v: &mut [f32],
    ) {
        let [beta1, beta2, epsilon] = constants;
        let (rate_m, scale_v) = (rate / bias[0], 1.0 / bias[1]);
        for (((p, &g), m), v) in p.iter_mut().zip(g).zip(m).zip(v) {
            let g = g + decay * *p;
            *m = beta1 * *m + (1.0 - beta1) * g;
            *v = beta2 * *v + (1.0 - beta2) * (g * g);
            *p -= rate_m * *m / ((*v * scale_v).sqrt() + epsilon) + rate * decoupled_decay * *p;
        }
    }
}
