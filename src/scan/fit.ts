import type { Settings } from '../config/schema.js';
import { UserError } from '../error.js';
import { inputFormat } from '../parse/formats/inputFormat.js';
import { count, type LogFile } from '../parse/input/logFiles.js';
import type { Progress } from '../progress.js';
import { Budget, type BudgetOption, ReadingEnd } from './budget.js';
import { calibratedProfile } from './calibrate.js';
import type { Events } from './events.js';
import { openInputs } from './inputs.js';
import { contextOf } from './judge.js';
import { learnTemplates, teach } from './learning.js';
import { type FilterOptions, LineFilter } from './lineFilter.js';
import { type LineAccount, type LogView, type Reading, viewLog } from './logReader.js';
import { fitOrderModel, updateOrderModel } from './orderModel.js';
import { type Pass, pass, passOf } from './pass.js';
import { learnProfile } from './profile.js';
import { requireRightFormat } from './rightBundle.js';
import type { SessionCounts } from './rules/sessions.js';
import {
  changingBundle,
  type Fitting,
  inYearOf,
  openScan,
  requireBundleOrNothing,
  type ScanState,
  saveScan,
} from './scanBundle.js';
import { extendSessionModel, fitSessionModel } from './sessionModel.js';
import { type SessionRule, sessionRule, withSessions } from './sessionRule.js';
import { namesOf, requireLines } from './someLines.js';
import { type ChosenThreshold, chooseThreshold, type ThresholdOptions } from './threshold.js';
import { timesOf } from './times.js';
import { inYear } from './year.js';

export interface FitOptions extends ThresholdOptions, FilterOptions {
  files: readonly string[];
  /** File to write. */
  bundle: string;
  /** Bundle to learn on from; it is written in place of `bundle`. */
  update?: string;
  /** Lines of a window, given by the user: then no session id is looked for. */
  windowLines?: number;
  /** Field that is the session id, given by the user. */
  sessionField?: string;
  /**
   * Seconds that all of it may take: lines that can't be read in them are left out, and a sequence model is trained in what
   * the rest leaves. Without it every line is read, and no sequence model is trained.
   */
  budget?: BudgetOption;
}

export interface FitSummary {
  bundle: string;
  format: string;
  /** Where the format was found: lower end of the 95 % interval of the share of the first lines that have it. */
  confidence?: number;
  account: LineAccount;
  templates: number;
  newTemplates: number;
  sessions: SessionRule;
  sessionCount: number;
  first: string | null;
  last: string | null;
  threshold: ChosenThreshold;
  /** What became of the sequence model. */
  order: string;
  /** Lines read when the budget ended the reading; the rest is left out. Undefined: every line was read. */
  linesRead?: number;
  seconds: number;
  /** Seconds that it was to take; undefined: as many as it takes. */
  budget?: number;
}

/** Windows that a log without sessions is cut into, and bounds of their length. */
const WINDOWS = 100;
const SHORTEST = 20;
const LONGEST = 500;
/**
 * Parts of the budget at whose ends the passes over the log and the training have to be done. What is usual takes twice as long
 * to see as templates to learn, and half as long again to count.
 */
const ENDS = { learning: 0.25, viewing: 0.6, training: 0.85 };
/** Seconds that training may take of a log of no lines, and more for each line, where a small log isn't worth the whole budget. */
const TRAINING = { least: 15, aLine: 0.001 };

/**
 * Learns what is normal in logs without labels and writes it as a bundle.
 * @throws UserError when a log can't be read or holds no line
 */
export async function fitLogs(settings: Settings, options: FitOptions, progress: Progress): Promise<FitSummary> {
  const budget = new Budget(options.budget);
  const path = options.update ?? options.bundle;
  const filter = await LineFilter.of(options);
  await requireBundleOrNothing(path);
  return changingBundle(path, async () => {
    const known = options.update === undefined ? undefined : await openScan(options.update);
    const inputs = await openInputs(options.files, { pii: (known ?? settings.parse).pii, next: 'logbert fit FILE' });
    try {
      const timed = { ...options, filter, time: budget };
      const fitted = known
        ? await fitOn(await inYearOf(inputs.logs, known, settings.input.year), inputs.logs, timed, progress)
        : await fitNew(inputs.logs, settings, timed, progress);
      await saveScan(path, fitted.state);
      return { ...fitted.summary, bundle: path, seconds: budget.spent, budget: options.budget && budget.seconds };
    } finally {
      await inputs.close();
    }
  });
}

/** How to learn, with the lines that count, in what time. */
type Learning = FitOptions & { filter: LineFilter | undefined; time: Budget };
type Fitted = { state: ScanState; summary: Omit<FitSummary, 'bundle' | 'seconds' | 'budget'> };

