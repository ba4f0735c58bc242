import { l10n } from 'vscode';
import type { SortOrder } from '../../views/jobsTree';
import type { CommandHandler } from '../context';

/** Shows only the jobs in which the words occur; no words show all. */
export const filterJobs: CommandHandler = async ({ ui, view }) => {
  view.setFilter(
    await ui.input({
      title: l10n.t('Filter Batches'),
      prompt: l10n.t('Words in name, model, state or file. Empty shows all.'),
      value: view.filter,
    }),
  );
};

/** Shows all jobs again. */
export const clearJobsFilter: CommandHandler = ({ view }) => {
  view.setFilter('');
  return Promise.resolve();
};

/** Orders the jobs within each section. */
export const sortJobs: CommandHandler = async ({ ui, view }) => {
  const orders: readonly (readonly [SortOrder, string])[] = [
    ['newest', l10n.t('Newest first')],
    ['oldest', l10n.t('Oldest first')],
    ['name', l10n.t('By name')],
    ['model', l10n.t('By model')],
  ];
  const choices = orders.map(([value, label]) => ({
    label,
    ...(value === view.sort ? { description: l10n.t('now') } : {}),
    value,
  }));
  view.setSort(await ui.pick(choices, { title: l10n.t('Sort Batches') }));
};

/** Shows more of the finished jobs. */
export const loadMoreJobs: CommandHandler = ({ view }) => {
  view.loadMore();
  return Promise.resolve();
};
