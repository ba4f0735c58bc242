const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;
const SEED: u64 = 0x2545f4914f6cdd1d;

/** 64 bits over `length` bytes, eight at a time; goes on from `seed`. Up to eight bytes behind them are read. */
export function hashBytes(at: u32, length: u32, seed: u64): u64 {
  let hash = seed ^ (<u64>length * SEED);
  let p = at;
  const whole = at + (length & ~7);
  while (p < whole) {
    hash = mixed(hash ^ load<u64>(p));
    p += 8;
  }
  const rest = length & 7;
  if (rest != 0) hash = mixed(hash ^ (load<u64>(p) & (((<u64>1) << (rest << 3)) - 1)));
  return hash;
}

function mixed(hash: u64): u64 {
  const product = hash * MULTIPLIER;
  return product ^ (product >> 32);
}

/** The 53 bits of a hash that a number holds exactly. */
export function asNumber(hash: u64): f64 {
  const spread = mixed(mixed(hash));
  return <f64>(<i64>(spread >> 11));
}
