-- Each query of authors takes 10 ms, however many rows it finds: the filter does not depend on a row.
create function slow() returns boolean language plpgsql stable as
    $$ begin perform pg_sleep(0.01); return true; end $$;
create table author (id bigint primary key, name text not null);
create table library_book (id bigint primary key, title text not null, author_id bigint not null);
insert into author select i, 'author ' || i from generate_series(1, 10) i;
insert into library_book select i, 'book ' || i, i from generate_series(1, 10) i;
create view library_author as select * from author where slow();
