-- What an API account may do with its secret alone, and until when; null: nothing. JSON: db/directory/read/secret-exceptions.ts. It ends by itself.
ALTER TABLE api_account ADD COLUMN exception TEXT;
