-- One role owns the tables and migrates, another one serves: what runs in the application can then neither drop a trigger
-- of the books nor change a table. Run once by a superuser, in the database of Twodoor, before the first `twodoor migrate`.
-- Afterwards: `twodoor migrate` with DATABASE_URL=postgresql://twodoor_owner:…, everything else with postgresql://twodoor:….

CREATE ROLE twodoor_owner LOGIN;
CREATE ROLE twodoor LOGIN;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO twodoor_owner;
GRANT USAGE ON SCHEMA public TO twodoor;

-- For every table, sequence and function that a migration will ever make.
ALTER DEFAULT PRIVILEGES FOR ROLE twodoor_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO twodoor;
ALTER DEFAULT PRIVILEGES FOR ROLE twodoor_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO twodoor;
ALTER DEFAULT PRIVILEGES FOR ROLE twodoor_owner IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO twodoor;
