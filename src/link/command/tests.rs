//! Small repositories, and what runs in them.

use super::*;
use crate::facts::docker::{self, is_dockerfile};
use crate::facts::{Drafts, Reading};
use crate::link::image::{Image, image, service};
use crate::link::plan::{Build, Variable};
use crate::source::{FileId, SourceFile};
use crate::stack::Anchor;
use crate::syntax::Spanned;
use crate::syntax::shell;

/// A repository in memory: a service `web`, built from its Dockerfile if it has one.
pub(in crate::link) struct Repo {
    pub(in crate::link) files: Vec<SourceFile>,
    pub(in crate::link) service: ServicePlan,
    pub(in crate::link) image: Option<Image>,
    readings: Vec<std::sync::Arc<Reading>>,
}

impl Repo {
    pub(in crate::link) fn new(files: &[(&str, &str)]) -> Self {
        let files: Vec<SourceFile> = files
            .iter()
            .enumerate()
            .map(|(id, (path, text))| SourceFile::new(FileId(id as u32), *path, Default::default(), *text))
            .collect();
        let dockerfiles: Vec<_> = files.iter().filter(|file| is_dockerfile(&file.path)).map(docker::read).collect();
        let readings = files.iter().map(|file| crate::facts::read(file).into()).collect();
        let span = Span::at(FileId(0), 0);
        let mut service = service(Spanned::new("web".into(), span), Anchor::new("compose.yaml", "services.web"), "");
        service.build = dockerfiles.first().map(|it| Build {
            context: "".into(),
            dockerfile: Some(it.file),
            target: None,
            args: Vec::new(),
            span,
        });
        let image = service.build.as_ref().and_then(|build| image(build, &dockerfiles.iter().collect::<Vec<_>>()));
        Self { files, service, image, readings }
    }

    fn place(&self, text: &str) -> Span {
        let file = self.files.iter().find(|file| &*file.path == "compose.yaml").unwrap();
        let at = file.text().find(text).unwrap();
        file.span(at..at + text.len())
    }

    /// Gives the service a `command:` that stands in `compose.yaml` as one text.
    pub(in crate::link) fn command(mut self, text: &str) -> Self {
        let span = self.place(text);
        let text = Mapped::verbatim(text, span);
        let script = shell::parse(&text).tree;
        self.service.command = Some(CommandLine::Text { text, script, shell: false, span });
        self
    }

    /// Sets a variable, `NAME: value` in `compose.yaml`.
    pub(in crate::link) fn set(mut self, name: &str) -> Self {
        let file = self.files.iter().find(|file| &*file.path == "compose.yaml").unwrap();
        let from = file.text().find(&format!("{name}: ")).unwrap();
        let line = file.text()[from..].lines().next().unwrap();
        let span = file.span(from + name.len() + 2..from + line.len());
        let value = Fact::written(file.slice(span).into(), span);
        self.service.environment.push(Variable { name: name.into(), value, span: file.span(from..from + line.len()) });
        self
    }

    pub(in crate::link) fn running(&self) -> Vec<Running> {
        running(&self.service, self.image.as_ref(), &self.known())
    }

    /// The files that commands may name.
    pub(in crate::link) fn known(&self) -> Files<'_> {
        Files::of(&Drafts(&self.readings))
    }

    pub(in crate::link) fn text(&self, span: Span) -> &str {
        self.files[span.file.0 as usize].slice(span)
    }

    /// Each command as a line: its words (`?` for the unknown), then what is known of signals and conditions.
    fn show(&self) -> Vec<String> {
        self.running()
            .iter()
            .map(|it| {
                let words: Vec<&str> = it.argv.iter().map(|arg| arg.text.known().map_or("?", |text| text)).collect();
                let signals = match &it.gets_signals {
                    Fact::Known(sourced) if sourced.value => "hears",
                    Fact::Known(_) => "deaf",
                    _ => "unsure",
                };
                let condition = it.conditional.as_deref().map(|it| format!(" if {it}")).unwrap_or_default();
                format!("{}: {signals}{condition}", words.join(" "))
            })
            .collect()
    }
}

