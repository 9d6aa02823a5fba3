/** Names the run in its texts. */
export interface RunName {
	readonly provider: string;
	readonly displayName: string;
	readonly operation: string;
}
