//! The channel layer of Django Channels.

use crate::link::endpoint;
use crate::link::network::Network;
use crate::link::values::{self, PyValue};
use crate::stack::vocabulary::{About, Anchor, ChannelLayer, Storage};
use crate::stack::{Fact, Stack};

use super::{Apps, Seat, redis, total_processes};

/// Adds the layers of a process that uses Django.
pub(super) fn add(stack: &mut Stack, apps: &Apps<'_>, seat: &Seat<'_>, network: &Network) {
    let Ok(choice) = &seat.settings else { return };
    let settings = choice.first();
    let layers = seat.evaluator.setting(settings, &["CHANNEL_LAYERS"]);
    for alias in values::keys(&layers) {
        let layer = values::entry(layers.clone(), &alias);
        let Some(span) = layer.span() else { continue };
        let backend = values::text(values::entry(layer.clone(), "BACKEND"));
        let publishes = backend.known().is_some_and(|it| it.contains("pubsub"));
        let storage = backend.map(|name| {
            if name.contains("InMemory") {
                Storage::Memory
            } else if name.contains("redis") {
                Storage::Redis
            } else {
                Storage::Other
            }
        });
        let config = values::entry(layer.clone(), "CONFIG");
        let is_redis = storage.known() == Some(&Storage::Redis);
        let process = &stack[seat.process];
        let channel_layer = ChannelLayer {
            about: About {
                name: format!("CHANNEL_LAYERS[\"{alias}\"] of {}", seat.service()).into(),
                anchor: Anchor::new(
                    apps.sources.file(span.file).path.clone(),
                    format!("CHANNEL_LAYERS.{alias}@{}", seat.service()),
                ),
                span: Some(span),
                owner: Some(seat.service().into()),
                writers: Vec::new(),
            },
            storage: apps.reach.fact(storage),
            capacity: match values::count(values::entry(config.clone(), "capacity")) {
                // The layer over Redis's own publishing has neither (`pubsub.py` of channels_redis 4.3).
                _ if publishes => Fact::Absent,
                Fact::Absent if is_redis => Fact::default_of(100, "channels_redis", "capacity", Some(span)),
                fact => apps.reach.fact(fact),
            },
            expiry: match values::number(values::entry(config.clone(), "expiry")) {
                _ if publishes => Fact::Absent,
                Fact::Absent if is_redis => Fact::default_of(60.0, "channels_redis", "expiry", Some(span)),
                fact => apps.reach.fact(fact),
            },
            processes: total_processes(process),
            endpoint: if is_redis { endpoint::of(&values::entry(config.clone(), "hosts")) } else { Fact::Absent },
            process: Some(seat.process),
        };
        stack.add(channel_layer);
        if let Some(PyValue::List(hosts)) = values::entry(config, "hosts").known()
            && let Some(host) = hosts.first()
        {
            redis::keeps(stack, network, host, Some(span));
        }
    }
}
