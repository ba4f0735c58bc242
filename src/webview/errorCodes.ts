const rpcCodes =
  'OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED'.split(
    ' ',
  );

/** `3 INVALID_ARGUMENT`; HTTP statuses stay numbers. */
export function codeName(code: number): string {
  const name = rpcCodes[code];
  return name === undefined ? String(code) : `${code} ${name}`;
}

/** `INVALID_ARGUMENT`; the number where it has no name. */
export function shortCode(code: number): string {
  return rpcCodes[code] ?? String(code);
}
