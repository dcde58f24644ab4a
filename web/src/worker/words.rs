//! Questions about words. Their vectors are loaded with the first.

use futures_channel::mpsc::{UnboundedSender, unbounded};
use terrarium_data::words::{Words, WordsError};
use terrarium_labs::library::{File, Library};
use terrarium_labs::protocol::Event;
use terrarium_labs::{Error, Result};
use terrarium_web::wire::{AboutWords, NearWords};
use wasm_bindgen_futures::spawn_local;

use crate::library::Assets;
use crate::pictures::Album;

const LIST: &str = "words.txt";
const VECTORS: &str = "words.vectors.i8";

/// Words in an answer.
const NEAREST: usize = 8;
/// Words offered in place of one that is not known.
const MEANT: usize = 4;

/// Answers what comes in: a, b and c as in [`ToWorker::Words`](terrarium_web::wire::ToWorker::Words).
pub fn listen(tell: impl Fn(AboutWords) + Clone + 'static) -> UnboundedSender<[String; 3]> {
    let (sender, mut questions) = unbounded();
    spawn_local(async move {
        let assets = Assets::new(Album::default(), {
            let tell = tell.clone();
            move |event| {
                // The list is a small part of it.
                if let Event::Fetching { file, bytes, of } = event
                    && file == VECTORS
                {
                    tell(AboutWords::Loading(of.map(|of| (bytes as f32 / of.max(1) as f32).min(1.0))));
                }
            }
        });
        let mut known = None;
        while let Ok(question) = questions.recv().await {
            let words = match known.take() {
                Some(words) => Ok(words),
                None => load(&assets).await,
            };
            tell(match &words {
                Ok(words) => answer(words, question),
                Err(Error(why)) => AboutWords::Unanswered { why: why.clone(), unknown: String::new(), meant: Vec::new() },
            });
            known = words.ok();
        }
    });
    sender
}

async fn load(assets: &Assets) -> Result<Words> {
    let list = bytes(assets, LIST).await?;
    let vectors = bytes(assets, VECTORS).await?;
    Words::parse(&String::from_utf8_lossy(&list), &vectors).map_err(|why| Error(why.to_string()))
}

async fn bytes(assets: &Assets, name: &'static str) -> Result<Vec<u8>> {
    match assets.file(name).await? {
        File::Bytes(bytes) => Ok(bytes),
        File::Picture { .. } => Err(Error(format!("{name} is a picture."))),
    }
}

fn answer(words: &Words, question: [String; 3]) -> AboutWords {
    find(words, question).map_or_else(
        |error| {
            let unknown = if let WordsError::Unknown { word, .. } = &error { word.as_str() } else { "" };
            let meant = words.meant_by(unknown, MEANT).into_iter().map(str::to_string).collect();
            AboutWords::Unanswered { why: error.to_string(), unknown: unknown.to_string(), meant }
        },
        AboutWords::Found,
    )
}

fn find(words: &Words, question: [String; 3]) -> std::result::Result<NearWords, WordsError> {
    let [a, b, c] = question.each_ref().map(|word| word.trim().to_lowercase());
    let alone = b.is_empty() && c.is_empty();
    let nearest = if alone { words.neighbours(&a, NEAREST)? } else { words.analogy([&a, &b, &c], NEAREST)? };
    let mut at_hand: Vec<&str> = Vec::new();
    let asked = if alone { vec![a.as_str()] } else { vec![a.as_str(), &b, &c] };
    for word in asked.iter().copied().chain(nearest.iter().map(|near| near.word)) {
        if !at_hand.contains(&word) {
            at_hand.push(word);
        }
    }
    let (plane, places) = words.project(&at_hand)?;
    let owned = |words: &[&str]| words.iter().map(|word| word.to_string()).collect::<Vec<_>>();
    Ok(NearWords {
        asked: owned(&asked),
        nearest: nearest.iter().map(|near| (near.word.to_string(), near.cosine)).collect(),
        places: owned(&at_hand).into_iter().zip(places).collect(),
        explained: plane.explained.iter().sum(),
    })
}
