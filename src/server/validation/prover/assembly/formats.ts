import { ShapeFlag } from '../layout';
import { isDigit, isLowerOrDigit, twoDigits } from './characters';
import { plainEnd } from './keys';
import { state } from './state';
import { text } from './strings';
import { addPlain, PAGES, SOUND, WRITING } from './tokens';

/** The name of a function that a model may call. */
export function functionName(at: u32): u32 {
  if (load<u8>(at) != 0x22) return 0;
  let p = at + 1;
  while (true) {
    const c = load<u8>(p);
    if (c == 0x22) break;
    const isSign = c == 0x5f || c == 0x3a || c == 0x2e || c == 0x2d;
    if (!isLowerOrDigit(c) && !(c >= 0x41 && c <= 0x5a) && !isSign) return 0;
    p += 1;
  }
  const length = p - at - 1;
  if (length == 0 || length > 128) return 0;
  addPlain(length);
  return p + 1;
}

/** A MIME type, which has a slash. Leaves in `mediaKind` how its data is weighed. */
export function mimeType(at: u32): u32 {
  const p = text(at, ShapeFlag.notEmpty);
  if (p == 0) return 0;
  let slash = at + 1;
  while (slash < p && load<u8>(slash) != 0x2f) slash += 1;
  if (slash == p) return 0;
  const four = load<u32>(at, 1);
  state.mediaKind = 0;
  // audi, vide, text, appl(ication/pdf)
  if (four == 0x69647561 || four == 0x65646976) state.mediaKind = SOUND;
  else if (four == 0x74786574) state.mediaKind = WRITING;
  else if (four == 0x6c707061 && p - at == 17 && load<u32>(at, 12) == 0x6664702f) state.mediaKind = PAGES;
  return p;
}

/** Seconds with an s, such as "1.5s". */
export function duration(at: u32): u32 {
  if (load<u8>(at) != 0x22) return 0;
  let p = at + 1;
  if (load<u8>(p) == 0x2d) p += 1;
  const seconds = p;
  while (isDigit(load<u8>(p))) p += 1;
  if (p == seconds || p - seconds > 12) return 0;
  p = fraction(p);
  return p != 0 && load<u16>(p) == 0x2273 ? p + 2 : 0;
}

/** A point and up to nine digits, or nothing. */
function fraction(at: u32): u32 {
  if (load<u8>(at) != 0x2e) return at;
  let p = at + 1;
  while (isDigit(load<u8>(p))) p += 1;
  return p == at + 1 || p - at > 10 ? 0 : p;
}

/** A time such as "2026-01-31T12:00:00Z"; of days those that every month has. */
export function timestamp(at: u32): u32 {
  if (load<u8>(at) != 0x22 || twoDigits(at + 1) > 99 || twoDigits(at + 3) > 99) return 0;
  if (load<u8>(at, 5) != 0x2d || load<u8>(at, 8) != 0x2d || load<u8>(at, 11) != 0x54) return 0;
  if (load<u8>(at, 14) != 0x3a || load<u8>(at, 17) != 0x3a) return 0;
  const month = twoDigits(at + 6);
  const day = twoDigits(at + 9);
  if (month == 0 || month > 12 || day == 0 || day > 28) return 0;
  if (twoDigits(at + 12) > 23 || twoDigits(at + 15) > 59 || twoDigits(at + 18) > 59) return 0;
  const p = fraction(at + 20);
  if (p == 0) return 0;
  const zone = load<u8>(p);
  if (zone == 0x5a) return load<u8>(p, 1) == 0x22 ? p + 2 : 0;
  if ((zone != 0x2b && zone != 0x2d) || twoDigits(p + 1) > 23 || load<u8>(p, 3) != 0x3a) return 0;
  return twoDigits(p + 4) <= 59 && load<u8>(p, 6) == 0x22 ? p + 7 : 0;
}

/** The name of a cache: "cachedContents/…". */
export function cacheName(at: u32): u32 {
  // "cachedC, ontents/
  if (load<u64>(at) != 0x4364656863616322 || load<u64>(at, 8) != 0x2f73746e65746e6f) return 0;
  let p = at + 16;
  while (isLowerOrDigit(load<u8>(p)) || load<u8>(p) == 0x2d) p += 1;
  return p > at + 16 && load<u8>(p) == 0x22 ? p + 1 : 0;
}

/** A reference to a file somewhere on the web, in a bucket, or among the service's own with an id that can be one. */
export function fileUri(at: u32, flags: u32): u32 {
  if (load<u8>(at) != 0x22) return 0;
  const end = plainEnd(at + 1);
  if (end == 0) return 0;
  for (let p = at + 1; p < end; p += 1) {
    const c = load<u8>(p);
    if (c <= 0x20 || c > 0x7e) return 0;
  }
  // gs://, http(s)://
  if (load<u32>(at, 1) == 0x2f3a7367 && load<u8>(at, 5) == 0x2f) return hasHost(at + 6) ? end + 1 : 0;
  if (load<u32>(at, 1) != 0x70747468 || (flags & ShapeFlag.ownFiles) != 0) return 0;
  const isSecure = load<u8>(at, 5) == 0x73;
  const p = isSecure ? at + 6 : at + 5;
  if (load<u16>(p) != 0x2f3a || load<u8>(p, 2) != 0x2f || !hasHost(p + 3)) return 0;
  return !isSecure || mayBeOwnFile(p + 3, end) ? end + 1 : 0;
}

function hasHost(at: u32): bool {
  return load<u8>(at) != 0x2f && load<u8>(at) != 0x22;
}

/** Whether what follows a host is none of the service's own files, or has an id that can be one. */
function mayBeOwnFile(at: u32, end: u32): bool {
  let p = at;
  while (isLowerOrDigit(load<u8>(p)) || load<u8>(p) == 0x2e || load<u8>(p) == 0x2d) p += 1;
  // /v1, /v1beta, /v1alpha
  if (p == at || load<u16>(p) != 0x762f || load<u8>(p, 2) != 0x31) return true;
  p += 3;
  if (load<u32>(p) == 0x61746562) p += 4;
  else if (load<u32>(p) == 0x68706c61 && load<u8>(p, 4) == 0x61) p += 5;
  // /files/
  if (load<u32>(p) != 0x6c69662f || load<u16>(p, 4) != 0x7365 || load<u8>(p, 6) != 0x2f) return true;
  p += 7;
  if (p >= end || end - p > 42 || load<u8>(p) == 0x2d || load<u8>(end - 1) == 0x2d) return false;
  while (isLowerOrDigit(load<u8>(p)) || load<u8>(p) == 0x2d) p += 1;
  return p == end;
}
