import { window, type LogOutputChannel } from 'vscode';
import type { Disposable } from '../util/disposable';
import type { Logger } from '../util/logger';
import { redact } from '../util/redact';

/** The extension's log: an output channel that a person can open, whose every line goes through redaction. */
export class ChannelLog implements Logger, Disposable {
  private channel: LogOutputChannel | undefined;

  constructor(private readonly name = 'Batchwright') {}

  debug(message: string): void {
    this.open().debug(redact(message));
  }
  info(message: string): void {
    this.open().info(redact(message));
  }
  warn(message: string): void {
    this.open().warn(redact(message));
  }
  error(message: string): void {
    this.open().error(redact(message));
  }

  show(): void {
    this.open().show(true);
  }

  dispose(): void {
    this.channel?.dispose();
  }

  /** Made at the first line: a window that has nothing to say gets no channel. */
  private open(): LogOutputChannel {
    return (this.channel ??= window.createOutputChannel(this.name, { log: true }));
  }
}