const PYTHON: &str = "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\n";

fn docker_with(rest: &str) -> String {
    format!("{PYTHON}{rest}")
}

#[test]
fn an_exec_form_is_the_first_process() {
    let repo = Repo::new(&[("Dockerfile", &docker_with("CMD [\"gunicorn\", \"app:app\", \"--workers=3\"]"))]);
    assert_eq!(repo.show(), ["gunicorn app:app --workers=3: hears"]);
    let running = repo.running();
    let workers = running[0].argv[2].text.sourced().unwrap();
    assert_eq!(repo.text(workers.slots[0].span), "3");
    let slot = running[0].append.option("--threads").unwrap();
    assert_eq!((slot.before.as_ref(), slot.after.as_ref()), (", \"--threads=", "\""));
    assert_eq!(&repo.files[0].text()[slot.span.start as usize..], "]");
    assert_eq!(&*running[0].folder, "/app");
}

#[test]
fn the_shell_of_debian_keeps_the_signals() {
    let text = docker_with("CMD python manage.py migrate && gunicorn app:app");
    let repo = Repo::new(&[("Dockerfile", &text)]);
    assert_eq!(repo.show(), ["python manage.py migrate: deaf", "gunicorn app:app: deaf"]);
    let running = repo.running();
    assert_eq!(running[0].exec_slot, None);
    let slot = running[1].exec_slot.unwrap();
    assert!(text[slot.start as usize..].starts_with("gunicorn"));
    let alpine = text.replace("3.12-slim", "3.12-alpine");
    assert_eq!(Repo::new(&[("Dockerfile", &alpine)]).show()[1], "gunicorn app:app: hears");
    let bash = text.replace("CMD ", "SHELL [\"/bin/bash\", \"-c\"]\nCMD ");
    assert_eq!(Repo::new(&[("Dockerfile", &bash)]).show()[1], "gunicorn app:app: hears");
    let unknown = text.replace("python:3.12-slim", "acme/base");
    assert_eq!(Repo::new(&[("Dockerfile", &unknown)]).show()[1], "gunicorn app:app: unsure");
    let exec = text.replace("gunicorn", "exec gunicorn");
    assert_eq!(Repo::new(&[("Dockerfile", &exec)]).show()[1], "gunicorn app:app: hears");
}

#[test]
fn an_entrypoint_becomes_its_arguments() {
    let script = "#!/bin/sh\nset -e\npython manage.py migrate\nexec \"$@\"\n";
    let text = docker_with("ENTRYPOINT [\"./entrypoint.sh\"]\nCMD [\"gunicorn\", \"app:app\"]");
    let repo =
        Repo::new(&[("Dockerfile", &text), ("entrypoint.sh", script), ("compose.yaml", "celery -A app worker -c 4")]);
    assert_eq!(repo.show(), ["python manage.py migrate: deaf", "gunicorn app:app: hears"]);
    let gunicorn = &repo.running()[1];
    assert_eq!(repo.text(gunicorn.span), "gunicorn\", \"app:app");
    assert!(matches!(gunicorn.append, Append::List { .. }));
    let by: Vec<_> = gunicorn.by.iter().map(|span| repo.text(*span)).collect();
    assert_eq!(by, ["[\"./entrypoint.sh\"]", "[\"gunicorn\", \"app:app\"]", "./entrypoint.sh", ""]);
    let repo = repo.command("celery -A app worker -c 4");
    assert_eq!(repo.show()[1], "celery -A app worker -c 4: hears");
    let running = repo.running();
    let slot = running[1].append.option("--prefetch-multiplier").unwrap();
    assert_eq!((slot.span.start, slot.before.as_ref()), (25, " --prefetch-multiplier="));
}

