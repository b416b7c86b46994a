//! Views that are classes: which methods they answer.

use super::names::{At, last};
use super::path::Path;
use super::{Answer, Join, Login, Methods};
use crate::source::Span;
use crate::stack::Why;
use crate::syntax::python::Expr;

/// The methods of HTTP that a class may have as methods of its own.
const OWN: &[&str] = &["get", "post", "put", "patch", "delete"];

/// The views of libraries, with what each answers: Django 5.2's generic views, those of Django REST framework 3.16 and
/// of packages that are often put beside them.
const LIBRARY: &[(&str, &[&str])] = &[
    ("ListAPIView", &["GET"]),
    ("CreateAPIView", &["POST"]),
    ("RetrieveAPIView", &["GET"]),
    ("DestroyAPIView", &["DELETE"]),
    ("UpdateAPIView", &["PUT", "PATCH"]),
    ("ListCreateAPIView", &["GET", "POST"]),
    ("RetrieveUpdateAPIView", &["GET", "PUT", "PATCH"]),
    ("RetrieveDestroyAPIView", &["GET", "DELETE"]),
    ("RetrieveUpdateDestroyAPIView", &["GET", "PUT", "PATCH", "DELETE"]),
    ("TemplateView", &["GET"]),
    ("RedirectView", &["GET"]),
    ("ListView", &["GET"]),
    ("DetailView", &["GET"]),
    ("ArchiveIndexView", &["GET"]),
    ("FormView", &["GET", "POST"]),
    ("CreateView", &["GET", "POST"]),
    ("UpdateView", &["GET", "POST"]),
    ("DeleteView", &["GET", "POST", "DELETE"]),
    ("LoginView", &["GET", "POST"]),
    ("LogoutView", &["POST"]),
    ("PasswordChangeView", &["GET", "POST"]),
    ("PasswordChangeDoneView", &["GET"]),
    ("PasswordResetView", &["GET", "POST"]),
    ("PasswordResetDoneView", &["GET"]),
    ("PasswordResetConfirmView", &["GET", "POST"]),
    ("PasswordResetCompleteView", &["GET"]),
    ("ObtainAuthToken", &["POST"]),
    ("TokenObtainPairView", &["POST"]),
    ("TokenObtainSlidingView", &["POST"]),
    ("TokenRefreshView", &["POST"]),
    ("TokenRefreshSlidingView", &["POST"]),
    ("TokenVerifyView", &["POST"]),
    ("TokenBlacklistView", &["POST"]),
    ("SpectacularAPIView", &["GET"]),
    ("SpectacularSwaggerView", &["GET"]),
    ("SpectacularRedocView", &["GET"]),
    ("GraphQLView", &["POST"]),
    ("AsyncGraphQLView", &["POST"]),
];

/// What a view of a library answers.
pub(super) fn methods_of_library(dotted: &str) -> Option<&'static [&'static str]> {
    LIBRARY.iter().find(|(name, _)| *name == last(dotted)).map(|(_, methods)| *methods)
}

impl<'a> Join<'a, '_> {
    /// What a class answers at a path; of `only` these methods, where they are given.
    pub(super) fn class_view(&mut self, class: At, only: &[Box<str>], path: Path, login: Option<Span>, route: Span) {
        let (lineage, outside) = self.names.lineage(class);
        let name = self.names.class(class).name.clone();
        let mut found: Vec<(Box<str>, Option<At>)> = Vec::new();
        for method in OWN {
            if let Some(at) = self.method(&lineage, method) {
                found.push((method.to_ascii_uppercase().into(), Some(at)));
            }
        }
        for methods in outside.iter().filter_map(|base| methods_of_library(base)) {
            for method in methods {
                if !found.iter().any(|(known, _)| **known == **method) {
                    found.push(((*method).into(), None));
                }
            }
        }
        let wanted: Vec<String> = match self.value(&lineage, "http_method_names") {
            Some((file, names)) => self.texts(file, names).iter().map(|it| it.to_ascii_uppercase()).collect(),
            None => Vec::new(),
        };
        let keeps = |method: &str| {
            (wanted.is_empty() || wanted.iter().any(|it| it == method))
                && (only.is_empty() || only.iter().any(|it| it.eq_ignore_ascii_case(method)))
        };
        found.retain(|(method, _)| keeps(method));
        if found.is_empty() {
            let why =
                Why::at(format!("which methods `{}` answers is said by a class that is not here", name.value), route);
            let methods = match only {
                [] => Methods::Unknown(why),
                only => Methods::Known(only.to_vec()),
            };
            let login = self.permission(class, &lineage, &outside, login);
            return self.answer(Answer { methods, path, handler: name.value, file: class.file, at: name.span, login });
        }
        for (method, own) in found {
            let login = self.permission(class, &lineage, &outside, login);
            let (handler, file, at) = match own {
                Some(function) => {
                    let short = method.to_ascii_lowercase();
                    let span = self.names.function(function).name.span;
                    (format!("{}.{short}", name.value).into(), function.file, span)
                }
                None => (name.value.clone(), class.file, name.span),
            };
            let methods = Methods::Known(vec![method]);
            self.answer(Answer { methods, path: path.clone(), handler, file, at, login });
        }
    }

    /// The method of a class or of what it is made from.
    pub(super) fn method(&self, lineage: &[At], name: &str) -> Option<At> {
        lineage.iter().find_map(|class| {
            let functions = self.names.file(class.file).functions.iter();
            let at = functions.enumerate().rfind(|(_, it)| it.owner == Some(class.at) && &*it.name.value == name)?.0;
            Some(At { file: class.file, at })
        })
    }

    /// What the body of a class, or of what it is made from, sets a name to, with the file it stands in.
    pub(super) fn value(&self, lineage: &[At], name: &str) -> Option<(usize, &'a Expr)> {
        lineage.iter().find_map(|class| {
            let values = &self.names.class(*class).values;
            Some((class.file, &values.iter().rfind(|(set, _)| &**set == name)?.1))
        })
    }

    /// What an action of a view set answers at a path, when it has it.
    pub(super) fn action(&mut self, class: At, action: &str, methods: &[Box<str>], path: Path, login: Option<Span>) {
        let (lineage, outside) = self.names.lineage(class);
        let name = self.names.class(class).name.clone();
        let own = self.method(&lineage, action);
        let login = match own.and_then(|at| self.action_permission(at)) {
            Some(said) => said,
            None => self.permission(class, &lineage, &outside, login),
        };
        let (file, at) = own.map_or((class.file, name.span), |at| (at.file, self.names.function(at).name.span));
        let handler = format!("{}.{action}", name.value).into();
        self.answer(Answer { methods: Methods::Known(methods.to_vec()), path, handler, file, at, login });
    }

    /// Who may ask, of what is said of a whole class.
    fn permission(&self, class: At, lineage: &[At], outside: &[Box<str>], login: Option<Span>) -> Login {
        if let Some(at) = login {
            return Login::Asks(at);
        }
        self.class_permission(class, lineage, outside)
    }
}
