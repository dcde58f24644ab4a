//! Whether a direction of the latent space means what it should: faces made to smile, before a judge.

use super::LAB;
use super::question::{Direction, Picked};
use super::table::Options;
use crate::error::{Error, Result};
use crate::judge::Judge;
use crate::library::Files;
use crate::pictures::Pictures;
use crate::protocol::Question;
use crate::session::Session;
use crate::vae;

const MOUTH: &str = "mouth";
const SMILE: &str = "smile";
/// The ends of a mouth.
const FROWNING: usize = 0;
const SMILING: u32 = 1;

/// Of how many faces a judge says that they smile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Smiles {
    pub faces: u32,
    /// As they come back.
    pub before: u32,
    /// With smile − frown added to their codes.
    pub after: u32,
}

/// Adds `strength` · (smile − frown) to the codes of the first so many held-out faces, or of the first so many that frown.
///
/// # Errors
/// Where the session is not of this lab's faces, or the judge does not know about mouths, or there are fewer such faces.
pub async fn smiles(session: &mut Session, judge: &mut Judge, faces: u32, frowning: bool, strength: f32) -> Result<Smiles> {
    let missing = || Error("Smiles are counted on the faces, by a judge of faces.".to_string());
    let question = judge.questions().iter().position(|question| question.name == MOUTH).ok_or_else(missing)?;
    let answers = &judge.questions()[question].answers;
    let (answers, smile) = (answers.len(), answers.iter().position(|answer| answer == SMILE).ok_or_else(missing)?);
    if session.lab().slug != LAB.slug || !session.settings().is("data", "faces") {
        return Err(missing());
    }
    // The faces of the session, drawn again.
    let source = Options::of(session.settings()).source;
    let Pictures { held_out, known, .. } = Pictures::new(source, &Files::default(), session.set_up().seed)?;
    let place = known.0.iter().position(|thing| thing.name == MOUTH).ok_or_else(missing)?;
    let chosen = |i: &usize| !frowning || known.0[place].is(known.about(&held_out, *i)[place], FROWNING);
    let direction = Direction { thing: place as u32, from: Some(FROWNING as u32), to: SMILING };
    let mut counted = Smiles::default();
    for face in (0..held_out.len()).filter(chosen).take(faces as usize) {
        let asked = vae::Question::Attribute { of: Picked::HeldOut(face as u32), direction, strength };
        let answer = session.ask(Question::Vae(asked), &|_| ()).await?;
        let pixels: Vec<f32> = answer.galleries.iter().flat_map(|gallery| &gallery.pixels).map(|v| f32::from(*v) / 255.0).collect();
        let seen = judge.look(&pixels, &mut |_, _| ()).await?;
        let rows = seen.probabilities(question).ok_or_else(missing)?;
        let smiles: Vec<bool> = rows.iter().map(|row| (0..answers).all(|other| row[other] <= row[smile])).collect();
        counted.faces += 1;
        counted.before += u32::from(smiles.first() == Some(&true));
        counted.after += u32::from(smiles.get(1) == Some(&true));
    }
    if counted.faces < faces {
        return Err(Error(format!("There are only {} such faces among those held out.", counted.faces)));
    }
    Ok(counted)
}
