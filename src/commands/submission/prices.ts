import type { SettingsReader } from '../../config/settings';
import { priceOverrides, type PriceOverrides } from '../../shared/pricing';
import type { Logger } from '../../util/logger';

/** The person's own prices. Those that make no sense are said in the log and left out, so that the table's count. */
export function pricesOf(settings: Pick<SettingsReader, 'get'>, log: Logger): PriceOverrides {
  const prices: PriceOverrides = {};
  for (const [model, price] of Object.entries(settings.get('prices'))) {
    const parsed = priceOverrides.safeParse({ [model]: price });
    if (parsed.success) Object.assign(prices, parsed.data);
    else log.warn(`The setting batchwright.prices has no usable price for ${model}.`);
  }
  return prices;
}
