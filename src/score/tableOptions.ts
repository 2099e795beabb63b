/** Which sessions a comparison counts: those of `result`, every session, or each distinct sequence once. */
export const COUNTS = ['result', 'all', 'distinct'] as const;
export type Count = (typeof COUNTS)[number];

/** How a table can be written. */
export const TABLE_FORMATS = ['markdown', 'csv', 'json', 'latex', 'html'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];
