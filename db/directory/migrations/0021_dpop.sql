-- DPoP (RFC 9449): a family begun with a proof gives access tokens that are bound to the proof's key, and none that are not.
ALTER TABLE token_family ADD COLUMN bound INTEGER NOT NULL DEFAULT 0;

-- A proof is good once, for as long as its time would let it be.
CREATE TABLE spent_proof(
  jkt TEXT NOT NULL, -- the thumbprint of the key that signed it (RFC 7638)
  jti TEXT NOT NULL,
  expires INTEGER NOT NULL,
  PRIMARY KEY(jkt, jti)
) STRICT, WITHOUT ROWID;
CREATE INDEX spent_proof_expires ON spent_proof(expires);
