//! What must not be printed as it stands: secrets, and characters that a terminal obeys.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;

/// What stands in the place of a secret.
const MASK: &str = "***";

/// A line as it may be printed, with the places of its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The text: secrets masked, control characters escaped.
    pub text: String,
    /// Where it differs: the bytes of the line, and the bytes of the text that stand for them.
    changes: Vec<(Range<usize>, Range<usize>)>,
}

impl Shown {
    /// One line as it may be printed.
    pub fn of(line: &str) -> Self {
        let mut shown = Self { text: String::with_capacity(line.len()), changes: Vec::new() };
        let mut secrets = secrets(line).into_iter().peekable();
        let mut hidden = 0;
        for (at, char) in line.char_indices() {
            if at < hidden {
                continue;
            }
            let start = shown.text.len();
            let mut end = at + char.len_utf8();
            if let Some(secret) = secrets.next_if(|secret| secret.start <= at) {
                shown.text.push_str(MASK);
                end = secret.end.max(end);
                hidden = end;
            } else if is_harmful(char) {
                escape(&mut shown.text, char);
            } else {
                shown.text.push(char);
                continue;
            }
            shown.changes.push((at..end, start..shown.text.len()));
        }
        shown
    }

    /// A line that is what a `Secret` holds: all behind its key is masked.
    pub fn of_secret(line: &str) -> Self {
        let colon = line.find(": ").or_else(|| line.ends_with(':').then(|| line.len() - 1));
        let start = colon.map_or(line.len() - line.trim_start().len(), |at| (at + 2).min(line.len()));
        let (key, value) = line.split_at_checked(start).unwrap_or((line, ""));
        if value.trim().is_empty() {
            return Self::of(line);
        }
        let shown = Self::of(key);
        let mut changes = shown.changes;
        changes.push((start..line.len(), shown.text.len()..shown.text.len() + MASK.len()));
        Self { text: shown.text + MASK, changes }
    }

    /// Where byte `at` of the line stands in the text.
    pub fn at(&self, at: usize) -> usize {
        let before = self.changes.partition_point(|(from, _)| from.start <= at);
        let Some((from, to)) = before.checked_sub(1).and_then(|last| self.changes.get(last)) else {
            return at.min(self.text.len());
        };
        let place = match at {
            _ if at == from.start => to.start,
            _ if at < from.end => to.end,
            _ => to.end + (at - from.end),
        };
        place.min(self.text.len())
    }
}

/// A text of any number of lines as it may be printed.
pub fn clean(text: &str) -> Cow<'_, str> {
    let harmful = |char| is_harmful(char) && char != '\n';
    if !text.contains(harmful) && text.split('\n').all(|line| secrets(line).is_empty()) {
        return Cow::Borrowed(text);
    }
    let lines: Vec<String> = text.split('\n').map(|line| Shown::of(line).text).collect();
    Cow::Owned(lines.join("\n"))
}

/// The lines of a text, from 0, that are what a `Secret` of Kubernetes holds.
pub fn secret_lines(text: &str) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    if !text.contains("Secret") {
        return found;
    }
    let (mut document, mut is_secret) = (BTreeSet::new(), false);
    let mut within: Option<usize> = None;
    for (at, line) in text.split('\n').enumerate() {
        if line.starts_with("---") {
            if is_secret {
                found.append(&mut document);
            }
            document.clear();
            (is_secret, within) = (false, None);
            continue;
        }
        let body = line.trim_start_matches([' ', '-']);
        let indent = line.len() - body.len();
        is_secret |= body.strip_prefix("kind:").is_some_and(|kind| kind.trim().trim_matches(['"', '\'']) == "Secret");
        match within {
            Some(outer) if indent > outer || body.trim().is_empty() => {
                document.insert(at);
            }
            _ => {
                let holds = ["data:", "stringData:"].iter().any(|key| body.starts_with(key));
                within = holds.then_some(indent);
                if holds && body.trim_end().len() > body.find(':').map_or(0, |at| at + 1) {
                    document.insert(at);
                }
            }
        }
    }
    if is_secret {
        found.append(&mut document);
    }
    found
}

