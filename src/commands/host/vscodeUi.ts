import {
  env,
  ProgressLocation,
  QuickPickItemKind,
  ThemeIcon,
  window,
  type MessageItem,
  type Progress,
  type QuickPickItem,
} from 'vscode';
import { CancelledError } from '../../util/async';
import { messageText } from '../../shared/messageText';
import { systemClock } from '../../util/clock';
import { DisposableStore, toDisposable } from '../../util/disposable';
import type { Choice, InputOptions, PickOptions, ProgressReport, Question, Severity, Ui } from '../context';
import { patiently, type ProgressSign } from './patientProgress';

const flashMs = 6000;

type Item<T> = QuickPickItem & { readonly choice?: Choice<T> };

/** Conversation through VS Code's own notifications, pickers and boxes. */
export const vscodeUi: Ui = {
  async notify(severity: Severity, message: string, ...actions: readonly string[]) {
    return show(severity)(messageText(message), ...actions);
  },

  async confirm({ message, detail, answers, dismiss, severity = 'warning' }: Question) {
    const items: MessageItem[] = answers.map((title) => ({ title }));
    const options = { modal: true, ...(detail === undefined ? {} : { detail }) };
    const close = dismiss === undefined ? [] : [{ title: dismiss, isCloseAffordance: true }];
    const chosen = await (severity === 'information'
      ? window.showInformationMessage<MessageItem>(message, options, ...items, ...close)
      : window.showWarningMessage<MessageItem>(message, options, ...items, ...close));
    const index = chosen === undefined ? -1 : items.indexOf(chosen);
    if (index < 0) throw new CancelledError();
    return index;
  },

  async pick<T>(choices: PromiseLike<readonly Choice<T>[]> | readonly Choice<T>[], options: PickOptions) {
    const items = Promise.resolve(choices).then(itemsOf);
    const chosen = await window.showQuickPick<Item<T>>(items, pickOptions(options));
    if (chosen?.choice === undefined) throw new CancelledError();
    return chosen.choice.value;
  },

  async pickMany<T>(choices: readonly Choice<T>[], options: PickOptions) {
    const chosen = await window.showQuickPick<Item<T>>(itemsOf(choices), {
      ...pickOptions(options),
      canPickMany: true,
    });
    if (chosen === undefined || chosen.length === 0) throw new CancelledError();
    return chosen.flatMap(({ choice }) => (choice === undefined ? [] : [choice.value]));
  },

  async input({ title, prompt, placeholder, value, secret, validate }: InputOptions) {
    const text = await window.showInputBox({
      title,
      ignoreFocusOut: true,
      ...(prompt === undefined ? {} : { prompt }),
      ...(placeholder === undefined ? {} : { placeHolder: placeholder }),
      ...(value === undefined ? {} : { value }),
      ...(secret === true ? { password: true } : {}),
      ...(validate === undefined ? {} : { validateInput: validate }),
    });
    if (text === undefined) throw new CancelledError();
    return text;
  },

  async progress<T>(title: string, task: (progress: ProgressReport) => Promise<T>) {
    return patiently(
      { clock: systemClock, open: (cancel) => progressToast(messageText(title), cancel) },
      task,
    );
  },

  async copy(text: string) {
    await env.clipboard.writeText(text);
  },

  flash(message: string) {
    window.setStatusBarMessage(`$(check) ${message}`, flashMs);
  },
};

/** A progress notification with a button that cancels. */
function progressToast(title: string, cancel: () => void): ProgressSign {
  const end = new DisposableStore();
  let progress: Progress<{ message?: string; increment?: number }> | undefined;
  let early: readonly [string, number | undefined] | undefined;
  // VS Code adds increments up; handlers think in fractions of the whole.
  let shown = 0;
  const report = (message: string, fraction?: number) => {
    if (progress === undefined) {
      early = [message, fraction];
      return;
    }
    const total = fraction === undefined ? shown : Math.min(1, Math.max(0, fraction)) * 100;
    // A later step starts again at nothing; the bar does not go back.
    progress.report({ message: messageText(message), increment: Math.max(0, total - shown) });
    shown = Math.max(shown, total);
  };
  void window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    async (opened, token) => {
      progress = opened;
      if (early !== undefined) report(...early);
      end.add(token.onCancellationRequested(cancel));
      await new Promise<void>((resolve) => end.add(toDisposable(resolve)));
    },
  );
  return { report, close: () => end.dispose() };
}

function show(severity: Severity): (message: string, ...actions: string[]) => Thenable<string | undefined> {
  switch (severity) {
    case 'information':
      return (message, ...actions) => window.showInformationMessage(message, ...actions);
    case 'warning':
      return (message, ...actions) => window.showWarningMessage(message, ...actions);
    case 'error':
      return (message, ...actions) => window.showErrorMessage(message, ...actions);
  }
}

function pickOptions({ title, placeholder }: PickOptions) {
  return {
    title,
    matchOnDescription: true,
    matchOnDetail: true,
    ...(placeholder === undefined ? {} : { placeHolder: placeholder }),
  };
}

function itemsOf<T>(choices: readonly Choice<T>[]): Item<T>[] {
  return choices.flatMap((choice): Item<T>[] => {
    const item: Item<T> = {
      label: choice.label,
      choice,
      ...(choice.description === undefined ? {} : { description: choice.description }),
      ...(choice.detail === undefined ? {} : { detail: choice.detail }),
      ...(choice.picked === undefined ? {} : { picked: choice.picked }),
      ...(choice.always === true ? { alwaysShow: true } : {}),
      ...(choice.icon === undefined ? {} : { iconPath: new ThemeIcon(choice.icon) }),
    };
    if (choice.heading === undefined) return [item];
    return [{ label: choice.heading, kind: QuickPickItemKind.Separator }, item];
  });
}
