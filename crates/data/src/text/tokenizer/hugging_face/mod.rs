//! The files of Hugging Face's `tokenizers`: `tokenizer.json`, and the older pair `vocab.json` and `merges.txt` that came with GPT-2.

mod reading;
mod writing;
