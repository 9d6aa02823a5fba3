/** What a file may be; by itself it is found from its beginning. */
export const fileFormats = ['auto', 'csv', 'ndjson'] as const;

export type FileFormat = (typeof fileFormats)[number];

/** Encodings of files, by the names that n8n has for them. A byte order mark says more than these. */
export const encodings = ['utf8', 'utf16le', 'utf16be', 'latin1'] as const;

export type Encoding = (typeof encodings)[number];
