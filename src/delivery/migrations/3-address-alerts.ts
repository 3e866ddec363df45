/**
 * Schema 3: which alerts are for one output alone, the open windows of throttles, and of dead letters what they are
 * looked for by. A letter whose JSON is damaged has no rule and the lowest priority.
 */
import type { Migration } from '../schema.ts'

const priorities = ['Emergency', 'Alert', 'Critical', 'Error', 'Warning', 'Notice', 'Informational', 'Debug']

export const addressAlerts: Migration = db => {
  const severities = priorities.map((priority, severity) => `WHEN '${priority}' THEN ${severity}`).join(' ')
  db.exec(`
    -- Without an output: it is gone, and the alert will be.
    CREATE TABLE addressed (
      seq INTEGER PRIMARY KEY,
      output TEXT
    ) STRICT;

    CREATE TABLE throttle_windows (
      output TEXT NOT NULL,
      id TEXT NOT NULL,
      start_ms INTEGER NOT NULL,
      end_ms INTEGER NOT NULL,
      state TEXT NOT NULL,
      PRIMARY KEY (output, id)
    ) STRICT;

    ALTER TABLE dead_letters ADD COLUMN rule TEXT NOT NULL DEFAULT '';
    ALTER TABLE dead_letters ADD COLUMN severity INTEGER NOT NULL DEFAULT 7;
    UPDATE dead_letters SET
      rule = coalesce(json_extract(json, '$.rule'), ''),
      severity = CASE json_extract(json, '$.priority') ${severities} ELSE 7 END
      WHERE json_valid(json);
  `)
}