/// Whether a line holds a secret.
pub fn has_secret(line: &str) -> bool {
    !secrets(line).is_empty()
}

/// Control characters, and those that turn the direction of the text.
fn is_harmful(char: char) -> bool {
    (char.is_control() && char != '\t') || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn escape(out: &mut String, char: char) {
    // Writing to a string does not fail.
    let _ = match char {
        '\r' => out.write_str("\\r"),
        _ => write!(out, "\\u{{{:x}}}", u32::from(char)),
    };
}

/// The bytes of a line that are secrets, in order, none of which meet.
fn secrets(line: &str) -> Vec<Range<usize>> {
    let mut found = url_credentials(line);
    found.extend(named(line));
    found.sort_by_key(|it| (it.start, it.end));
    let mut out: Vec<Range<usize>> = Vec::new();
    for next in found {
        match out.last_mut() {
            Some(last) if next.start <= last.end => last.end = last.end.max(next.end),
            _ => out.push(next),
        }
    }
    out
}

/// Passwords in `scheme://user:password@host`.
fn url_credentials(line: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    for (at, mark) in line.match_indices("://") {
        let start = at + mark.len();
        let rest = &line[start..];
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '`' | '?' | '#' | ',' | ')'));
        // A password may hold what ends the authority: then the last `@` before a blank or a quote counts.
        let authority = &rest[..end.unwrap_or(rest.len())];
        let Some(sign) = authority.rfind('@') else { continue };
        let user = &authority[..sign];
        let secret = match user.find(':') {
            Some(colon) => start + colon + 1..start + sign,
            // A token in the user's place.
            None if user.len() >= 16 && line[..at].ends_with("https") => start..start + sign,
            None => continue,
        };
        if !secret.is_empty() && !is_reference(&line[secret.clone()]) {
            out.push(secret);
        }
    }
    out
}

/// Values given to names that call them secret: `DB_PASSWORD=x`, `"PASSWORD": "x"`, `--requirepass x`.
fn named(line: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(word) = next_word(line, at) {
        at = word.end;
        let Some(name) = line.get(word) else { break };
        if !is_secret_name(name) {
            continue;
        }
        if let Some(value) = value_after(line, at, name) {
            at = value.end;
            out.push(value);
        } else if let Some(value) = line[at..].find("default=").and_then(|found| quoted(line, at + found + 8)) {
            at = value.end;
            out.push(value);
        }
    }
    out
}

/// The next run of letters, digits and `_` from byte `at` on, which lies on a character.
fn next_word(line: &str, at: usize) -> Option<Range<usize>> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let start = at + line.get(at..)?.find(is_word)?;
    let len = line[start..].find(|c: char| !is_word(c)).unwrap_or(line.len() - start);
    Some(start..start + len)
}

/// Whether a variable or key of this name holds a secret.
fn is_secret_name(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let last = upper.rsplit('_').next().unwrap_or(&upper);
    match last {
        "PASSWORD" | "PASSWD" | "PASSPHRASE" | "PASS" | "SECRET" | "TOKEN" | "APIKEY" | "CREDENTIALS" => true,
        "REQUIREPASS" | "MASTERAUTH" => true,
        // Lower-case keys are the keys of caches, maps and limits.
        "KEY" => upper == name && !matches!(name, "KEY"),
        _ => upper == name && (name.contains("SECRET") || name.contains("PASSWORD")) && is_value_part(last),
    }
}

/// Whether a name that ends so still holds the secret itself, and not something about it.
fn is_value_part(last: &str) -> bool {
    const ABOUT: &[&str] = &[
        "FILE",
        "PATH",
        "NAME",
        "URL",
        "ID",
        "TTL",
        "AGE",
        "LENGTH",
        "MIN",
        "MAX",
        "VALIDATORS",
        "HASHERS",
        "TIMEOUT",
        "ALGORITHM",
        "METHOD",
        "ENCRYPTION",
    ];
    !ABOUT.contains(&last)
}

