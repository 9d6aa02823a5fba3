/** Names the run in its texts and items. */
export interface RunName {
	/** The provider's name as people know it. */
	readonly displayName: string;
	readonly operation: string;
}
