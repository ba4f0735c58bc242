const mask = '[redacted]';

/** What is taken out wherever it stands. The first group of a pattern, where there is one, is kept in front of the mask. */
const patterns: readonly RegExp[] = [
  // Google API keys, and the newer keys that begin with AQ.
  /()\bAIza[0-9A-Za-z_-]{20,}/g,
  /()\bAQ\.[0-9A-Za-z_-]{20,}/g,
  // OpenAI-style keys and signing secrets of webhooks.
  /()\bsk-[0-9A-Za-z_-]{16,}/g,
  /()\bwhsec_[0-9A-Za-z+/=_-]{4,}/g,
  // Headers, as in `x-goog-api-key: …`, `"authorization":"Bearer …"`.
  /((?:x-goog-api-key|api-key|authorization|proxy-authorization)["']?\s*[:=]\s*["']?(?:(?:bearer|basic)\s+)?)[^\s"',;]+/gi,
  /(\bbearer\s+)[0-9A-Za-z._~+/-]{8,}=*/gi,
  // Query parameters that grant something: keys, and the id of an upload session.
  /([?&](?:key|api_key|apikey|access_token|token|upload_id)=)[^&\s"'<>]+/gi,
  // User and password in a URL.
  /(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s@"'<>]+@/gi,
];

/**
 * `text` without what must never be read by others: API keys, bearer tokens, signing secrets, upload sessions, passwords in
 * URLs. For log lines and messages; it is the net below the rule that secrets do not get there in the first place.
 * @param secrets further exact texts to take out, e.g. the key in use.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let result = text;
  // A secret of one or two characters would tear every message apart and protects nothing.
  for (const secret of secrets) if (secret.length >= 4) result = result.replaceAll(secret, mask);
  for (const pattern of patterns)
    result = result.replace(
      pattern,
      (match: string, kept: string) => `${kept}${mask}${match.endsWith('@') ? '@' : ''}`,
    );
  return result;
}
