//! Files of Terraform: what clouds are told to run, and the values of variables.

use serde::{Deserialize, Serialize};

use crate::source::{FileId, SourceFile};
use crate::syntax::Parsed;
use crate::syntax::hcl::{self, Body};

/// A file of Terraform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TerraformFile {
    /// The file.
    pub file: FileId,
    /// What it says.
    pub body: Body,
    /// Whether Terraform takes values of variables from it unasked: `terraform.tfvars`, `x.auto.tfvars`.
    pub is_values: bool,
}

/// Whether a file is one of a module, or gives its variables values unasked.
pub fn is_terraform(file: &SourceFile) -> bool {
    file.name().ends_with(".tf") || is_values(file)
}

fn is_values(file: &SourceFile) -> bool {
    file.name() == "terraform.tfvars" || file.name().ends_with(".auto.tfvars")
}

/// Reads a file of Terraform.
pub fn read(file: &SourceFile) -> Parsed<TerraformFile> {
    let Parsed { tree, errors } = hcl::parse(file);
    Parsed { tree: TerraformFile { file: file.id, body: tree, is_values: is_values(file) }, errors }
}
