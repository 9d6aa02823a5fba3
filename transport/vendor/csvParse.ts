/** The CSV reader, bundled at build time into this one file. Loaded where a file is read. */
export { CsvError, Parser } from 'csv-parse';