#[test]
fn composes_entrypoint_drops_the_images_command() {
    let text = docker_with("ENTRYPOINT [\"tini\", \"--\"]\nCMD [\"gunicorn\", \"app:app\"]");
    let mut repo = Repo::new(&[("Dockerfile", &text), ("compose.yaml", "dumb-init sh -c 'gunicorn x'")]);
    assert_eq!(repo.show(), ["gunicorn app:app: hears"]);
    let span = repo.place("dumb-init sh -c 'gunicorn x'");
    let mapped = Mapped::verbatim(repo.text(span), span);
    repo.service.entrypoint =
        Some(CommandLine::Text { script: shell::parse(&mapped).tree, text: mapped, shell: false, span });
    // dumb-init signals every process below it.
    assert_eq!(repo.show(), ["gunicorn x: hears"]);
}

#[test]
fn a_command_of_compose_is_split_and_its_shell_followed() {
    let line = "bash -c \"python manage.py migrate && gunicorn app:app -w 3\"";
    let repo = Repo::new(&[("Dockerfile", PYTHON), ("compose.yaml", line)]).command(line);
    assert_eq!(repo.show(), ["python manage.py migrate: deaf", "gunicorn app:app -w 3: hears"]);
    let running = repo.running();
    let slot = &running[1].argv[3].text.sourced().unwrap().slots[0];
    assert_eq!(repo.text(slot.span), "3");
    // Without a shell, `&&` is an argument like any other.
    let line = "python manage.py migrate && gunicorn x";
    let repo = Repo::new(&[("Dockerfile", PYTHON), ("compose.yaml", line)]).command(line);
    assert_eq!(repo.show(), ["python manage.py migrate && gunicorn x: hears"]);
}

#[test]
fn variables_take_their_values_with_their_places() {
    let script = "export THREADS=${THREADS:-2}\nOPTS=\"--timeout 60\"\nexec gunicorn app:app -w ${WORKERS:-4} --threads=$THREADS --bind :$PORT --x $(nproc) $OPTS\n";
    let text = docker_with("ENV THREADS=8\nCMD [\"sh\", \"start.sh\"]");
    let repo = Repo::new(&[("Dockerfile", &text), ("start.sh", script), ("compose.yaml", "WORKERS: 5\n")]);
    assert_eq!(repo.show(), ["gunicorn app:app -w 4 --threads=8 --bind ? --x ? --timeout 60: hears"]);
    let running = repo.running();
    let sourced = |at: usize| running[0].argv[at].text.sourced().unwrap();
    assert_eq!(repo.text(sourced(3).slots[0].span), "4");
    assert_eq!(repo.text(sourced(4).slots[0].span), "8");
    let Origin::Written(chain) = &sourced(4).origin else { panic!("written") };
    let chain: Vec<_> = chain.iter().map(|span| repo.text(*span)).collect();
    assert_eq!(chain, ["8", "${THREADS:-2}", "$THREADS"]);
    let Fact::Unknown(why) = &running[0].argv[6].text else { panic!("unknown") };
    assert_eq!(&*why.reason, "set by the environment (PORT)");
    let Fact::Unknown(why) = &running[0].argv[8].text else { panic!("unknown") };
    assert_eq!(&*why.reason, "the host's CPUs");
    assert_eq!(repo.text(sourced(10).slots[0].span), "60");
    assert_eq!(&*running[0].assignments[0].0, "THREADS");
    let repo = repo.set("WORKERS");
    assert_eq!(repo.show()[0].split(" --").next(), Some("gunicorn app:app -w 5"));
    assert_eq!(repo.text(repo.running()[0].argv[3].text.sourced().unwrap().slots[0].span), "5");
}

#[test]
fn branches_are_decided_by_arguments_and_marked_otherwise() {
    let script = r#"#!/bin/bash
case "$1" in
  web) shift; exec gunicorn app:app "$@" ;;
  worker|beat) exec celery -A app $1 ;;
  *) exec "$@" ;;
