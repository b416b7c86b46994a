//! The rules there are: those of the binary, and the user's own.

use super::{Page, PageError, Rule};
use crate::stack::vocabulary::KINDS;

// `PAGES`: name, kind and text of every page under `rules/`, in the order of the names.
include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// Rules, in the order of their names.
#[derive(Debug, Default)]
pub struct Rules {
    pages: Vec<Page>,
}

impl Rules {
    /// The rules of the binary. Nothing of them is read before it is needed.
    pub fn builtin() -> Self {
        let page = |&(name, kind, text): &(&str, &str, &'static str)| {
            let kind = KINDS.iter().find(|info| info.name == kind).map(|info| info.kind);
            Page::new(format!("rules/{name}.md"), text).of_kind(kind)
        };
        Self { pages: PAGES.iter().map(page).collect() }
    }

    /// Puts the user's own pages (path and text) with them. A page takes the place of the rule of its name.
    ///
    /// # Errors
    /// Everything that is wrong with them; none is taken then.
    pub fn load_user(&mut self, pages: impl IntoIterator<Item = (String, String)>) -> Result<(), Vec<PageError>> {
        let pages: Vec<Page> = pages.into_iter().map(|(path, text)| Page::new(path, text)).collect();
        let mut errors = Vec::new();
        for page in &pages {
            if !page.name.contains('/') {
                errors.push(PageError {
                    path: page.path.clone(),
                    line: 1,
                    message: format!("a rule lies in the folder of its area: `area/{}.md`", page.name),
                });
            }
            errors.extend(page.rule().err().into_iter().flatten().cloned());
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        for page in pages {
            match self.pages.binary_search_by(|it| it.name.cmp(&page.name)) {
                Ok(at) => self.pages[at] = page,
                Err(at) => self.pages.insert(at, page),
            }
        }
        Ok(())
    }

    /// All pages.
    pub fn pages(&self) -> &[Page] {
        &self.pages
    }

    /// The names of all rules.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.pages.iter().map(|page| &*page.name)
    }

    /// The page of a rule.
    pub fn page(&self, name: &str) -> Option<&Page> {
        self.pages.binary_search_by(|page| (*page.name).cmp(name)).ok().and_then(|at| self.pages.get(at))
    }

    /// A rule, when there is one of the name and its page is in order.
    pub fn get(&self, name: &str) -> Option<&Rule> {
        self.page(name)?.rule().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "---\ntitle: t\nseverity: low\nfor: service\nwhen: it.replicas > 1\nmessage: m\n---\n";

    #[test]
    fn every_page_of_the_binary_is_in_order() {
        let rules = Rules::builtin();
        let errors: Vec<_> = rules.pages().iter().filter_map(|page| page.rule().err()).flatten().collect();
        assert_eq!(errors, Vec::<&PageError>::new());
        assert!(rules.names().is_sorted());
        for page in rules.pages() {
            assert_eq!(page.kind, page.rule().ok().map(|rule| rule.kind), "{}", page.name);
        }
    }

    #[test]
    fn users_add_pages_of_their_own() {
        let mut rules = Rules::default();
        rules.load_user([(".plimsoll/rules/house/one.md".to_owned(), PAGE.to_owned())]).unwrap();
        assert_eq!(rules.names().collect::<Vec<_>>(), ["house/one"]);
        assert!(rules.get("house/one").is_some());
        let broken = PAGE.replace("replicas", "replica");
        let errors = rules.load_user([(".plimsoll/rules/house/two.md".to_owned(), broken)]).unwrap_err();
        assert!(errors[0].to_string().starts_with(".plimsoll/rules/house/two.md:5: in `when` at `replica`:"));
        assert_eq!(rules.pages().len(), 1);
    }
}
