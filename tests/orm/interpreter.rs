//! Python with the packages that a test's cases need, installed into `target/`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The interpreter of an environment with what `tests/<test>/requirements.txt` names, which is made anew when that names
/// other packages.
pub(crate) fn interpreter(test: &str) -> Result<PathBuf, String> {
    static MADE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let make = || {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = root.join("target").join(format!("{test}-python"));
        let python = folder.join("bin/python");
        let requirements = root.join("tests").join(test).join("requirements.txt");
        let asked = std::fs::read_to_string(&requirements).map_err(|error| error.to_string())?;
        let installed = folder.join("installed.txt");
        if std::fs::read_to_string(&installed).is_ok_and(|it| it == asked) {
            return Ok(python);
        }
        if !python.exists() {
            run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        }
        let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
        run(Command::new(&python).args(install).arg(&requirements)).map_err(|error| {
            format!("the packages of tests/{test}/requirements.txt could not be installed; is there a network? {error}")
        })?;
        std::fs::write(&installed, asked).map_err(|error| error.to_string())?;
        Ok(python)
    };
    MADE.get_or_init(make).clone()
}

/// What a program prints that ends well.
pub(crate) fn run(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
