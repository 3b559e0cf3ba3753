-- Who asks what is kept of them, and an account that ends, look for the messages of one author.
create index messages_auteur on messages (auteur) where auteur is not null;
