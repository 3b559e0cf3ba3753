-- Null is « not said yet »: `migrate` then says what the project ships, once; what is said empty stays empty.
alter table sujets add column mots text[];
alter table sujets add column depuis text;
alter table sujets add column essais varchar(40)[];
alter table sujets add column attendu text;
