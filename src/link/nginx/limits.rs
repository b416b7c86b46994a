//! Uses of rate and connection limits.

use super::Build;
use super::ink;
use super::scope::{Scope, head, read_word};
use super::view::Item;
use crate::source::Span;
use crate::stack::vocabulary::LimitUse;
use crate::stack::{About, Fact, Slot, Stack, Why, Writer};
use crate::syntax::nginx::{Directive, Word};

/// A zone: its name, and the key it counts by.
pub(super) struct Zone<'a> {
    name: &'a str,
    key: Option<&'a str>,
    /// The requests a second that it lets through, with its place.
    rate: Option<(f64, Span)>,
    span: Span,
}

impl<'a> Build<'a, '_> {
    /// Notes the zones of the `http` level.
    pub(super) fn find_zones(&mut self, http: &Scope<'a, '_>) {
        for item in
            http.items.iter().filter(|it| it.directive.is("limit_req_zone") || it.directive.is("limit_conn_zone"))
        {
            let zone = item.directive.args.iter().find_map(|word| word.text.strip_prefix("zone="));
            let name = zone.and_then(|zone| zone.split(':').next());
            let rate = item.directive.args.iter().find_map(|word| Some((rate_of(&word.text)?, word.span)));
            let zone = |name| Zone { name, key: item.directive.arg(0), rate, span: head(item.directive) };
            self.zones.extend(name.map(zone));
        }
        self.zones_hidden = http.hidden();
        self.zone_place = http.items.iter().find(|it| it.directive.is("server")).copied();
    }

    /// Puts the limits that stand at this level into the stack.
    pub(super) fn limits(&mut self, stack: &mut Stack, scope: &Scope<'a, '_>) {
        for item in scope.items.clone() {
            let is_conn = item.directive.is("limit_conn");
            if !is_conn && !item.directive.is("limit_req") {
                continue;
            }
            let argument = |name: &str| item.directive.args.iter().find(|word| word.text.starts_with(name));
            let named = if is_conn { item.directive.args.first() } else { argument("zone=") };
            let Some(word) = named else { continue };
            let zone_name = word.text.strip_prefix("zone=").unwrap_or(&word.text);
            let entity = self.unique(item, scope, &format!("{}[{zone_name}]", item.directive.name.text));
            let same_file = scope.opened.is_some_and(|it| it.draft.file == item.draft.file);
            let entity = if same_file { scope.entity_of(&entity) } else { entity };
            let (zone_defined, by_address) = self.zone(zone_name, word);
            let mut writers = Vec::new();
            let burst = if is_conn { Fact::Absent } else { self.burst(item, word, &mut writers) };
            writers.extend(
                self.define_zone(item.directive, zone_name, is_conn).filter(|_| zone_defined.known() == Some(&false)),
            );
            let connections = match item.directive.args.get(1).filter(|_| is_conn) {
                Some(word) => read_word(self.view, word, |text| text.parse().ok()),
                None => Fact::Absent,
            };
            let rate = self.zones.iter().find(|zone| zone.name == zone_name && !is_conn).and_then(|zone| zone.rate);
            let rate = rate.map_or(Fact::Absent, |(rate, span)| Fact::written(rate, span));
            let nodelay = item.directive.args.iter().find(|word| &*word.text == "nodelay");
            let delays = match nodelay {
                _ if is_conn || burst.is_absent() => Fact::Absent,
                Some(word) => Fact::derived(false, vec![word.span]),
                None => Fact::derived(true, vec![head(item.directive)]),
            };
            let behind_proxy = self.behind_proxy(scope, item.directive);
            stack.add(LimitUse {
                about: About {
                    name: format!("{} {zone_name}", item.directive.name.text).into(),
                    anchor: self.anchor(item, entity),
                    span: Some(head(item.directive)),
                    owner: self.owner(),
                    writers,
                },
                zone_defined,
                burst,
                rate,
                delays,
                is_conn: Fact::derived(is_conn, vec![item.directive.name.span]),
                connections,
                by_address,
                behind_proxy,
            });
        }
    }

    fn zone(&self, name: &str, word: &Word) -> (Fact<bool>, Fact<bool>) {
        if let Some(zone) = self.zones.iter().find(|zone| zone.name == name) {
            let by_address = matches!(zone.key, Some("$binary_remote_addr" | "$remote_addr"));
            return (Fact::derived(true, vec![zone.span, word.span]), Fact::derived(by_address, vec![zone.span]));
        }
        let why = Why::at(format!("the zone `{name}` is not in these files"), word.span);
        match &self.zones_hidden {
            Some(hidden) => (Fact::Unknown(hidden.clone()), Fact::Unknown(hidden.clone())),
            None => (Fact::derived(false, vec![word.span]), Fact::Unknown(why)),
        }
    }

    fn burst(&self, item: Item<'a>, zone: &Word, writers: &mut Vec<Writer>) -> Fact<u64> {
        let written = item.directive.args.iter().find_map(|word| Some((word, word.text.strip_prefix("burst=")?)));
        if let Some((word, text)) = written {
            return match text.parse() {
                Ok(burst) => {
                    // The number alone, behind `burst=`.
                    let start = word.span.end as usize - text.len();
                    Fact::written(burst, Span::new(word.span.file, start, word.span.end as usize))
                }
                Err(_) => Fact::Unknown(Why::at(format!("`{text}` is not a number"), word.span)),
            };
        }
        let at = Span { start: zone.span.end, ..zone.span };
        let nodelay = if item.directive.args.iter().any(|word| &*word.text == "nodelay") { "" } else { " nodelay" };
        writers.push(Writer {
            name: "burst".into(),
            edits: vec![(at, format!(" burst={{burst}}{nodelay}").into())],
            display_only: None,
        });
        Fact::default_of(0, "nginx", "burst", Some(head(item.directive))).with_slots([Slot::insert(at, " burst=", "")])
    }

    /// The zone's definition, before the first server; its rate or size is not ours to choose.
    fn define_zone(&self, used: &Directive, name: &str, is_conn: bool) -> Option<Writer> {
        let place = self.zone_place?;
        let line = match is_conn {
            true => format!("limit_conn_zone $binary_remote_addr zone={name}:10m;"),
            false => format!("limit_req_zone $binary_remote_addr zone={name}:10m rate=10r/s;"),
        };
        let edits = vec![ink::insert_before(self.view.source(place.draft), place.directive, &[&line, ""])];
        let reason = format!("what `{}` counts by, and how much it allows, is yours to choose", used.name.text);
        Some(Writer { name: "define_zone".into(), edits, display_only: Some(reason.into()) })
    }

    /// Whether another proxy of the deployment stands before this nginx, whose address all clients then have.
    fn behind_proxy(&self, scope: &Scope<'a, '_>, used: &Directive) -> Fact<bool> {
        if let Some(owner) = scope.owner("set_real_ip_from").and_then(|owner| owner.items.first().copied()) {
            return Fact::derived(false, vec![head(owner.directive)]);
        }
        let proxy = self.services.iter().find(|it| {
            let image = it.image.unwrap_or("");
            ["traefik", "haproxy", "caddy", "cloudflared", "nginx-proxy"].iter().any(|name| image.contains(name))
        });
        match proxy {
            Some(proxy) => Fact::derived(true, vec![proxy.plan.name.span, used.name.span]),
            // Who publishes a port of the host is the deployment's outermost; what stands outside of it no file shows.
            None => self
                .me
                .and_then(|me| me.plan.ports.first())
                .map_or(Fact::Absent, |port| Fact::derived(false, vec![port.span])),
        }
    }
}

/// `rate=10r/s`, in requests a second.
fn rate_of(word: &str) -> Option<f64> {
    let text = word.strip_prefix("rate=")?;
    let (number, seconds) = match text.strip_suffix("r/s") {
        Some(number) => (number, 1.0),
        None => (text.strip_suffix("r/m")?, 60.0),
    };
    Some(number.parse::<f64>().ok()? / seconds)
}
