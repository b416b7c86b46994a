//! Which nginx an image holds, and what changed with versions.

use crate::source::Span;
use crate::stack::{Condition, Default, Fact, Origin, Sourced, Truth, Version};
use crate::syntax::image::ImageName;

/// The release that made HTTP/1.1 and kept connections the default towards named upstreams (nginx's `changes.xml`,
/// 2026-03-24).
const KEEPS_CONNECTIONS: &[u64] = &[1, 29, 7];

/// What the moving tags of the official image held on 2026-08-21 (official-images, `library/nginx`); later pulls hold
/// the same or newer.
const MAINLINE: &[u64] = &[1, 31, 4];
const STABLE: &[u64] = &[1, 30, 4];

/// Whether an image runs nginx as its main program, by its name.
pub fn is_nginx(image: &str) -> bool {
    const OTHERS: &[&str] = &[
        "exporter",
        "proxy-manager",
        "nginx-proxy",
        "ingress",
        "companion",
        "letsencrypt",
        "amplify",
        "nginx-ui",
        "unit",
    ];
    let name = ImageName::parse(image);
    let short = name.short();
    (short.contains("nginx") || matches!(short, "openresty" | "swag" | "angie" | "tengine"))
        && !OTHERS.iter().any(|other| short.replace("unprivileged", "").contains(other))
}

/// Whether an image is nginx's own, whose main configuration is known.
pub(super) fn is_official(image: &str) -> bool {
    matches!(ImageName::parse(image).repository, "nginx" | "nginx/nginx" | "nginxinc/nginx-unprivileged")
}

/// Whether the tags of an image are versions of nginx.
fn tags_are_versions(image: &str) -> bool {
    let of_others = ["openresty/openresty", "bitnami/nginx", "bitnamilegacy/nginx", "ubuntu/nginx"];
    is_official(image) || of_others.contains(&ImageName::parse(image).repository)
}

/// The version of an image, by its tag.
pub(super) fn of_image(image: Option<&str>, span: Option<Span>) -> Fact<Version> {
    let (Some(image), Some(span)) = (image.filter(|image| tags_are_versions(image)), span) else {
        return Fact::unknown("no image names nginx's version");
    };
    let name = ImageName::parse(image);
    let tag = name.tag.unwrap_or("latest");
    let version = match Version::of_series(tag) {
        // `1` is the newest of its line.
        Some(series) if series.low.len() == 1 => Version { low: MAINLINE.to_vec(), ..series },
        Some(series) => series,
        None if name.digest || !is_official(image) => {
            return Fact::Unknown(crate::stack::Why::at("the image names no version", span));
        }
        None => {
            let low = match tag.split('-').next().unwrap_or("") {
                "stable" => STABLE,
                "latest" | "mainline" | "alpine" | "perl" | "otel" => MAINLINE,
                "bookworm" | "trixie" | "bullseye" => MAINLINE,
                _ => return Fact::Unknown(crate::stack::Why::at("the image names no version", span)),
            };
            Version { low: low.to_vec(), high: None, written: tag.into() }
        }
    };
    Fact::derived(version, vec![span])
}

/// Whether a version keeps connections to named upstreams by default.
pub(super) fn keeps_connections(version: &Fact<Version>) -> Truth {
    version.known().map_or(Truth::Maybe, |version| !version.less(KEEPS_CONNECTIONS))
}

/// nginx's default of a setting that 1.29.7 changed; both where the version is not known.
pub(super) fn default<T: Clone>(
    version: &Fact<Version>,
    older: T,
    newer: T,
    setting: &str,
    at: Option<Span>,
) -> Fact<T> {
    let sourced = |value: T| Sourced {
        value,
        origin: Origin::Default(Default { program: "nginx".into(), setting: setting.into(), at, unless: None }),
        slots: Vec::new(),
    };
    let condition = |text: &str| Condition { text: text.into(), at: version.span() };
    match keeps_connections(version) {
        Truth::No => Fact::Known(sourced(older)),
        Truth::Yes => Fact::Known(sourced(newer)),
        Truth::Maybe => Fact::OneOf(vec![
            (condition("nginx is older than 1.29.7"), sourced(older)),
            (condition("nginx is 1.29.7 or newer"), sourced(newer)),
        ]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn older(image: &str) -> Truth {
        let version = of_image(Some(image), Some(Span::at(FileId(0), 0)));
        version.known().map_or(Truth::Maybe, |version| version.less(KEEPS_CONNECTIONS))
    }

    #[test]
    fn tags() {
        for image in [
            "nginx",
            "nginx:latest",
            "nginx:alpine",
            "nginx:stable-alpine",
            "nginx:1",
            "nginx:1.31",
            "nginx:1.30-alpine",
        ] {
            assert_eq!(older(image), Truth::No, "{image}");
        }
        for image in
            ["nginx:1.27", "nginx:1.25.3-alpine", "openresty/openresty:1.21.4.1-0-alpine", "bitnami/nginx:1.22"]
        {
            assert_eq!(older(image), Truth::Yes, "{image}");
        }
        for image in [
            "nginx@sha256:ab",
            "nginx:1.29",
            "openresty/openresty:alpine",
            "python:3.12",
            "nginx:custom",
            "team/nginx:1.2",
        ] {
            assert_eq!(older(image), Truth::Maybe, "{image}");
        }
    }

    #[test]
    fn images() {
        for image in ["nginx", "nginxinc/nginx-unprivileged:1.25", "registry:5000/team/my-nginx", "openresty/openresty"]
        {
            assert!(is_nginx(image), "{image}");
        }
        for image in ["nginx/nginx-prometheus-exporter", "jwilder/nginx-proxy", "jc21/nginx-proxy-manager", "python"] {
            assert!(!is_nginx(image), "{image}");
        }
    }
}
