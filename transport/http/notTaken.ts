/** The request was certainly not taken, though it may have left: it can be sent again. */
export class NotTaken extends Error {
	/** @param code why, as `networkErrors.ts` knows it */
	constructor(readonly code: string) {
		super('the request was not taken');
	}
}
