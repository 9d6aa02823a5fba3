import type { Reply } from '../model/answer';
import type { CredentialQuestion } from '../model/provider';

/**
 * The question of providers that have no endpoint to check a secret with: is there something at the
 * path that events go to. It carries neither the secret nor an event.
 */
export const isPathThere = (
	asked: Pick<CredentialQuestion, 'method' | 'path' | 'baseUrlParts'>,
	success: string,
): CredentialQuestion => ({ ...asked, carriesSecret: false, problemOf: problemOfPath, success });

/** What a status says against the path that was asked, in a sentence. */
export function problemOfPath({ status }: Reply): string | undefined {
	if (status >= 300 && status < 400) {
		return `The host answered ${status}, a redirect, which is never followed. Check the Base URL.`;
	}
	return status === 404 || status === 410
		? `The host answers, but has nothing at the path that events go to (${status}). Check the Base URL.`
		: undefined;
}
