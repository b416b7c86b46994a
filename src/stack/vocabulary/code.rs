//! What code answers, and what it does with the database: endpoints, loops that query, lists that have no end.

use super::{About, ChoicePlace, Id, Orm, Process, Reach, UseKind};
use crate::stack::fact::Fact;
use crate::stack::value::Version;

entity! {
    /// A method and a path that an application answers. Only who asks for them has them in the stack.
    Endpoint {
        /// The method: `GET`; `WEBSOCKET` for what is upgraded.
        method: Fact<Box<str>> = "answers {}";
        /// The whole path with each parameter in braces: `/threads/{thread_id}/`.
        path: Fact<Box<str>> = "at `{}`";
        /// The parameters of the path with what each takes: `thread_id: int`; absent when it has none.
        parameters: Fact<Box<str>> = "takes `{}`";
        /// The function or class that answers.
        handler: Fact<Box<str>> = "answered by `{}`";
        /// Whether its method is one that changes something.
        writes: Fact<bool> = "changes something|only reads";
        /// Whether something asks for a login, by its name: a decorator, a dependency, a permission.
        login: Fact<bool> = "asks for a login|nothing read here asks for a login";
        /// The process that answers.
        process: Option<Id<Process>>;
    }
}

entity! {
    /// A relation that is loaded for each row of a loop.
    LazyLoad {
        /// Whose mapper.
        orm: Fact<Orm> = "{}";
        /// The paths of relations from the row: `author.profile, tags`.
        path: Fact<Box<str>> = "reads `{}` for each row";
        /// The first of them, where it is read.
        read: Fact<Box<str>> = "reads `{}` for each row";
        /// The others, where they are read; absent when there is one alone.
        also_read: Fact<Box<str>> = "reads `{}` for each row too";
        /// How many places in other code read them, to which those lead; absent where the loop reads them itself.
        deep: Fact<u64> = "it is read here";
        /// The model of the rows.
        model: Fact<Box<str>> = "the queryset of `{}` does not load it";
        /// How many other querysets have rows that the same is read of; absent when there is none.
        came: Fact<u64> = "rows of this queryset come by, too";
        /// Where the queryset can be told to load more, when that is elsewhere than where it is made.
        arrives: Fact<Box<str>> = "{}";
        /// The paths that it does load, where it is told to; absent when it loads none.
        loads: Fact<Box<str>> = "it loads no more than `{}`";
        /// What is looped over.
        over: Fact<Box<str>> = "in each turn of this loop";
        /// Where no loop is written: what goes through the rows, and by what it shows each of them; absent elsewhere.
        shown: Fact<Box<str>> = "{}";
        /// The loop around that one; absent where there is none.
        around: Fact<Box<str>> = "which runs again in each turn of this loop";
        /// What each turn waits for besides, of another server or a process; absent when nothing of the kind is seen.
        waits: Fact<Box<str>> = "each turn waits for `{}`";
        /// The serializer that reads it, when no loop does.
        serializer: Fact<Box<str>> = "serialised by `{}`";
        /// The relation that the first path ends with: `Thread.owner`.
        relation: Fact<Box<str>> = "`{}` comes from here";
        /// Whether Django refuses to load it, for it is read in an event loop.
        raises: Fact<bool> = "is refused in an event loop|is asked for";
        /// Whether a list is among them (prefetched), and not only single objects (joined).
        to_many: Fact<bool> = "a list|one object";
        /// Whether no more than the key is read, which is in the row.
        keyed: Fact<bool> = "its key is in the row|more than its key is read";
        /// The models of which it asks for each object once, however many rows refer to it: SQLAlchemy's session has those that
        /// were loaded. Absent where each row asks.
        distinct: Fact<Box<str>> = "one query for each distinct `{}`";
        /// What gives the loop its turns, where that is what one object has: one `Basket` has `lines`; absent elsewhere.
        of_one: Fact<Box<str>> = "as many turns as {}";
        /// What the rows of the loop are, where no other loop is around it: `shop.Order`; absent where it is not known.
        rows: Fact<Box<str>> = "rows of `{}`";
        /// Why the loop has few turns, by what its rows are or by what is assumed of their table; absent where nothing says so.
        few: Fact<Box<str>> = "few turns, for {}";
        /// For how many seconds a template keeps what it makes of it: `{% cache 300 name %}`; absent where none does.
        kept: Fact<Box<str>> = "kept by the page for {} s";
        /// Whether the loop ends at the first row that fits: by a `return` or a `break`.
        leaves: Fact<bool> = "may end before all rows are gone through|goes through all rows";
        /// Whether it stands behind a condition, so that some turns do not come to it.
        seldom: Fact<bool> = "some turns do not come to it|each turn comes to it";
        /// How much less it matters than one over many rows that each request for a page goes through, in steps: for few rows, for
        /// few requests, for what else is done in a turn.
        steps: Fact<u64> = "matters less by {}";
        /// What of that nothing else says; absent where there is nothing.
        because: Fact<Box<str>> = "{}";
        /// Whether the loop is known to be short, by a slice or a constant.
        short: Fact<bool> = "the loop is short|the loop has no known end";
        /// Who runs it, at most.
        reach: Fact<Reach> = "run by {}";
        /// The call that would load it: `select_related("author")`.
        remedy: Fact<Box<str>> = "`{}` loads it";
    }
}

