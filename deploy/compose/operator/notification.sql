-- What the command line may do in the notification service's database. Run by users.sh.
BEGIN;
SET LOCAL log_min_error_statement = panic; -- the password is in no log
DO $$ BEGIN CREATE ROLE operator; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
ALTER ROLE operator LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 20 PASSWORD :'password';
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM operator;
GRANT pg_read_all_stats TO operator; -- what other sessions do, and since when
GRANT SELECT ON deliveries, chats TO operator;
GRANT UPDATE (state, attempt_id, attempts, created_at, due_at) ON deliveries TO operator; -- deliveries retry
COMMIT;
