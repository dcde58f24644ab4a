//! Models from elsewhere, and for elsewhere.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use terrarium_labs::language::model_file::{ModelFile, Numbers, hugging_face};

#[derive(clap::Subcommand)]
pub enum Options {
    /// Make a checkpoint of a model from Hugging Face's Transformers (GPT-2's kind or Llama's) or from llama2.c
    Import {
        /// model.safetensors, config.json and tokenizer.json; or a .bin of llama2.c and its tokenizer.bin
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Where to write it
        #[arg(long, value_name = "FILE")]
        save: PathBuf,
        /// Write numbers of 16 bits
        #[arg(long)]
        half: bool,
        /// Write numbers of 8 bits, with a scale for each row of a matrix
        #[arg(long, conflicts_with = "half")]
        eight_bit: bool,
    },
    /// Write the model of a checkpoint as files that Hugging Face's Transformers reads
    Export {
        file: PathBuf,
        /// Where to write them
        #[arg(long, value_name = "FOLDER")]
        folder: PathBuf,
        /// Write numbers of 16 bits
        #[arg(long)]
        half: bool,
    },
}

pub fn run(options: &Options, out: &mut impl Write) -> Result<()> {
    match options {
        Options::Import { files, save, half, eight_bit } => {
            let names = files.iter().map(|path| path.to_string_lossy());
            let files = names.zip(files).map(|(name, path)| Ok((name, read(path)?))).collect::<Result<Vec<_>>>()?;
            let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (&**name, &bytes[..])).collect();
            let model = ModelFile::import(&files)?;
            describe(&model, out)?;
            let numbers = match (half, eight_bit) {
                (_, true) => Numbers::I8,
                (true, _) => Numbers::F16,
                _ => Numbers::F32,
            };
            write(save, &model.write(numbers)?)
        }
        Options::Export { file, folder, half } => {
            let model = ModelFile::read(&read(file)?)?;
            describe(&model, out)?;
            fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
            hugging_face::export(&model, *half)?.iter().try_for_each(|(name, bytes)| write(&folder.join(name), bytes))
        }
    }
}

fn describe(model: &ModelFile, out: &mut impl Write) -> Result<()> {
    let numbers: usize = model.tensors.values().map(|(_, values)| values.len()).sum();
    writeln!(out, "{numbers} parameters, {} tokens", model.tokenizer.len())?;
    let settings = model.settings.iter().map(|(key, value)| format!("{key}={value}"));
    writeln!(out, "{}", settings.collect::<Vec<_>>().join(" "))?;
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}
