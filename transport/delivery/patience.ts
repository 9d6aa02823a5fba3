/** How long a delivery waits. All in milliseconds. */
export interface Patience {
	/** The first wait before a next try is at most this; each further one may be twice as long. */
	readonly firstBackoffMs: number;
	readonly maxBackoffMs: number;
	/** Without any answer for longer than this and a request's timeout, a run ends. */
	readonly maxSilenceMs: number;
	/** Refused for rate for longer than this, and no request taken, a run ends. */
	readonly maxThrottledMs: number;
	/** Answered with server errors alone for longer than this, whatever it is sent, a run ends. */
	readonly maxServerErrorsMs: number;
	/** Asked to wait longer than this, a run ends instead. */
	readonly maxPauseMs: number;
	/** What is in flight when the execution is stopped has this long to be answered. */
	readonly stopGraceMs: number;
}

export const usualPatience: Patience = {
	firstBackoffMs: 500,
	maxBackoffMs: 20_000,
	maxSilenceMs: 60_000,
	maxThrottledMs: 120_000,
	maxServerErrorsMs: 60_000,
	maxPauseMs: 120_000,
	stopGraceMs: 1_000,
};