esac
"#;
    let text = docker_with("ENTRYPOINT [\"/app/start.sh\"]\nCMD [\"web\", \"-w\", \"2\"]");
    let repo = Repo::new(&[("Dockerfile", &text), ("start.sh", script), ("compose.yaml", "worker")]);
    assert_eq!(repo.show(), ["gunicorn app:app -w 2: hears"]);
    assert_eq!(repo.command("worker").show(), ["celery -A app worker: hears"]);

    let script = r#"
if [ "$DEBUG" = "1" ]; then
  exec python manage.py runserver
fi
[ -n "$MIGRATE" ] && python manage.py migrate
if [ "$TYPE" = a ]; then W=1; else W=2; fi
gunicorn app:app -w $W || exit 1
"#;
    let repo = Repo::new(&[("Dockerfile", &docker_with("CMD ./start.sh")), ("start.sh", script)]);
    assert_eq!(
        repo.show(),
        [
            "python manage.py runserver: deaf if [ \"$DEBUG\" = \"1\" ]",
            "gunicorn app:app -w ?: deaf if unless [ \"$DEBUG\" = \"1\" ]",
        ]
    );
    let Fact::OneOf(branches) = &repo.running()[1].argv[3].text else { panic!("branches") };
    let branches: Vec<_> = branches.iter().map(|(when, value)| (&*when.text, &*value.value)).collect();
    assert_eq!(branches, [("[ \"$TYPE\" = a ]", "1"), ("unless [ \"$TYPE\" = a ]", "2")]);
}

#[test]
fn wrappers_are_taken_off() {
    for (line, rest) in [
        ("env A=1 B=2 gunicorn x", "gunicorn x"),
        ("poetry run gunicorn x", "gunicorn x"),
        ("uv run --no-dev gunicorn x", "gunicorn x"),
        ("python -u -m gunicorn x", "gunicorn x"),
        ("python -m uvicorn", "uvicorn"),
        ("python -m app.main", "python -m app.main"),
        ("newrelic-admin run-program gunicorn x", "gunicorn x"),
        ("ddtrace-run gunicorn x", "gunicorn x"),
        ("opentelemetry-instrument --traces_exporter console gunicorn x", "gunicorn x"),
        ("./wait-for-it.sh db:5432 -t 30 -- gunicorn x", "gunicorn x"),
        ("dockerize -wait tcp://db:5432 -timeout 20s gunicorn x", "gunicorn x"),
        ("gosu app gunicorn x", "gunicorn x"),
        ("bin/start-nginx bin/start-pgbouncer gunicorn x", "gunicorn x"),
        ("aws-vault exec prod -- gunicorn x", "gunicorn x"),
        ("honcho run gunicorn x", "gunicorn x"),
        ("nice -n 5 gunicorn x", "gunicorn x"),
        ("su app -c 'exec gunicorn x'", "gunicorn x"),
        ("/docker-entrypoint.sh gunicorn x", "gunicorn x"),
        ("watchmedo auto-restart -d . -- celery -A x worker", "celery -A x worker"),
        ("bash -euo pipefail -c 'exec gunicorn x'", "gunicorn x"),
        ("tini -g -- gunicorn x", "gunicorn x"),
        ("conda run -n app --no-capture-output gunicorn x", "gunicorn x"),
    ] {
        let repo = Repo::new(&[("Dockerfile", PYTHON), ("compose.yaml", line)]).command(line);
        assert_eq!(repo.show(), [format!("{rest}: hears")], "{line}");
    }
}

