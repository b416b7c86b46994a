//! Values parted by commas, as RFC 4180 has them: in quotes a value may hold commas, line ends and doubled quotes.

/// A record, and the line that it starts on, from 1.
pub(super) struct Record {
    pub(super) line: usize,
    pub(super) values: Vec<String>,
}

/// The names of the first line's columns.
pub(super) fn header(text: &str) -> Vec<String> {
    records(text).next().map_or_else(Vec::new, |it| it.values)
}

/// All records, the header first; lines without a value are left out.
pub(super) fn records(text: &str) -> impl Iterator<Item = Record> {
    let mut chars = text.chars().peekable();
    let mut line = 1;
    std::iter::from_fn(move || {
        loop {
            chars.peek()?;
            let start = line;
            let (mut values, mut value, mut quoted) = (Vec::new(), String::new(), false);
            while let Some(char) = chars.next() {
                line += usize::from(char == '\n');
                match char {
                    '"' if quoted && chars.peek() == Some(&'"') => value.extend(chars.next()),
                    '"' => quoted = !quoted,
                    ',' if !quoted => values.push(std::mem::take(&mut value)),
                    '\n' if !quoted => break,
                    '\r' if !quoted => {}
                    char => value.push(char),
                }
            }
            values.push(value);
            if values.iter().any(|it| !it.trim().is_empty()) {
                return Some(Record { line: start, values });
            }
        }
    })
}

/// The number in the column of this name.
pub(super) fn number(header: &[String], record: &Record, name: &str) -> Result<Option<f64>, String> {
    let Some(at) = header.iter().position(|it| it.trim() == name) else { return Ok(None) };
    let text = record.values.get(at).map_or("", |it| it.trim());
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok(Some(value)),
        _ => Err(format!("line {}: `{name}` is `{text}`, expected a number, 0 or more", record.line)),
    }
}
