//! Image names: `registry.example/ns/postgres:16-alpine@sha256:…`.

/// An image's name, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageName<'a> {
    /// The registry's host, when one is named.
    pub registry: Option<&'a str>,
    /// Namespace and name: `bitnami/postgresql`, `postgres`; `library/` is taken off.
    pub repository: &'a str,
    /// The tag.
    pub tag: Option<&'a str>,
    /// Whether a digest pins it.
    pub digest: bool,
}

impl<'a> ImageName<'a> {
    /// Takes an image's name apart. It never fails: what is no part is the repository.
    pub fn parse(image: &'a str) -> Self {
        let (name, digest) = image.split_once('@').map_or((image, false), |(name, _)| (name, true));
        // A colon after the last slash starts the tag; one before it is a registry's port.
        let slash = name.rfind('/').map_or(0, |at| at + 1);
        let (path, tag) = match name[slash..].find(':') {
            Some(at) => (&name[..slash + at], Some(&name[slash + at + 1..])),
            None => (name, None),
        };
        let (registry, repository) = match path.split_once('/') {
            Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => (Some(host), rest),
            _ => (None, path),
        };
        Self { registry, repository: repository.strip_prefix("library/").unwrap_or(repository), tag, digest }
    }

    /// The last part of the repository: `postgresql`.
    pub fn short(&self) -> &'a str {
        self.repository.rsplit('/').next().unwrap_or(self.repository)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_names_apart() {
        let parts = |image| {
            let it = ImageName::parse(image);
            (it.registry, it.repository, it.tag, it.digest)
        };
        assert_eq!(parts("postgres"), (None, "postgres", None, false));
        assert_eq!(parts("postgres:16-alpine"), (None, "postgres", Some("16-alpine"), false));
        assert_eq!(parts("docker.io/library/redis:7@sha256:ab"), (Some("docker.io"), "redis", Some("7"), true));
        assert_eq!(parts("localhost:5000/team/app"), (Some("localhost:5000"), "team/app", None, false));
        assert_eq!(parts("bitnami/postgresql:16"), (None, "bitnami/postgresql", Some("16"), false));
        assert_eq!(ImageName::parse("a.b/c/d:1").short(), "d");
        assert_eq!(parts(""), (None, "", None, false));
    }
}
