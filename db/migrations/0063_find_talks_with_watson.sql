-- What Watson did about somebody's ticket or visit, whom it told, and whose talks they are: who erases a person asks.
CREATE INDEX `watson_activities_about` ON `watson_activities` (`workspace_id`, `result` ->> 'id') WHERE `result` IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `watson_activities_told` ON `watson_activities` (`workspace_id`, `result` ->> 'recipient')
  WHERE `result` ->> 'recipient' IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `watson_sessions_user` ON `watson_sessions` (`workspace_id`, `user`) WHERE `user` IS NOT NULL;
