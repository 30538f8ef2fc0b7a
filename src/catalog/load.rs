//! Texts → rows: the three words about where a row comes from may stand at the head of its file.

use super::{CatalogError, FileHead};
use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// The form that is read here.
const SCHEMA: u32 = 1;

const BACKING: [&str; 3] = ["source", "date", "confidence"];

/// A parsed file whose parts are taken out one by one.
pub(super) struct File {
    name: &'static str,
    table: Table,
    head: Table,
}

impl File {
    pub(super) fn parse(name: &'static str, text: &str) -> Result<Self, CatalogError> {
        let mut table: Table = text
            .parse()
            .map_err(|error: toml::de::Error| CatalogError::Syntax { file: name, what: error.to_string() })?;
        let head = take_backing(&mut table);
        Ok(Self { name, table, head })
    }

    /// Schema, version and date, which every file must have.
    pub(super) fn head(&mut self) -> Result<FileHead, CatalogError> {
        let schema = self.value("schema")?;
        if schema != SCHEMA {
            return Err(self.error("schema", format!("is {schema}, {SCHEMA} can be read")));
        }
        let date = self.head.get("date").cloned().ok_or_else(|| self.error("date", "is missing".to_owned()))?;
        Ok(FileHead { file: self.name, schema, version: self.value("version")?, date: self.plain("date", date)? })
    }

    /// The rows of an array, each with its backing.
    pub(super) fn rows<T: DeserializeOwned>(&mut self, key: &'static str) -> Result<Vec<T>, CatalogError> {
        let list = self.table.remove(key);
        self.read(key, list, &self.head)
    }

    /// The rows of an array inside a table that has a head of its own.
    pub(super) fn rows_in<T: DeserializeOwned>(
        &mut self,
        outer: &'static str,
        key: &'static str,
    ) -> Result<Vec<T>, CatalogError> {
        let Some(Value::Table(mut inner)) = self.table.remove(outer) else {
            return Err(self.error(outer, "the table is missing".to_owned()));
        };
        let mut head = self.head.clone();
        head.extend(take_backing(&mut inner));
        self.read(key, inner.remove(key), &head)
    }

    /// A single row.
    pub(super) fn row<T: DeserializeOwned>(&mut self, key: &'static str) -> Result<T, CatalogError> {
        let row = self.table.remove(key).ok_or_else(|| self.error(key, "the table is missing".to_owned()))?;
        self.one(key, row, &self.head)
    }

    /// A plain value at the head of the file.
    pub(super) fn value<T: DeserializeOwned>(&mut self, key: &'static str) -> Result<T, CatalogError> {
        let value = self.table.remove(key).ok_or_else(|| self.error(key, "is missing".to_owned()))?;
        self.plain(key, value)
    }

    fn plain<T: DeserializeOwned>(&self, key: &'static str, value: Value) -> Result<T, CatalogError> {
        value.try_into().map_err(|error: toml::de::Error| self.error(key, error.message().to_owned()))
    }

    /// Nothing may be left over: a misspelt table would otherwise be lost in silence.
    pub(super) fn finish(self) -> Result<(), CatalogError> {
        self.table.keys().next().map_or(Ok(()), |key| Err(self.error(key, "unknown table".to_owned())))
    }

    fn read<T: DeserializeOwned>(&self, key: &str, list: Option<Value>, head: &Table) -> Result<Vec<T>, CatalogError> {
        let Some(Value::Array(list)) = list else { return Err(self.error(key, "the list is missing".to_owned())) };
        list.into_iter().enumerate().map(|(at, row)| self.one(&label(key, at, &row), row, head)).collect()
    }

    fn one<T: DeserializeOwned>(&self, label: &str, row: Value, head: &Table) -> Result<T, CatalogError> {
        let Value::Table(mut row) = row else { return Err(self.error(label, "is no table".to_owned())) };
        let mut backing = head.clone();
        backing.extend(take_backing(&mut row));
        row.insert("backing".to_owned(), Value::Table(backing));
        Value::Table(row).try_into().map_err(|error: toml::de::Error| self.error(label, error.message().to_owned()))
    }

    fn error(&self, row: &str, what: String) -> CatalogError {
        CatalogError::Row { file: self.name, row: row.to_owned(), what }
    }
}

/// What a row is called in an error: its list, its number, and the first thing in it that names it.
fn label(key: &str, at: usize, row: &Value) -> String {
    let name =
        ["name", "image", "torch", "variant", "pci", "platform", "version", "cuda", "code", "from", "year", "package"]
            .iter()
            .find_map(|field| row.get(field))
            .map_or_else(String::new, |value| format!(" ({value})"));
    format!("{key} {}{name}", at + 1)
}

fn take_backing(table: &mut Table) -> Table {
    BACKING.iter().filter_map(|&key| table.remove_entry(key)).collect()
}