#[test]
fn functions_and_sourced_files_are_followed() {
    let files = [
        ("Dockerfile", &*docker_with("CMD [\"bash\", \"start.sh\"]")),
        ("start.sh", ". ./lib.sh\ncd src\nserve 3\n"),
        ("lib.sh", "serve() {\n  gunicorn app:app -w $1\n}\n"),
    ];
    let repo = Repo::new(&files);
    assert_eq!(repo.show(), ["gunicorn app:app -w 3: deaf"]);
    let running = repo.running();
    assert_eq!(&*running[0].folder, "/app/src");
    assert_eq!(repo.text(running[0].argv[3].text.sourced().unwrap().slots[0].span), "3");
    assert!(running[0].exec_slot.is_some());
}

#[test]
fn a_function_that_returns_early_leaves_the_rest_alone() {
    let script = "setup() { [ -f x ] || return 0; python prepare.py; }\nsetup\nexec gunicorn app:app\n";
    let repo = Repo::new(&[("Dockerfile", &docker_with("CMD [\"sh\", \"start.sh\"]")), ("start.sh", script)]);
    assert_eq!(repo.show(), ["python prepare.py: deaf if [ -f x ]", "gunicorn app:app: hears"]);
}

#[test]
fn words_that_start_several_services_are_noted() {
    let text = docker_with("CMD [ \"gunicorn\", \"app:app\", \"-w\", \"3\" ]");
    let repo = Repo::new(&[("Dockerfile", &text)]);
    let (mut web, mut admin, mut other) = (repo.running(), repo.running(), Vec::new());
    let at = |command: &Running| command.append.option("-t").unwrap().span.start as usize;
    assert_eq!(&text[at(&web[0])..], " ]");
    note_shared(&mut [("web".into(), &mut web), ("admin".into(), &mut admin), ("other".into(), &mut other)]);
    assert_eq!(web[0].reaches, ["web".into(), "admin".into()]);
    assert_eq!(admin[0].argv[3].text.sourced().unwrap().slots[0].reaches.len(), 2);
    let mut alone = repo.running();
    note_shared(&mut [("web".into(), &mut alone)]);
    assert!(alone[0].reaches.is_empty());
}

#[test]
fn scripts_that_call_themselves_end() {
    let script = "f() { f; g; }\ng() { f; }\nf\n. ./start.sh\n./start.sh a & ./start.sh b\nsh -c './start.sh'\n";
    let repo = Repo::new(&[("Dockerfile", &docker_with("CMD ./start.sh")), ("start.sh", script)]);
    assert!(repo.running().len() < 10);
}

#[test]
fn arrays_and_arguments_are_put_together() {
    let script = r#"#!/bin/bash
declare -a args=(app:app --bind ":8000")
args+=(-w "${WORKERS:-3}")
if [ "$RELOAD" = 1 ]; then
  args+=(--reload)
fi
THREADS=2
THREADS+=0
set -- gunicorn "${args[@]}" --threads $((THREADS / 5 + 1))
exec "$@"
"#;
    let files = [("Dockerfile", &*docker_with("CMD [\"./start.sh\"]")), ("start.sh", script)];
    let repo = Repo::new(&files);
    assert_eq!(repo.show(), ["gunicorn app:app --bind :8000 -w 3 ? --threads 5: hears"]);
    let running = repo.running();
    assert_eq!(repo.text(running[0].argv[5].text.sourced().unwrap().slots[0].span), "3");
    let Fact::Unknown(why) = &running[0].argv[6].text else { panic!("unknown") };
    assert_eq!(&*why.reason, "set by a branch of a script");
    let script = "exec gunicorn app:app -w $(( 2 * $(nproc) + 1 )) -t $((N * 2)) $(which x)\n";
    let repo = Repo::new(&[files[0], ("start.sh", script)]);
    let running = repo.running();
    let Fact::Unknown(why) = &running[0].argv[3].text else { panic!("unknown") };
    assert_eq!(&*why.reason, "the host's CPUs");
    let Fact::Unknown(why) = &running[0].argv[5].text else { panic!("unknown") };
    assert_eq!(&*why.reason, "set by the environment (N)");
    assert_eq!(running[0].argv[6].text.known().map(|it| &**it), Some("x"));
}