async function fitNew(
  logs: readonly LogFile[],
  settings: Settings,
  options: Learning,
  progress: Progress,
): Promise<Fitted> {
  const how = passOf(settings.parse, progress);
  const { name, detection, ...found } = await inputFormat(settings, logs);
  const format = await inYear(found.format, logs, settings.input.year);
  const sessions = await sessionRule(logs, format, settings, options, how);
  const ofSessions = withSessions(format, sessions);
  const { filter, time } = options;
  const learning = new ReadingEnd(time.until(ENDS.learning));
  const learnt = await pass('Learn templates', logs, how, (reading) =>
    learnTemplates(logs, ofSessions, settings, { ...reading, enough: learning.enough }, filter),
  );
  const { view, linesRead } = await viewUsual(logs, learnt, learning, how, options);
  const { events } = view;
  requireSessions(view, logs, settings.sequences.sessionId);
  sessions.windowLines = options.windowLines ?? windowLinesFor(events);
  const profile = calibratedProfile(events, contextOf(view));
  const { windowLines } = sessions;
  const sessionModel = await fitSessionModel(events, { from: 0, to: events.rows }, windowLines);
  const orderOptions = { windowLines, deadline: trainingEnd(time, events), progress };
  const order = await fitOrderModel(events, { from: 0, to: events.rows }, orderOptions);
  const threshold = chooseThreshold(profile, events, options);
  const fitting = fittingOf(view, logs, learnt.parser.drain.clusters.length);
  const state: ScanState = {
    formatName: name,
    reading: learnt,
    sessions,
    profile: profile.profile,
    sessionModel,
    orderModel: order.model,
    threshold,
    fittings: [fitting],
    accepted: [],
    maxLineBytes: settings.parse.maxLineBytes,
    join: settings.parse.join,
    pii: settings.parse.pii,
  };
  const summary = summaryOf(state, fitting, events, fitting.templates, detection?.confidence, threshold);
  return { state, summary: { ...summary, order: order.why, linesRead } };
}

/** Learns more normal lines: templates keep their ids, counts go on. */
async function fitOn(
  known: ScanState,
  logs: readonly LogFile[],
  options: Learning,
  progress: Progress,
): Promise<Fitted> {
  const { filter, time } = options;
  const how = passOf(known, progress);
  const before = known.reading.parser.drain.clusters.length;
  const learning = new ReadingEnd(time.until(ENDS.learning));
  await pass('Learn templates', logs, how, (reading) =>
    teach(known.reading, logs, { ...reading, enough: learning.enough }, filter),
  );
  const { view, linesRead } = await viewUsual(logs, known.reading, learning, how, options);
  requireRightFormat(view, options.update ?? '', known);
  const { events } = view;
  const span = { from: 0, to: events.rows };
  const profile = learnProfile(events, span, known.profile);
  const { windowLines } = known.sessions;
  // As they were before this log.
  const { open } = known.profile.rules.sessions as SessionCounts;
  const sessionModel = await extendSessionModel(events, span, known.sessionModel, open);
  const orderOptions = { windowLines, deadline: trainingEnd(time, events), progress };
  const order = await updateOrderModel(events, span, known.orderModel, orderOptions);
  const fitting = fittingOf(view, logs, known.reading.parser.drain.clusters.length);
  const given = options.alarmsPerDay !== undefined || options.quantile !== undefined;
  const threshold = given
    ? chooseThreshold(calibratedProfile(events, contextOf(view)), events, options)
    : known.threshold;
  const learnt = { profile, sessionModel, orderModel: order.model, threshold };
  const state = { ...known, ...learnt, fittings: [...known.fittings, fitting] };
  const summary = summaryOf(state, fitting, events, fitting.templates - before, undefined, threshold);
  return { state, summary: { ...summary, order: order.why, linesRead } };
}

/** Reads what templates were learnt from once more, as far as the time allows. */
async function viewUsual(
  logs: readonly LogFile[],
  known: Reading,
  learning: ReadingEnd,
  how: Pass,
  { filter, time }: Learning,
): Promise<{ view: LogView; linesRead: number | undefined }> {
  const viewing = new ReadingEnd(time.until(ENDS.viewing), learning.lines);
  const view = await pass('Learn what is usual', logs, how, (reading) =>
    viewLog(logs, known, { ...reading, enough: viewing.enough }, filter),
  );
  requireLines(view, logs);
  return { view, linesRead: viewing.lines };
}

/** On the clock of `performance.now()`; infinite without a budget. */
function trainingEnd(time: Budget, { rows }: Events): number {
  if (time.seconds === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  const most = time.sparing ? TRAINING.least + rows * TRAINING.aLine : time.seconds;
  return Math.min(time.until(ENDS.training), performance.now() + 1000 * most);
}

function windowLinesFor({ rows }: Events): number {
  return Math.min(LONGEST, Math.max(SHORTEST, Math.round(rows / WINDOWS)));
}

/** @throws UserError when the user's session id is on no line */
function requireSessions({ events, account }: LogView, logs: readonly LogFile[], sessionId: string | undefined): void {
  if (sessionId === undefined || events.sessions.size > 0) return;
  throw new UserError(
    `None of the ${count(account.linesIn)} lines of ${namesOf(logs)} has a session id (--session-id ${sessionId}).`,
  );
}

function fittingOf({ events, account }: LogView, logs: readonly LogFile[], templates: number): Fitting {
  const files = logs.map(({ name }) => name);
  return { at: new Date().toISOString(), files, account, templates, ...timesOf(events) };
}

function summaryOf(
  { formatName, sessions }: ScanState,
  { account, templates, first, last }: Fitting,
  { sessions: ids }: Events,
  newTemplates: number,
  confidence: number | undefined,
  threshold: ChosenThreshold,
): Omit<Fitted['summary'], 'order' | 'linesRead'> {
  const sessionCount = ids.size;
  return {
    format: formatName,
    confidence,
    account,
    templates,
    newTemplates,
    sessions,
    sessionCount,
    first,
    last,
    threshold,
  };
}
