-- Mails on their way, each written in the commit of what it tells. What it says is kept until it is sent: one-time links stand in it.
CREATE TABLE mail(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL UNIQUE, -- the local part of its Message-ID: the same at every try
  person_id INTEGER, -- null: to an address that is nobody's yet
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  locale TEXT NOT NULL CHECK(locale IN ('en', 'fr')),
  template TEXT NOT NULL, -- worker/contract/mail.ts
  facts TEXT, -- JSON; null as soon as it is sent, or never will be
  created INTEGER NOT NULL,
  ends INTEGER NOT NULL, -- nobody needs it any more from then on
  due INTEGER, -- when it is tried next; null: sent or given up
  tries INTEGER NOT NULL DEFAULT 0,
  handed INTEGER, -- since when a transport has had all of it; without an outcome nobody knows whether it went out
  sent INTEGER,
  given_up INTEGER,
  problem TEXT -- what was said the last time it failed
) STRICT;
CREATE INDEX mail_due ON mail(due, number) WHERE due IS NOT NULL;
CREATE INDEX mail_given_up ON mail(given_up) WHERE given_up IS NOT NULL;
CREATE INDEX mail_created ON mail(created);

-- The mailbox of a local start, which takes the place of everybody's; anywhere else nothing is ever in it.
CREATE TABLE mailbox(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  subject TEXT NOT NULL,
  plain TEXT NOT NULL,
  html TEXT NOT NULL
) STRICT;