/// What the first words of a container start, beside the files.
fn started(rest: &str, files: &[(&str, &str)]) -> Vec<String> {
    let docker = docker_with(rest);
    let mut all = vec![("Dockerfile", &*docker)];
    all.extend(files);
    Repo::new(&all).show()
}

#[test]
fn supervisord_starts_its_programs() {
    let conf = "[supervisord]\nnodaemon=true\n[program:web]\ncommand=gunicorn app:app\n  -w %(ENV_WORKERS)s -b unix:%(program_name)s.sock ; x\nnumprocs=2\n[program:off]\ncommand=celery beat\nautostart=false\n[include]\nfiles = conf.d/*.conf\n";
    let more = "[program:worker]\ndirectory=src\nenvironment=C=\"4\",Q=a\ncommand=celery -A app worker -c %(ENV_C)s -Q %(ENV_X)s\n";
    let files = [("supervisord.conf", conf), ("conf.d/worker.conf", more)];
    let line = "ENV WORKERS=5\nCMD [\"supervisord\", \"-c\", \"/app/supervisord.conf\"]";
    assert_eq!(
        started(line, &files),
        ["gunicorn app:app -w 5 -b unix:web.sock: hears", "celery -A app worker -c 4 -Q ?: hears"]
    );
    let docker = docker_with(line);
    let repo = Repo::new(&[("Dockerfile", &docker), files[0], files[1]]);
    let running = repo.running();
    assert_eq!(running[0].copies.known(), Some(&2));
    assert_eq!(repo.text(running[0].argv[3].text.sourced().unwrap().slots[0].span), "5");
    assert_eq!(&*running[1].folder, "/app/src");
    // Debian's own configuration includes what was copied beside it.
    let debian = "COPY deploy/web.conf /etc/supervisor/conf.d/\nCMD [\"/usr/bin/supervisord\", \"-n\"]";
    assert_eq!(started(debian, &[("deploy/web.conf", "[program:web]\ncommand=gunicorn x\n")]), ["gunicorn x: hears"]);
    // One that is not there may start anything.
    assert_eq!(started("CMD supervisord -c /etc/other.conf", &[]), ["supervisord -c /etc/other.conf: deaf"]);
}

#[test]
fn managers_of_processes_and_tasks_are_followed() {
    let procfile = "web: gunicorn app:app -w $N\nworker: celery -A app worker\nrelease: python manage.py migrate\n";
    assert_eq!(
        started("ENV N=3\nCMD [\"honcho\", \"start\"]", &[("Procfile", procfile)]),
        ["gunicorn app:app -w 3: hears", "celery -A app worker: hears"]
    );
    assert_eq!(started("CMD honcho start worker", &[("Procfile", procfile)]), ["celery -A app worker: deaf"]);
    let make = "run: migrate\n\t@poetry run gunicorn app:app \\\n\t\t-w 2\nmigrate:\n\tpython manage.py migrate\n";
    assert_eq!(
        started("CMD [\"make\", \"run\"]", &[("Makefile", make)]),
        ["python manage.py migrate: unsure", "gunicorn app:app -w 2: unsure"]
    );
    let package = "{\"scripts\": {\"serve\": \"uvicorn main:app --workers 2\"}}";
    assert_eq!(started("CMD npm run serve", &[("package.json", package)]), ["uvicorn main:app --workers 2: deaf"]);
    let web = "#!/command/with-contenv bash\ncd /app\nexec s6-setuidgid app gunicorn app:app\n";
    let cron = "#!/bin/sh\nexec celery -A app beat\n";
    let files = [("root/etc/services.d/web/run", web), ("root/etc/services.d/beat/run", cron)];
    assert_eq!(
        started("COPY root/ /\nENTRYPOINT [\"/init\"]", &files),
        ["celery -A app beat: hears", "gunicorn app:app: hears"]
    );
}

