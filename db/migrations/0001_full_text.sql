-- The full-text index over knowledge_chunks. It keeps no copy of the text: `workspace` is one token, so that a
-- tenant's search never walks another's postings; `heading` and `stems` hold stems made in lib/knowledge/text.
CREATE VIRTUAL TABLE `knowledge_fts` USING fts5(
	workspace, heading, stems,
	content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2 tokenchars '_'"
);
--> statement-breakpoint
-- However a chunk goes (update, cascade from its entry, end of a workspace), its index row goes with it.
CREATE TRIGGER `knowledge_chunks_unindex` AFTER DELETE ON `knowledge_chunks` BEGIN
	DELETE FROM knowledge_fts WHERE rowid = old.rowid;
END;
--> statement-breakpoint
-- The words that a workspace's knowledge uses, by how they sound: what a misspelt word may have meant.
CREATE TABLE `knowledge_words` (
	`workspace_id` text NOT NULL,
	`sound` text NOT NULL,
	`word` text NOT NULL,
	PRIMARY KEY(`workspace_id`, `sound`, `word`)
) WITHOUT ROWID;
