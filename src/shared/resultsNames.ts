/**
 * What the request file of a results file may be called, the likeliest first: `a.results.jsonl`, `a (2).results.jsonl` and the
 * merged runs in `a.merged.results.jsonl` answer `a.jsonl`. Names without folders; none for what is no name of results.
 */
export function requestNamesFor(results: string): string[] {
  const match = /^(.+?)(?:\.merged)?(?: \(\d+\))?\.results\.(jsonl|ndjson)$/i.exec(results);
  const stem = match?.[1];
  if (stem === undefined) return [];
  const endings = match?.[2]?.toLowerCase() === 'ndjson' ? ['.ndjson', '.jsonl'] : ['.jsonl', '.ndjson'];
  // A request file may itself be called `a (2).jsonl`, so the name as it is comes first.
  const whole = results.replace(/\.results\.(?:jsonl|ndjson)$/i, '');
  return [...new Set([whole, stem])].flatMap((name) => endings.map((ending) => `${name}${ending}`));
}