entity! {
    /// A query that runs for each row of a loop.
    QueryInLoop {
        /// Whose mapper.
        orm: Fact<Orm> = "{}";
        /// The call: `Message.objects.filter(...).count()`; all of them where one line makes several.
        call: Fact<Box<str>> = "`{}` for each row";
        /// How many places run it, where the call stands elsewhere than there; absent when it does not.
        runs: Fact<u64> = "what runs it stands here";
        /// What stands in the loop, when that is a call of something that does it: `store(row)`.
        by: Fact<Box<str>> = "by way of `{}`";
        /// How many more places one line of the loop does it in; absent when there are none.
        more: Fact<u64> = "another query is asked here";
        /// How many other loops come to the same place; absent when none does.
        others: Fact<u64> = "another loop comes to it here";
        /// What is looped over.
        over: Fact<Box<str>> = "in each turn of this loop";
        /// Where no loop is written: what goes through the rows, and by what it shows each of them; absent elsewhere.
        shown: Fact<Box<str>> = "{}";
        /// The loop around that one; absent where there is none.
        around: Fact<Box<str>> = "which runs again in each turn of this loop";
        /// What each turn waits for besides, of another server or a process; absent when nothing of the kind is seen.
        waits: Fact<Box<str>> = "each turn waits for `{}`";
        /// Whether each turn asks it; taken so where an `or` asks it only when all before it is empty.
        each_turn: Fact<bool> = "asked in each turn|not asked in each turn";
        /// Whether each turn has written before what it asks for, so that it cannot be asked before the loop.
        stale: Fact<bool> = "written before in the same turn|not written before in the same turn";
        /// Why else it cannot be asked before the loop; absent where nothing says so.
        barred: Fact<Box<str>> = "{}";
        /// Whether turns make rows of the table that it asks, which what is asked before the loop has not.
        grows: Fact<bool> = "the loop adds to what it asks for|the loop does not add to what it asks for";
        /// What gives the loop its turns, where that is what one object has: one `Basket` has `lines`; absent elsewhere.
        of_one: Fact<Box<str>> = "as many turns as {}";
        /// What the rows of the loop are, where no other loop is around it: `shop.Order`; absent where it is not known.
        rows: Fact<Box<str>> = "rows of `{}`";
        /// Why the loop has few turns, by what its rows are or by what is assumed of their table; absent where nothing says so.
        few: Fact<Box<str>> = "few turns, for {}";
        /// For how many seconds a template keeps what it makes of it: `{% cache 300 name %}`; absent where none does.
        kept: Fact<Box<str>> = "kept by the page for {} s";
        /// Whether the loop ends at the first row that fits: by a `return` or a `break`.
        leaves: Fact<bool> = "may end before all rows are gone through|goes through all rows";
        /// Whether it stands behind a condition, so that some turns do not come to it.
        seldom: Fact<bool> = "some turns do not come to it|each turn comes to it";
        /// How much less it matters than one over many rows that each request for a page goes through, in steps: for few rows, for
        /// few requests, for what else is done in a turn.
        steps: Fact<u64> = "matters less by {}";
        /// What of that nothing else says; absent where there is nothing.
        because: Fact<Box<str>> = "{}";
        /// Whether the loop is known to be short.
        short: Fact<bool> = "the loop is short|the loop has no known end";
        /// Who runs it, at most.
        reach: Fact<Reach> = "run by {}";
        /// What does it in one query: `in_bulk`, `annotate(Count(...))`.
        remedy: Fact<Box<str>> = "`{}` does it in one";
        /// The relation that is prefetched, and asked for anew all the same; absent when there is none.
        prefetched: Fact<Box<str>> = "`{}` is prefetched here, which does not serve this";
        /// The field that its rows were told to come without; absent when there is none.
        left_out: Fact<Box<str>> = "`{}` is left out here";
    }
}

