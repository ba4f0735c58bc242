import { window, type LogOutputChannel } from 'vscode';
import type { Disposable } from '../util/disposable';
import type { Logger } from '../util/logger';
import { redact } from '../util/redact';

/** The extension's log: an output channel that a person can open, whose every line goes through redaction. */
export class ChannelLog implements Logger, Disposable {
  private opened: LogOutputChannel | undefined;

  constructor(private readonly name = 'Batchwright') {}

  debug(message: string): void {
    this.channel.debug(redact(message));
  }
  info(message: string): void {
    this.channel.info(redact(message));
  }
  warn(message: string): void {
    this.channel.warn(redact(message));
  }
  error(message: string): void {
    this.channel.error(redact(message));
  }

  show(): void {
    this.channel.show(true);
  }

  dispose(): void {
    this.opened?.dispose();
  }

  /** Made at the first line: a window that has nothing to say gets no channel. */
  get channel(): LogOutputChannel {
    return (this.opened ??= window.createOutputChannel(this.name, { log: true }));
  }
}
