import { readFile } from 'node:fs/promises';
import { catalog } from '@hybridge/definitions';
import { PlanEffect, type ViewPlan, describeView, planViews } from '@hybridge/views';
import { type ConnectionFlags, readConfig } from '../config.ts';
import { CliError } from '../errors.ts';
import { ExitCode } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import { parseDescriptions } from './describe.ts';
import { type PlanEstimate, estimatePlan } from './estimate.ts';
import { renderJson, renderText } from './render.ts';

export interface PlanRequest extends ConnectionFlags {
  /** Path of what `hybridge view describe` printed. */
  readonly against: string;
  readonly json: boolean;
}

/** A view's plan, with what it costs where its source database was named. */
export interface CostedPlan extends ViewPlan {
  readonly estimate: PlanEstimate | undefined;
}

/**
 * Tells what the definitions of this build mean for a table that was filled by those of another one. Changes nothing.
 * @throws CliError, ConfigError before anything is read; SqlReadError, SchemaReadError
 */
export async function plan(request: PlanRequest, terminal: Terminal): Promise<ExitCode> {
  const config = readConfig(request, terminal.environment);
  const before = parseDescriptions(await readText(request.against), request.against);
  const plans = planViews(before, catalog.views.map(describeView));
  const costed: CostedPlan[] = [];
  for (const each of plans) costed.push({ ...each, estimate: await costOf(each, config.sqlUrls) });
  terminal.out(request.json ? renderJson(costed) : renderText(costed));
  return plans.some(({ effect }) => effect === PlanEffect.rebuild) ? ExitCode.failed : ExitCode.ok;
}

const COSTLY: readonly PlanEffect[] = [PlanEffect.load, PlanEffect.refill, PlanEffect.rebuild];

async function costOf(each: ViewPlan, urls: ReadonlyMap<string, string>): Promise<PlanEstimate | undefined> {
  const view = catalog.views.find(({ name }) => name === each.view);
  return view === undefined || !urls.has(view.table.source.name) || !COSTLY.includes(each.effect)
    ? undefined
    : estimatePlan(view, each, urls);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CliError(`Cannot read ${file}: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