/// The literal that is given to the name that ends at byte `at`.
fn value_after(line: &str, at: usize, name: &str) -> Option<Range<usize>> {
    let rest = line.get(at..)?;
    if line.get(..at - name.len()).is_some_and(|before| before.ends_with("${")) {
        // What a variable is taken to be when it is not set.
        let default = rest.strip_prefix(":-").or_else(|| rest.strip_prefix('-'))?;
        let (start, end) = (line.len() - default.len(), default.find('}')?);
        return (end > 0 && !is_reference(default)).then_some(start..start + end);
    }
    let signs = rest.trim_start_matches(['"', '\'', ']', ' ', '\t']);
    let option = matches!(name, "requirepass" | "masterauth");
    let upper = name.chars().any(char::is_uppercase);
    let after = match signs.chars().next()? {
        '=' | ':' => signs[1..].trim_start_matches(['=', ' ', '\t']),
        // `getenv("DB_PASSWORD", "postgres")`
        ',' if upper => signs[1..].trim_start(),
        _ if option && rest.starts_with([' ', '\t']) => signs,
        _ => return None,
    };
    let start = line.len() - after.len();
    if after.starts_with(['"', '\'']) {
        return quoted(line, start);
    }
    if signs.starts_with(',') {
        return None;
    }
    let end = after.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';')).unwrap_or(after.len());
    let value = &after[..end];
    // A call, a constant or a type is not the secret, nor is a number.
    let code = value.contains(['(', '[', '{']) || value.contains('.') && !upper;
    let annotated = signs.starts_with(':') && is_head(line);
    let plain = annotated
        || matches!(value, "" | "None" | "null" | "true" | "false" | "True" | "False" | "str" | "|" | ">" | "~");
    let number = value.chars().all(|c| c.is_ascii_digit());
    if code || plain || (number && value.len() < 4) || is_reference(value) || is_python_name(value, line, start) {
        return None;
    }
    Some(start..start + end)
}

/// Whether a line is the head of a function in Python, where a bare word behind a colon is a type.
fn is_head(line: &str) -> bool {
    let line = line.trim_start();
    line.strip_prefix("async ").unwrap_or(line).starts_with("def ")
}

/// Whether a bare value is a name of the code and not a text: what follows ` = ` in Python, or an annotation.
fn is_python_name(value: &str, line: &str, start: usize) -> bool {
    let before = line[..start].trim_end();
    let spaced = before.ends_with('=') && line[..start].ends_with(' ');
    let name = value.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    let argument = !before.ends_with(':') && line[start + value.len()..].starts_with([',', ')']);
    name && (spaced || argument)
}

/// The content of the quotes that open at or just before byte `at`.
fn quoted(line: &str, at: usize) -> Option<Range<usize>> {
    let quote = line.get(at..)?.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let start = at + 1;
    let len = line[start..].find(quote)?;
    let value = &line[start..start + len];
    (!value.is_empty() && !is_reference(value)).then_some(start..start + len)
}

