//! Whole sets of files to plans.

use std::path::PathBuf;

use super::*;
use crate::facts::{Draft, Drafts, read};
use crate::link::roles::{self, Role};
use crate::source::{FileId, SourceFile};
use crate::stack::Fact;

/// The deployments of files, with what could not be followed.
fn found(files: &[(&str, &str)]) -> (Sources, Found) {
    let mut files = files.to_vec();
    files.sort();
    let file =
        |(at, (path, text)): (usize, &(&str, &str))| SourceFile::new(FileId(at as u32), *path, PathBuf::new(), *text);
    let sources = Sources::new(files.iter().enumerate().map(file).collect());
    let readings: Vec<_> = sources.iter().map(|file| std::sync::Arc::new(read(file))).collect();
    assert!(readings.iter().all(|it| it.errors.is_empty()), "{readings:?}");
    let drafts = Drafts(&readings);
    let manifests: Vec<&Manifests> = drafts.kubernetes().map(|(_, draft)| &**draft).collect();
    let found = deployments(&sources, &manifests, &[]);
    assert!(readings.iter().flat_map(|it| &it.drafts).all(|it| !matches!(it, Draft::Compose(_))));
    (sources, found)
}

fn value<T: std::fmt::Display>(fact: &Fact<T>) -> String {
    match fact {
        Fact::Known(it) => it.value.to_string(),
        Fact::OneOf(all) => all.iter().map(|it| it.1.value.to_string()).collect::<Vec<_>>().join("|"),
        Fact::Unknown(why) => format!("? {}", why.reason),
        _ => "-".into(),
    }
}

/// Each deployment's name, and its services with their replicas.
fn outline(files: &[(&str, &str)]) -> Vec<String> {
    let (_, found) = found(files);
    let service = |it: &ServicePlan| format!("{}x{}", it.name.value, value(&it.replicas));
    let line =
        |it: &Deployment| format!("{}: {}", it.name, it.services.iter().map(service).collect::<Vec<_>>().join(" "));
    found.deployments.iter().map(line).collect()
}

fn deployment(name: &str, rest: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\nspec:\n  template:\n    metadata:\n      labels: {{app: {name}}}\n    spec:\n      containers:\n        - name: main\n          image: {name}:1\n{rest}"
    )
}

#[test]
fn folders_of_manifests() {
    let web = deployment("web", "");
    let db = deployment("db", "");
    assert_eq!(
        outline(&[("k8s/web.yaml", &web), ("k8s/db/db.yaml", &db)]),
        ["k8s/: dbx1 webx1"],
        "below a folder for manifests all is one"
    );
    assert_eq!(
        outline(&[("k8s/a/web.yaml", &web), ("k8s/b/web.yaml", &web)]),
        ["k8s/a/web.yaml: webx1", "k8s/b/web.yaml: webx1"],
        "what stands twice is not applied together"
    );
    assert_eq!(
        outline(&[("k8s/dev/web.yaml", &web), ("k8s/production/db.yaml", &db)]),
        ["k8s/dev/web.yaml: webx1", "k8s/production/db.yaml: dbx1"]
    );
    // A file that is named by its kind is applied with the others.
    assert_eq!(
        outline(&[("k8s/web/web-deployment.yaml", &web), ("k8s/db/db-statefulset.yaml", &db)]),
        ["k8s/: dbx1 webx1"]
    );
    let two = format!(
        "{}---\n{}",
        web.replace("name: web", "name: web\n  namespace: a"),
        web.replace("name: web\n", "name: web\n  namespace: b\n")
    );
    assert_eq!(outline(&[("x.yaml", &two)]), ["x.yaml (a): webx1", "x.yaml (b): webx1"]);
    assert_eq!(outline(&[("x.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n")]), [""; 0]);
}

#[test]
fn overlays_are_deployments_and_their_bases_are_none() {
    let web = deployment("web", "");
    let base = ("base/kustomization.yaml", "resources: [web.yaml]\n");
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 4}\n";
    let files = [
        base,
        ("base/web.yaml", &*web),
        ("overlays/a/kustomization.yaml", "resources: [../../base]\npatches: [{path: p.yaml}]\nnameSuffix: -a\n"),
        ("overlays/a/p.yaml", patch),
        (
            "overlays/b/kustomization.yml",
            "bases: [../../base]\npatchesStrategicMerge: [p.yaml]\nreplicas: [{name: web, count: 7}]\n",
        ),
        ("overlays/b/p.yaml", patch),
    ];
    assert_eq!(outline(&files), ["overlays/a/kustomization.yaml: web-ax4", "overlays/b/kustomization.yml: webx7"]);
}

