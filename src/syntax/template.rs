//! Marks of template languages, in files that are written for another one.

/// What is said of a file that is a template.
pub const MESSAGE: &str = "not read: a template, to be filled in first";

/// The first mark of Jinja, Go or ERB outside of a comment. Python, YAML and shells have such braces in texts of their
/// own, so there it says something only of a file that cannot be read; nginx has not.
pub fn mark(text: &str) -> Option<usize> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let code = if line.trim_start().starts_with('#') { "" } else { line };
        let found = [("{%", "%}"), ("{{", "}}"), ("<%", "%>")].iter().find_map(|(open, close)| {
            let at = code.find(open)?;
            code.get(at + 2..)?.contains(close).then_some(at)
        });
        if let Some(at) = found {
            return Some(start + at);
        }
        start += line.len();
    }
    None
}

/// The first line that is a statement of Jinja and nothing else: `{% if x %}`. No language that is read here has one.
pub fn statement(text: &str) -> Option<usize> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let code = line.trim();
        if code.starts_with("{%") && code.ends_with("%}") {
            return Some(start + (line.len() - line.trim_start().len()));
        }
        start += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_stand_on_lines_of_their_own() {
        assert_eq!(statement("web: a\n  {%- if x %}\n"), Some(9));
        assert_eq!(statement("RUN docker ps --format '{{.ID}}'\nx = '{% if a %}'\n"), None);
        assert_eq!(mark("# {{ a }}\nFROM {{ b }}\n"), Some(15));
    }
}
