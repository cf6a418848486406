/** Of the publication in each PostgreSQL source. */
export const DEFAULT_PUBLICATION = 'hybridge';

/** Of the replication slot of a source: `hybridge_<source>`. */
export const slotName = (source: string): string => `hybridge_${source.replaceAll('-', '_')}`;

/** Columns of the inbox that the app changes when it announces an answer again. */
export const INBOX_APP_COLUMNS = ['signal', 'image', 'at'] as const;
