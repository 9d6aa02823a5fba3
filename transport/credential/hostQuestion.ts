import type { CredentialQuestion } from '../model/provider';

/** The question of providers that have no endpoint to check a secret with: does the host answer. */
export const doesHostAnswer = (success: string): CredentialQuestion => ({
	method: 'GET',
	path: '/',
	carriesSecret: false,
	problemOf: () => undefined,
	success,
});
