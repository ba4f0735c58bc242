/** Single characters. */

/** Behind the blanks at `at`. A line feed is none: it ends the line. */
export function blanks(at: u32): u32 {
  let p = at;
  while (true) {
    const c = load<u8>(p);
    if (c > 0x20 || (c != 0x20 && c != 0x09 && c != 0x0d)) return p;
    p += 1;
  }
}

export function isDigit(c: u8): bool {
  return c >= 0x30 && c <= 0x39;
}

export function isLowerOrDigit(c: u8): bool {
  return isDigit(c) || (c >= 0x61 && c <= 0x7a);
}

/** Two digits as a number; 100 or more when they are none. */
export function twoDigits(at: u32): u32 {
  const tens = load<u8>(at);
  const ones = load<u8>(at, 1);
  return isDigit(tens) && isDigit(ones) ? (<u32>tens - 0x30) * 10 + <u32>ones - 0x30 : 100;
}
