import { CommandWorld } from '../../../support/commandWorld';
import { TemporaryFolder } from '../../../support/temporary';

/** A world with a request file in front that is on disk; what is said names no folder. */
export class FileWorld extends CommandWorld {
  readonly folder = new TemporaryFolder();
  readonly file: string;

  constructor(name: string, content: string) {
    super();
    this.file = this.folder.write(name, content);
    this.active = this.file;
    this.retryFile = this.file;
  }

  override async run(...args: Parameters<CommandWorld['run']>): Promise<readonly string[]> {
    return (await super.run(...args)).map((line) => line.replaceAll(this.folder.path, ''));
  }

  remove(): void {
    this.folder.remove();
  }
}
