-- The quotas that Service Delivery has set for a Cloud, by region: {"EB": {"instances": 80}}. The others are as worker/contract/quotas.ts has them.
ALTER TABLE cloud ADD COLUMN quotas TEXT NOT NULL DEFAULT '{}';