#[test]
fn roles_of_sets_and_of_compose_files_beside_them() {
    let web = deployment("web", "");
    let roles = |path: &str| found(&[(path, &web)]).1.deployments[0].role;
    assert_eq!(roles("deploy/web.yaml"), Role::Default);
    assert_eq!(roles("k8s/production/web.yaml"), Role::Production);
    assert_eq!(roles("k8s/dev/web.yaml"), Role::Development);
    assert_eq!(roles("examples/k8s/web.yaml"), Role::Example);
    let beside = |path: &str| {
        let mut manifests = found(&[(path, &web)]).1.deployments;
        let mut composed = vec![Deployment { role: Role::Default, ..manifests[0].clone() }];
        roles::beside_manifests(&mut composed, &mut manifests);
        composed[0].role
    };
    assert_eq!(beside("k8s/production/web.yaml"), Role::Development);
    assert_eq!(beside("deploy/web.yaml"), Role::Default);
}

#[test]
fn components_change_what_names_them() {
    let web = deployment("web", "");
    let component = "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\nresources: [extra.yaml]\npatches:\n- target: {kind: Deployment, name: we.*}\n  patch: |-\n    - {op: add, path: /spec/replicas, value: 9}\n";
    let files = [
        ("base/kustomization.yaml", "resources: [web.yaml]\ncomponents: [../scaled]\n"),
        ("base/web.yaml", &*web),
        ("scaled/kustomization.yaml", component),
        ("scaled/extra.yaml", &*deployment("extra", "")),
    ];
    assert_eq!(outline(&files), ["base/kustomization.yaml: webx9 extrax1"]);
    assert_eq!(outline(&files[2..]), [""; 0], "a component alone is nothing that is applied");
}

#[test]
fn an_autoscaler_leaves_replicas_open() {
    let text = format!(
        "{}---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {{name: a}}\nspec:\n  scaleTargetRef: {{kind: Deployment, name: web}}\n  minReplicas: 2\n  maxReplicas: 8\n",
        deployment("web", "  replicas: 5\n")
    );
    assert_eq!(outline(&[("a.yaml", &text)]), ["a.yaml: webx2|8"]);
    let same = text.replace("maxReplicas: 8", "maxReplicas: 2");
    assert_eq!(outline(&[("a.yaml", &same)]), ["a.yaml: webx2"]);
    let keda = text.replace("autoscaling/v2\nkind: HorizontalPodAutoscaler", "keda.sh/v1alpha1\nkind: ScaledObject");
    assert_eq!(outline(&[("a.yaml", &keda)]), ["a.yaml: webx? set by an autoscaler"]);
    let keda = keda.replace("Replicas: ", "ReplicaCount: ").replace("{kind: Deployment, name: web}", "{name: web}");
    assert_eq!(outline(&[("a.yaml", &keda)]), ["a.yaml: webx2|8"]);
}

#[test]
fn environments() {
    let web = deployment(
        "web",
        "          command: [run, \"$(A)\", \"$(GONE)\", \"${A}\"]\n          envFrom:\n            - {configMapRef: {name: c}, prefix: P_}\n            - secretRef: {name: gone}\n          env:\n            - {name: A, value: \"4\"}\n            - {name: B, value: \"x$(A)$(P_K)\"}\n            - {name: C, valueFrom: {secretKeyRef: {name: s, key: pw}}}\n            - {name: D, valueFrom: {configMapKeyRef: {name: gone, key: k}}}\n            - {name: E, valueFrom: {fieldRef: {fieldPath: status.podIP}}}\n            - {name: F, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}\n            - {name: G, value: \"${ENVSUBST}\"}\n            - {name: H, valueFrom: {secretKeyRef: {name: s, key: no, optional: true}}}\n          resources: {limits: {cpu: 1500m}}\n",
    );
    let rest = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {K: v}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {pw: cHc=}\n";
    let (_, found) = found(&[("k8s/web.yaml", &format!("{web}{rest}"))]);
    let plan = &found.deployments[0].services[0];
    let shown: Vec<String> = plan.environment.iter().map(|it| format!("{}={}", it.name, value(&it.value))).collect();
    assert_eq!(
        shown,
        [
            "A=4",
            "B=x4v",
            "C=pw",
            "D=? set by ConfigMap `gone`, which is not in these files",
            "E=? set by Kubernetes when the pod starts",
            "F=2",
            "G=? filled in before the manifest is applied",
            "P_K=v"
        ]
    );
    let why = plan.environment_open.as_ref().unwrap();
    assert_eq!(&*why.reason, "more is set by Secret `gone`, which is not in these files");
    let Some(crate::link::plan::CommandLine::Exec { words, .. }) = &plan.entrypoint else { panic!("a list") };
    assert_eq!(words.iter().map(|it| &*it.value).collect::<Vec<_>>(), ["run", "4", "$(GONE)", "${A}"]);
}

