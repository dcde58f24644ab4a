//! What can be asked of a variational autoencoder, and its answers.

use serde::{Deserialize, Serialize};
use terrarium_data::images::Size;

use super::model::{ASKED, Model};
use crate::error::{Error, Result};
use crate::experiment::Stage;
use crate::protocol::{Answer, Gallery};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Question {
    /// What comes back of a picture, given as bytes of the data's size and channels.
    Reconstruct(Vec<u8>),
}

impl Question {
    pub(super) async fn answer(self, model: &Model, size: Size, stage: &mut dyn Stage) -> Result<Answer> {
        match self {
            Question::Reconstruct(picture) => {
                if picture.len() != size.bytes() {
                    return Err(Error("The picture is of another size than the data.".to_string()));
                }
                let codes = encode(model, size, stage, &[picture]).await?;
                let pixels = decode(model, stage, &codes).await?;
                Ok(Answer { galleries: vec![gallery(size, 1, &pixels)], ..Answer::default() })
            }
        }
    }
}

/// Where pictures lie: the means of their posteriors, a row each. Under a condition, that of nothing.
async fn encode(model: &Model, size: Size, stage: &mut dyn Stage, pictures: &[Vec<u8>]) -> Result<Vec<Vec<f32>>> {
    let mut codes = Vec::new();
    for some in pictures.chunks(ASKED) {
        let mut values: Vec<f32> = some.iter().flatten().map(|byte| f32::from(*byte) / 255.0).collect();
        values.resize(ASKED * size.bytes(), 0.0);
        stage.write(model.asked_pictures, &values)?;
        let means = stage.read(model.encode)?.await?;
        let latent = means.len() / ASKED;
        codes.extend(means.chunks(latent).take(some.len()).map(<[f32]>::to_vec));
    }
    Ok(codes)
}

/// What is painted at places, from 0 to 1, picture by picture.
async fn decode(model: &Model, stage: &mut dyn Stage, codes: &[Vec<f32>]) -> Result<Vec<f32>> {
    let mut pixels = Vec::new();
    for some in codes.chunks(ASKED) {
        let mut values = some.concat();
        values.resize(values.len() / some.len() * ASKED, 0.0);
        stage.write(model.asked_codes, &values)?;
        let painted = stage.read(model.decode)?.await?;
        pixels.extend_from_slice(&painted[..painted.len() / ASKED * some.len()]);
    }
    Ok(pixels)
}

fn gallery(size: Size, columns: usize, pixels: &[f32]) -> Gallery {
    Gallery {
        height: size.height as u32,
        width: size.width as u32,
        channels: size.channels as u32,
        columns: columns as u32,
        // Casting saturates.
        pixels: pixels.iter().map(|v| (v * 255.0).round() as u8).collect(),
        captions: Vec::new(),
    }
}
