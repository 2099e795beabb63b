/** What `logbert export --format` takes. */
export const EXPORT_FORMATS = ['bundle'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
