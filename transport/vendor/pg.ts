/** The client of PostgreSQL, bundled at build time into this one file. Load it lazily. */
export { Pool } from 'pg';
export type { PoolClient, PoolConfig } from 'pg';
