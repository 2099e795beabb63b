import { z } from 'zod';

const fraction = z.number().gt(0).lt(1);
const count = z.number().int().positive();
/** A span of time: a number and its unit. */
const span = z.string().regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, 'a span of time such as 90s or 5m');

/**
 * A mask: each match in a message is replaced by `<NAME>` before Drain sees it, which for the name `*` is the wildcard.
 * A string names a built-in mask.
 */
const mask = z.union([
  z.string(),
  z.strictObject({
    name: z.string().regex(/^(\*|[A-Z][A-Z0-9_]*)$/, 'a name in capitals such as USER, or *'),
    pattern: z.string(),
  }),
]);

/** What lines can have in common: a session id, or the value of a column of events.parquet. */
export const SHARED_FIELDS = ['session', 'node', 'component', 'level', 'file'] as const;

/**
 * Every setting with its default. A setting is given, from strongest to weakest, by a flag, by an environment variable
 * (`drain.depth` is `LOGBERT_DRAIN_DEPTH`, `split.trainFraction` is `LOGBERT_SPLIT_TRAIN_FRACTION`), by `.env`,
 * by a YAML file (`--config`), or by the default here. Unknown keys are refused.
 */
export const settingsSchema = z.strictObject({
  /** Name of the run; names the default run folder. */
  name: z
    .string()
    .regex(/^[\w.-]+$/, 'letters, digits, dots, hyphens and underscores')
    .default('run'),
  /** The run folder; default `output/<name>`. */
  run: z.string().optional(),
  seed: z.number().int().nonnegative().default(42),
  input: z
    .strictObject({
      /** Log files, folders of them and patterns such as `app.log*`, read as one stream in this order; `-` is stdin. */
      files: z.array(z.string()).default([]),
      /** Read each file's rotated set with it, oldest first: `app.log.2.gz`, `app.log.1`, `app.log`. */
      rotated: z.boolean().default(false),
      /** Name of a line format (src/parse/formats/formats.ts), a layout such as `<Date> <Level> <Content>`, or `auto`: find it. */
      format: z.string().default('auto'),
      /** The year of the first line where times are written without one; default 2000, of `fit`, `scan` and `diff` that of the file. */
      year: z.number().int().min(1900).max(2399).optional(),
      /** CSV with the columns `BlockId,Label`. */
      labels: z.string().optional(),
      /** Files of event keys, one session a line, in place of a log; the files are the split. */
      keys: z
        .strictObject({
          train: z.array(z.string()),
          testNormal: z.array(z.string()),
          testAbnormal: z.array(z.string()),
        })
        .optional(),
      /** CSV with the columns `EventId,EventTemplate`: the texts of event keys, for models that read them. */
      templates: z.string().optional(),
      /** Files of one event a line, `label key`, in order of time, in place of a log. */
      labelledKeys: z.array(z.string()).optional(),
    })
    .prefault({}),
  drain: z
    .strictObject({
      /** Depth of the parse tree, as Drain counts it: root and leaf included. */
      depth: z.number().int().min(3).default(4),
      similarity: z.number().min(0).max(1).default(0.4),
      maxChildren: count.default(100),
      /** Most clusters at a time; a new one takes the place of the one that was learnt from longest ago. */
      maxClusters: count.optional(),
      /** Tokens with a digit lead to the wildcard's branch of the tree. */
      parametrizeNumericTokens: z.boolean().default(true),
      /** The last token of a message may lead it in the tree, as in logparser's Drain; in Drain3 it may not. */
      lastTokenLeads: z.boolean().default(false),
      /** Texts that part tokens as white space does, once masks are in place. */
      extraDelimiters: z.array(z.string().min(1)).default([]),
      masks: z.array(mask).default(['BLOCK', 'IP', 'PATH', 'UUID', 'HEX', 'NUM']),
    })
    .prefault({}),
  parse: z
    .strictObject({
      /** Keep a seekable compressed copy of the raw lines in the run; otherwise pointer and hash. */
      keepLines: z.boolean().default(true),
      /** Match against a saved parser only; nothing is learnt. */
      matchOnly: z.boolean().default(false),
      /** Saved parser state to start from. */
      parser: z.string().optional(),
      /** Mask e-mail addresses, IP addresses, user names, secrets and card numbers before anything is kept of a line. */
      pii: z.boolean().default(false),
      /**
       * Lines without a header that match this regular expression belong to the record before (stack traces); `none`
       * joins nothing. Default: src/parse/formats/joinRule.ts.
       */
      join: z.string().optional(),
      /** Longer lines are rejected (and kept, cut, in the side file). */
      maxLineBytes: count.default(1 << 20),
      /** Threads that scan lines beside the main one; default: one less than the cores that this process may use. */
      workers: z.number().int().nonnegative().optional(),
    })
    .prefault({}),
  split: z
    .strictObject({
      /** `strict`: border in time, test lines are only matched. `paper`: the authors' way, shuffled normal sessions. */
      protocol: z.enum(['strict', 'paper']).default('strict'),
      trainFraction: fraction.default(0.5),
      /** Share of the normal training sessions (their last) held out for early stopping and thresholds. */
      validationFraction: fraction.default(0.1),
      /** Share of anomalies that is let into training and validation, to see what a model makes of them; default none. */
      contamination: z.number().min(0).lt(1).optional(),
    })
    .prefault({}),
  sequences: z
    .strictObject({
      /** `session`: all lines that share `by`. `count`, `time`: windows of `length`, `step` apart, inside them. */
      window: z.enum(['session', 'count', 'time']).default('session'),
      /** What lines must share to be in one sequence; default the session id, and nothing for windows. */
      by: z.array(z.enum(SHARED_FIELDS)).optional(),
      /** Regular expression of a session id, or with a group around it, in place of the format's. */
      sessionId: z.string().optional(),
      /** Of a window: lines (default 20), or a span of time such as `5m` (the default) or `30s`. */
      length: z.union([count, span]).optional(),
      /** From the start of a window to that of the next; default the length, so that windows don't overlap. */
      step: z.union([count, span]).optional(),
    })
    .prefault({}),
  /** `name` chooses the model; the other keys are that model's own settings (src/model/registry.ts). */
  model: z.looseObject({ name: z.string().default('logbert') }).prefault({}),
  train: z
    .strictObject({
      epochs: count.default(30),
      /** Stop after so many epochs without a better validation loss. */
      patience: count.default(10),
      batch: count.default(32),
      /** Learn from each distinct sequence (or window) once an epoch: what is rare but normal then weighs as much as what is common. */
      distinct: z.boolean().default(false),
      /** Peak learning rate of Adam, reached after `warmup` steps; it then falls as step^-0.5. */
      learningRate: z.number().positive().default(6.25e-4),
      warmup: count.default(500),
      /** Decoupled weight decay of Adam. */
      weightDecay: z.number().min(0).default(0),
      /** Continue from the training state in the run folder. */
      resume: z.boolean().default(false),
    })
    .prefault({}),
  predict: z
    .strictObject({
      /** Rounds of masking; each round masks another part of the session. */
      rounds: count.default(5),
      /** Which of the model's scores decides; without it the model's first, of LogBERT: `improbable`, `peak`, `nll`, `entropy`, `misses`, `distance`. */
      score: z.string().optional(),
      /** Scores of the model, and detectors such as `count-vector`, that make one score more, `mix` (docs/models.md); none: there is no mix. */
      mix: z.array(z.string()).default([]),
      /** `int8`: the model's weights in eight bits, faster and a little off; the engine `onnx` alone. */
      precision: z.enum(['fp32', 'int8']).default('fp32'),
    })
    .prefault({}),
  evaluate: z
    .strictObject({
      /** `auto`: the detector's own rule where it has one, else `quantile`; under the protocol `paper` the best on the test. */
      threshold: z.enum(['auto', 'own', 'quantile', 'spot', 'false-alarms']).default('auto'),
      /** Strict threshold: this quantile of the validation sessions' scores. */
      quantile: z.number().gt(0).max(1).default(0.98),
      /** Of `spot` and `false-alarms`: the probability that a normal session is an alert. */
      falseAlarmRate: z.number().gt(0).lt(1).default(0.001),
      /** Windows after which an operator answers, under the protocol `rolling` (docs/evaluation.md); none: it is left out. */
      delays: z.array(z.number().int().nonnegative()).default([]),
      /** Sessions with fewer events are left out of `result`; `all` then counts every session. */
      minLength: count.default(1),
      /** A CSV `id,score` of anyone's scores, in place of the run's own. */
      scores: z.string().optional(),
    })
    .prefault({}),
  engine: z
    .strictObject({
      name: z.enum(['auto', 'onnx', 'webgpu', 'cuda', 'tfjs-node-gpu', 'tfjs-node', 'wasm', 'cpu']).default('auto'),
      /** Threads of a native engine; default: the cores that this process may use. */
      threads: count.optional(),
      /** What to do when a GPU engine fails in the middle: end, or compute on the CPU from there on. */
      onFailure: z.enum(['stop', 'cpu']).default('stop'),
    })
    .prefault({}),
  log: z.strictObject({ level: z.enum(['quiet', 'info', 'debug']).default('info') }).prefault({}),
});

export type Settings = z.output<typeof settingsSchema>;
export type SettingsInput = z.input<typeof settingsSchema>;
