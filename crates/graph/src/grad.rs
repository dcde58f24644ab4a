use std::collections::HashMap;

use crate::builder::{Builder, Tensor};
use crate::graph::NodeId;
use crate::{Error, Shape};

impl Builder {
    /// The gradients of `loss`, a scalar, with respect to `wrt`, by reverse accumulation. They are ordinary tensors, which
    /// can be used and differentiated again. What `loss` does not depend on has the gradient 0.
    pub fn gradients<'b>(&'b self, loss: Tensor<'b>, wrt: &[Tensor<'b>]) -> Vec<Tensor<'b>> {
        if loss.shape() != Shape::scalar() {
            self.fail(Error::op("gradients", format!("the loss must be a scalar, not {}", loss.shape())));
        }
        let on_path = self.between(loss.id(), wrt);
        let mut gradients: HashMap<NodeId, Tensor<'b>> = HashMap::from([(loss.id(), self.scalar(1.0))]);
        for &id in on_path.iter().rev() {
            let Some(&dy) = gradients.get(&id) else { continue };
            let y = self.tensor(id);
            let x: Vec<Tensor<'b>> = (0..self.peek(id).inputs.len()).map(|i| y.input(i)).collect();
            for (x, dx) in x.iter().zip(y.op().gradient(&x, y, dy)) {
                if let Some(dx) = dx.filter(|_| on_path.binary_search(&x.id()).is_ok()) {
                    let sum = gradients.get(&x.id()).map_or(dx, |&others| others + dx);
                    gradients.insert(x.id(), sum);
                }
            }
        }
        wrt.iter().map(|x| gradients.get(&x.id()).copied().unwrap_or_else(|| self.constant(0.0, x.shape()))).collect()
    }

    /// The nodes through which `wrt` may move `loss`, in order.
    fn between(&self, loss: NodeId, wrt: &[Tensor<'_>]) -> Vec<NodeId> {
        let moved = {
            let mut moved = vec![false; loss.index() + 1];
            for x in wrt.iter().filter(|x| x.id() <= loss) {
                moved[x.id().index()] = true;
            }
            for i in 0..moved.len() {
                let node = self.peek(NodeId(i as u32));
                moved[i] = moved[i] || node.inputs.iter().any(|x| moved[x.index()]);
            }
            moved
        };
        let mut needed = vec![false; moved.len()];
        needed[loss.index()] = moved[loss.index()];
        for i in (0..needed.len()).rev().filter(|&i| moved[i]) {
            if needed[i] {
                self.peek(NodeId(i as u32)).inputs.iter().for_each(|x| needed[x.index()] |= moved[x.index()]);
            }
        }
        (0..needed.len()).filter(|&i| needed[i]).map(|i| NodeId(i as u32)).collect()
    }
}
