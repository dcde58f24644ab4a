//! The files that a lab learns from, and where they come from: natively a folder, in a page the server.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use terrarium_data::images::own::MIN_PICTURES;
use terrarium_data::images::{Images, ImagesError, Size};

use crate::error::{Error, Result};

/// A file as a lab reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum File {
    /// What is no picture.
    Bytes(Vec<u8>),
    /// A decoded picture, `[height, width, channels]`.
    Picture { size: Size, pixels: Vec<u8> },
}

/// Where files are got from.
pub trait Library {
    /// The file of this name: a picture if it ends in `.png`, and else bytes.
    fn file(&self, name: &'static str) -> Pin<Box<dyn Future<Output = Result<File>> + '_>>;

    /// The visitor's own pictures, if there are any: all of one size, as large as a lab may want them.
    fn own(&self) -> Option<Rc<Images>> {
        None
    }
}

/// What a lab learns from.
#[derive(Clone, Debug, Default)]
pub struct Files {
    named: BTreeMap<&'static str, File>,
    own: Option<Rc<Images>>,
}

impl Files {
    /// # Errors
    /// Where a file cannot be got.
    pub async fn fetch(library: &dyn Library, names: &[&'static str]) -> Result<Files> {
        let mut named = BTreeMap::new();
        for name in names {
            named.insert(*name, library.file(name).await?);
        }
        Ok(Files { named, own: library.own() })
    }

    /// # Errors
    /// Where there is no such file, or it is a picture.
    pub fn bytes(&self, name: &str) -> Result<&[u8]> {
        match self.named.get(name) {
            Some(File::Bytes(bytes)) => Ok(bytes),
            _ => Err(Error(format!("There are no bytes of {name}."))),
        }
    }

    /// # Errors
    /// Where there is no such file, or it is no picture.
    pub fn picture(&self, name: &str) -> Result<(Size, &[u8])> {
        match self.named.get(name) {
            Some(File::Picture { size, pixels }) => Ok((*size, pixels)),
            _ => Err(Error(format!("There is no picture {name}."))),
        }
    }

    /// The visitor's own pictures.
    ///
    /// # Errors
    /// Where there are too few.
    pub fn own(&self) -> Result<&Images> {
        match self.own.as_deref() {
            Some(images) if images.len() >= MIN_PICTURES => Ok(images),
            Some(images) => Err(ImagesError::TooFew { found: images.len(), first_skipped: None }.into()),
            None => Err(Error(format!("There are no pictures of yours yet: add {MIN_PICTURES} or more."))),
        }
    }
}

/// A folder on this machine.
#[cfg(not(target_family = "wasm"))]
#[derive(Clone, Debug)]
pub struct Folder(pub std::path::PathBuf);

#[cfg(not(target_family = "wasm"))]
impl Folder {
    fn read(&self, name: &str) -> Result<File> {
        let path = self.0.join(name);
        let bytes = std::fs::read(&path).map_err(|why| Error(format!("{} cannot be read: {why}.", path.display())))?;
        if !name.ends_with(".png") {
            return Ok(File::Bytes(bytes));
        }
        let (size, pixels) = terrarium_data::images::decode_png(&bytes)?;
        Ok(File::Picture { size, pixels })
    }
}

#[cfg(not(target_family = "wasm"))]
impl Library for Folder {
    fn file(&self, name: &'static str) -> Pin<Box<dyn Future<Output = Result<File>> + '_>> {
        Box::pin(std::future::ready(self.read(name)))
    }
}
