/** Where a PostgreSQL is, and who connects to it: what n8n's own Postgres credential says. */
export interface PostgresTarget {
	readonly host: string;
	readonly port: number;
	readonly database: string;
	readonly user: string;
	readonly password: string;
	/** TLS: none, or with a certificate that is checked, or with any. */
	readonly tls: 'none' | 'checked' | 'unchecked';
	/** Most connections of a process. */
	readonly maxConnections: number;
}
