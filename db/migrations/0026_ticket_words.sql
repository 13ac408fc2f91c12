-- The words of tickets each carry their workspace (lib/tickets/store-search.ts), in place of one token that all rows of
-- a tenant share: a search walks the postings of its own words and of nothing else.
DROP TABLE `ticket_fts`;
--> statement-breakpoint
CREATE VIRTUAL TABLE `ticket_fts` USING fts5(
	subject, body,
	content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2 tokenchars '_'"
);
--> statement-breakpoint
UPDATE `ticket_labels` SET `state` = (SELECT `state` FROM `tickets` WHERE `tickets`.`seq` = `ticket_labels`.`seq`);
