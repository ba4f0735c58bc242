import { watch } from 'node:fs';
import type { Clock } from '../../util/clock';
import { DisposableStore, type Disposable } from '../../util/disposable';
import type { Logger } from '../../util/logger';

/** Changes are gathered for this long: a replacement alone is three events. */
const gatherMs = 100;

/**
 * Calls `reload` soon after something changed in the ledger's directory. Only a shortcut, where the system offers it: ticks and
 * conflicts read the directory anyway.
 */
export function watchLedger(
  directory: string,
  reload: () => Promise<void>,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Disposable {
  const disposables = new DisposableStore();
  let gathering = false;
  const onEvent = () => {
    if (gathering) return;
    gathering = true;
    disposables.add(
      clock.after(gatherMs, () => {
        gathering = false;
        reload().catch((error: unknown) => logger.warn(`The ledger could not be read: ${String(error)}`));
      }),
    );
  };
  try {
    const watcher = watch(directory, { persistent: false }, onEvent);
    watcher.on('error', (error) => logger.warn(`Changes of other windows are not watched: ${error.message}`));
    disposables.add({ dispose: () => watcher.close() });
  } catch (error) {
    logger.warn(`Changes of other windows are not watched: ${String(error)}`);
  }
  return disposables;
}