entity! {
    /// Something that a queryset, or a statement of SQLAlchemy's, is asked, of a kind that is worth a look.
    QuerysetUse {
        /// Whose mapper.
        orm: Fact<Orm> = "{}";
        /// What is asked.
        kind: Fact<UseKind> = "{}";
        /// The call, or what else asks: `Order.objects.filter(...)`.
        call: Fact<Box<str>> = "`{}`";
        /// How many tables it joins that it is not told to.
        joins: Fact<u64> = "joins {} tables";
        /// Whether there may be more of them, of models that are not in the repository.
        joins_more: Fact<bool> = "there may be more|these are all";
        /// What they are, as paths from the model: `author`, `author__country`.
        joined: Fact<Box<str>> = "joins `{}`";
        /// What was asked before and matters here: `prefetch_related(...)`.
        behind: Fact<Box<str>> = "behind `{}`";
        /// The fields or relations that it is about: `Order.token`.
        field: Fact<Box<str>> = "`{}`, as declared here";
        /// Whether a field tells one row from all others, by its type or its name: a token, a UUID, an address of mail.
        identifies: Fact<bool> = "tells one row from all others|may be the same in many rows";
        /// How a field is compared: `icontains`.
        lookup: Fact<Box<str>> = "compared by `{}`";
        /// The model of the rows.
        model: Fact<Box<str>> = "rows of `{}`";
        /// Whether the model looks like a table to look things up in: few plain fields, no relation of its own, others
        /// that refer to it.
        lookup_table: Fact<bool> = "looks like a lookup table|does not look like a lookup table";
        /// Who runs it, at most.
        reach: Fact<Reach> = "run by {}";
        /// The mapper's version, where what happens depends on it.
        version: Fact<Version> = "version {}";
        /// How many other places ask the same, where one finding holds for all.
        others: Fact<u64> = "the same is asked here";
        /// What does it better: `exists()`.
        remedy: Fact<Box<str>> = "`{}` does it";
    }
}

entity! {
    /// A column of a model of SQLAlchemy's that refers to another table.
    ForeignKey {
        /// The column: `Message.thread_id`.
        column: Fact<Box<str>> = "`{}` refers to another table";
        /// What it refers to, as it is written: `threads.id`.
        target: Fact<Box<str>> = "refers to `{}`";
        /// Whether an index starts with it. SQLAlchemy makes none for a foreign key.
        indexed: Fact<bool> = "an index starts with it|no index starts with it";
        /// What else asks by it: a comparison, a join from the parent, a delete of the parent. Empty, as a guess, where nothing
        /// is seen to; absent where `listed` does.
        asked: Fact<Box<str>> = "{} looks for its rows by it";
        /// The relationship whose rows are looked for by it: `Thread.messages`; absent when none is seen.
        listed: Fact<Box<str>> = "`{}` looks for its rows by it";
    }
}

entity! {
    /// Relations for which Django's admin offers all rows there are for choice. Told are those to tables that grow with the
    /// users of the site (theirs, and those whose rows must refer to such a row), and those where the text of each row asks
    /// the database; tables that look like those to look things up in are left out.
    AdminChoice {
        /// Where.
        place: Fact<ChoicePlace> = "offered in the {}";
        /// The relations: `Order.buyer`.
        field: Fact<Box<str>> = "`{}`, as declared here";
        /// The models whose rows are offered.
        target: Fact<Box<str>> = "all rows of `{}`";
        /// Whether the users of the site are among them.
        users: Fact<bool> = "the users of the site|not the users of the site";
        /// What the text of each choice asks the database for: `Order.buyer`; absent when it asks for nothing.
        asks: Fact<Box<str>> = "the text of each asks for `{}`";
    }
}

