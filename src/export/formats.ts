/** What `logbert export --format` takes. */
export const EXPORT_FORMATS = ['bundle', 'onnx', 'tfjs', 'savedmodel', 'triton'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
