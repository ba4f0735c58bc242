import { EventEmitter, TreeItemCollapsibleState, window, type TreeDataProvider, type TreeItem } from 'vscode';
import type { Webhook } from '../shared/webhook';
import { isCancelled } from '../util/async';
import { DisposableStore, type Disposable } from '../util/disposable';
import { presentReceiver, presentWebhook, type ReceiverState } from './presentWebhook';
import { rowItem } from './row';

/** What the view shows of a connection. */
export interface WebhooksSnapshot {
  readonly receiver: ReceiverState;
  readonly webhooks: readonly Webhook[];
  /** Ids of the webhooks whose secret can be copied. */
  readonly copyable: ReadonlySet<string>;
}

export type WebhookNode =
  | { readonly kind: 'receiver'; readonly state: ReceiverState }
  | { readonly kind: 'webhook'; readonly webhook: Webhook; readonly copyable: boolean };

/** The Webhooks section: the receiver of this machine, and the webhooks that are registered at the service. */
export class WebhooksView implements Disposable, TreeDataProvider<WebhookNode> {
  private readonly owned = new DisposableStore();
  private readonly changed = this.owned.add(new EventEmitter<undefined>());
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view = this.owned.add(
    window.createTreeView<WebhookNode>('batchwright.webhooks', { treeDataProvider: this }),
  );

  /** @param read asks the service; called when the view is opened or refreshed. */
  constructor(private readonly read: () => Promise<WebhooksSnapshot>) {}

  refresh(): void {
    this.changed.fire(undefined);
  }

  async getChildren(node?: WebhookNode): Promise<WebhookNode[]> {
    if (node !== undefined) return [];
    try {
      const { receiver, webhooks, copyable } = await this.read();
      this.view.message = '';
      return [
        { kind: 'receiver', state: receiver },
        ...webhooks.map((webhook): WebhookNode => ({
          kind: 'webhook',
          webhook,
          copyable: copyable.has(webhook.id),
        })),
      ];
    } catch (error) {
      this.view.message = isCancelled(error) || !(error instanceof Error) ? '' : error.message;
      return [];
    }
  }

  getTreeItem(node: WebhookNode): TreeItem {
    return node.kind === 'receiver'
      ? rowItem('receiver', presentReceiver(node.state), TreeItemCollapsibleState.None)
      : rowItem(node.webhook.id, presentWebhook(node.webhook, node.copyable), TreeItemCollapsibleState.None);
  }

  dispose(): void {
    this.owned.dispose();
  }
}
