import type { SettingsReader } from '../../config/settings';
import { priceOverrides, type PriceOverrides } from '../../shared/pricing';

/** The person's own prices. Those that make no sense are left out, so that the table's count. */
export function pricesOf(settings: Pick<SettingsReader, 'get'>): PriceOverrides {
  const prices: PriceOverrides = {};
  for (const [model, price] of Object.entries(settings.get('prices'))) {
    const parsed = priceOverrides.safeParse({ [model]: price });
    if (parsed.success) Object.assign(prices, parsed.data);
  }
  return prices;
}
