// Fetches argv[2] once and prints the status or the code of the failure; argv[3] says whether the system's certificates count.
import { TransportError } from '../../src/http/transport';
import { createTransport } from '../../src/http/undiciTransport';

async function main(): Promise<void> {
  const transport = createTransport({ systemCertificates: process.argv[3] === 'true' });
  try {
    const response = await transport.request({ method: 'GET', url: process.argv[2] ?? '' });
    response.discard();
    console.log(response.status);
  } catch (error) {
    console.log(error instanceof TransportError ? error.code : String(error));
  } finally {
    transport.dispose();
  }
}

void main();
