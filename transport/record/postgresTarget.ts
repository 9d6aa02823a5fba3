import type { ICredentialDataDecryptedObject, IExecuteFunctions } from 'n8n-workflow';

import { createRedactor } from '../credential/redact';
import { textOf } from '../credential/secrets';
import { RunRefused } from '../model/outcome';
import type { PostgresTarget } from '../store/postgres/target';
import { messageOf } from '../text/show';

/** n8n's own type of credential. */
const CREDENTIAL = 'postgres';

/**
 * Reads n8n's own Postgres credential as n8n's own Postgres node does: whatever SSL is set to,
 * unless it is `disable`, wants TLS.
 *
 * @throws {RunRefused} where none was chosen, or it cannot be used
 */
export async function readPostgresTarget(context: IExecuteFunctions): Promise<PostgresTarget> {
	if (context.getNode().credentials?.[CREDENTIAL] === undefined) {
		throw refused('it needs a Postgres credential: choose one in the node.');
	}
	const values = await context.getCredentials(CREDENTIAL).catch((error: unknown) => {
		throw refused(`the Postgres credential could not be read (${messageOf(error)}).`);
	});
	const target = targetOf(values);
	const mask = createRedactor([target.password]);
	const problem = problemOf(target, values);
	if (problem === undefined) return target;
	throw refused(`the Postgres credential cannot be used: ${mask(problem)}`);
}

function targetOf(values: ICredentialDataDecryptedObject): PostgresTarget {
	const { allowUnauthorizedCerts, ssl = 'disable' } = values;
	const wanted = ssl === 'disable' ? 'none' : 'checked';
	return {
		host: textOf(values.host).trim(),
		port: Number(values.port),
		database: textOf(values.database),
		user: textOf(values.user),
		password: textOf(values.password),
		tls: allowUnauthorizedCerts === true ? 'unchecked' : wanted,
		maxConnections: Number(values.maxConnections ?? 100),
	};
}

/** What is wrong, in a sentence that names field and rule. */
function problemOf(
	{ host, port, database, user, maxConnections }: PostgresTarget,
	{ sshTunnel }: ICredentialDataDecryptedObject,
): string | undefined {
	if (sshTunnel === true) {
		return 'the delivery record cannot use an SSH Tunnel. Choose a credential that connects directly.';
	}
	const empty = Object.entries({ Host: host, Database: database, User: user }).find(
		([, value]) => value === '',
	);
	if (empty) return `${empty[0]} is empty.`;
	if (/[\s/@]/.test(host)) return `Host must be a name or an address alone, not ${host}.`;
	if (!Number.isInteger(port) || port < 1 || port > 65_535) {
		return 'Port must be a whole number from 1 to 65535.';
	}
	if (!Number.isInteger(maxConnections) || maxConnections < 1) {
		return 'Maximum Number of Connections must be a whole number of at least 1.';
	}
	return undefined;
}

function refused(why: string): RunRefused {
	return new RunRefused('failed', `Not sent: Delivery Record is PostgreSQL, and ${why}`);
}
