import type { Socket } from 'node:net';

const interim = /^HTTP\/1\.[01] 100\b/;
const endOfHead = '\r\n\r\n';

/**
 * Lets `socket` pass over "100 Continue", which some servers send to everyone who posts and undici takes for a broken connection:
 * a creation would be left in the dark each time.
 */
export function skipContinue(socket: Socket): void {
  const read = socket.read.bind(socket) as (size?: number) => Buffer | null;
  socket.read = (size?: number): Buffer | null => {
    let chunk = read(size);
    while (chunk !== null && interim.test(chunk.toString('latin1', 0, 12))) {
      const end = chunk.indexOf(endOfHead);
      if (end === -1) break;
      const rest = chunk.subarray(end + endOfHead.length);
      chunk = rest.length > 0 ? rest : read(size);
    }
    return chunk;
  };
}
