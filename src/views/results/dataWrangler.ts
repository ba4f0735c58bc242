import * as z from 'zod';

/** Id of the extension. */
export const dataWrangler = 'ms-toolsai.datawrangler';

/** How a file gets into Data Wrangler: as an editor for it, or by a command that takes its URI. */
export interface WayIn {
  readonly kind: 'editor' | 'command';
  readonly id: string;
}

const manifest = z.object({
  contributes: z.object({
    customEditors: z
      .array(z.object({ viewType: z.string(), selector: z.array(z.object({ filenamePattern: z.string() })) }))
      .optional(),
    menus: z
      .object({
        'explorer/context': z
          .array(z.object({ command: z.string(), when: z.string().optional() }))
          .optional(),
      })
      .optional(),
  }),
});

/**
 * Finds the way in the installed extension's own manifest, because its ids are documented nowhere and may change: the editor
 * for CSV files, or else the command in the explorer's menu for them.
 */
export function wayIntoDataWrangler(packageJson: unknown): WayIn | undefined {
  const parsed = manifest.safeParse(packageJson);
  if (!parsed.success) return undefined;
  const { customEditors = [], menus } = parsed.data.contributes;
  const editor = customEditors.find(({ selector }) =>
    selector.some(({ filenamePattern }) => /csv/i.test(filenamePattern)),
  );
  if (editor !== undefined) return { kind: 'editor', id: editor.viewType };
  const command = menus?.['explorer/context']?.find(({ when }) => when !== undefined && /csv/i.test(when));
  return command === undefined ? undefined : { kind: 'command', id: command.command };
}
