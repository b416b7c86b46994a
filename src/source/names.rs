//! Names that say whether a file may matter, before it is opened.

/// Folders that hold what others wrote: version control, installed packages, caches.
const FOREIGN: &[&str] = &[
    ".git",
    ".hg",
    ".svn",
    ".idea",
    ".mypy_cache",
    ".nox",
    ".pytest_cache",
    ".ruff_cache",
    ".terraform",
    ".tox",
    ".venv",
    "__pycache__",
    "bower_components",
    "node_modules",
    "site-packages",
];

/// Whether a folder of this name holds what others wrote.
pub(super) fn is_foreign_folder(name: &str) -> bool {
    FOREIGN.contains(&name)
}

/// The outermost folder on a path whose name is a placeholder: `{{cookiecutter.project_slug}}`. What lies in it is no
/// repository yet, and its branches contradict each other.
pub(super) fn template_folder(path: &str) -> Option<&str> {
    let mut end = 0;
    for part in path.split_inclusive('/') {
        let folder = part.strip_suffix('/')?;
        end += folder.len();
        let marks = [("{{", "}}"), ("{%", "%}")];
        if marks.iter().any(|(open, close)| folder.find(open).is_some_and(|at| folder[at..].contains(close))) {
            return path.get(..end);
        }
        end += 1;
    }
    None
}

/// Endings, in lower case, of files that a reader or a tool's own configuration may look into.
const ENDINGS: &[&str] = &[
    "bash",
    "caddyfile",
    "cfg",
    "cnf",
    "conf",
    "dockerfile",
    "dockerignore",
    "env",
    "ini",
    "j2",
    "lock",
    "nginx",
    "py",
    "service",
    "sh",
    "template",
    "tf",
    "tfvars",
    "tmpl",
    "toml",
    "vhost",
    "yaml",
    "yml",
];

/// Endings of files that hold data, pictures or prose, whatever they are called: `dockerfile-cases.jsonl`.
const DATA: &[&str] = &[
    "bak", "css", "csv", "gif", "html", "ipynb", "jpg", "js", "json", "jsonl", "log", "md", "orig", "pdf", "png", "rs",
    "rst", "sql", "svg", "ts", "tsx", "zip",
];

/// Names, in lower case, of files without a telling ending.
const NAMES: &[&str] = &[
    "containerfile",
    "dockerfile",
    "entrypoint",
    "gnumakefile",
    "justfile",
    "caddyfile",
    "makefile",
    "package.json",
    "procfile",
    ".justfile",
    "proxy_params",
    "start",
    "run",
];

/// Whether the file at this path below the root may say something of a stack, by its name alone.
///
/// ```
/// assert!(plimsoll::source::may_matter("deploy/Dockerfile.prod"));
/// assert!(plimsoll::source::may_matter(".envs/.production/.django"));
/// assert!(!plimsoll::source::may_matter("static/logo.svg"));
/// ```
pub fn may_matter(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let name = name.to_ascii_lowercase();
    if matches!(name.as_str(), "package-lock.yaml" | "pnpm-lock.yaml") {
        return false;
    }
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    if ending == "json" && is_of_unit(folder, &name) {
        return true;
    }
    // What Heroku, Railway and ECS read.
    if ending == "json" && (matches!(name.as_str(), "app.json" | "railway.json") || is_task_definition(&name)) {
        return true;
    }
    // What pages are made of.
    if matches!(ending, "html" | "htm" | "txt" | "jinja" | "jinja2" | "j2")
        && folder.split('/').any(|part| matches!(part, "templates" | "jinja" | "jinja2"))
    {
        return true;
    }
    if DATA.contains(&ending) {
        return NAMES.contains(&name.as_str()) || (ending == "md" && name.starts_with("readme"));
    }
    NAMES.contains(&name.as_str())
        || ENDINGS.contains(&ending)
        || ["dockerfile", "containerfile", ".env", "readme", "nginx", "procfile"].iter().any(|it| name.starts_with(it))
        || (matches!(ending, "txt" | "pip") && (name.contains("requirement") || name.contains("constraint") || folder.ends_with("requirements")))
        || (ending == "in" && name.contains("requirement"))
        // What cookiecutter-django writes: `.envs/.production/.django`.
        || folder.split('/').any(|part| part == ".envs")
        // Debian's nginx: `sites-available/default`.
        || ["sites-available", "sites-enabled", "conf.d"].iter().any(|it| folder.ends_with(it))
        // `deploy/crontab`, `/etc/cron.d/app`, `backup.cron`
        || name.contains("crontab")
        || ending == "cron"
        || folder.ends_with("cron.d")
        // What Celery's init script reads: `/etc/default/celeryd`.
        || (folder.ends_with("default") && name.starts_with("celery"))
        // Scripts that images start with have names like `compose/production/django/start`.
        || (!name.contains('.') && (name.contains("entrypoint") || name.starts_with("start")))
}

/// Whether a file is called as a configuration of NGINX Unit is, or lies where one does:
/// `unit.json`, `nginx-unit.conf.json`, or any in a folder that NGINX Unit's image reads.
fn is_of_unit(folder: &str, name: &str) -> bool {
    let folder = folder.rsplit('/').next().unwrap_or(folder);
    let is_unit =
        |text: &str| text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "unit" || word == "unitd");
    folder == "docker-entrypoint.d" || is_unit(folder) || is_unit(name)
}

/// Whether a file is called as task and service definitions of ECS or templates of CloudFormation are:
/// `task-definition.json`, `ecs-taskdef.prod.json`.
fn is_task_definition(name: &str) -> bool {
    let bare: String = name.chars().filter(|c| !matches!(c, '-' | '_' | '.')).collect();
    ["taskdef", "ecstask", "ecsservice", "servicedefinition", "cloudformation", "cfn"]
        .iter()
        .any(|it| bare.contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_a_placeholder_for_a_name_is_a_template() {
        let path = "t/{{cookiecutter.project_slug}}/{{cookiecutter.project_slug}}/settings.py";
        assert_eq!(template_folder(path), Some("t/{{cookiecutter.project_slug}}"));
        assert_eq!(template_folder("{% if x %}app{% endif %}/a.py"), Some("{% if x %}app{% endif %}"));
        assert_eq!(template_folder("app/{{name}}.py"), None);
        assert_eq!(template_folder("a}}/{{b/c.py"), None);
    }
}
