/** The shape of the lines of a request file. */
export type Dialect = 'gemini' | 'gemini-embed' | 'openai';

/** What a JSONL file turned out to be; everything that is not ours is `none` and gets no word from us. */
export type FileKind = Dialect | 'gemini-bare' | 'results' | 'none';
