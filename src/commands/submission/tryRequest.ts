import { l10n } from 'vscode';
import * as z from 'zod';
import type { Dialect } from '../../shared/dialect';
import { parseAsWritten } from '../../util/writtenNumber';
import type { CommandContext, CommandHandler } from '../context';
import { fileInFront } from '../files/requestFile';
import { Refusal } from '../refusal';
import { askModel } from './submitQuestions';
import { givenFiles } from '../targets';
import { usableService } from '../connections/usableService';

/** A request as a line holds it, whatever its dialect. */
export interface LineRequest {
  readonly dialect: Dialect;
  /** The body of the call, as JSON. */
  readonly json: string;
  /** The model, where the line names one. */
  readonly model?: string;
}

const geminiLine = z.looseObject({ request: z.looseObject({}) });
const openAiLine = z.looseObject({ body: z.looseObject({ model: z.string().optional() }) });
const bareLine = z.looseObject({ contents: z.unknown() });

/** Reads the request out of a line; undefined where there is none. */
export function requestOfLine(text: string): LineRequest | undefined {
  const line = parseAsWritten(text);
  const gemini = geminiLine.safeParse(line);
  if (gemini.success) {
    const dialect = 'content' in gemini.data.request ? 'gemini-embed' : 'gemini';
    return { dialect, json: JSON.stringify(gemini.data.request) };
  }
  const openAi = openAiLine.safeParse(line);
  if (openAi.success) {
    const { body } = openAi.data;
    return {
      dialect: 'openai',
      json: JSON.stringify(body),
      ...(body.model === undefined ? {} : { model: body.model }),
    };
  }
  return bareLine.safeParse(line).success ? { dialect: 'gemini', json: JSON.stringify(line) } : undefined;
}

/** Runs the request of one line at once, outside any batch, and shows the answer beside. */
export const tryRequest: CommandHandler = async (context, args) => {
  const file = givenFiles(args)?.[0] ?? (await fileInFront(context));
  const [, line] = args;
  const text = await context.workbench.readLine(file, typeof line === 'number' ? line : undefined);
  const request = requestOfLine(text);
  if (request === undefined) {
    throw new Refusal(l10n.t('This line holds no request that could be tried.'), undefined, 'warning');
  }
  const service = await usableService(context, context.connections.current);
  if (service.tryRequest === undefined) {
    throw new Refusal(
      l10n.t('{0} runs batches only.', context.connections.label(context.connections.current)),
    );
  }
  const run = service.tryRequest.bind(service);
  const model =
    request.model ??
    (await askModel(context, service, request.dialect, { title: l10n.t('Try Request: Model') }));
  await confirmPrice(context);
  const answer = await context.ui.progress(l10n.t('Trying one request on {0}', model), ({ signal }) =>
    run(model, request.dialect, request.json, { signal }),
  );
  await context.workbench.showText(pretty(answer), l10n.t('{0} answer.json', model));
};

/** A single call costs twice what it costs in a batch; said once. */
async function confirmPrice(context: CommandContext): Promise<void> {
  const memoryKey = 'tryRequest.priceKnown';
  if (context.connections.current === 'sandbox' || context.memory.get(memoryKey) === true) return;
  await context.ui.confirm({
    message: l10n.t('Run this request now?'),
    detail: l10n.t(
      'It is one call at the usual price, which is twice the price in a batch. You are asked only this once.',
    ),
    answers: [l10n.t('Run')],
    severity: 'information',
  });
  await context.memory.set(memoryKey, true);
}

function pretty(json: string): string {
  const answer = parseAsWritten(json);
  return answer === undefined ? json : `${JSON.stringify(answer, undefined, 2)}\n`;
}
