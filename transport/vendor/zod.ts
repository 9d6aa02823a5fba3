/** The schema library, bundled at build time into this one file: only what the schemas use. */
export { NEVER, object, unknown } from 'zod/v4';
export type { ZodObject, ZodType } from 'zod/v4';
