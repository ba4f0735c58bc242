import { randomUUID } from 'node:crypto';
import type { StreamedBody } from '../http/transport';

/** A multipart form with text fields and one streamed file. */
export interface MultipartForm {
  readonly body: StreamedBody;
  readonly contentType: string;
}

/** Puts a file that is read while it is sent into a form, with the length known beforehand. */
export function multipartForm(
  fields: Readonly<Record<string, string>>,
  file: { readonly field: string; readonly fileName: string; readonly contentType: string },
  content: StreamedBody,
): MultipartForm {
  const boundary = `batchwright-${randomUUID()}`;
  const head = [
    ...Object.entries(fields).map(
      ([name, value]) =>
        `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    ),
    `--${boundary}\r\ncontent-disposition: form-data; name="${file.field}"; filename="${quoted(file.fileName)}"\r\n` +
      `content-type: ${file.contentType}\r\n\r\n`,
  ].join('');
  const opening = Buffer.from(head, 'utf8');
  const closing = Buffer.from(`\r\n--${boundary}--\r\n`, 'utf8');
  async function* chunks(): AsyncGenerator<Uint8Array, void, void> {
    yield opening;
    yield* content.chunks;
    yield closing;
  }
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: { chunks: chunks(), length: opening.length + content.length + closing.length },
  };
}

/** As browsers write names in forms. */
function quoted(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
