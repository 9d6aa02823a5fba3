/** One field of an operation, as the declaration gives it. */
export interface Field {
	/** The provider's key. */
	readonly key: string;
	/** The name within the object that travels under `key`, e.g. `ad_platform` of `e`. */
	readonly member?: string;
	/** As the editor shows it. */
	readonly label: string;
	/** Where it travels; `pairs` is a map whose entries are query parameters of their own. */
	readonly place: 'path' | 'query' | 'pairs' | 'body';
	/** The node parameter, e.g. `platform`. */
	readonly parameter: string;
	/** The collection that the parameter stands in, if any. */
	readonly collection?: string;
	/** The values of other parameters beside which the editor shows it, if not always. */
	readonly shownBeside?: Readonly<Record<string, readonly unknown[]>>;
	/** Whether every event needs it; not so where the editor asks for it only beside another value. */
	readonly isRequired: boolean;
}

/** Text of a path, or the key of the field that stands there. */
export type PathPart = { readonly text: string } | { readonly field: string };

/** An operation's declaration, read once. */
export interface Declaration {
	readonly method: string;
	/** Appended to the credential's Base URL. */
	readonly path: readonly PathPart[];
	/** Query parameters that never change. */
	readonly constants: Readonly<Record<string, string>>;
	readonly fields: readonly Field[];
}
