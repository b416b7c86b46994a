//! A `Caddyfile`: sites, and the addresses that they pass requests to.

use super::{RawRoute, lines, seconds};
use crate::source::SourceFile;
use crate::syntax::Spanned;

type Word = Spanned<Box<str>>;

/// A block that is open, with what its first line says.
struct Block {
    head: Vec<Word>,
    /// The first of the routes that it makes, when it is a `reverse_proxy`.
    routes: Option<usize>,
}

/// A route for each address that a `reverse_proxy` or `php_fastcgi` names.
pub(super) fn routes(file: &SourceFile) -> Vec<RawRoute> {
    let mut routes: Vec<RawRoute> = Vec::new();
    let mut open: Vec<Block> = Vec::new();
    // A file of one site needs no braces: its first line is the site's address.
    let mut bare: Option<Word> = None;
    for line in lines(file) {
        let opens = line.last().is_some_and(|word| &*word.value == "{");
        let words = if opens { &line[..line.len() - 1] } else { &line[..] };
        if let [word] = line.as_slice()
            && &*word.value == "}"
        {
            open.pop();
            continue;
        }
        let site = open.first().and_then(|block| block.head.first()).or(bare.as_ref());
        // Of several addresses the first stands for all.
        let site = site.map(|it| Spanned::new(Box::from(it.value.trim_end_matches(',')), it.span));
        let own = open.iter().rev().find_map(|block| block.routes);
        let mut made = None;
        match words {
            [word, rest @ ..] if matches!(&*word.value, "reverse_proxy" | "php_fastcgi") => {
                made = Some(routes.len());
                let matched = rest.first().filter(|it| it.value.starts_with(['/', '@', '*']));
                let rule = matched.or(site.as_ref()).cloned();
                add(&mut routes, &word.value, rule, &rest[usize::from(matched.is_some())..]);
            }
            [word, rest @ ..] if own.is_some() && &*word.value == "to" => {
                let rule = site.clone();
                add(&mut routes, "reverse_proxy", rule, rest);
            }
            [word, value, ..] => limit(&mut routes, own, &word.value, value),
            [word] if open.is_empty() && bare.is_none() && !opens => bare = Some(word.clone()),
            _ => {}
        }
        if opens {
            open.push(Block { head: words.to_vec(), routes: made });
        }
    }
    routes
}

fn add(routes: &mut Vec<RawRoute>, name: &str, rule: Option<Word>, addresses: &[Word]) {
    for address in addresses {
        let mut route = RawRoute::to(name, address.clone());
        route.rule = rule.clone();
        routes.push(route);
    }
}

/// What the transport of a `reverse_proxy` says, for all its routes.
fn limit(routes: &mut [RawRoute], own: Option<usize>, name: &str, value: &Word) {
    let Some(own) = own.and_then(|from| routes.get_mut(from..)) else { return };
    let time = || Some(Spanned::new(seconds(&value.value, 1e-9)?, value.span));
    for route in own {
        match name {
            "dial_timeout" => route.connect_timeout = time(),
            "response_header_timeout" | "read_timeout" => route.read_timeout = time(),
            "max_conns_per_host" => {
                route.max_connections = value.value.parse().ok().map(|number| Spanned::new(number, value.span));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{conf, shown};

    #[test]
    fn sites_pass_requests_to_addresses() {
        let text = "{
    email a@example.org
}
example.org, www.example.org {
    encode gzip
    handle /static/* {
        root * /srv
        file_server
    }
    reverse_proxy /api/* api:8000 api2:8000
    reverse_proxy {$APP:app}:3000 {
        lb_policy least_conn
        to http://third:80
        transport http {
            dial_timeout 2s
            response_header_timeout 1m
            max_conns_per_host 64
        }
    }
}
:8080 {
    php_fastcgi fpm:9000
}
";
        assert_eq!(
            shown(&conf("Caddyfile", text).unwrap()),
            [
                "reverse_proxy: /api/* > api:8000",
                "reverse_proxy: /api/* > api2:8000",
                "reverse_proxy: example.org > {$APP:app}:3000 max=64 connect=2 read=60",
                "reverse_proxy: example.org > http://third:80 max=64 connect=2 read=60",
                "php_fastcgi: :8080 > fpm:9000",
            ]
        );
        let bare = conf("deploy/Caddyfile", "example.org\n\nreverse_proxy app:80\n").unwrap();
        assert_eq!(shown(&bare), ["reverse_proxy: example.org > app:80"]);
    }
}