#[test]
fn generators_and_their_names() {
    let web = deployment("web", "          envFrom: [{configMapRef: {name: c}}]\n");
    let kustomization =
        "namePrefix: x-\nresources: [web.yaml]\nconfigMapGenerator:\n- name: c\n  literals: [A=1, B=2]\n";
    let over = "resources: [../base]\nconfigMapGenerator:\n- {name: c, behavior: merge, literals: [B=3]}\n";
    let files =
        [("base/kustomization.yaml", kustomization), ("base/web.yaml", &*web), ("over/kustomization.yaml", over)];
    let (sources, found) = found(&files);
    let plan = &found.deployments[0].services[0];
    let shown: Vec<String> = plan.environment.iter().map(|it| format!("{}={}", it.name, value(&it.value))).collect();
    assert_eq!((&*plan.name.value, shown), ("x-web", vec!["A=1".to_owned(), "B=3".to_owned()]));
    let slot = plan.environment[1].value.sourced().unwrap().slots[0].span;
    assert_eq!((sources.file(slot.file).slice(slot), &*sources.file(slot.file).path), ("3", "over/kustomization.yaml"));
}

#[test]
fn services_lead_to_ports() {
    let web = deployment("web", "          ports: [{name: http, containerPort: 8000}]\n");
    let service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: front, namespace: n}\nspec:\n  selector: {app: web}\n  ports: [{port: 80, targetPort: http}]\n";
    let (_, found) = found(&[("k8s/web.yaml", &format!("{web}{service}"))]);
    let plan = &found.deployments[0].services[0];
    assert_eq!(plan.endpoint("front.n.svc.cluster.local", 80).map(|it| it.target), Some(8000));
    assert!(plan.endpoint("front", 8000).is_none() && plan.has_one_address("front"));
    assert!(plan.aliases.iter().any(|it| &**it == "front"));
}

#[test]
fn what_is_not_followed_is_said() {
    let web = deployment("web", "          env: [{name: A, value: \"$(V)\"}]\n");
    let kustomization = "resources: [web.yaml, https://example.com/x.yaml, gone.yaml]\ntransformers: [t.yaml]\nvars: [{name: V}]\nreplacements:\n- targets:\n  - select: {kind: Deployment}\n    fieldPaths: [spec.replicas, 'spec.template.spec.containers.[name=main].image']\n";
    let web = web.replace("spec:\n  template", "spec:\n  replicas: 1\n  template");
    let (_, found) = found(&[("kustomization.yaml", kustomization), ("web.yaml", &web)]);
    let said: Vec<&str> = found.problems.iter().map(|it| &*it.message).collect();
    assert_eq!(
        said,
        [
            "`https://example.com/x.yaml` is left out of this kustomization: it is not in this tree",
            "`gone.yaml` is left out of this kustomization: no such file or folder",
            "`transformers` is not followed: what it makes or changes is not known"
        ]
    );
    let plan = &found.deployments[0].services[0];
    assert_eq!(value(&plan.replicas), "? filled in by a replacement of kustomize");
    assert_eq!(value(&plan.environment[0].value), "? filled in by a variable of kustomize");
}

#[test]
fn what_grows_without_end_is_cut_off() {
    let many = "resources: [../b, ../b, ../b, ../b, ../b, ../b, ../b, ../b]\n".to_owned();
    let mut files: Vec<(String, String)> = (0..14)
        .map(|at| (format!("{at}/kustomization.yaml"), many.replace("../b", &format!("../{}", at + 1))))
        .collect();
    files.push(("8/kustomization.yaml".into(), "resources: [web.yaml]\n".into()));
    files.push(("8/web.yaml".into(), deployment("web", "")));
    let copies = "- {op: copy, from: /spec, path: /spec/template/again}\n".repeat(60);
    files.push((
        "copies/kustomization.yaml".into(),
        format!(
            "resources: [../8]\npatches:\n- target: {{kind: Deployment}}\n  patch: |-\n    {}",
            copies.replace('\n', "\n    ")
        ),
    ));
    files.push(("loop/kustomization.yaml".into(), "resources: [../loop, ../loop]\n".into()));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
    assert!(outline(&files).len() >= 2);
}