#[test]
fn a_list_keeps_its_variables_as_they_are_written() {
    let of = |rest: &str| {
        let repo = Repo::new(&[("Dockerfile", &docker_with(rest))]);
        repo.running()[0].unexpanded.known().map(|it| it.to_string())
    };
    assert_eq!(of("CMD [\"gunicorn\", \"-b\", \"0.0.0.0:${PORT:-80}\", \"a\"]").as_deref(), Some("${PORT:-80}"));
    assert_eq!(
        of("ENTRYPOINT [\"tini\", \"--\"]\nCMD [\"gunicorn\", \"-w\", \"$WORKERS\"]").as_deref(),
        Some("$WORKERS")
    );
    assert_eq!(of("CMD [\"sh\", \"-c\", \"exec gunicorn -w ${WORKERS}\"]"), None);
    // Escapes keep its words from places of their own.
    assert_eq!(of("CMD [\"sh\", \"-lc\", \"exec gunicorn -b \\\"0:${PORT}\\\" -w \\\"${WORKERS}\\\" a\"]"), None);
    assert_eq!(of("CMD gunicorn -w $WORKERS"), None);
    assert_eq!(of("CMD [\"gunicorn\", \"--access-logformat\", \"$remote ${x} 5$\"]"), None);
}

#[test]
fn a_script_that_the_image_moves_is_followed() {
    let docker = "FROM python:3.12\nENV W=/wheels\nCOPY docker/entry.sh ${W}/entry.sh\nFROM python:3.12\nENV W=/wheels\n\
        COPY --from=0 ${W} /wheels\nWORKDIR /srv\nRUN set -e && mv ${W}/entry.sh entry.sh; ln -s /srv/entry.sh /usr/bin/go\n\
        WORKDIR /srv/app\nENTRYPOINT [\"../entry.sh\"]\n";
    let script = ("docker/entry.sh", "exec gunicorn app:app -w 3\n");
    assert_eq!(Repo::new(&[("Dockerfile", docker), script]).show(), ["gunicorn app:app -w 3: hears"]);
    let linked = docker.replace("../entry.sh", "go");
    assert_eq!(Repo::new(&[("Dockerfile", &linked), script]).show(), ["gunicorn app:app -w 3: hears"]);
}

#[test]
fn what_starts_a_server_may_be_unknown() {
    let script = "if [ \"$(id -u)\" = 0 ]; then AS=\"su-exec app\"; else AS=; fi\nexec $AS \"$PY\" /venv/bin/gunicorn app:app -w 3\n";
    let docker = docker_with("COPY go.sh /go.sh\nCMD [\"/go.sh\"]");
    let repo = Repo::new(&[("Dockerfile", &docker), ("go.sh", script)]);
    assert_eq!(repo.show(), ["/venv/bin/gunicorn app:app -w 3: unsure"]);
    let other = Repo::new(&[("Dockerfile", &docker), ("go.sh", "exec $AS ls -w 3\n")]);
    assert!(!other.show().iter().any(|it| it.starts_with("ls")));
}

#[test]
fn a_variable_that_nothing_sets_is_empty_where_the_files_say_all() {
    let entry = "case \"$ROLE\" in\n  beat) exec celery -A app beat ;;\n  *) export READY=1 ;;\nesac\nif [ \"$ROLE\" = worker ]; then\n  exec celery -A app worker\nfi\nexec \"$@\"\n";
    let text = docker_with("ENTRYPOINT [\"sh\", \"entry.sh\"]\nCMD [\"gunicorn\", \"app:app\"]");
    let mut repo = Repo::new(&[("Dockerfile", &text), ("entry.sh", entry)]);
    // Whoever starts the image may set it.
    assert_eq!(repo.show().len(), 3);
    repo.service.environment_open = None;
    assert_eq!(repo.show(), ["gunicorn app:app: hears"]);
}
