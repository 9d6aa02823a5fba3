/** The CSV writer, bundled at build time into this one file. Loaded where rows were not delivered. */
export { stringify } from 'csv-stringify';
export type { Stringifier } from 'csv-stringify';
