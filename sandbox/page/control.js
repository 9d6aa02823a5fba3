import { find } from './dom.js';

const said = find('#said', HTMLElement);

/** @param {string} sentence read out by screen readers as well */
export function say(sentence) {
	said.textContent = sentence;
}

/**
 * Sends a request to the sandbox's own routes, and says how it went.
 *
 * @param {string} path
 * @param {RequestInit} request
 * @param {{ done: string, failed: string }} sentences
 * @returns {Promise<boolean>} whether it was done
 */
export async function order(path, request, { done, failed }) {
	try {
		const reply = await fetch(path, request);
		if (!reply.ok) throw new Error(await reply.text());
		say(done);
		return true;
	} catch (error) {
		say(`${failed}: ${error instanceof Error ? error.message : String(error)}`);
		return false;
	}
}
