//! Commands that look into containers, as Kubernetes has them.

/// A text whose commands of Docker Compose are kubectl's, where that has one for them.
pub(crate) fn instead(text: &str) -> String {
    const COMPOSE: &str = "docker compose ";
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, command)) = rest.split_once(COMPOSE) {
        out.push_str(before);
        match of(command) {
            Some((said, left)) => {
                out.push_str(&said);
                rest = left;
            }
            None => {
                out.push_str(COMPOSE);
                rest = command;
            }
        }
    }
    out.push_str(rest);
    out.replace("docker stats", "kubectl top pod")
}

/// kubectl's words for what follows `docker compose`, and what is left behind them.
fn of(command: &str) -> Option<(String, &str)> {
    let (verb, rest) = word(command);
    match verb {
        "exec" => {
            let (name, rest) = word(rest.trim_start());
            Some((format!("kubectl exec deploy/{name} --"), rest))
        }
        "top" => {
            let (name, rest) = word(rest.trim_start());
            Some((format!("kubectl exec deploy/{name} -- ps aux"), rest))
        }
        "logs" => {
            let (first, behind) = word(rest.trim_start());
            let (since, rest) = match first {
                "--since" => {
                    let (since, rest) = word(behind.trim_start());
                    (format!(" --since={since}"), rest)
                }
                _ => (String::new(), rest),
            };
            let (name, behind) = word(rest.trim_start());
            let (name, rest) = if name == "|" || name.is_empty() { ("NAME", rest) } else { (name, behind) };
            Some((format!("kubectl logs deploy/{name}{since}"), rest))
        }
        // `up -d --scale web=4`
        "up" => {
            let (name, rest) = rest.strip_prefix(" -d --scale ")?.split_once('=')?;
            let (count, rest) = word(rest);
            Some((format!("kubectl scale deploy/{name} --replicas={count}"), rest))
        }
        _ => None,
    }
}

/// The first word, and what is behind it; a backtick ends a command.
fn word(text: &str) -> (&str, &str) {
    text.split_at(text.find([' ', '`', ',']).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::instead;

    #[test]
    fn what_docker_compose_does_by_kubectl() {
        let same = |from: &str, to: &str| assert_eq!(instead(from), to);
        same(
            "`docker compose exec web cat /x` prints 1, and `docker compose top web | grep -c y` 2",
            "`kubectl exec deploy/web -- cat /x` prints 1, and `kubectl exec deploy/web -- ps aux | grep -c y` 2",
        );
        same("`docker compose logs --since 1m web | grep z`", "`kubectl logs deploy/web --since=1m | grep z`");
        same("`docker compose logs --since 10m | grep z`", "`kubectl logs deploy/NAME --since=10m | grep z`");
        same("`docker compose logs web`, then", "`kubectl logs deploy/web`, then");
        same("`docker compose top web` lists", "`kubectl exec deploy/web -- ps aux` lists");
        same("`docker compose up -d --scale web=4`, then", "`kubectl scale deploy/web --replicas=4`, then");
        same("`docker compose pause redis`", "`docker compose pause redis`");
    }
}
