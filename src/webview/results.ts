import './results.css';
import { App, type VsCodeApi } from './app';
import { h } from './dom';
import { loadStrings } from './strings';

declare function acquireVsCodeApi(): VsCodeApi;

loadStrings(document.getElementById('strings')?.textContent ?? '{}', document.documentElement.lang);
const root = document.getElementById('app');
if (root !== null) {
  const app = new App(root, acquireVsCodeApi());
  app.start().catch((error: unknown) => {
    root.replaceChildren(
      h('p', { class: 'banner bad', role: 'alert' }, error instanceof Error ? error.message : String(error)),
    );
  });
}
