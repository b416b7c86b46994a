//! Redis and Valkey: limits and eviction, by command line and mounted file.

use crate::stack::{Fact, Id, RedisServer, Service, Slot, Stack, defaults};
use crate::syntax::lines::Setting;

use super::{Server, parsed, rest_of, setting};

/// Variables whose words images put behind the server's own: redis-stack's, valkey's, Bitnami's.
const FLAGS: &[&str] = &["REDIS_ARGS", "VALKEY_EXTRA_FLAGS", "REDIS_EXTRA_FLAGS"];

/// Puts the service into the stack as a Redis server when it runs one.
pub fn add(stack: &mut Stack, server: &Server<'_>, service: Id<Service>) -> Option<Id<RedisServer>> {
    let name = server.image_name();
    if !matches!(name.short(), "redis" | "valkey" | "redis-stack-server" | "redis-stack" | "keydb" | "dragonfly") {
        return None;
    }
    // Bitnami's entrypoint writes a file of its own; stack and forks have other defaults.
    let plain = matches!(name.repository, "redis" | "valkey/valkey");
    let words: Vec<_> = server.running.iter().flat_map(|it| &it.argv).collect();
    let file = words
        .iter()
        .filter_map(|word| word.text.known())
        .filter(|word| word.ends_with(".conf"))
        .find_map(|path| (server.file_at)(path));
    let names_file = words.iter().any(|word| word.text.known().is_some_and(|it| it.ends_with(".conf")));
    let flags = FLAGS.iter().find_map(|name| server.variable(name)).filter(|_| !plain || name.short() == "valkey");
    let said = |setting_name: &str| -> Option<Fact<Box<str>>> {
        let option = format!("--{setting_name}");
        let at = words.iter().rposition(|word| word.text.known().is_some_and(|it| it.eq_ignore_ascii_case(&option)));
        if let Some(value) = at.and_then(|at| words.get(at + 1)) {
            return Some(rest_of(value, 0).unwrap_or_else(|| value.text.clone()));
        }
        // Dragonfly takes the value behind an equals sign.
        let joined = format!("{option}=");
        let word = words.iter().rev().find(|word| word.text.known().is_some_and(|it| it.starts_with(&*joined)));
        if let Some(value) = word.and_then(|word| rest_of(word, joined.len())) {
            return Some(value);
        }
        if let Some(flags) = flags {
            match flags.value.known().map(|text| super::flag(text, &setting_name.replace('-', "_"))) {
                Some(Some(value)) => return Some(flags.value.clone().map(|_| value.clone())),
                Some(None) => {}
                None => return Some(Fact::unknown(format!("`{}` is set by the environment", flags.name))),
            }
        }
        if let Some(line) = file.and_then(|settings: &[Setting]| setting(settings, "", setting_name)) {
            return Some(Fact::written(line.value.value.clone(), line.value.span));
        }
        let hidden = !plain || (names_file && file.is_none());
        hidden.then(|| Fact::unknown("its configuration is not in these files"))
    };
    let at = Some(server.plan.image.as_ref().map_or(server.plan.name.span, |it| it.span));
    let slot = |setting_name: &str| {
        let option = format!("--{setting_name}");
        let slot = server.running.iter().find_map(|it| it.append.option(&option))?;
        // Redis takes the value as a word of its own, so only shell text can hold it behind a blank.
        slot.before.starts_with(' ').then(|| Slot { before: format!(" {option} ").into(), ..slot })
    };
    let count = |name: &str, read: &dyn Fn(&str) -> Option<u64>| match said(name) {
        Some(text) => parsed(text, read),
        None => defaults::count("Redis", name, at).with_slots(slot(name)),
    };
    let redis = RedisServer {
        about: server.about(),
        maxclients: count("maxclients", &|text| text.trim().parse().ok()),
        maxmemory: count("maxmemory", &bytes),
        policy: said("maxmemory-policy")
            .unwrap_or_else(|| defaults::word("Redis", "maxmemory-policy", at).with_slots(slot("maxmemory-policy"))),
        service: Some(service),
        ..RedisServer::default()
    };
    Some(stack.add(redis))
}

/// A size as Redis writes it, in bytes: `1k` is 1,000, `1kb` is 1,024.
fn bytes(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..digits].parse().ok()?;
    let factor = match text[digits..].to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" => 1000,
        "kb" => 1 << 10,
        "m" => 1_000_000,
        "mb" => 1 << 20,
        "g" => 1_000_000_000,
        "gb" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    #[test]
    fn sizes_have_two_scales() {
        assert_eq!(super::bytes("256mb"), Some(268_435_456));
        assert_eq!(super::bytes("1g"), Some(1_000_000_000));
        assert_eq!(super::bytes("0"), Some(0));
        assert_eq!(super::bytes("much"), None);
    }
}