entity! {
    /// A write that runs for each row of a loop.
    WriteInLoop {
        /// Whose mapper.
        orm: Fact<Orm> = "{}";
        /// The call: `message.save()`; all of them where one line makes several.
        call: Fact<Box<str>> = "`{}` for each row";
        /// What stands in the loop, when that is a call of something that does it: `store(row)`.
        by: Fact<Box<str>> = "by way of `{}`";
        /// How many more places one line of the loop does it in; absent when there are none.
        more: Fact<u64> = "more is written here";
        /// How many other loops come to the same place; absent when none does.
        others: Fact<u64> = "another loop comes to it here";
        /// What is looped over.
        over: Fact<Box<str>> = "in each turn of this loop";
        /// Where no loop is written: what goes through the rows, and by what it shows each of them; absent elsewhere.
        shown: Fact<Box<str>> = "{}";
        /// The loop around that one; absent where there is none.
        around: Fact<Box<str>> = "which runs again in each turn of this loop";
        /// What each turn waits for besides, of another server or a process; absent when nothing of the kind is seen.
        waits: Fact<Box<str>> = "each turn waits for `{}`";
        /// What gives the loop its turns, where that is what one object has: one `Basket` has `lines`; absent elsewhere.
        of_one: Fact<Box<str>> = "as many turns as {}";
        /// What the rows of the loop are, where no other loop is around it: `shop.Order`; absent where it is not known.
        rows: Fact<Box<str>> = "rows of `{}`";
        /// Why the loop has few turns, by what its rows are or by what is assumed of their table; absent where nothing says so.
        few: Fact<Box<str>> = "few turns, for {}";
        /// Whether the loop ends at the first row that fits: by a `return` or a `break`.
        leaves: Fact<bool> = "may end before all rows are gone through|goes through all rows";
        /// Whether it stands behind a condition, so that some turns do not come to it.
        seldom: Fact<bool> = "some turns do not come to it|each turn comes to it";
        /// How much less it matters than one over many rows that each request for a page goes through, in steps: for few rows, for
        /// few requests, for what else is done in a turn.
        steps: Fact<u64> = "matters less by {}";
        /// What of that nothing else says; absent where there is nothing.
        because: Fact<Box<str>> = "{}";
        /// Whether the loop is known to be short.
        short: Fact<bool> = "the loop is short|the loop has no known end";
        /// Who runs it, at most.
        reach: Fact<Reach> = "run by {}";
        /// Whether the model has a `save` or `delete` of its own, which a statement for all rows passes by.
        own: Fact<bool> = "the model does more than write|the model only writes";
        /// What of `simple_history.utils` writes the rows with their history, which no other statement for all rows does; absent
        /// where no history is kept.
        history: Fact<Box<str>> = "its history is kept by the signal of each save, or by `{}`";
        /// Whether the turn goes on with the row that it makes, so that this row must be there first.
        referred: Fact<bool> = "the turn goes on with the row that it makes|the turn does not go on with the row";
        /// Whether receivers of `pre_save` or `post_save` run with each, which a statement for all rows does not call.
        signals: Fact<bool> = "this runs with each save, and not with a statement for all rows|no receiver of signals is known";
        /// Whether it commits each time.
        commits: Fact<bool> = "commits each time|does not commit each time";
        /// What does it in one statement: `bulk_create`, `bulk_update`.
        remedy: Fact<Box<str>> = "`{}` does it in one";
    }
}

entity! {
    /// An endpoint that answers with a list.
    Listing {
        /// Whose mapper.
        orm: Fact<Orm> = "{}";
        /// Whether it is cut into pages, by itself or by a default.
        paginated: Fact<bool> = "is paged|is not paged";
        /// Whether the size of a page that the client may ask for has an end.
        capped: Fact<bool> = "the page's size is capped|the page's size is not capped";
        /// How many rows a page has that the client asks no size for.
        page_size: Fact<u64> = "a page has {} rows";
        /// What it lists: the model.
        model: Fact<Box<str>> = "lists `{}`";
        /// Whether it lists what one user has, who asks for it, or one row.
        own: Fact<bool> = "lists what one user has|lists what more than one user has";
        /// Whether it lists what belongs to one parent or user, and not all rows; also where a filter of the repository's
        /// own may see to that.
        narrowed: Fact<bool> = "lists what one parent has|lists all rows";
        /// Whose rows they are, where they are one parent's: as many as `one Order has`.
        of_one: Fact<Box<str>> = "as many as {}";
        /// Whether the model looks like a table to look things up in: few plain fields, no relation of its own, others
        /// that refer to it.
        lookup: Fact<bool> = "looks like a lookup table|does not look like a lookup table";
        /// Why there are few rows, by what they are or by what is assumed of their table; absent where nothing says so.
        few: Fact<Box<str>> = "few rows, for {}";
        /// Whether it is on a path that serves.
        hot: Fact<bool> = "on a path that serves|not on a path that serves";
    }
}