/// Whether a value only says where the secret is taken from: `${PASSWORD}`, `{{ password }}`, `%(password)s`.
fn is_reference(value: &str) -> bool {
    value.starts_with(['$', '{', '<']) || value.starts_with("%(") || value.starts_with("***")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &str) {
        assert_eq!(Shown::of(line).text, expected, "of {line:?}");
    }

    #[test]
    fn passwords_of_urls_are_masked() {
        check("DATABASE_URL: postgres://app:s3cret@db:5432/app", "DATABASE_URL: postgres://app:***@db:5432/app");
        check("redis://:pw@redis:6379/0 amqp://a:b@c", "redis://:***@redis:6379/0 amqp://a:***@c");
        check("postgres://app@db/app http://web:8000/", "postgres://app@db/app http://web:8000/");
        check("postgres://u:${DB_PASSWORD}@db", "postgres://u:${DB_PASSWORD}@db");
        check("https://ghp_0123456789abcdef@github.com/x", "https://***@github.com/x");
    }

    #[test]
    fn values_of_names_that_say_secret_are_masked() {
        check("POSTGRES_PASSWORD=postgres", "POSTGRES_PASSWORD=***");
        check("  POSTGRES_PASSWORD: \"a b\" # x", "  POSTGRES_PASSWORD: \"***\" # x");
        check("      - SECRET_KEY=abc", "      - SECRET_KEY=***");
        check("SECRET_KEY = 'django-insecure'", "SECRET_KEY = '***'");
        check("        'PASSWORD': 'postgres',", "        'PASSWORD': '***',");
        check("os.getenv('DB_PASSWORD', 'postgres')", "os.getenv('DB_PASSWORD', '***')");
        check("SECRET_KEY = env('SECRET_KEY', default='x')", "SECRET_KEY = env('SECRET_KEY', default='***')");
        check("command: redis-server --requirepass hunter2", "command: redis-server --requirepass ***");
        check("POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-x}", "POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-***}");
        check("create(user=\"a\", password=\"b\")", "create(user=\"a\", password=\"***\")");
        check("async def by_token(token: dict) -> User:", "async def by_token(token: dict) -> User:");
    }

    #[test]
    fn all_that_a_secret_holds_is_masked() {
        let text = "kind: ConfigMap\ndata:\n  a: b\n---\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  url: x\n  b: |\n    y\ntype: Opaque\n";
        assert_eq!(secret_lines(text).into_iter().collect::<Vec<_>>(), [8, 9, 10]);
        assert_eq!(secret_lines("kind: Secret\ndata: {a: b}").into_iter().collect::<Vec<_>>(), [1]);
        let shown = |line| Shown::of_secret(line).text;
        assert_eq!(
            (shown("  url: x y"), shown("    y"), shown("  b:")),
            ("  url: ***".into(), "    ***".into(), "  b:".into())
        );
        assert_eq!((Shown::of_secret("  url: x y").at(7), Shown::of_secret("  url: x y").at(8)), (7, 10));
    }

    #[test]
    fn what_only_sounds_like_a_secret_stays() {
        for line in [
            "proxy_cache_key $uri;",
            "cache_key = f\"user:{id}\"",
            "KEY_PREFIX = 'wingman'",
            "POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?must be set}",
            "SECRET_KEY = os.environ[\"SECRET_KEY\"]",
            "SECRET_KEY = config.secret_key",
            "password: str",
            "connect(password=password, host=host)",
            "keepalive 32;",
            "max_tokens = 4096",
            "POSTGRES_PASSWORD_FILE: /run/secrets/pw",
        ] {
            check(line, line);
        }
    }

    #[test]
    fn what_a_terminal_obeys_is_escaped_and_places_hold() {
        let line = "a\u{1b}[31m é PASSWORD=xyz b";
        let shown = Shown::of(line);
        assert_eq!(shown.text, "a\\u{1b}[31m é PASSWORD=*** b");
        let place = |text: &str| shown.at(line.find(text).unwrap());
        assert_eq!(place("PASSWORD"), shown.text.find("PASSWORD").unwrap());
        assert_eq!(place(" b"), shown.text.find(" b").unwrap());
        assert_eq!(shown.at(line.len()), shown.text.len());
        assert_eq!(clean("one\ntwo \u{202e}x"), "one\ntwo \\u{202e}x");
        assert!(matches!(clean("one\ntwo"), Cow::Borrowed(_)));
    }

    proptest::proptest! {
        #[test]
        fn never_panics_and_places_lie_on_characters(line in "(PASSWORD|KEY|://|@|:|=|'|\"|[a-zé\u{1b}]| ){0,24}") {
            let shown = Shown::of(&line);
            for at in 0..=line.len() {
                if line.is_char_boundary(at) {
                    assert!(shown.text.is_char_boundary(shown.at(at)));
                }
            }
        }
    }
}
